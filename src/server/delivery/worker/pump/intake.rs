//! What a worker takes from the queue: due messages of the connections that work, and probes of those that are stopped.

use super::{Held, Pump, REFUSED, lease};
use crate::{
    domain::{AppResult, MessageId, Timestamp, message::Channel},
    server::{
        delivery::{breaker::Breaker, worker::BATCH},
        store::{
            dialect,
            queue::{
                claim::{self, Claim},
                connections,
            },
        },
    },
};
use std::time::Instant;

impl Pump<'_> {
    /// Claims due messages of the connections that work, and one to try each that was stopped, when it is time.
    pub async fn refill(&mut self) -> AppResult<usize> {
        self.save_stops().await;
        let stops = self.during(connections::stopped(self.db)).await?;
        for breaker in &mut self.breakers {
            breaker.learn(stops.iter().find(|stop| stop.channel == breaker.channel()).cloned());
        }
        let now = self.clock.now();
        let mut handled = 0;
        for index in 0..self.breakers.len() {
            handled += self.probe(index, now).await?;
        }
        let open: Vec<Channel> =
            self.breakers.iter().filter(|breaker| breaker.stop().is_none()).map(Breaker::channel).collect();
        Ok(handled + self.claim(&open, BATCH, false).await?.0)
    }

    /// Returns how many messages were handled and taken. Where the database refuses to claim them, it claims fewer, down to the one
    /// that it refuses; that one is passed over for a while.
    async fn claim(&mut self, channels: &[Channel], most: usize, is_probe: bool) -> sqlx::Result<(usize, usize)> {
        let (now, instant) = (self.clock.now(), Instant::now());
        self.unclaimable.retain(|(_, until)| *until > instant);
        let skip: Vec<MessageId> = self.unclaimable.iter().map(|(message, _)| *message).collect();
        let mut most = most;
        let error = loop {
            match self.during(claim::claim(self.db, channels, &skip, most, now)).await {
                Ok(Claim { jobs, handled }) => {
                    let (taken, until) = (jobs.len(), instant + lease());
                    self.held.extend(jobs.into_iter().map(|job| Held { job, until, is_probe }));
                    return Ok((handled, taken));
                }
                Err(error) if dialect::is_about_rows(&error) && most > 1 => most /= 2,
                Err(error) if dialect::is_about_rows(&error) => break error,
                Err(error) => return Err(error),
            }
        };
        let first = self.during(claim::first(self.db, channels, &skip, now)).await?;
        if let Some(message) = first {
            tracing::error!(%error, %message, "a message could not be claimed; it is passed over for a while");
            self.unclaimable.push((message, instant + REFUSED));
        }
        Ok((first.iter().len(), 0))
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
        loop {
            let (handled, taken) = self.claim(&[channel], 1, true).await?;
            // What was canceled or put off tries nothing.
            if taken > 0 || handled == 0 {
                return Ok(taken);
            }
        }
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
