//! The loop that delivers: claims what is due, and keeps slow receivers from holding up others.

use super::courier::{Courier, PATIENCE};
use crate::{
    domain::{Timestamp, WebhookId},
    server::{
        clock,
        store::{
            Db,
            webhooks_out::queue::{self, Job, Ready},
        },
    },
};
use std::{collections::HashMap, time::Duration};
use tokio::{sync::watch, task::JoinSet, time::sleep};

/// How many attempts run at a time.
const PLACES: usize = 64;
/// How many of them are for webhooks whose last attempt failed.
const FAILING_PLACES: usize = 32;
/// How many of them are for one webhook.
const OF_ONE: usize = 4;
/// The pause between two looks, while there is room.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause between two looks for what is old.
const TIDY: i64 = 10 * Timestamp::MINUTE;

/// Who has which places. Receivers that do not answer get half of them at most, and each only one, so that the others are told at once.
#[derive(Debug, Default)]
struct Places {
    of: HashMap<WebhookId, usize>,
    failing: usize,
    all: usize,
}

impl Places {
    /// How many more attempts may begin for this webhook.
    fn room(&self, webhook: WebhookId, is_failing: bool) -> usize {
        let (most, left) = match is_failing {
            true => (1, FAILING_PLACES.saturating_sub(self.failing)),
            false => (OF_ONE, PLACES),
        };
        let own = most.saturating_sub(self.of.get(&webhook).copied().unwrap_or(0));
        own.min(left).min(PLACES.saturating_sub(self.all))
    }

    fn take(&mut self, webhook: WebhookId, is_failing: bool) {
        *self.of.entry(webhook).or_default() += 1;
        self.failing += usize::from(is_failing);
        self.all += 1;
    }

    fn give_back(&mut self, webhook: WebhookId, is_failing: bool) {
        if let Some(own) = self.of.get_mut(&webhook) {
            *own -= 1;
            if *own == 0 {
                self.of.remove(&webhook);
            }
        }
        self.failing -= usize::from(is_failing);
        self.all -= 1;
    }
}

/// Attempts that run.
#[derive(Default)]
struct Running {
    places: Places,
    tasks: JoinSet<(WebhookId, bool)>,
    /// Which places a task has, by its id: known also where it panics.
    held: HashMap<tokio::task::Id, (WebhookId, bool)>,
}

impl Running {
    fn begin(&mut self, courier: &Courier, job: Job, is_failing: bool) {
        let (courier, webhook) = (courier.clone(), job.webhook);
        self.places.take(webhook, is_failing);
        let task = self.tasks.spawn(async move {
            if let Err(error) = courier.deliver(&job).await {
                tracing::warn!(%error, webhook = %job.webhook, "a delivery was not made; it is tried again");
            }
            (job.webhook, is_failing)
        });
        self.held.insert(task.id(), (webhook, is_failing));
    }

    /// Waits for one that ends. False where none runs.
    async fn end_of_one(&mut self) -> bool {
        let id = match self.tasks.join_next_with_id().await {
            None => return false,
            Some(Ok((id, _))) => id,
            Some(Err(error)) => {
                tracing::error!(%error, "a delivery has crashed; it is tried again");
                error.id()
            }
        };
        if let Some((webhook, is_failing)) = self.held.remove(&id) {
            self.places.give_back(webhook, is_failing);
        }
        true
    }

    /// Begins what is due and has a place. Returns how many.
    async fn begin_due(&mut self, db: &Db, courier: &Courier, now: Timestamp) -> sqlx::Result<usize> {
        let mut ready: Vec<Ready> = queue::ready(db, now).await?;
        // Whoever comes first may take the last place: each in turn, on the average.
        fastrand::shuffle(&mut ready);
        let mut begun = 0;
        for one in ready {
            let is_failing = one.is_failing == 1;
            let room = self.places.room(one.id, is_failing);
            if room == 0 {
                continue;
            }
            for job in queue::claim(db, (one.project_id, one.id), room, now).await? {
                self.begin(courier, job, is_failing);
                begun += 1;
            }
        }
        Ok(begun)
    }
}

/// Delivers until the process is told to stop; then waits for what runs, which takes 15 seconds at most.
pub async fn run(db: Db, courier: Courier, mut stop: watch::Receiver<bool>) {
    let mut running = Running::default();
    let mut tidied = Timestamp(0);
    while !*stop.borrow() && stop.has_changed().is_ok() {
        if let Err(error) = look(&db, &courier, &mut running, &mut tidied).await {
            tracing::warn!(%error, "webhooks could not be told; trying again");
        }
        tokio::select! {
            // Whoever has a place again may have more to tell.
            true = running.end_of_one(), if running.places.all > 0 => {}
            () = sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    let _ = tokio::time::timeout(PATIENCE, async { while running.end_of_one().await {} }).await;
}

async fn look(db: &Db, courier: &Courier, running: &mut Running, tidied: &mut Timestamp) -> sqlx::Result<usize> {
    let now = db.time().await?.unwrap_or_else(clock::now);
    if now.0 - tidied.0 >= TIDY && queue::forget(db, now).await? == 0 {
        *tidied = now;
    }
    running.begin_due(db, courier, now).await
}

/// Delivers all that is due at `now`, and waits for it. Returns how many attempts were made.
pub async fn step(db: &Db, courier: &Courier, now: Timestamp) -> sqlx::Result<usize> {
    let mut running = Running::default();
    let mut all = 0;
    loop {
        all += running.begin_due(db, courier, now).await?;
        if !running.end_of_one().await {
            return Ok(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn those_that_fail_leave_places_to_those_that_work() {
        let id = |n| WebhookId(Uuid::from_u128(n));
        let mut places = Places::default();
        let failing = (0..100).filter(|n| {
            let has_room = places.room(id(*n), true) > 0;
            if has_room {
                places.take(id(*n), true);
            }
            has_room
        });
        assert_eq!(failing.count(), FAILING_PLACES);
        assert_eq!(places.room(id(0), false), OF_ONE - 1, "it works again");
        let working: Vec<_> = (200..300).map(id).collect();
        for one in &working {
            for _ in 0..places.room(*one, false) {
                places.take(*one, false);
            }
        }
        assert_eq!(places.all, PLACES);
        places.give_back(id(0), true);
        assert_eq!((places.room(id(200), false), places.room(id(0), true)), (0, 1));
        places.give_back(working[0], false);
        assert_eq!(places.room(working[0], false), 1);
    }
}
