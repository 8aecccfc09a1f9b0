//! The worker: takes what is due, hands it to the transports, and writes what came of it.

use super::{
    Outgoing, PROVIDER_TIMEOUT, Receipt, Refusal, Transports,
    retry::{self, Class, History, Next},
};
use crate::{
    domain::{AppResult, Timestamp, message::Channel},
    server::store::{
        Db,
        queue::{
            self, LEASE, Lease,
            claim::{self, Claim, Job, Limits},
            results::{self, Lost, Outcome, Verdict},
        },
    },
};
use futures::{StreamExt, stream};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, timeout},
};

/// Messages of one claim, and results of one commit.
const BATCH: usize = 100;
/// Calls to providers at the same time: also the most messages that a killed worker leaves in doubt.
const IN_FLIGHT: usize = 16;
const HEARTBEAT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(250);
/// What is under way when the worker is told to stop may take this long.
const GRACE: Duration = Duration::from_secs(25);

/// `now` and how long ago that was: tests choose the first, and the rest cannot jump.
#[derive(Clone, Copy)]
struct Clock {
    now: Timestamp,
    read: Instant,
}

impl Clock {
    fn starting(now: Timestamp) -> Self {
        Self { now, read: Instant::now() }
    }

    fn now(&self) -> Timestamp {
        self.now.plus(i64::try_from(self.read.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}

/// Works until it is told to stop (or nobody is left who could): then finishes what has begun and puts back the rest.
pub async fn run(db: Db, transports: Arc<Transports>, mut stop: watch::Receiver<bool>) {
    let mut changes = db.changes();
    while !is_stopped(&stop) {
        let patience = stop.clone();
        let pause = tokio::select! {
            step = step_until(&db, &transports, Timestamp::now(), &stop) => match step {
                Ok(Step { more: true, .. }) => Duration::ZERO,
                Ok(_) => POLL,
                Err(error) => {
                    tracing::error!(%error, "the worker could not read the queue");
                    4 * POLL
                }
            },
            () = out_of_patience(patience) => {
                tracing::warn!("stopped with messages under way; their leases will run out");
                return;
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            // Behind on the news is news too.
            _ = changes.recv(), if !pause.is_zero() => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

async fn out_of_patience(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
    sleep(GRACE).await;
}

/// One round at `now`: settles claims whose worker is gone, then sends at most a hundred of what is due. Returns how
/// many messages it handled.
pub async fn step(db: &Db, transports: &Transports, now: Timestamp) -> AppResult<usize> {
    let (_keep, stop) = watch::channel(false);
    Ok(step_until(db, transports, now, &stop).await?.handled)
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step {
    pub handled: usize,
    /// Whether more is due.
    pub more: bool,
}

/// [`step`], which begins nothing more once `stop` says so.
pub async fn step_until(
    db: &Db,
    transports: &Transports,
    now: Timestamp,
    stop: &watch::Receiver<bool>,
) -> AppResult<Step> {
    let clock = Clock::starting(now);
    let lost = results::lost(db, BATCH, now).await?;
    if !lost.is_empty() {
        tracing::warn!(messages = lost.len(), "claims ran out before their results came");
        record_for_ever(db, &lost.iter().map(|l| give_up(l, now)).collect::<Vec<_>>()).await;
    }
    if is_stopped(stop) {
        return Ok(Step { handled: lost.len(), more: false });
    }
    let limits = Limits {
        messages: BATCH,
        sms: IN_FLIGHT,
        email_provider: transports.email.provider(),
        sms_provider: transports.sms.provider(),
    };
    let Claim { jobs, handled, more } = claim::claim(db, limits, now).await?;
    if !jobs.is_empty() {
        Batch::new(db, transports, clock, stop).work(jobs).await;
    }
    Ok(Step { handled: handled + lost.len(), more: more || lost.len() == BATCH })
}

/// The messages of one claim on their way.
struct Batch<'a> {
    db: &'a Db,
    transports: &'a Transports,
    clock: Clock,
    stop: &'a watch::Receiver<bool>,
    /// When the claim runs out; heartbeats move it.
    lease_until: AtomicI64,
}

impl<'a> Batch<'a> {
    fn new(db: &'a Db, transports: &'a Transports, clock: Clock, stop: &'a watch::Receiver<bool>) -> Self {
        let lease_until = AtomicI64::new(clock.now.plus(LEASE).0);
        Self { db, transports, clock, stop, lease_until }
    }

    async fn work(&self, mut jobs: Vec<Job>) {
        // What is never repeated begins first.
        jobs.sort_by_key(|job| job.channel == Channel::Email);
        let leases: Vec<Lease> = jobs.iter().map(|job| job.lease).collect();
        let (report, reports) = mpsc::channel(BATCH);
        let unstarted = tokio::select! {
            (unstarted, ()) = async { tokio::join!(self.send_all(jobs, report), self.record_all(reports)) } => unstarted,
            () = self.beat(&leases) => Vec::new(),
        };
        if let Err(error) = queue::release(self.db, &unstarted, self.clock.now()).await {
            tracing::error!(%error, "claimed messages could not be put back; their leases will run out");
        }
    }

    /// Returns what was not begun, because the worker stops or the lease does not reach to the end of a call.
    async fn send_all(&self, jobs: Vec<Job>, report: mpsc::Sender<Outcome>) -> Vec<Lease> {
        let report = &report;
        stream::iter(jobs)
            .map(|job| async move {
                if is_stopped(self.stop) || !self.has_time() {
                    return Some(job.lease);
                }
                // The receiver outlives all senders.
                let _ = report.send(self.send(job).await).await;
                None
            })
            .buffer_unordered(IN_FLIGHT)
            .filter_map(async |unstarted| unstarted)
            .collect()
            .await
    }

    /// A process that slept must not send what another has taken over meanwhile.
    fn has_time(&self) -> bool {
        let timeout = i64::try_from(PROVIDER_TIMEOUT.as_millis()).unwrap_or(LEASE);
        self.clock.now().plus(timeout).0 < self.lease_until.load(Ordering::Relaxed)
    }

    async fn send(&self, job: Job) -> Outcome {
        let started = self.clock.now();
        let result = self.call(job.channel, &job.mail, started).await;
        let at = self.clock.now();
        let history =
            History { attempts: job.attempts, first_attempt: job.first_attempt, was_ambiguous: job.was_ambiguous };
        let verdict = match result {
            Ok(Receipt { provider_id, text }) => Verdict::Sent { provider_id, text },
            Err(refusal) => judge(refusal, job.channel, history, at),
        };
        let Job { lease, customer, zone, .. } = job;
        Outcome { lease, customer, zone, started, at, verdict, lost_before: None }
    }

    async fn call(&self, channel: Channel, mail: &Outgoing, at: Timestamp) -> Result<Receipt, Refusal> {
        let call = async {
            match channel {
                Channel::Email => self.transports.email.send(mail, at).await,
                Channel::Sms => self.transports.sms.send(mail, at).await,
            }
        };
        // Transports keep their own time and know better what is in doubt; this only guards against one that does not.
        timeout(PROVIDER_TIMEOUT + Duration::from_secs(5), call).await.unwrap_or_else(|_| {
            Err(Refusal { class: Class::Ambiguous, code: None, text: "No answer from the provider in time".into() })
        })
    }

    /// Whatever has come in since the last commit goes into the next.
    async fn record_all(&self, mut reports: mpsc::Receiver<Outcome>) {
        let mut group = Vec::with_capacity(BATCH);
        while reports.recv_many(&mut group, BATCH).await > 0 {
            record_for_ever(self.db, &group).await;
            group.clear();
        }
    }

    /// Ends never.
    async fn beat(&self, leases: &[Lease]) {
        loop {
            sleep(HEARTBEAT).await;
            let until = self.clock.now().plus(LEASE);
            match queue::extend(self.db, leases, until).await {
                Ok(()) => self.lease_until.store(until.0, Ordering::Relaxed),
                Err(error) => tracing::warn!(%error, "a heartbeat failed"),
            }
        }
    }
}

fn judge(refusal: Refusal, channel: Channel, history: History, at: Timestamp) -> Verdict {
    let Refusal { class, code, text } = refusal;
    let ambiguous = class == Class::Ambiguous;
    match retry::next(class, channel, history, at, random()) {
        Next::Retry(due) => Verdict::Deferred { due, ambiguous, code, text },
        Next::Fail(failure) => Verdict::Failed { failure, ambiguous, code, text },
    }
}

/// Nobody knows what became of the attempt of a worker that is gone.
fn give_up(lost: &Lost, now: Timestamp) -> Outcome {
    let Lost { lease, customer, channel, zone, attempts, first_attempt, started, was_ambiguous } = *lost;
    let refusal = Refusal {
        class: Class::Ambiguous,
        code: None,
        text: "The sending process ended before the provider's answer was known".into(),
    };
    let verdict = judge(refusal, channel, History { attempts, first_attempt, was_ambiguous }, now);
    Outcome { lease, customer, zone, started, at: now, verdict, lost_before: Some(now) }
}

/// A result that is not written would be sent again: so this waits for the database, and everything waits for this.
async fn record_for_ever(db: &Db, group: &[Outcome]) {
    let mut pause = Duration::from_millis(50);
    loop {
        match results::record(db, group).await {
            Ok(0) => return,
            Ok(stale) => return tracing::warn!(stale, "results came after their leases had run out"),
            Err(error) => {
                tracing::error!(%error, results = group.len(), "results could not be written; trying again");
                sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(5));
            }
        }
    }
}

/// From 0 to below 1.
fn random() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness the longest delay is the safe one.
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 1.0 - f64::EPSILON,
    }
}
