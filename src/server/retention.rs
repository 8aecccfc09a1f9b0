//! Removes in the background what projects keep only for some time, some messages at a time.

use super::{
    clock,
    store::{Db, retention},
};
use crate::domain::{AppResult, MessageId, ProjectId, Timestamp, retention::Kept};
use std::time::Duration;
use tokio::{sync::watch, time::sleep};
use uuid::Uuid;

/// How long after a pass over all projects the next one begins.
const PAUSE: Duration = Duration::from_secs(600);
/// Between two transactions others have the database.
const BETWEEN: Duration = Duration::from_millis(50);

/// Works until the process is told to stop.
pub async fn run(db: Db, mut stop: watch::Receiver<bool>) {
    loop {
        let done = tokio::select! {
            done = pass(&db, BETWEEN) => done,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match done {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "old contents and timelines of messages were removed"),
            Err(error) => tracing::warn!(%error, "old contents and timelines could not be removed; trying again"),
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Goes through all projects once. Returns how often something was removed of a message.
async fn pass(db: &Db, between: Duration) -> AppResult<u64> {
    let mut removed = 0;
    for (project, kept) in retention::projects(db).await? {
        removed += remove(db, project, kept, clock::now(), between).await?;
    }
    Ok(removed)
}

/// Removes all that one project no longer keeps.
pub async fn remove(db: &Db, project: ProjectId, kept: Kept, now: Timestamp, between: Duration) -> AppResult<u64> {
    let mut removed = 0;
    for (what, months) in [(What::Contents, kept.content), (What::Events, kept.events)] {
        let mut after = months.map(|_| MessageId(Uuid::nil()));
        while let (Some(from), Some(months)) = (after, months) {
            let done = match what {
                What::Contents => retention::remove_contents(db, project, months, now, from).await?,
                What::Events => retention::remove_events(db, project, months, now, from).await?,
            };
            (removed, after) = (removed + done.removed, done.next);
            sleep(between).await;
        }
    }
    Ok(removed)
}

#[derive(Clone, Copy)]
enum What {
    Contents,
    Events,
}
