//! What must hold, and what has to be remembered to know it.

use super::Model;
use crate::domain::{
    MessageId, Timestamp,
    status::{State, Status},
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What did not hold.
#[derive(Debug)]
pub struct Violation(pub String);

/// What really happened.
#[derive(Default)]
pub struct Ledger {
    /// Claims by message and generation.
    pub claimed: HashSet<(MessageId, i32)>,
    /// The attempts that the provider took.
    pub arrived: BTreeMap<MessageId, Vec<i32>>,
    /// Canceled, and not put back since.
    pub canceled: BTreeSet<MessageId>,
    /// Those of which the database refuses results.
    pub poisoned: BTreeSet<MessageId>,
    /// Where each message stood after the step before.
    pub before: BTreeMap<MessageId, State>,
}

impl Ledger {
    /// Its place goes to a new message.
    pub fn forget(&mut self, id: MessageId) {
        self.arrived.remove(&id);
        self.canceled.remove(&id);
        self.before.remove(&id);
    }
}

/// A message as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Seen {
    pub id: MessageId,
    pub state: State,
    pub status: Status,
    pub due_at: Timestamp,
    pub lease_until: Option<Timestamp>,
    pub generation: i32,
}

impl Seen {
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Scheduled | State::Sending)
    }

    pub fn is_waiting(&self) -> bool {
        self.state == State::Scheduled
    }
}

impl Model {
    /// Checks all messages after a step.
    pub async fn look(&mut self) -> Result<Vec<Seen>, Violation> {
        let seen: Vec<Seen> = sqlx::query_as("select id, state, status, due_at, lease_until, generation from message")
            .fetch_all(self.w.db.read())
            .await
            .unwrap();
        if seen.len() != self.ids.len() {
            return Err(Violation(format!("{} of {} messages are left", seen.len(), self.ids.len())));
        }
        for m in &seen {
            let name = self.name(m.id);
            let before = self.ledger.before.insert(m.id, m.state);
            let wrong = |what: &str| Err(Violation(format!("{name} {what}: {m:?}, before {before:?}")));
            if before == Some(State::Sent) && m.state != State::Sent {
                return wrong("was sent, and is not any more");
            }
            if m.state == State::Sent && !self.ledger.arrived.contains_key(&m.id) {
                return wrong("is sent, and never arrived");
            }
            if m.state == State::Sending && m.lease_until.is_none() {
                return wrong("is being sent by nobody, and nobody will find out");
            }
            if m.state == State::Sending && !self.ledger.claimed.contains(&(m.id, m.generation)) {
                return wrong("is being sent, and nobody was given it");
            }
            if m.state != State::Canceled && self.ledger.canceled.contains(&m.id) {
                return wrong("was canceled, and is not any more");
            }
            let fits = match m.state {
                State::Scheduled | State::Sending => m.status == Status::Scheduled,
                State::Sent => m.status == Status::Sent,
                State::Failed => m.status == Status::Failed,
                State::Canceled => m.status == Status::Canceled,
            };
            if !fits {
                return wrong("has a status that does not go with its state");
            }
        }
        Ok(seen)
    }

    /// Notes that a worker was given a message.
    pub fn note_claim(&mut self, id: MessageId, generation: i32) -> Result<(), Violation> {
        if self.ledger.claimed.insert((id, generation)) {
            Ok(())
        } else {
            Err(Violation(format!("{} was given to two workers as generation {generation}", self.name(id))))
        }
    }

    /// Checks an attempt that begins: nobody may have canceled the message, and what arrived before must be known to be in doubt.
    pub async fn check_begin(&self, id: MessageId, generation: i32) -> Result<(), Violation> {
        let name = self.name(id);
        if self.ledger.canceled.contains(&id) {
            return Err(Violation(format!("{name} begins, and was canceled")));
        }
        for arrived in self.ledger.arrived.get(&id).into_iter().flatten() {
            let outcome = self.outcome(id, *arrived).await;
            if outcome.as_deref() != Some("ambiguous") {
                return Err(Violation(format!(
                    "{name} is sent again as generation {generation}: {arrived} arrived and is recorded as {outcome:?}"
                )));
            }
        }
        Ok(())
    }

    pub fn note_arrival(&mut self, id: MessageId, generation: i32) {
        self.ledger.arrived.entry(id).or_default().push(generation);
    }

    async fn outcome(&self, id: MessageId, generation: i32) -> Option<String> {
        sqlx::query_scalar("select outcome from send_attempt where message_id = $1 and generation = $2")
            .bind(id)
            .bind(generation)
            .fetch_one(self.w.db.read())
            .await
            .unwrap()
    }

    /// Checks what is on record of a message that has ended: all of its attempts that arrived, but for the one with which it was
    /// sent, are known to be in doubt.
    pub async fn check_end(&mut self, id: MessageId) -> Result<(), Violation> {
        let is_sent = self.look().await?.iter().any(|m| m.id == id && m.state == State::Sent);
        let arrived = self.ledger.arrived.get(&id).cloned().unwrap_or_default();
        let mut doubts = 0;
        for generation in &arrived {
            doubts += usize::from(self.outcome(id, *generation).await.as_deref() == Some("ambiguous"));
        }
        if arrived.len() > doubts + usize::from(is_sent) {
            let name = self.name(id);
            return Err(Violation(format!(
                "{name} is sent again, or not known to be sent: it arrived as {arrived:?}, and {doubts} of them are recorded as in doubt"
            )));
        }
        Ok(())
    }

    /// Checks what is on record once every message has ended.
    pub async fn check_ends(&mut self) -> Result<(), Violation> {
        for id in self.ids.clone() {
            self.check_end(id).await?;
        }
        let open: i64 = sqlx::query_scalar("select count(*) from send_attempt where outcome is null")
            .fetch_one(self.w.db.read())
            .await
            .unwrap();
        if open > 0 {
            return Err(Violation(format!("{open} attempts have no outcome, though all messages have ended")));
        }
        Ok(())
    }
}
