//! The result of a change that staff made.

use super::{BatchId, BulkId, MessageId, message::MessageRow};
use serde::{Deserialize, Serialize};

/// The answer of a successful change: the sentence that `role="status"` shows, and what Undo takes back, if it can.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub sentence: String,
    pub undo: Option<BatchId>,
    /// The bulk action that it is, whose page says more.
    #[serde(default)]
    pub bulk: Option<BulkId>,
    /// A failed message that can be sent again now.
    #[serde(default)]
    pub resend: Option<MessageId>,
    /// What is shown once, to be handed over: the link of an invitation, an API key, the secret of a webhook.
    #[serde(default)]
    pub link: Option<String>,
    /// The project's version after the change; 0 if no project was changed.
    #[serde(default)]
    pub version: i64,
    /// The changed message as it is now; set if exactly one message was changed and it still exists.
    #[serde(default)]
    pub row: Option<MessageRow>,
}

impl Done {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), ..Self::default() }
    }
}
