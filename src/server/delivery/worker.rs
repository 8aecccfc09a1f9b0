//! The worker: claims due messages, hands them to the transports, and writes the results.
//!
//! At most sixteen calls to providers run at a time; other claimed messages wait. Each attempt is recorded in the transaction
//! that writes the results of earlier ones, and starts only after that commit. So when a worker is killed, only the attempts
//! that it had started are in doubt; and a provider that hangs blocks one of the sixteen places, no more.

use super::{
    PROVIDER_TIMEOUT, Receipt, Refusal, Transports,
    retry::{self, Class, History, Next},
};
use crate::{
    domain::{AppResult, Timestamp, content::Outgoing, message::Channel},
    server::{
        clock,
        store::{
            Db,
            queue::{
                self, LEASE, Lease,
                claim::{self, Claim, Job},
                results::{self, Intent, Lost, Outcome, Verdict},
            },
        },
    },
};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use std::{
    collections::VecDeque,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// How many messages one claim takes.
const BATCH: usize = 100;
/// How many calls to providers run at a time: also the most messages that a killed worker leaves in doubt.
const IN_FLIGHT: usize = 16;
const HEARTBEAT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(250);
/// How long running calls may take once the worker is told to stop.
const GRACE: Duration = Duration::from_secs(25);

/// The time that a step was given, or the system's.
#[derive(Clone, Copy)]
enum Clock {
    /// That instant, and how long ago it was given.
    From(Timestamp, Instant),
    System,
}

impl Clock {
    fn now(&self) -> Timestamp {
        match self {
            Self::From(now, given) => now.plus(i64::try_from(given.elapsed().as_millis()).unwrap_or(i64::MAX)),
            Self::System => clock::now(),
        }
    }
}

/// Works until it is told to stop (or the sender of that signal is gone), then finishes running calls and releases other
/// claims.
pub async fn run(db: Db, transports: Arc<Transports>, stop: watch::Receiver<bool>) {
    let mut pump = Pump::new(&db, &transports, Clock::System, stop.clone());
    tokio::select! {
        () = pump.run() => {}
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
    let mut pump = Pump::new(db, transports, Clock::From(now, Instant::now()), stop.clone());
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

/// The messages of one worker, from the claim to the written result.
struct Pump<'a> {
    db: &'a Db,
    transports: &'a Transports,
    clock: Clock,
    stop: watch::Receiver<bool>,
    /// Claimed and not started, each with the end of its lease.
    held: VecDeque<(Job, Timestamp)>,
    /// Calls to providers.
    calls: FuturesUnordered<BoxFuture<'a, Outcome>>,
    /// The leases of `calls`.
    begun: Vec<Lease>,
    /// Results of calls that are not written yet.
    back: Vec<Outcome>,
    next_beat: Instant,
    /// When to look again for claims of workers that are gone.
    next_search: Instant,
}

impl<'a> Pump<'a> {
    fn new(db: &'a Db, transports: &'a Transports, clock: Clock, stop: watch::Receiver<bool>) -> Self {
        let now = Instant::now();
        Self {
            db,
            transports,
            clock,
            stop,
            held: VecDeque::new(),
            calls: FuturesUnordered::new(),
            begun: Vec::new(),
            back: Vec::new(),
            next_beat: now + HEARTBEAT,
            next_search: now,
        }
    }

    async fn run(&mut self) {
        let mut changes = self.db.changes();
        loop {
            let stopped = is_stopped(&self.stop);
            let mut pause = POLL;
            if !stopped && self.held.len() < IN_FLIGHT && self.calls.len() < IN_FLIGHT {
                match self.look().await {
                    Ok(0) => {}
                    Ok(_) => pause = Duration::ZERO,
                    Err(error) => {
                        tracing::error!(%error, "the worker could not read the queue");
                        pause = 4 * POLL;
                    }
                }
            }
            self.turn().await;
            if !self.is_idle() {
                self.wait().await;
            } else if stopped {
                return;
            } else {
                tokio::select! {
                    () = sleep(pause) => {}
                    // A lagged receiver means that something changed, too.
                    _ = changes.recv(), if !pause.is_zero() => {}
                    _ = self.stop.wait_for(|stop| *stop) => {}
                }
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.held.is_empty() && self.calls.is_empty() && self.back.is_empty()
    }

    /// Returns how many messages were handled or taken.
    async fn look(&mut self) -> AppResult<usize> {
        let mut handled = 0;
        if Instant::now() >= self.next_search {
            handled += self.settle_lost().await?;
            // After a full batch there may be more.
            let pause = if handled < BATCH { 4 * POLL } else { Duration::ZERO };
            self.next_search = Instant::now() + pause;
        }
        Ok(handled + self.refill().await?)
    }

    /// Settles claims that expired without a result: started attempts may have gone out, the others have not.
    async fn settle_lost(&mut self) -> AppResult<usize> {
        let now = self.clock.now();
        let lost = self.during(results::lost(self.db, BATCH, now)).await?;
        if lost.is_empty() {
            return Ok(0);
        }
        tracing::warn!(messages = lost.len(), "claims ran out before their results came");
        let given_up: Vec<_> = lost.iter().filter_map(|lost| give_up(lost, now)).collect();
        let unbegun: Vec<_> = lost.iter().filter(|l| l.started.is_none()).map(|l| l.lease).collect();
        self.during(queue::release(self.db, &unbegun, Some(now))).await?;
        self.during(write_until_done(self.db, &given_up, &[])).await;
        Ok(lost.len())
    }

    /// Claims due messages.
    async fn refill(&mut self) -> AppResult<usize> {
        let now = self.clock.now();
        let Claim { jobs, handled } = self.during(claim::claim(self.db, BATCH, now)).await?;
        self.held.extend(jobs.into_iter().map(|job| (job, now.plus(LEASE))));
        Ok(handled)
    }

    /// Writes the results that have arrived, and starts calls up to the limit.
    async fn turn(&mut self) {
        let now = self.clock.now();
        if is_stopped(&self.stop) {
            let leases = self.held.drain(..).map(|(job, _)| job.lease).collect();
            self.put_back(leases).await;
        }
        let mut jobs = Vec::new();
        let mut late = Vec::new();
        while self.calls.len() + jobs.len() < IN_FLIGHT
            && let Some((job, until)) = self.held.pop_front()
        {
            // A process that was suspended must not send what another worker has taken over.
            if has_time(now, until) { jobs.push(job) } else { late.push(job.lease) }
        }
        self.put_back(late).await;
        let back = std::mem::take(&mut self.back);
        if back.is_empty() && jobs.is_empty() {
            return;
        }
        let provider = |job: &Job| match job.channel {
            Channel::Email => self.transports.email.provider(),
            Channel::Sms => self.transports.sms.provider(),
        };
        let intents: Vec<_> =
            jobs.iter().map(|job| Intent { lease: job.lease, started: now, provider: provider(job) }).collect();
        let begun = self.during(write_until_done(self.db, &back, &intents)).await;
        self.begun.retain(|lease| back.iter().all(|outcome| outcome.lease != *lease));
        // Writing may have taken longer than the leases last.
        let now = self.clock.now();
        for (job, began) in jobs.into_iter().zip(begun) {
            if began {
                self.begun.push(job.lease);
                self.calls.push(send(self.transports, self.clock, job, now).boxed());
            }
        }
    }

    async fn put_back(&mut self, leases: Vec<Lease>) {
        if let Err(error) = self.during(queue::release(self.db, &leases, None)).await {
            tracing::error!(%error, "claimed messages could not be put back; their leases will run out");
        }
    }

    /// Waits until a call returns or the worker is told to stop; then collects all calls that have returned.
    async fn wait(&mut self) {
        if self.calls.is_empty() {
            return;
        }
        let mut stop = self.stop.clone();
        let was_stopped = is_stopped(&stop);
        tokio::select! {
            Some(outcome) = self.calls.next() => self.back.push(outcome),
            // Newly due messages may fill the free places.
            () = sleep(POLL), if self.calls.len() < IN_FLIGHT => {}
            () = sleep(self.next_beat.saturating_duration_since(Instant::now())) => {}
            _ = stop.wait_for(|stop| *stop), if !was_stopped => {}
        }
        while let Some(Some(outcome)) = self.calls.next().now_or_never() {
            self.back.push(outcome);
        }
        if Instant::now() >= self.next_beat {
            self.next_beat = Instant::now() + HEARTBEAT;
            self.beat().await;
        }
    }

    /// Extends the leases.
    async fn beat(&mut self) {
        let until = self.clock.now().plus(LEASE);
        let leases: Vec<Lease> = self.held.iter().map(|(job, _)| job.lease).chain(self.begun.iter().copied()).collect();
        match self.during(queue::extend(self.db, &leases, until)).await {
            Ok(()) => self.held.iter_mut().for_each(|(_, held_until)| *held_until = until),
            Err(error) => tracing::warn!(%error, "a heartbeat failed"),
        }
    }

    /// Awaits `work` while calls go on.
    async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                Some(outcome) = self.calls.next(), if !self.calls.is_empty() => self.back.push(outcome),
            }
        }
    }
}

/// Whether a call that begins now ends before the lease does.
fn has_time(now: Timestamp, until: Timestamp) -> bool {
    let timeout = i64::try_from(PROVIDER_TIMEOUT.as_millis()).unwrap_or(LEASE);
    now.plus(timeout) < until
}

async fn send(transports: &Transports, clock: Clock, job: Job, started: Timestamp) -> Outcome {
    let result = call(transports, job.channel, &job.mail, started).await;
    let at = clock.now();
    let history =
        History { attempts: job.attempts, first_attempt: job.first_attempt, was_ambiguous: job.was_ambiguous };
    let verdict = match result {
        Ok(Receipt { provider_id, text }) => Verdict::Sent { provider_id, text },
        Err(refusal) => judge(refusal, job.channel, history, at),
    };
    let Job { lease, customer, zone, .. } = job;
    Outcome { lease, customer, zone, started, at, verdict, lost_before: None }
}

async fn call(transports: &Transports, channel: Channel, mail: &Outgoing, at: Timestamp) -> Result<Receipt, Refusal> {
    let call = async {
        match channel {
            Channel::Email => transports.email.send(mail, at).await,
            Channel::Sms => transports.sms.send(mail, at).await,
        }
    };
    // Transports have their own timeouts and know better what is in doubt; this guards against one without.
    timeout(PROVIDER_TIMEOUT + Duration::from_secs(5), call).await.unwrap_or_else(|_| {
        Err(Refusal { class: Class::Ambiguous, code: None, text: "No answer from the provider in time".into() })
    })
}

fn judge(refusal: Refusal, channel: Channel, history: History, at: Timestamp) -> Verdict {
    let Refusal { class, code, text } = refusal;
    let ambiguous = class == Class::Ambiguous;
    match retry::next(class, channel, history, at, random()) {
        Next::Retry(due) => Verdict::Deferred { due, ambiguous, code, text },
        Next::Fail(failure) => Verdict::Failed { failure, ambiguous, code, text },
    }
}

/// The outcome of an attempt whose worker is gone: ambiguous.
fn give_up(lost: &Lost, now: Timestamp) -> Option<Outcome> {
    let Lost { lease, customer, channel, zone, attempts, first_attempt, started, was_ambiguous } = *lost;
    let started = started?;
    let refusal = Refusal {
        class: Class::Ambiguous,
        code: None,
        text: "The sending process ended before the provider's answer was known".into(),
    };
    let verdict = judge(refusal, channel, History { attempts, first_attempt, was_ambiguous }, now);
    Some(Outcome { lease, customer, zone, started, at: now, verdict, lost_before: Some(now) })
}

/// Retries until the database has the results: an unwritten result would send its message again. Returns which of the
/// intents may start.
async fn write_until_done(db: &Db, outcomes: &[Outcome], intents: &[Intent]) -> Vec<bool> {
    let mut pause = Duration::from_millis(50);
    loop {
        match results::write(db, outcomes, intents).await {
            Ok(written) => {
                if written.stale > 0 {
                    tracing::warn!(stale = written.stale, "results came after their leases had run out");
                }
                return written.begun;
            }
            Err(error) => {
                tracing::error!(%error, results = outcomes.len(), "results could not be written; trying again");
                sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(5));
            }
        }
    }
}

/// From 0 to below 1.
fn random() -> f64 {
    let mut bytes = [0; 4];
    // Without random bytes, the longest delay is the safe one.
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 1.0 - f64::EPSILON,
    }
}
