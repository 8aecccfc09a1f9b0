//! Opens and clicks on their way into the database: many are written in one transaction, so that strangers' requests
//! neither wait for the disk nor keep others from writing.

use crate::{
    domain::{AppError, status::Signal},
    server::{
        metrics,
        store::{
            Db,
            tracking::{self, Hit, uncount::Mistaken},
        },
    },
};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout, timeout_at},
};

/// How many hits may wait for being written.
const WAITING: usize = 2_000;
/// The most hits of one transaction.
const TOGETHER: usize = 100;
/// How long a hit waits for others to be written with.
const GATHER: Duration = Duration::from_millis(50);
/// How long a click waits for its place among those that wait.
const CLICK_WAIT: Duration = Duration::from_secs(1);
/// How often a batch is tried, and the pause between.
const TRIES: u32 = 5;
const RETRY: Duration = Duration::from_secs(1);

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hits(mpsc::Sender<Order>);

#[derive(Debug)]
enum Order {
    Write(Box<Hit>),
    Uncount(Box<Mistaken>),
    /// To be answered once everything before it is written.
    Flush(oneshot::Sender<()>),
}

impl Hits {
    /// Starts the task that writes; it ends with the last clone.
    pub fn start(db: Db) -> Self {
        let (send, orders) = mpsc::channel(WAITING);
        tokio::spawn(write_all(db, orders));
        Self(send)
    }

    /// Takes a hit. Where too many wait, an open is dropped, and a click after a second.
    pub async fn take(&self, hit: Hit) {
        let (signal, order) = (hit.signal, Order::Write(Box::new(hit)));
        let is_taken = match signal {
            Signal::Clicked => matches!(timeout(CLICK_WAIT, self.0.send(order)).await, Ok(Ok(()))),
            _ => self.0.try_send(order).is_ok(),
        };
        if !is_taken {
            metrics::hit_dropped(signal);
            tracing::debug!(?signal, "a hit was dropped, because too many wait");
        }
    }

    /// Takes hits back that were taken for a person's. Where too many wait, they stay counted.
    pub fn uncount(&self, mistaken: Mistaken) {
        if self.0.try_send(Order::Uncount(Box::new(mistaken))).is_err() {
            tracing::debug!("a machine's hits stay counted, because too many wait");
        }
    }

    /// How many wait for being written.
    pub fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }

    /// Returns once everything that was taken before is written.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.0.send(Order::Flush(done)).await.is_ok() {
            let _ = written.await;
        }
    }
}

async fn write_all(db: Db, mut orders: mpsc::Receiver<Order>) {
    while let Some(order) = orders.recv().await {
        let (mut batch, mut mistaken, mut flushed) = (Vec::new(), None, None);
        let until = Instant::now() + GATHER;
        let mut next = Some(order);
        while let Some(order) = next {
            match order {
                Order::Write(hit) => batch.push(*hit),
                // What comes after it must not be written before it.
                Order::Uncount(hits) => mistaken = Some(hits),
                Order::Flush(done) => flushed = Some(done),
            }
            let is_full = batch.len() >= TOGETHER || mistaken.is_some() || flushed.is_some();
            next = if is_full { None } else { timeout_at(until, orders.recv()).await.ok().flatten() };
        }
        write(&db, &batch).await;
        if let Some(mistaken) = mistaken {
            uncount(&db, &mistaken).await;
        }
        if let Some(done) = flushed {
            let _ = done.send(());
        }
    }
}

/// Writes a batch, again and again for some seconds: the database may be busy, full or restarting. Then each hit is tried alone, so
/// that only the one at fault is lost.
async fn write(db: &Db, batch: &[Hit]) {
    for _ in 1..TRIES {
        if tracking::record(db, batch).await.is_ok() {
            return;
        }
        sleep(RETRY).await;
    }
    for hit in batch {
        if let Err(error) = tracking::record(db, std::slice::from_ref(hit)).await {
            tracing::warn!(%error, "an open or a click was not recorded");
        }
    }
}

async fn uncount(db: &Db, mistaken: &Mistaken) {
    for tried in 1.. {
        match tracking::uncount::uncount(db, mistaken).await {
            Ok(()) => return,
            Err(AppError::Unavailable(_)) if tried < TRIES => sleep(RETRY).await,
            Err(error) => return tracing::warn!(%error, "a machine's hits stay counted"),
        }
    }
}
