//! The attempts to send a message, and what a provider's support wants to know about one.

use crate::domain::{LocalTime, MessageId};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    pub started: LocalTime,
    /// In ms; None while it is under way.
    pub took: Option<i64>,
    /// The host and port, or the host of an API; none where no server was asked, or before this was recorded.
    pub server: Option<String>,
    pub outcome: AttemptOutcome,
    /// The provider's.
    pub code: Option<String>,
    /// The provider's words.
    pub text: Option<String>,
    /// What was said, a line each, without secrets and without what is the customer's.
    pub dialogue: Option<String>,
}

/// Stored by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttemptOutcome {
    UnderWay,
    Sent,
    Deferred,
    Failed,
    Ambiguous,
    Returned,
    Stale,
}

impl AttemptOutcome {
    pub fn from_code(code: Option<&str>) -> Self {
        match code {
            None => Self::UnderWay,
            Some("sent") => Self::Sent,
            Some("deferred") => Self::Deferred,
            Some("failed") => Self::Failed,
            Some("returned") => Self::Returned,
            Some("stale") => Self::Stale,
            Some(_) => Self::Ambiguous,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::UnderWay => "Under way",
            Self::Sent => "Sent",
            Self::Deferred => "Failed, will be retried",
            Self::Failed => "Failed",
            Self::Ambiguous => "Unconfirmed",
            Self::Returned => "Not counted: the connection is at fault",
            Self::Stale => "Answered too late",
        }
    }
}

impl Attempt {
    /// `0.42 s`
    pub fn duration(&self) -> Option<String> {
        let hundredths = (self.took?.max(0) + 5) / 10;
        Some(format!("{}.{:02} s", hundredths / 100, hundredths % 100))
    }

    /// What staff send to their provider: times in UTC, and nothing that is the customer's.
    pub fn for_provider(&self, message: MessageId) -> String {
        let utc = |ms| LocalTime { at: self.started.at.plus(ms), offset: 0 }.machine();
        let mut text = format!("Message: {message}\nAttempt: {}\nStarted: {}\n", self.number, utc(0));
        if let (Some(took), Some(duration)) = (self.took, self.duration()) {
            let _ = writeln!(text, "Ended: {} (after {duration})", utc(took));
        }
        if let Some(server) = &self.server {
            let _ = writeln!(text, "Server: {server}");
        }
        let _ = writeln!(text, "Outcome: {}", self.outcome.name());
        if let Some(dialogue) = &self.dialogue {
            let _ = write!(text, "\n{dialogue}\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn a_provider_is_told_times_in_utc_and_no_words_of_ours() {
        let attempt = Attempt {
            number: 2,
            started: LocalTime { at: Timestamp(1_795_431_600_400), offset: 3_600 },
            took: Some(1_425),
            server: Some("smtp.example.com:587".into()),
            outcome: AttemptOutcome::Failed,
            code: Some("550".into()),
            text: Some("550 5.1.1 ana@example.com: unknown".into()),
            dialogue: Some("   12 ms  S: 550 5.1.1 a…@example.com: unknown".into()),
        };
        let id = MessageId(uuid::Uuid::from_u128(7));
        assert_eq!(
            attempt.for_provider(id),
            "Message: 00000000-0000-0000-0000-000000000007\nAttempt: 2\nStarted: 2026-11-23T11:00:00Z\n\
             Ended: 2026-11-23T11:00:01Z (after 1.43 s)\nServer: smtp.example.com:587\nOutcome: Failed\n\n   \
             12 ms  S: 550 5.1.1 a…@example.com: unknown\n"
        );
        let unknown = Attempt { took: None, server: None, dialogue: None, ..attempt };
        assert_eq!(unknown.duration(), None);
        assert_eq!(unknown.for_provider(id).lines().count(), 4);
    }
}
