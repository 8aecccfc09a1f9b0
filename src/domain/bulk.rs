//! Actions on many messages: which ones, and what came of it.

use super::{BatchId, MessageId, filter::MessageFilter, stats::count};
use serde::{Deserialize, Serialize};

/// The messages that a bulk action takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The ticked rows; at most 1,000.
    These(Vec<MessageId>),
    /// All that the filter matches when the action runs, not what happens to be on the page.
    Matching(Box<MessageFilter>),
}

/// Why a message was left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Skip {
    AlreadySent,
    BeingSent,
    Failed,
    AlreadyCanceled,
    /// Deleted meanwhile, or never of this project.
    Gone,
    /// Not canceled any more (undo).
    NotCanceled,
    /// The customer has unsubscribed since (undo).
    Unsubscribed,
    /// The customer was archived since (undo).
    Archived,
    /// The customer has no address of its channel any more (undo).
    NoAddress,
    /// A review has come in since (undo).
    Reviewed,
}

impl Skip {
    pub fn reason(self) -> &'static str {
        match self {
            Self::AlreadySent => "already sent",
            Self::BeingSent => "being sent",
            Self::Failed => "already failed",
            Self::AlreadyCanceled => "already canceled",
            Self::Gone => "deleted meanwhile",
            Self::NotCanceled => "no longer canceled",
            Self::Unsubscribed => "customer unsubscribed",
            Self::Archived => "customer archived",
            Self::NoAddress => "no address any more",
            Self::Reviewed => "a review came first",
        }
    }
}

/// What came of a cancel or of its undo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How many were changed.
    pub done: u64,
    /// How many were left alone, by reason; no zero entries.
    pub skipped: Vec<(Skip, u64)>,
    /// What Undo names; none where nothing was changed, and none for an undo.
    pub undo: Option<BatchId>,
}

impl Outcome {
    pub fn skipped_total(&self) -> u64 {
        self.skipped.iter().map(|(_, n)| n).sum()
    }

    /// `Canceled 12 messages. 3 skipped: 2 already sent, 1 being sent.`
    pub fn sentence(&self, did: &str) -> String {
        let mut s = format!("{did} {}.", count(self.done, "message"));
        if !self.skipped.is_empty() {
            let why: Vec<_> = self.skipped.iter().map(|(skip, n)| format!("{n} {}", skip.reason())).collect();
            s.push_str(&format!(" {} skipped: {}.", self.skipped_total(), why.join(", ")));
        }
        s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_says_how_many_and_why_not() {
        let o = Outcome { done: 12, skipped: vec![(Skip::AlreadySent, 2), (Skip::BeingSent, 1)], undo: None };
        assert_eq!(o.sentence("Canceled"), "Canceled 12 messages. 3 skipped: 2 already sent, 1 being sent.");
    }
}
