//! What the REST API does beside what the pages do: customers are named by their addresses, and a request that comes twice has one
//! effect.

pub mod asks;
pub mod charges;
pub mod customers;

pub use super::store::answers::{Answer, Once};
pub use customers::{Named, Whom};

use super::{
    clock,
    store::{Db, answers},
};
use std::time::Duration;
use tokio::{sync::watch, time::sleep};

/// How often answers that are too old are deleted.
const PAUSE: Duration = Duration::from_secs(3600);

/// Deletes the answers that are repeated no longer, until the process is told to stop.
pub async fn run(db: Db, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = answers::forget(&db, clock::now()).await {
            tracing::warn!(%error, "old answers of the REST API could not be deleted; trying again in an hour");
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
