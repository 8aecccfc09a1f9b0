//! Reports on their way into the database: those of many requests are written in one transaction, and each request is answered
//! once its own are committed.

use super::Rejection;
use crate::{
    domain::{AppResult, Timestamp},
    server::{
        clock,
        store::{
            Db,
            feedback::{self, Group, Taken},
        },
    },
};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};

/// How many requests may wait for being written.
const WAITING: usize = 1_000;
/// The most events of one transaction, unless a single request has more.
const TOGETHER: usize = 500;
/// How long a request waits for others to be written with.
const GATHER: Duration = Duration::from_millis(5);
/// How often the names of old events are forgotten.
const PRUNE: i64 = Timestamp::HOUR;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reports(mpsc::Sender<Order>);

#[derive(Debug)]
struct Order {
    group: Group,
    done: oneshot::Sender<AppResult<Taken>>,
}

impl Reports {
    /// Starts the task that writes; it ends with the last clone.
    pub fn start(db: Db) -> Self {
        let (send, orders) = mpsc::channel(WAITING);
        tokio::spawn(write_all(db, orders));
        Self(send)
    }

    /// Returns once the group is committed.
    ///
    /// # Errors
    /// `Later` where too many wait, or the database does not take it.
    pub async fn keep(&self, group: Group) -> Result<Taken, Rejection> {
        let (done, kept) = oneshot::channel();
        self.0.try_send(Order { group, done }).map_err(|_| Rejection::Later)?;
        super::logged(kept.await.map_err(|_| Rejection::Later)?)
    }
}

async fn write_all(db: Db, mut orders: mpsc::Receiver<Order>) {
    let mut pruned = Timestamp(0);
    while let Some(order) = orders.recv().await {
        let mut batch = vec![order];
        let until = Instant::now() + GATHER;
        while batch.iter().map(|order| order.group.events.len()).sum::<usize>() < TOGETHER
            && let Ok(Some(order)) = timeout_at(until, orders.recv()).await
        {
            batch.push(order);
        }
        write(&db, batch).await;
        let now = clock::now();
        if now.0 - pruned.0 > PRUNE {
            pruned = now;
            while feedback::prune(&db, now).await.unwrap_or(false) {}
        }
    }
}

/// Writes a batch. If that fails, each request is tried alone, so that only the one at fault is refused.
async fn write(db: &Db, batch: Vec<Order>) {
    let (groups, waiting): (Vec<Group>, Vec<_>) = batch.into_iter().map(|order| (order.group, order.done)).unzip();
    match feedback::record(db, &groups, clock::now()).await {
        Ok(taken) => {
            for (taken, done) in taken.into_iter().zip(waiting) {
                let _ = done.send(Ok(taken));
            }
        }
        Err(error) if groups.len() == 1 => {
            for done in waiting {
                let _ = done.send(Err(error.clone()));
            }
        }
        Err(_) => {
            for (group, done) in groups.into_iter().zip(waiting) {
                let taken = feedback::record(db, &[group], clock::now()).await;
                let _ = done.send(taken.map(|mut taken| taken.pop().unwrap_or_default()));
            }
        }
    }
}
