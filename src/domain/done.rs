//! The result of a change that staff made.

use super::{BatchId, message::MessageRow};
use serde::{Deserialize, Serialize};

/// What an action says when it is done: shown in `role="status"`, with Undo where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub sentence: String,
    pub undo: Option<BatchId>,
    /// The project's version after the change; 0 where no project was changed.
    #[serde(default)]
    pub version: i64,
    /// The changed message as it is now, where one message was changed and still exists.
    #[serde(default)]
    pub row: Option<MessageRow>,
}

impl Done {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), ..Self::default() }
    }
}
