//! What a worker does now and then: it goes by the database's clock, releases what is held although the cause is gone, and has the
//! reputation guard judge.

use super::Pump;
use crate::server::store::{reputation, sending::release};
use std::time::{Duration, Instant};

const EACH_MINUTE: Duration = Duration::from_secs(60);

impl Pump<'_> {
    pub(super) async fn keep_up(&mut self) {
        if Instant::now() < self.next_upkeep {
            return;
        }
        self.next_upkeep = Instant::now() + EACH_MINUTE;
        self.follow_clock().await;
        let now = self.now();
        match self.during(release::leftovers(self.db)).await {
            Ok(0) => {}
            Ok(messages) => tracing::info!(messages, "held messages were released"),
            Err(error) => tracing::warn!(%error, "held messages could not be released; trying again in a minute"),
        }
        if let Err(error) = self.during(reputation::judge_all(self.db, now)).await {
            tracing::warn!(%error, "the reputation of projects could not be judged; trying again in a minute");
        }
    }
}
