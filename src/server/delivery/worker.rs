//! The worker: claims due messages, hands them to the transports, and writes the results.
//!
//! At most 32 calls to providers run at a time, sixteen over one connection; other claimed messages wait. Each attempt is
//! recorded in the transaction that writes the results of earlier ones, and starts only after that commit. So when a worker is
//! killed, only the attempts that it had started are in doubt; and a provider that hangs leaves places to the others.
//!
//! A worker knows by a clock that nobody sets what it may still do with its leases, and never takes its own for lost: a step of
//! the system's clock doubles nothing.

pub(crate) mod answer;
mod pump;
pub(crate) mod writing;

use super::{Transports, pulse::Pulse};
use crate::{
    domain::{AppResult, Timestamp, pace},
    server::{clock, store::Db},
};
use pump::Pump;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::sleep};

/// How many messages one claim takes.
const BATCH: usize = 100;
/// How many calls to providers run at a time: also the most messages that a killed worker leaves in doubt.
const IN_FLIGHT: usize = 32;
const HEARTBEAT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(250);
/// How long running calls may take once the worker is told to stop.
const GRACE: Duration = Duration::from_secs(25);
/// The longest that a call may take. The transports end theirs sooner, and know better what is in doubt then.
const CALL: Duration = Duration::from_secs(20 * 60);
/// The pause between a worker that panicked and the next one.
const AFTER_A_CRASH: Duration = Duration::from_secs(5);

/// How late an attempt may begin that has a turn within a limit.
const LATE: Duration = Duration::from_millis(pace::LATE.unsigned_abs());

/// What tells the time of day.
#[derive(Clone)]
pub struct Clock {
    time: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// How much the database's clock is ahead of it, in ms: workers on several machines go by one clock.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    pub fn system() -> Self {
        Self::new(clock::now)
    }

    pub fn new(time: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { time: Arc::new(time), ahead: Arc::default() }
    }

    /// Goes on from `now`.
    fn from(now: Timestamp) -> Self {
        let given = Instant::now();
        Self::new(move || now.plus(i64::try_from(given.elapsed().as_millis()).unwrap_or(i64::MAX)))
    }

    fn now(&self) -> Timestamp {
        (self.time)().plus(self.ahead.load(Ordering::Relaxed))
    }

    /// Goes by the database's clock from now on, where it has one. To within half of what the question takes.
    async fn follow(&self, db: &Db) -> sqlx::Result<()> {
        let asked = Instant::now();
        if let Some(time) = db.time().await? {
            // One look at our own clock: it may be set while we ask.
            let (own, took) = ((self.time)(), i64::try_from(asked.elapsed().as_millis()).unwrap_or(0));
            self.ahead.store(time.0 + took / 2 - own.0, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Works until it is told to stop (or the sender of that signal is gone), then finishes running calls and releases other
/// claims. A worker that panics is followed by another one, to which its claims are those of a worker that is gone.
pub async fn run(db: Db, transports: Arc<Transports>, stop: watch::Receiver<bool>, pulse: Pulse) {
    again_after_a_crash(|| run_by(Clock::system(), db.clone(), transports.clone(), stop.clone(), pulse.clone())).await;
}

/// Runs what is started, and starts it again where it panics.
pub async fn again_after_a_crash<Worker>(mut start: impl FnMut() -> Worker)
where
    Worker: Future<Output = ()> + Send + 'static,
{
    while let Err(error) = tokio::spawn(start()).await {
        tracing::error!(%error, "a background task has crashed; another one begins in five seconds");
        sleep(AFTER_A_CRASH).await;
    }
}

/// [`run`] by another clock, with a pulse by which others see that it is alive.
pub async fn run_by(clock: Clock, db: Db, transports: Arc<Transports>, stop: watch::Receiver<bool>, pulse: Pulse) {
    let mut pump = Pump::new(&db, &transports, clock, stop.clone());
    tokio::select! {
        () = pump.run(&pulse) => {}
        () = grace_is_over(stop) => tracing::warn!("stopped with messages under way; their leases will run out"),
    }
}

fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

async fn grace_is_over(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
    sleep(GRACE).await;
}

/// One round at `now`: settles claims whose worker is gone, then sends at most a hundred of what is due. Returns how
/// many messages it handled.
pub async fn step(db: &Db, transports: &Transports, now: Timestamp) -> AppResult<usize> {
    let (_keep, stop) = watch::channel(false);
    step_until(db, transports, now, &stop).await
}

/// [`step`], which begins nothing more once `stop` says so.
pub async fn step_until(
    db: &Db,
    transports: &Transports,
    now: Timestamp,
    stop: &watch::Receiver<bool>,
) -> AppResult<usize> {
    let mut pump = Pump::new(db, transports, Clock::from(now), stop.clone());
    let mut handled = pump.settle_lost().await?;
    if !is_stopped(stop) {
        handled += pump.refill().await?;
    }
    while !pump.is_idle() {
        pump.turn().await;
        pump.wait().await;
    }
    Ok(handled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_crashes_is_followed_by_another_one() {
        let (began, mut number) = (tokio::time::Instant::now(), 0);
        again_after_a_crash(|| {
            number += 1;
            let number = number;
            async move { assert!(number > 2, "as a defect of ours would") }
        })
        .await;
        assert_eq!((number, began.elapsed()), (3, 2 * AFTER_A_CRASH));
    }
}
