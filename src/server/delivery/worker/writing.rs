//! Writes so that one message which cannot be written stops no other.

use crate::{
    domain::{ConnectionId, Timestamp},
    server::store::{
        Db, dialect,
        queue::{
            self, Lease,
            results::{self, Intent, Outcome},
        },
    },
};
use std::{
    ops::Range,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How often a result that the database refuses is tried, before it is left to its lease; more often while it takes no other.
const TRIES: u32 = 5;
/// The pause before the second try; it doubles with each …
const PAUSE: Duration = Duration::from_millis(200);
/// … so often.
const DOUBLINGS: u32 = 6;

/// What became of a group.
#[derive(Debug, Default)]
pub struct Written {
    /// For each intent whether its attempt may start.
    pub begun: Vec<bool>,
    /// Which of the outcomes the database refuses.
    pub refused: Vec<usize>,
    /// Whether no attempt was recorded because outcomes were refused, which take up places now.
    pub postponed: bool,
}

/// Writes a group, and where the database refuses it, its halves, until what it refuses is alone. While the database cannot be
/// written to at all (it is locked, full or gone) it waits: an unwritten result would send its message again.
pub async fn write(db: &Db, outcomes: &[Outcome], intents: &[Intent]) -> Written {
    let mut written = Written { begun: vec![false; intents.len()], ..Written::default() };
    let mut groups = vec![(0..outcomes.len(), 0..intents.len())];
    while let Some((some, new)) = groups.pop() {
        if some.is_empty() && !written.refused.is_empty() {
            written.postponed = true;
            break;
        }
        match write_group(db, &outcomes[some.clone()], &intents[new.clone()]).await {
            Ok(begun) => written.begun[new].copy_from_slice(&begun),
            Err(error) => match (some.len(), new.len()) {
                (1, 0) => {
                    let message = outcomes[some.start].lease.message;
                    tracing::warn!(%error, %message, "a result could not be written");
                    written.refused.push(some.start);
                }
                (0, 1) => {
                    let message = intents[new.start].lease.message;
                    tracing::error!(%error, %message, "an attempt could not be recorded; its lease will run out");
                }
                (0, _) => groups.extend(halves(new).map(|half| (0..0, half))),
                (_, 0) => groups.extend(halves(some).map(|half| (half, 0..0))),
                _ => groups.extend([(0..0, new), (some, 0..0)]),
            },
        }
    }
    written
}

/// The second one first: a stack gives them back in their order.
fn halves(range: Range<usize>) -> [Range<usize>; 2] {
    let middle = range.start + range.len() / 2;
    [middle..range.end, range.start..middle]
}

/// Fails only where the database refuses something of this group.
async fn write_group(db: &Db, outcomes: &[Outcome], intents: &[Intent]) -> sqlx::Result<Vec<bool>> {
    let mut pause = Duration::from_millis(50);
    loop {
        match results::write(db, outcomes, intents).await {
            Ok(written) => {
                if written.stale > 0 {
                    tracing::warn!(stale = written.stale, "results came after their leases had run out");
                }
                return Ok(written.begun);
            }
            Err(error) if dialect::is_about_rows(&error) => return Err(error),
            Err(error) => {
                tracing::error!(%error, results = outcomes.len(), "results could not be written; trying again");
                sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(5));
            }
        }
    }
}

/// Puts back messages whose attempt has not started (`queue::release`). Returns those that the database refuses alone.
pub async fn release(db: &Db, leases: &[Lease], lost_before: Option<Timestamp>) -> sqlx::Result<Vec<Lease>> {
    let mut refused = Vec::new();
    let mut groups = vec![leases];
    while let Some(group) = groups.pop() {
        match queue::release(db, group, lost_before).await {
            Ok(()) => {}
            Err(error) if !dialect::is_about_rows(&error) => return Err(error),
            Err(error) => match group {
                [lease] => {
                    tracing::error!(%error, message = %lease.message, "a claimed message could not be put back");
                    refused.push(*lease);
                }
                _ => {
                    let (some, others) = group.split_at(group.len() / 2);
                    groups.extend([others, some]);
                }
            },
        }
    }
    Ok(refused)
}

/// A result that the database refused.
#[derive(Debug)]
pub struct Refused {
    pub outcome: Outcome,
    pub connection: ConnectionId,
    /// How many results the worker had written when this one was refused.
    written: u64,
    tries: u32,
    next: Instant,
}

impl Refused {
    pub fn new(outcome: Outcome, connection: ConnectionId, written: u64) -> Self {
        Self { outcome, connection, written, tries: 1, next: Instant::now() + PAUSE }
    }

    /// When it is tried again.
    pub fn next(&self) -> Instant {
        self.next
    }

    /// Tries once more; whether it is written now.
    pub async fn retry(&mut self, db: &Db) -> bool {
        self.tries += 1;
        self.next = Instant::now() + PAUSE * 2_u32.pow((self.tries - 1).min(DOUBLINGS));
        write(db, std::slice::from_ref(&self.outcome), &[]).await.refused.is_empty()
    }

    /// Whether it is left to its lease. Not while the database refuses all results: what is sent then could not be recorded
    /// either, and would be sent again, so it keeps its place.
    pub fn is_hopeless(&self, written: u64) -> bool {
        let is_hopeless = self.tries >= TRIES && written > self.written;
        if is_hopeless {
            let message = self.outcome.lease.message;
            tracing::error!(%message, "a result was given up: it cannot be written; the message's lease will run out");
        }
        is_hopeless
    }
}
