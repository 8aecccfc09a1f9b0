//! Whether the database accepts writes: tried when somebody asks, at most once in five seconds.

use super::store::Db;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// How long a result is shared before the next attempt.
const SHARED_FOR: Duration = Duration::from_secs(5);
/// How long a write may take.
const WITHIN: Duration = Duration::from_secs(2);

/// Ok, or the reason why the server is not healthy.
pub type Verdict = Result<(), &'static str>;

/// The last attempt to write, and when it ended. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<Option<(Instant, Verdict)>>>);

impl Health {
    /// Whether the database accepts writes. Whoever asks during an attempt waits for its result.
    pub async fn check(&self, db: &Db) -> Verdict {
        let (health, db) = (self.clone(), db.clone());
        // A task of its own, so that the attempt ends and is remembered even if the client disconnects.
        let attempt = tokio::spawn(async move {
            let mut last = health.0.lock().await;
            match *last {
                Some((at, verdict)) if at.elapsed() < SHARED_FOR => verdict,
                _ => {
                    let verdict = write(&db).await;
                    *last = Some((Instant::now(), verdict));
                    verdict
                }
            }
        });
        attempt.await.unwrap_or(Err("The health check itself failed; the log says why."))
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
