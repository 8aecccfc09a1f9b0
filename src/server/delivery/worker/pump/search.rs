//! The search for claims whose worker is gone.

use super::{Pump, REFUSED, lease};
use crate::{
    domain::{AppResult, Timestamp},
    server::{
        delivery::worker::{BATCH, answer, writing},
        store::queue::{Lease, lost},
    },
};
use std::time::Instant;

/// How much the time of day may differ from the time that passed before we say that the clock was set.
const STEP: i64 = 5 * Timestamp::SECOND;
impl Pump<'_> {
    /// After the clock was set, leases seem to have run out whose workers are alive. They extend them at once, as we do; until
    /// then nobody judges.
    pub(super) async fn watch_clock(&mut self) {
        let (now, instant) = (self.clock.now(), Instant::now());
        let (then, since) = std::mem::replace(&mut self.seen, (now, instant));
        let passed = i64::try_from((instant - since).as_millis()).unwrap_or(i64::MAX);
        let step = now.0.saturating_sub(then.0).saturating_sub(passed);
        if step.abs() > STEP {
            tracing::warn!(ms = step, "the system's clock was set");
            self.next_beat = instant;
            self.next_search = instant + lease();
            self.follow_clock().await;
            self.seen = (self.clock.now(), Instant::now());
        }
    }

    /// Goes by the database's clock, where it has one.
    pub(super) async fn follow_clock(&mut self) {
        let clock = self.clock.clone();
        if let Err(error) = self.during(clock.follow(self.db)).await {
            tracing::warn!(%error, "the database's clock could not be read");
        }
    }

    /// Settles claims that expired without a result: started attempts may have gone out, the others have not.
    pub async fn settle_lost(&mut self) -> AppResult<usize> {
        // The earlier one, should the clock have been set just now: another worker may have seen that, and leased by it.
        let (now, instant) = (self.now().min(self.clock.now()), Instant::now());
        self.unsettled.retain(|(_, until)| *until > instant);
        let own: Vec<Lease> = self.leases().chain(self.unsettled.iter().map(|(lease, _)| *lease)).collect();
        let mut lost = self.during(lost::lost(self.db, BATCH + own.len(), now)).await?;
        lost.retain(|lost| !own.contains(&lost.lease));
        if lost.is_empty() {
            return Ok(0);
        }
        tracing::warn!(messages = lost.len(), "claims ran out before their results came");
        let given_up: Vec<_> = lost.iter().filter_map(|lost| answer::give_up(lost, now)).collect();
        let unbegun: Vec<_> = lost.iter().filter(|l| l.started.is_none()).map(|l| l.lease).collect();
        let mut refused = self.during(writing::release(self.db, &unbegun, Some(now))).await?;
        let written = self.during(writing::write(self.db, &given_up, &[])).await;
        refused.extend(written.refused.into_iter().map(|index| given_up[index].lease));
        for lease in refused {
            tracing::error!(message = %lease.message, "a lost claim could not be settled; it is tried again later");
            self.unsettled.push((lease, instant + REFUSED));
        }
        Ok(lost.len())
    }
}
