//! What became of a message, and why, in a sentence or two.

use super::{CancelCause, EventKind, FailureCode, Fix, MessageDetail};
use crate::domain::status::{State, Status};

impl MessageDetail {
    /// What helps, where it failed. An address that was changed needs no change.
    pub fn fix(&self) -> Option<Fix> {
        let fix = self.row.fix()?;
        let is_mended = self.readdressed && matches!(fix, Fix::EditEmail | Fix::EditPhone);
        Some(if is_mended { Fix::Resend } else { fix })
    }

    /// What to do about it, where it failed.
    pub fn advice(&self) -> Option<&'static str> {
        let code = self.row.failure.unwrap_or(FailureCode::Other);
        Some(match self.fix()? {
            Fix::Resend if self.readdressed => "The customer has another address now. Resend the message to it.",
            _ => code.advice(self.row.channel),
        })
    }

    /// Why it goes out when it does and has not been sent yet, or what became of it.
    pub fn explanation(&self) -> String {
        match self.row.status {
            Status::Scheduled if self.row.state == State::Sending => "It is being sent at this moment.".to_owned(),
            Status::Scheduled => self.waiting.clone().unwrap_or_default(),
            Status::Failed => self.failure(),
            Status::Canceled => self.cancellation(),
            Status::Sent | Status::Opened | Status::Clicked | Status::Complained => self.sending(),
        }
    }

    fn failure(&self) -> String {
        let reason = self.row.failure.unwrap_or(FailureCode::Other).reason(self.row.channel);
        let said = self.failure_text.as_ref().map(|text| format!(" The provider said: {text}")).unwrap_or_default();
        format!("It failed: {reason}.{said}")
    }

    fn cancellation(&self) -> String {
        let entry = self.timeline.iter().rfind(|entry| entry.kind == EventKind::Canceled);
        let when = entry.map(|entry| format!(" {}", entry.at.full())).unwrap_or_default();
        let by = entry.and_then(|entry| entry.actor.as_ref());
        match (self.row.cancel_cause.unwrap_or(CancelCause::Staff), by) {
            (CancelCause::Staff, Some(by)) => format!("It was canceled{when} by {by}."),
            (cause, _) => format!("It was canceled{when}: {}.", cause.sentence()),
        }
    }

    fn sending(&self) -> String {
        let row = &self.row;
        let steps = [("sent", row.sent), ("opened", row.opened), ("its link followed", row.clicked)];
        let steps = steps.into_iter().filter_map(|(what, at)| Some(format!("{what} {}", at?.full())));
        let arrived = row.delivered.then(|| "the provider has confirmed that it arrived".to_owned());
        let complained = (row.status == Status::Complained).then(|| "the customer complained about it".to_owned());
        let all: Vec<String> = steps.chain(arrived).chain(complained).collect();
        format!("It was {}.", all.join("; "))
    }
}
