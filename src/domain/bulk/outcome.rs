//! The outcome of an action on many messages, and the sentences that report it.

use super::Skip;
use crate::domain::{
    BatchId,
    stats::{count, thousands},
};
use serde::{Deserialize, Serialize};

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
        match self.done + self.skipped_total() {
            0 => "No message of this kind is left.".to_owned(),
            _ => self.can_sentence("sent again"),
        }
    }

    /// Before the messages are changed: `12 of 15 messages can be rescheduled. 3 were already sent.`
    pub fn can_sentence(&self, changed: &str) -> String {
        let total = self.done + self.skipped_total();
        let of_all = count(total, "message");
        let mut s = match (self.done, total) {
            (_, 0) => "None of these messages is there any more.".to_owned(),
            (0, 1) => format!("The message can't be {changed}."),
            (1, 1) => format!("The message can be {changed}."),
            (0, _) => format!("None of the {of_all} can be {changed}."),
            (n, _) if n == total => format!("All {of_all} can be {changed}."),
            (n, _) => format!("{} of {of_all} can be {changed}.", thousands(n)),
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
    fn what_can_be_changed_is_said_before() {
        let some = outcome(12, &[(Skip::AlreadySent, 2), (Skip::Waiting, 1)]);
        assert_eq!(
            some.can_sentence("rescheduled"),
            "12 of 15 messages can be rescheduled. 2 were already sent. 1: not sent yet."
        );
        assert_eq!(outcome(0, &[]).can_sentence("deleted"), "None of these messages is there any more.");
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
