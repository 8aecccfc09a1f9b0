//! After another time zone was chosen, sets the days of the project's messages by it, some at a time.

use super::{
    clock,
    store::{Db, zone},
};
use std::time::Duration;
use tokio::{sync::watch, time::sleep};

/// How often it is looked for a project whose zone has changed.
const PAUSE: Duration = Duration::from_secs(2);

/// Works until the process is told to stop.
pub async fn run(db: Db, mut stop: watch::Receiver<bool>) {
    loop {
        match zone::set_days(&db, clock::now()).await {
            Ok(true) if !*stop.borrow() => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the days of messages could not be set anew; trying again"),
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
