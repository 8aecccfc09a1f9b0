//! What became of an attempt.

use crate::domain::{
    Timestamp,
    message::{EventKind, FailureCode},
};

/// What an attempt leaves for the provider's support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The server asked: its host and port, or the host of an API.
    pub server: String,
    /// What was said, without secrets and without what is the customer's.
    pub dialogue: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Sent {
        provider_id: Option<String>,
        text: String,
    },
    /// Another attempt follows at `due`.
    Deferred {
        due: Timestamp,
        ambiguous: bool,
        code: Option<String>,
        text: String,
    },
    Failed {
        failure: FailureCode,
        ambiguous: bool,
        code: Option<String>,
        text: String,
    },
    /// It is due again at `due`, as if this attempt had not been: our account is at fault, or the provider is down.
    Returned {
        due: Timestamp,
        code: Option<String>,
        text: String,
    },
}

impl Verdict {
    /// The value of `send_attempt.outcome`.
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Deferred { ambiguous: true, .. } | Self::Failed { ambiguous: true, .. } => "ambiguous",
            Self::Deferred { .. } => "deferred",
            Self::Failed { .. } => "failed",
            Self::Returned { .. } => "returned",
        }
    }

    pub(super) fn event(&self) -> EventKind {
        match self {
            Self::Sent { .. } => EventKind::Sent,
            Self::Deferred { .. } | Self::Returned { .. } => EventKind::Deferred,
            Self::Failed { .. } => EventKind::Failed,
        }
    }

    pub(super) fn code(&self) -> Option<&str> {
        match self {
            Self::Sent { .. } => None,
            Self::Deferred { code, .. } | Self::Failed { code, .. } | Self::Returned { code, .. } => code.as_deref(),
        }
    }

    /// What the provider calls the message.
    pub(super) fn provider_id(&self) -> Option<String> {
        match self {
            Self::Sent { provider_id, .. } => provider_id.clone(),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> &str {
        match self {
            Self::Sent { text, .. }
            | Self::Deferred { text, .. }
            | Self::Failed { text, .. }
            | Self::Returned { text, .. } => text,
        }
    }
}
