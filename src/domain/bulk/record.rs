//! A bulk action as a record: who began it, what it does to which messages, how far it is, and what became of each.

use super::{BulkKind, Outcome};
use crate::domain::{
    BulkId, LocalTime,
    filter::MessageFilter,
    stats::{count, thousands},
};
use serde::{Deserialize, Serialize};

/// How many records the list shows at a time.
pub const LISTED: usize = 50;
/// For how many days after its end it is known what became of each message.
pub const ROWS_KEPT_DAYS: i64 = 90;
/// The most that may be under way in a project.
pub const OPEN_MAX: i64 = 10;

/// Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum BulkState {
    /// The messages that match its filter are written down.
    Gathering = 0,
    /// They are changed.
    Running = 1,
    Done = 2,
    /// It ended before all were worked on.
    Stopped = 3,
    /// What was changed is changed back.
    Undoing = 4,
    Undone = 5,
}

impl BulkState {
    /// Whether it goes on by itself.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Gathering | Self::Running | Self::Undoing)
    }
}

/// Why it was stopped. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum StopCause {
    Staff = 0,
    /// Whoever began it may not change many messages any more.
    Role = 1,
    /// A person was erased while its messages were looked for.
    Erasure = 2,
    /// Its filter cannot be read any more.
    Filter = 3,
    /// The server stopped in the middle of a cancel.
    Server = 4,
}

impl StopCause {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Staff => "It was stopped by hand.",
            Self::Role => "It was stopped, because who began it is no Manager of this project any more.",
            Self::Erasure => "It was stopped, because a person was erased while its messages were looked for.",
            Self::Filter => "It was stopped, because this release can't read its filter.",
            Self::Server => "The server stopped in the middle of it. What was not changed yet stays as it was.",
        }
    }
}

/// A bulk action, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRecord {
    pub id: BulkId,
    pub kind: BulkKind,
    pub state: BulkState,
    /// Who began it.
    pub by: String,
    pub at: LocalTime,
    /// Why, in their words; may be empty.
    pub reason: String,
    /// None for ticked messages, and where it is not kept any more.
    pub filter: Option<MessageFilter>,
    /// How many that match were left out.
    pub left_out: u32,
    /// Whether canceled messages are scheduled again.
    pub canceled: bool,
    /// Reschedule: to which time, or by how many days.
    pub to: Option<LocalTime>,
    pub days: Option<i32>,
    /// Messages a minute.
    pub pace: Option<u32>,
    /// How many messages it is about; grows while they are written down.
    pub total: u64,
    /// How many of them were changed, and skipped by reason.
    pub outcome: Outcome,
    /// What Undo did.
    pub undo: Outcome,
    /// Why it was stopped.
    pub stopped: Option<StopCause>,
    /// When it was done, stopped or undone.
    pub finished: Option<LocalTime>,
    /// Whether it is known what became of each message.
    pub has_rows: bool,
}

impl BulkRecord {
    /// How many were worked on.
    pub fn worked(&self) -> u64 {
        self.outcome.done + self.outcome.skipped_total()
    }

    /// How many are left to do.
    pub fn left(&self) -> u64 {
        self.total.saturating_sub(self.worked())
    }

    /// A cancel is done within its request.
    pub fn may_stop(&self) -> bool {
        matches!(self.state, BulkState::Gathering | BulkState::Running) && self.kind != BulkKind::Cancel
    }

    pub fn may_undo(&self) -> bool {
        let has_ended = matches!(self.state, BulkState::Done | BulkState::Stopped);
        // What a cancel did is known by the messages themselves.
        let is_known = self.has_rows || self.kind == BulkKind::Cancel;
        has_ended && self.kind.has_undo() && self.outcome.done > 0 && is_known
    }

    /// For the list: `Under way, 40 of 100`.
    pub fn standing(&self) -> String {
        match self.state {
            BulkState::Gathering => "Finding the messages".to_owned(),
            BulkState::Running => {
                format!("Under way, {} of {}", thousands(self.worked()), thousands(self.total))
            }
            BulkState::Done => "Done".to_owned(),
            BulkState::Stopped => format!("Stopped after {} of {}", thousands(self.worked()), thousands(self.total)),
            BulkState::Undoing => "Being undone".to_owned(),
            BulkState::Undone => "Undone".to_owned(),
        }
    }

    /// What became of the messages so far: `Rescheduled 12 messages. 3 skipped: 3 already sent.`
    pub fn result(&self) -> String {
        let sentence = self.outcome.sentence(self.kind.did());
        match (self.state, self.left()) {
            (BulkState::Stopped, left) if left > 0 => format!("{sentence} {} not begun.", count(left, "message")),
            (BulkState::Undone, _) => format!("{sentence} {}", self.undo.sentence("Undone:")),
            _ => sentence,
        }
    }

    /// What was asked for, beside the kind: `by 3 days`, `10 a minute`.
    pub fn details(&self, today: chrono::NaiveDate) -> Vec<String> {
        let days = |n: i32| {
            let words = count(n.unsigned_abs().into(), "day");
            if n < 0 { format!("{words} earlier") } else { format!("{words} later") }
        };
        let mut all: Vec<String> = self.to.map(|to| format!("to {}", to.inline(today))).into_iter().collect();
        all.extend(self.days.map(days));
        all.extend(self.pace.map(|pace| format!("{} a minute", thousands(pace.into()))));
        if self.canceled {
            all.push("canceled messages, too".to_owned());
        }
        all
    }

    pub fn href(&self, slug: &str) -> String {
        href(slug, self.id)
    }

    /// Of the file that says what became of each message.
    pub fn rows_href(&self, slug: &str) -> String {
        format!("{}/messages.csv", self.href(slug))
    }
}

/// The address of a record.
pub fn href(slug: &str, id: BulkId) -> String {
    format!("/projects/{slug}/bulk-actions/{id}")
}

/// The list of a project's records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPage {
    /// The newest first, [`LISTED`] at most.
    pub records: Vec<BulkRecord>,
    /// Whether there are older ones.
    pub has_more: bool,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRecordPage {
    pub record: BulkRecord,
    /// The project's version, read before the rest.
    pub version: i64,
}

/// The query of the list's address: older than one record.
///
/// It is serialized as the text of the query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct BulkQuery {
    pub before: Option<BulkId>,
}

impl BulkQuery {
    /// What cannot be read is passed over.
    pub fn parse(query: &str) -> Self {
        let value = query.split('&').find_map(|pair| pair.strip_prefix("before="));
        Self { before: value.and_then(|id| id.parse().ok()) }
    }

    pub fn href(self, slug: &str) -> String {
        let path = format!("/projects/{slug}/bulk-actions");
        match self.before {
            None => path,
            Some(id) => format!("{path}?before={id}"),
        }
    }
}

impl From<String> for BulkQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<BulkQuery> for String {
    fn from(query: BulkQuery) -> Self {
        query.before.map(|id| format!("before={id}")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Timestamp, bulk::Skip};
    use uuid::Uuid;

    fn record(state: BulkState, done: u64, skipped: &[(Skip, u64)]) -> BulkRecord {
        let at = Timestamp(1_795_431_600_000).local(&chrono::Utc);
        BulkRecord {
            id: BulkId(Uuid::from_u128(7)),
            kind: BulkKind::Reschedule,
            state,
            by: "Mia".into(),
            at,
            reason: String::new(),
            filter: None,
            left_out: 0,
            canceled: false,
            to: None,
            days: Some(-1),
            pace: None,
            total: 1_500,
            outcome: Outcome { done, skipped: skipped.to_vec(), undo: None },
            undo: Outcome::default(),
            stopped: None,
            finished: None,
            has_rows: true,
        }
    }

    #[test]
    fn how_far_it_is_and_what_became_of_it_is_said() {
        let skipped = [(Skip::AlreadySent, 400)];
        let running = record(BulkState::Running, 1_000, &skipped);
        assert_eq!(running.standing(), "Under way, 1,400 of 1,500");
        assert!(running.may_stop() && !running.may_undo());
        let stopped = record(BulkState::Stopped, 1_000, &skipped);
        assert_eq!(
            stopped.result(),
            "Rescheduled 1,000 messages. 400 skipped: 400 already sent. 100 messages not begun."
        );
        assert!(!stopped.may_stop() && stopped.may_undo());
        let undone = BulkRecord {
            undo: Outcome { done: 999, skipped: vec![(Skip::Moved, 1)], undo: None },
            ..record(BulkState::Undone, 1_000, &[])
        };
        assert_eq!(undone.result(), "Rescheduled 1,000 messages. Undone: 999 messages. 1 skipped: 1 changed since.");
        assert!(!undone.may_undo());
        assert!(!record(BulkState::Done, 0, &skipped).may_undo());
        let day = chrono::NaiveDate::default();
        assert_eq!(running.details(day), ["1 day earlier"]);
        let paced = BulkRecord { pace: Some(1_000), days: None, canceled: true, ..running };
        assert_eq!(paced.details(day), ["1,000 a minute", "canceled messages, too"]);
    }

    #[test]
    fn the_query_of_the_list_is_read_as_it_is_written() {
        let query = BulkQuery { before: Some(BulkId(Uuid::from_u128(7))) };
        assert_eq!(BulkQuery::from(String::from(query)), query);
        assert!(query.href("cup").ends_with("/bulk-actions?before=00000000-0000-0000-0000-000000000007"));
        assert_eq!(BulkQuery::parse("before=x&y=1"), BulkQuery::default());
    }
}
