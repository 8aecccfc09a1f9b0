//! The outcome of an action on many messages, and the sentences that report it.

use crate::domain::{
    BatchId,
    stats::{count, thousands},
};
use serde::{Deserialize, Serialize};

/// Why a message was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Skip {
    AlreadySent,
    BeingSent,
    Failed,
    AlreadyCanceled,
    /// Deleted meanwhile, or not in this project.
    Gone,
    /// No longer canceled (undo).
    NotCanceled,
    /// The customer has unsubscribed since (undo).
    Unsubscribed,
    /// The customer was archived since (undo).
    Archived,
    /// The customer no longer has an address for its channel (undo).
    NoAddress,
    /// A review has come in since (undo).
    Reviewed,
    /// It failed because its address does not exist, and the customer has no other (resend).
    UnknownAddress,
    /// The customer opted out at the provider (resend).
    OptedOut,
    /// Nothing is sent to its address (resend).
    Suppressed,
    /// Any other reason, such as that something became of it meanwhile (resend).
    Refused,
}

impl Skip {
    /// The words after a number: `2 already sent`.
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
            Self::NoAddress => "no address anymore",
            Self::Reviewed => "a review came first",
            Self::UnknownAddress => "address does not exist",
            Self::OptedOut => "opted out at the provider",
            Self::Suppressed => "address suppressed",
            Self::Refused => "cannot be sent again now",
        }
    }

    /// `3 were already sent.`
    pub fn sentence(self, n: u64) -> String {
        let one = n == 1;
        let verb = match self {
            Self::AlreadySent | Self::AlreadyCanceled | Self::Gone => {
                if one {
                    "was"
                } else {
                    "were"
                }
            }
            Self::BeingSent | Self::NotCanceled => {
                if one {
                    "is"
                } else {
                    "are"
                }
            }
            Self::Failed => {
                if one {
                    "has"
                } else {
                    "have"
                }
            }
            Self::Unsubscribed
            | Self::Archived
            | Self::NoAddress
            | Self::Reviewed
            | Self::UnknownAddress
            | Self::OptedOut
            | Self::Suppressed
            | Self::Refused => ":",
        };
        let n = thousands(n);
        match verb {
            ":" => format!("{n}: {}.", self.reason()),
            verb => format!("{n} {verb} {}.", self.reason()),
        }
    }
}

/// The outcome of a cancel or of its undo or, before a cancel, the expected outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How many were changed.
    pub done: u64,
    /// How many were skipped, by reason; no zero entries.
    pub skipped: Vec<(Skip, u64)>,
    /// The batch that Undo takes back; None if nothing was changed, for an undo, and for an expected outcome.
    pub undo: Option<BatchId>,
}

impl Outcome {
    pub fn skipped_total(&self) -> u64 {
        self.skipped.iter().map(|(_, n)| n).sum()
    }

    /// `Canceled 12 messages. 1,124 skipped: 1,123 already sent, 1 being sent.`
    pub fn sentence(&self, did: &str) -> String {
        let mut s = format!("{did} {}.", count(self.done, "message"));
        if !self.skipped.is_empty() {
            let why: Vec<_> =
                self.skipped.iter().map(|(skip, n)| format!("{} {}", thousands(*n), skip.reason())).collect();
            s.push_str(&format!(" {} skipped: {}.", thousands(self.skipped_total()), why.join(", ")));
        }
        s
    }

    pub fn skip(&mut self, skip: Skip, n: u64) {
        match self.skipped.iter_mut().find(|(known, _)| *known == skip) {
            Some((_, already)) => *already += n,
            None if n > 0 => self.skipped.push((skip, n)),
            None => {}
        }
    }

    /// Before failed messages are sent again: `12 of 15 messages can be sent again. 3: customer unsubscribed.`
    pub fn resend_sentence(&self) -> String {
        let total = self.done + self.skipped_total();
        let of_all = count(total, "message");
        let mut s = match (self.done, total) {
            (_, 0) => "No message of this kind is left.".to_owned(),
            (0, 1) => "The message can't be sent again.".to_owned(),
            (1, 1) => "The message can be sent again.".to_owned(),
            (0, _) => format!("None of the {of_all} can be sent again."),
            (n, _) if n == total => format!("All {of_all} can be sent again."),
            (n, _) => format!("{} of {of_all} can be sent again.", thousands(n)),
        };
        for (skip, n) in &self.skipped {
            s.push(' ');
            s.push_str(&skip.sentence(*n));
        }
        s
    }

    /// Before the messages are canceled: `1 of 4 selected messages is unsent and will be canceled. 3 were already sent.`
    ///
    /// `selected` is the number that the person saw when asking.
    pub fn preview_sentence(&self, selected: u64) -> String {
        let of_all = count(selected, "selected message");
        let mut s = match (self.done, selected) {
            (0, 1) => "The selected message can't be canceled.".to_owned(),
            (0, _) => format!("None of the {of_all} can be canceled."),
            (1, 1) => "The selected message is unsent and will be canceled.".to_owned(),
            (1, _) => format!("1 of {of_all} is unsent and will be canceled."),
            (n, _) if n == selected => format!("All {of_all} are unsent and will be canceled."),
            (n, _) => format!("{} of {of_all} are unsent and will be canceled.", thousands(n)),
        };
        for (skip, n) in &self.skipped {
            s.push(' ');
            s.push_str(&skip.sentence(*n));
        }
        s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(done: u64, skipped: &[(Skip, u64)]) -> Outcome {
        Outcome { done, skipped: skipped.to_vec(), undo: None }
    }

    #[test]
    fn the_result_says_how_many_and_why_not() {
        let o = outcome(12, &[(Skip::AlreadySent, 1_123), (Skip::BeingSent, 1)]);
        assert_eq!(o.sentence("Canceled"), "Canceled 12 messages. 1,124 skipped: 1,123 already sent, 1 being sent.");
    }

    #[test]
    fn what_will_be_sent_again_is_said_before() {
        let some = |done, skipped: &[(Skip, u64)]| outcome(done, skipped).resend_sentence();
        assert_eq!(some(0, &[]), "No message of this kind is left.");
        assert_eq!(some(1, &[]), "The message can be sent again.");
        assert_eq!(some(3, &[]), "All 3 messages can be sent again.");
        assert_eq!(some(0, &[(Skip::OptedOut, 1)]), "The message can't be sent again. 1: opted out at the provider.");
        assert_eq!(
            some(1_200, &[(Skip::UnknownAddress, 2), (Skip::Unsubscribed, 1)]),
            "1,200 of 1,203 messages can be sent again. 2: address does not exist. 1: customer unsubscribed."
        );
        let mut counted = outcome(0, &[]);
        for n in [0, 2, 1] {
            counted.skip(Skip::Archived, n);
        }
        assert_eq!(counted.skipped, [(Skip::Archived, 3)]);
    }

    #[test]
    fn what_will_be_canceled_is_said_before() {
        for (outcome, selected, sentence) in [
            (
                outcome(1, &[(Skip::AlreadySent, 3)]),
                4,
                "1 of 4 selected messages is unsent and will be canceled. 3 were already sent.",
            ),
            (
                outcome(31, &[(Skip::AlreadySent, 1_123), (Skip::Failed, 1)]),
                1_155,
                "31 of 1,155 selected messages are unsent and will be canceled. 1,123 were already sent. 1 has already failed.",
            ),
            (outcome(3, &[]), 3, "All 3 selected messages are unsent and will be canceled."),
            (outcome(1, &[]), 1, "The selected message is unsent and will be canceled."),
            (
                outcome(0, &[(Skip::AlreadyCanceled, 1)]),
                1,
                "The selected message can't be canceled. 1 was already canceled.",
            ),
            (
                outcome(0, &[(Skip::BeingSent, 2)]),
                2,
                "None of the 2 selected messages can be canceled. 2 are being sent.",
            ),
        ] {
            assert_eq!(outcome.preview_sentence(selected), sentence);
        }
    }
}
