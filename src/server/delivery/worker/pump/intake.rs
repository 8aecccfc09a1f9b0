//! What a worker takes from the queue: due messages of the connections that work, and probes of those that are stopped.

use super::{EACH, Held, Pump, REFUSED, lease};
use crate::{
    domain::{AppResult, Timestamp, message::Channel},
    server::{
        delivery::worker::{BATCH, IN_FLIGHT, POLL},
        store::{
            dialect,
            queue::{
                Key,
                claim::{self, Claim},
                connections,
            },
        },
    },
};
use std::time::Instant;

/// How many claims look for one message that can try a stopped connection.
const MOST_LOOKS: usize = 200;

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
        let stops = self.during(connections::stopped(self.db)).await?;
        for breaker in &mut self.breakers {
            breaker.learn(stops.iter().find(|stop| stop.channel == breaker.channel()).cloned());
        }
        let hungry: Vec<Channel> = Channel::ALL.into_iter().filter(|channel| self.is_hungry(*channel)).collect();
        let now = self.clock.now();
        let mut handled = 0;
        for index in 0..self.breakers.len() {
            handled += self.probe(index, now).await?;
        }
        let taken = self.claim(&hungry, false).await?;
        if taken.handled == 0 {
            hungry.iter().for_each(|channel| self.next_look[*channel as usize] = Instant::now() + POLL);
        }
        Ok(handled + taken.handled)
    }

    /// Whether more of this channel can be used, and there may be more.
    pub(super) fn is_hungry(&self, channel: Channel) -> bool {
        let breaker = &self.breakers[channel as usize];
        let waiting = self.held.iter().filter(|held| held.job.channel == channel).count();
        let answered = self.back.iter().filter(|answer| answer.channel == channel).count();
        breaker.stop().is_none()
            && waiting < IN_FLIGHT
            && self.busy(channel) < breaker.places(EACH) + answered
            && (self.is_idle() || self.next_look[channel as usize] <= Instant::now())
    }

    /// Where the database refuses to claim due messages, it claims fewer, down to the one that it refuses; that one is passed over
    /// for a while.
    async fn claim(&mut self, channels: &[Channel], is_probe: bool) -> sqlx::Result<Taken> {
        let (now, instant) = (self.clock.now(), Instant::now());
        self.unclaimable.retain(|(_, until)| *until > instant);
        let skip: Vec<Key> = self.unclaimable.iter().map(|(message, _)| *message).collect();
        let mut most = BATCH;
        let error = loop {
            let lease_at_most = if is_probe { 1 } else { most };
            match self.during(claim::claim_some(self.db, channels, &skip, most, lease_at_most, now)).await {
                Ok(Claim { jobs, handled }) => {
                    let (leased, until) = (jobs.len(), instant + lease());
                    self.held.extend(jobs.into_iter().map(|job| Held { job, until, is_probe }));
                    return Ok(Taken { handled, leased, refused: 0 });
                }
                Err(error) if dialect::is_about_rows(&error) && most > 1 => most /= 2,
                Err(error) if dialect::is_about_rows(&error) => break error,
                Err(error) => return Err(error),
            }
        };
        let first = self.during(claim::first(self.db, channels, &skip, now)).await?;
        if let Some((project, message)) = first {
            tracing::error!(%error, %message, "a message could not be claimed; it is passed over for a while");
            self.unclaimable.push(((project, message), instant + REFUSED));
        }
        Ok(Taken { handled: 0, leased: 0, refused: first.iter().len() })
    }

    async fn probe(&mut self, index: usize, now: Timestamp) -> sqlx::Result<usize> {
        let breaker = &self.breakers[index];
        let channel = breaker.channel();
        let is_probing = self.begun.iter().any(|begun| begun.is_probe && begun.channel == channel)
            || self.held.iter().any(|held| held.is_probe && held.job.channel == channel);
        let (Some(was), Some(probing)) = (breaker.stop().map(|stop| stop.next_probe), breaker.with_probe(now)) else {
            return Ok(0);
        };
        if is_probing || !breaker.wants_probe(now) {
            return Ok(0);
        }
        if !self.during(connections::take_probe(self.db, &probing, was)).await? {
            return Ok(0);
        }
        self.breakers[index].learn(Some(probing));
        // What was canceled or put off tries nothing, and neither does what can't be claimed.
        for _ in 0..MOST_LOOKS {
            let Taken { handled, leased, refused } = self.claim(&[channel], true).await?;
            if leased > 0 || handled + refused == 0 {
                return Ok(leased);
            }
        }
        Ok(0)
    }

    /// Tells the other workers, and staff, which connections were stopped and which work again.
    pub(super) async fn save_stops(&mut self) {
        for index in 0..self.breakers.len() {
            let Some(stop) = self.breakers[index].unsaved() else { continue };
            let channel = self.breakers[index].channel();
            let saved = match &stop {
                Some(stop) => {
                    let (channel, reason) = (channel.slug(), stop.reason.code());
                    tracing::error!(channel, reason, words = stop.words, "a connection is paused");
                    self.during(connections::save(self.db, stop)).await
                }
                None => {
                    tracing::info!(channel = channel.slug(), "the connection works again");
                    self.during(connections::resume(self.db, channel)).await
                }
            };
            match saved {
                Ok(()) => self.breakers[index].saved(),
                Err(error) => tracing::warn!(%error, "the state of a connection could not be written; trying again"),
            }
        }
    }
}
