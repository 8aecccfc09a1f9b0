//! What a worker takes from the queue: due messages of the connections that work, and probes of those that are stopped.

use super::{Held, Line, Pump, REFUSED, lease};
use crate::{
    domain::{AppResult, ConnectionId, Timestamp},
    server::{
        delivery::worker::{BATCH, POLL},
        store::{
            connections, dialect,
            queue::{
                Key,
                claim::{self, Claim, Job},
                lanes::{self, Lane, Via},
                pace::Rest,
                stops,
            },
        },
    },
};
use std::time::{Duration, Instant};

/// How many claims look for one message that can try a stopped connection.
const MOST_LOOKS: usize = 200;
/// How often it is noted at most that a provider takes messages.
const NOTE: Duration = Duration::from_secs(10);

/// The longest that a lane is left alone because of its limits.
const LONGEST_REST: Duration = Duration::from_secs(10);

/// From one time of day to a later one.
fn span(from: Timestamp, to: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(to.0.saturating_sub(from.0)).unwrap_or(0))
}

/// What a claim did: how many messages it leased, canceled or put off, how many it leased, and how many can't be claimed.
struct Taken {
    handled: usize,
    leased: usize,
    refused: usize,
}

impl Pump<'_> {
    /// Claims due messages of the connections that work, and one to try each that was stopped, when it is time.
    pub async fn refill(&mut self) -> AppResult<usize> {
        self.save_stops().await;
        let now = self.now();
        let lanes = self.during(lanes::due(self.db, now)).await?;
        self.follow(&lanes);
        let stops = self.during(stops::stopped(self.db)).await?;
        for (id, line) in &mut self.lines {
            line.breaker.learn(stops.iter().find(|stop| stop.connection == *id).cloned());
        }
        let mut handled = 0;
        for id in stops.iter().map(|stop| stop.connection) {
            let of_it: Vec<Lane> = lanes.iter().filter(|lane| lane.via.connection == id).copied().collect();
            handled += self.probe(id, &of_it, now).await?;
        }
        let (resting, mut hungry): (Vec<Lane>, Vec<Lane>) =
            lanes.into_iter().filter(|lane| self.is_hungry(lane.via.connection)).partition(|lane| self.rests(lane));
        hungry.sort_by_key(|lane| self.served(lane));
        let taken = self.claim(&hungry, false).await?;
        if taken.handled == 0 {
            let later = Instant::now() + POLL;
            hungry.iter().chain(&resting).for_each(|lane| self.line(lane.via).next_look = later);
        }
        Ok(handled + taken.handled)
    }

    fn served(&self, lane: &Lane) -> Option<Instant> {
        self.lines.get(&lane.via.connection)?.served.get(&lane.via.project).copied()
    }

    /// Where the database refuses to claim due messages, it claims fewer, down to the one that it refuses; that one is passed over
    /// for a while.
    async fn claim(&mut self, lanes: &[Lane], is_probe: bool) -> sqlx::Result<Taken> {
        let (now, instant) = (self.now(), Instant::now());
        self.unclaimable.retain(|(_, until)| *until > instant);
        let skip: Vec<Key> = self.unclaimable.iter().map(|(message, _)| *message).collect();
        let mut most = BATCH;
        let error = loop {
            let lease_at_most = if is_probe { 1 } else { most };
            match self.during(claim::claim_some(self.db, lanes, &skip, most, lease_at_most, now)).await {
                Ok(Claim { jobs, handled, rests }) => {
                    let (leased, until) = (jobs.len(), instant + lease());
                    for Rest { project, connection, until } in rests {
                        // Not for long: staff may raise the limit.
                        let until = instant + span(now, until).min(LONGEST_REST);
                        if let Some(line) = self.lines.get_mut(&connection) {
                            line.rests.insert(project, until);
                        }
                    }
                    for job in &jobs {
                        self.line(job.via).served.insert(job.via.project, instant);
                    }
                    let start = |job: &Job| job.start.map(|start| instant + span(now, start));
                    self.held.extend(jobs.into_iter().map(|job| Held { start: start(&job), job, until, is_probe }));
                    return Ok(Taken { handled, leased, refused: 0 });
                }
                Err(error) if dialect::is_about_rows(&error) && most > 1 => most /= 2,
                Err(error) if dialect::is_about_rows(&error) => break error,
                Err(error) => return Err(error),
            }
        };
        let first = self.during(claim::first(self.db, lanes, &skip, now)).await?;
        if let Some((project, message)) = first {
            tracing::error!(%error, %message, "a message could not be claimed; it is passed over for a while");
            self.unclaimable.push(((project, message), instant + REFUSED));
        }
        Ok(Taken { handled: 0, leased: 0, refused: first.iter().len() })
    }

    async fn probe(&mut self, id: ConnectionId, lanes: &[Lane], now: Timestamp) -> sqlx::Result<usize> {
        let Some(line) = self.lines.get(&id) else { return Ok(0) };
        let is_probing = self.begun.iter().any(|begun| begun.is_probe && begun.via.connection == id)
            || self.held.iter().any(|held| held.is_probe && held.job.via.connection == id);
        let breaker = &line.breaker;
        let (Some(was), Some(probing)) = (breaker.stop().map(|stop| stop.next_probe), breaker.with_probe(now)) else {
            return Ok(0);
        };
        if lanes.is_empty() || is_probing || !breaker.wants_probe(now) {
            return Ok(0);
        }
        if !self.during(stops::take_probe(self.db, &probing, was)).await? {
            return Ok(0);
        }
        if let Some(line) = self.lines.get_mut(&id) {
            line.breaker.learn(Some(probing));
        }
        // What was canceled or put off tries nothing, and neither does what can't be claimed.
        for _ in 0..MOST_LOOKS {
            let Taken { handled, leased, refused } = self.claim(lanes, true).await?;
            if leased > 0 || handled + refused == 0 {
                return Ok(leased);
            }
        }
        Ok(0)
    }

    /// Tells the other workers, and staff, which connections were stopped and which work again.
    pub(super) async fn save_stops(&mut self) {
        let unsaved = |(id, line): (&ConnectionId, &Line)| {
            let stop = line.breaker.unsaved()?;
            Some((*id, line.breaker.via().revision, stop))
        };
        let unsaved: Vec<_> = self.lines.iter().filter_map(unsaved).collect();
        for (id, revision, stop) in unsaved {
            let saved = match &stop {
                Some(stop) => {
                    // Not the provider's words, which may name a customer. Staff read them on every page.
                    let (channel, reason, code) = (stop.channel.slug(), stop.reason.code(), stop.code.as_deref());
                    tracing::error!(connection = %id, channel, reason, code, "a connection is paused");
                    self.during(stops::save(self.db, stop, revision)).await
                }
                None => {
                    tracing::info!(connection = %id, "the connection works again");
                    self.during(stops::resume(self.db, id)).await
                }
            };
            match (saved, self.lines.get_mut(&id)) {
                (Ok(()), Some(line)) => line.breaker.saved(),
                (Ok(()), None) => {}
                (Err(error), _) => {
                    tracing::warn!(%error, "the state of a connection could not be written; trying again")
                }
            }
        }
    }

    /// Notes that the provider took a message: what staff see of the connection's health. Not each time, and nobody waits for it.
    pub(super) fn note_sent(&mut self, via: Via, at: Timestamp) {
        let line = self.line(via);
        if line.noted.is_some_and(|noted| noted.elapsed() < NOTE) {
            return;
        }
        line.noted = Some(Instant::now());
        let db = self.db.clone();
        tokio::spawn(async move {
            if let Err(error) = connections::note_sent(&db, via.connection, at).await {
                tracing::debug!(%error, "the use of a connection was not noted");
            }
        });
    }
}
