//! Whether the process does its work: the database accepts writes, which is tried when somebody asks, at most once in five seconds,
//! and the worker turns.

use super::{delivery::pulse::Pulse, store::Db};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// How long a result is shared before the next attempt.
const SHARED_FOR: Duration = Duration::from_secs(5);
/// How often it is tried while staff look at pages.
const WATCHED_EACH: Duration = Duration::from_secs(10);
/// How long a write may take.
const WITHIN: Duration = Duration::from_secs(2);

/// A worker that has not turned for so long is dead or hangs. It turns several times a second; a database that is busy may hold
/// it up for some seconds.
const STUCK: Duration = Duration::from_secs(60);

/// Ok, or the reason why the server is not healthy.
pub type Verdict = Result<(), &'static str>;

/// Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The last attempt to write, and when it ended.
    last: Mutex<Option<(Instant, Verdict)>>,
    /// How many attempts have failed since one succeeded.
    failures: AtomicU32,
}

impl Health {
    /// Whether the database accepts writes and the worker of this process, if it has one, is alive.
    pub async fn ready(&self, db: &Db, pulse: &Pulse) -> Verdict {
        self.check(db).await?;
        match pulse.since() {
            Some(since) if since >= STUCK => Err("The worker has not turned for a minute; nothing is sent."),
            _ => Ok(()),
        }
    }

    /// Whether the database accepts writes. Whoever asks during an attempt waits for its result.
    pub async fn check(&self, db: &Db) -> Verdict {
        let (health, db) = (self.clone(), db.clone());
        // A task of its own, so that the attempt ends and is remembered even if the client disconnects.
        let attempt = tokio::spawn(async move {
            let mut last = health.0.last.lock().await;
            match *last {
                Some((at, verdict)) if at.elapsed() < SHARED_FOR => verdict,
                _ => {
                    let verdict = write(&db).await;
                    let failures = health.0.failures.load(Ordering::Relaxed);
                    let failures = if verdict.is_ok() { 0 } else { failures.saturating_add(1) };
                    health.0.failures.store(failures, Ordering::Relaxed);
                    *last = Some((Instant::now(), verdict));
                    verdict
                }
            }
        });
        attempt.await.unwrap_or(Err("The health check itself failed; the log says why."))
    }

    /// Has the database tried if that was long ago, and waits for nothing.
    pub fn watch(&self, db: &Db) {
        // Where it is locked, somebody tries it now.
        let is_old = self.0.last.try_lock().is_ok_and(|last| last.is_none_or(|(at, _)| at.elapsed() >= WATCHED_EACH));
        if is_old {
            let (health, db) = (self.clone(), db.clone());
            tokio::spawn(async move { health.check(&db).await });
        }
    }

    /// Whether the last attempts to write have failed. One alone may have met a writer that took long.
    pub fn is_failing(&self) -> bool {
        self.0.failures.load(Ordering::Relaxed) > 1
    }
}

async fn write(db: &Db) -> Verdict {
    match timeout(WITHIN, db.write_nothing()).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::error!(%error, "the database cannot be written to");
            Err("The database cannot be written to; the log says why.")
        }
        Err(_) => {
            tracing::error!("the database did not complete a write within {} s", WITHIN.as_secs());
            Err("The database did not complete a write within 2 seconds.")
        }
    }
}
