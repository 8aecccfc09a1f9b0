//! The messages of one worker, from the claim to the written result.

mod intake;
mod lines;
mod search;
mod upkeep;

use super::{
    BATCH, Clock, HEARTBEAT, IN_FLIGHT, LATE, POLL,
    answer::{self, Answer},
    is_stopped,
    writing::{self, Refused},
};
use crate::{
    domain::{AppResult, ConnectionId, Timestamp},
    server::{
        delivery::{Transports, breaker::Breaker, pulse::Pulse},
        store::{
            Db,
            queue::{
                self, Key, LEASE, Lease,
                claim::Job,
                lanes::Via,
                results::{Intent, Outcome},
                stops,
            },
        },
    },
};
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use lines::Line;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    pin::pin,
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::sleep};

/// How many of the places one connection may fill: also the most of its messages that a killed worker leaves in doubt.
const EACH: usize = IN_FLIGHT / 2;
/// How long before its start an attempt is recorded and takes a place.
const SOON: Duration = Duration::from_millis(500);
/// How long a message is left alone that the database refuses to change.
const REFUSED: Duration = Duration::from_secs(300);

/// Claimed and not started.
struct Held {
    job: Job,
    /// The end of its lease.
    until: Instant,
    /// When its attempt begins, where limits give it a turn.
    start: Option<Instant>,
    /// Whether it finds out if a stopped connection works again.
    is_probe: bool,
}

/// A call under way, or one whose answer is not judged yet.
#[derive(Clone, Copy)]
struct Begun {
    lease: Lease,
    via: Via,
    is_probe: bool,
}

pub struct Pump<'a> {
    db: &'a Db,
    transports: &'a Transports,
    clock: Clock,
    stop: watch::Receiver<bool>,
    /// When to look again for connections that have become due, and for stopped ones that it is time to try.
    next_round: Instant,
    lines: BTreeMap<ConnectionId, Line>,
    held: VecDeque<Held>,
    calls: FuturesUnordered<BoxFuture<'a, Answer>>,
    begun: Vec<Begun>,
    /// Answers that are not judged yet.
    back: Vec<Answer>,
    /// Results that the database refused.
    refused: Vec<Refused>,
    /// How many results were written.
    written: u64,
    next_beat: Instant,
    /// When to look again for claims of workers that are gone.
    next_search: Instant,
    /// Lost claims that could not be settled, each with the time to try again.
    unsettled: Vec<(Lease, Instant)>,
    /// Due messages that could not be claimed, likewise.
    unclaimable: Vec<(Key, Instant)>,
    /// The time of day at an instant: whether the clock was set since.
    seen: (Timestamp, Instant),
    /// When to look again after what only time changes.
    next_upkeep: Instant,
}

impl<'a> Pump<'a> {
    pub fn new(db: &'a Db, transports: &'a Transports, clock: Clock, stop: watch::Receiver<bool>) -> Self {
        let now = Instant::now();
        Self {
            db,
            transports,
            stop,
            next_round: now,
            lines: BTreeMap::new(),
            held: VecDeque::new(),
            calls: FuturesUnordered::new(),
            begun: Vec::new(),
            back: Vec::new(),
            refused: Vec::new(),
            written: 0,
            next_beat: now + HEARTBEAT,
            next_search: now,
            unsettled: Vec::new(),
            unclaimable: Vec::new(),
            seen: (clock.now(), now),
            next_upkeep: now,
            clock,
        }
    }

    pub async fn run(&mut self, pulse: &Pulse) {
        let mut changes = self.db.changes();
        self.follow_clock().await;
        self.seen = (self.clock.now(), Instant::now());
        if let Err(error) = stops::try_now(self.db, self.now()).await {
            tracing::warn!(%error, "connections that are paused wait for their next try");
        }
        loop {
            pulse.beat(Instant::now());
            let stopped = is_stopped(&self.stop);
            let mut pause = POLL;
            if !stopped {
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

    pub fn is_idle(&self) -> bool {
        self.held.is_empty() && self.calls.is_empty() && self.back.is_empty() && self.refused.is_empty()
    }

    /// Looks for what is lost and for what is due, as far as it is time for that and there is room. Returns how many messages
    /// were handled or taken.
    async fn look(&mut self) -> AppResult<usize> {
        self.watch_clock().await;
        self.keep_up().await;
        let mut handled = 0;
        if Instant::now() >= self.next_search {
            handled += self.settle_lost().await?;
            // After a full batch there may be more.
            let pause = if handled < BATCH { 4 * POLL } else { Duration::ZERO };
            self.next_search = Instant::now() + pause;
        }
        let wants_more = |(id, line): (&ConnectionId, &Line)| line.is_due && self.is_hungry(*id);
        if self.is_idle() || Instant::now() >= self.next_round || self.lines.iter().any(wants_more) {
            self.next_round = Instant::now() + POLL;
            handled += self.refill().await?;
        }
        Ok(handled)
    }

    /// The time of day, by the time that passed since we last looked whether the clock was set: between two looks it does not jump.
    fn now(&self) -> Timestamp {
        let (then, since) = self.seen;
        then.plus(i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    /// All that this worker holds.
    fn leases(&self) -> impl Iterator<Item = Lease> {
        let held = self.held.iter().map(|held| held.job.lease);
        let refused = self.refused.iter().map(|refused| refused.outcome.lease);
        held.chain(self.begun.iter().map(|begun| begun.lease)).chain(refused)
    }

    /// Writes the results that have arrived, and starts calls up to the limit.
    pub async fn turn(&mut self) {
        self.retry_refused().await;
        let back = std::mem::take(&mut self.back);
        let connections: Vec<ConnectionId> = back.iter().map(|answer| answer.via.connection).collect();
        let outcomes: Vec<Outcome> = back.into_iter().map(|answer| self.judge(answer)).collect();
        self.save_stops().await;
        let (jobs, back) = self.sort_held();
        self.put_back(back).await;
        if outcomes.is_empty() && jobs.is_empty() {
            return;
        }
        let started = self.now();
        let intents: Vec<_> = jobs
            .iter()
            .map(|Held { job, .. }| Intent { lease: job.lease, started, provider: self.transports.provider(&job.via) })
            .collect();
        let written = self.during(writing::write(self.db, &outcomes, &intents)).await;
        let before = self.written;
        self.written += (outcomes.len() - written.refused.len()) as u64;
        for (index, (outcome, connection)) in outcomes.into_iter().zip(connections).enumerate() {
            if written.refused.contains(&index) {
                self.refused.push(Refused::new(outcome, connection, before));
            }
        }
        if written.postponed {
            self.held.extend(jobs);
            self.held.rotate_right(intents.len());
            return;
        }
        let mut not_begun = Vec::new();
        for (Held { job, start, is_probe, .. }, began) in jobs.into_iter().zip(written.begun) {
            if began {
                self.begun.push(Begun { lease: job.lease, via: job.via, is_probe });
                self.calls
                    .push(answer::send(self.db, self.transports, self.clock.clone(), job, is_probe, start).boxed());
            } else {
                not_begun.push(job.lease);
            }
        }
        if let Err(error) = self.during(queue::release_held(self.db, &not_begun)).await {
            tracing::warn!(%error, "messages that are held could not be put back; their leases will run out");
        }
    }

    fn judge(&mut self, answer: Answer) -> Outcome {
        self.begun.retain(|begun| begun.lease != answer.lease);
        let (via, is_sent) = (answer.via, answer.is_sent());
        if is_sent {
            self.note_sent(via, answer.at);
        }
        let breaker = &mut self.line(via).breaker;
        if via.revision < breaker.via().revision {
            // It was asked with former settings, which says nothing of those of now.
            return answer.judge(&mut Breaker::new(via));
        }
        answer.judge(breaker)
    }

    /// Which of the held messages start now, and which go back: those of a stopped connection, those that have missed their turn,
    /// those whose lease is about to run out, and all once the worker is told to stop. Results that are not written keep their places.
    fn sort_held(&mut self) -> (Vec<Held>, Vec<Lease>) {
        let now = Instant::now();
        let is_stopped = is_stopped(&self.stop);
        let mut free = self.free();
        let mut starting: HashMap<ConnectionId, usize> = HashMap::new();
        let (mut start, mut back, mut wait) = (Vec::new(), Vec::new(), VecDeque::new());
        for held in std::mem::take(&mut self.held) {
            let id = held.job.via.connection;
            let is_paused = self.lines.get(&id).is_none_or(|line| line.breaker.stop().is_some());
            let is_late = held.start.is_some_and(|start| start + LATE < now);
            let is_soon = held.start.is_none_or(|start| start < now + SOON);
            // A process that was suspended must not send what another worker has taken over.
            if is_stopped || is_late || held.until < now + HEARTBEAT || (is_paused && !held.is_probe) {
                back.push(held.job.lease);
            } else if is_soon && self.may_start(&held, &starting, free) {
                free -= 1;
                *starting.entry(id).or_default() += 1;
                start.push(held);
            } else {
                wait.push_back(held);
            }
        }
        self.held = wait;
        (start, back)
    }

    async fn retry_refused(&mut self) {
        let now = Instant::now();
        let (due, later): (Vec<_>, _) =
            std::mem::take(&mut self.refused).into_iter().partition(|refused| refused.next() <= now);
        self.refused = later;
        for mut refused in due {
            if self.during(refused.retry(self.db)).await {
                self.written += 1;
            } else if !refused.is_hopeless(self.written) {
                self.refused.push(refused);
            }
        }
    }

    async fn put_back(&mut self, leases: Vec<Lease>) {
        if let Err(error) = self.during(writing::release(self.db, &leases, None)).await {
            tracing::error!(%error, "claimed messages could not be put back; their leases will run out");
        }
    }

    /// Waits until a call returns, a refused result is to be tried again, or the worker is told to stop; then collects all calls
    /// that have returned.
    pub async fn wait(&mut self) {
        let now = Instant::now();
        let turn = self.held.iter().filter_map(|held| Some(held.start? - SOON)).filter(|turn| *turn > now).min();
        if self.calls.is_empty() && self.refused.is_empty() && turn.is_none() {
            return;
        }
        let mut stop = self.stop.clone();
        let was_stopped = is_stopped(&stop);
        let next = self.refused.iter().map(Refused::next).chain(turn).fold(self.next_beat, Instant::min);
        tokio::select! {
            Some(answer) = self.calls.next(), if !self.calls.is_empty() => self.back.push(answer),
            // Newly due messages may fill the free places, and there may be lost ones.
            () = sleep(POLL) => {}
            () = sleep(next.saturating_duration_since(Instant::now())) => {}
            _ = stop.wait_for(|stop| *stop), if !was_stopped => {}
        }
        while let Some(Some(answer)) = self.calls.next().now_or_never() {
            self.back.push(answer);
        }
        if Instant::now() >= self.next_beat {
            self.next_beat = Instant::now() + HEARTBEAT;
            self.beat().await;
        }
    }

    /// Extends the leases.
    async fn beat(&mut self) {
        let until = Instant::now() + lease();
        let leases: Vec<Lease> = self.leases().collect();
        match self.during(queue::extend(self.db, &leases, self.now().plus(LEASE))).await {
            Ok(()) => self.held.iter_mut().for_each(|held| held.until = until),
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
                Some(answer) = self.calls.next(), if !self.calls.is_empty() => self.back.push(answer),
            }
        }
    }
}

fn lease() -> Duration {
    Duration::from_millis(LEASE.unsigned_abs())
}
