//! What became of one message of a bulk action.

use super::{BulkKind, Skip};
use crate::domain::{
    MessageId,
    message::{Channel, Template},
};

/// What became of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Pending,
    Done,
    Skipped(Skip),
    Undone,
    /// It was changed, and could not be changed back.
    NotUndone(Skip),
}

impl Fate {
    /// In a file: the result, and why.
    pub fn words(self, kind: BulkKind) -> (&'static str, &'static str) {
        match self {
            Self::Pending => ("Not begun", ""),
            Self::Done => (kind.did(), ""),
            Self::Skipped(skip) => ("Skipped", skip.reason()),
            Self::Undone => ("Undone", ""),
            Self::NotUndone(skip) => (kind.did(), skip.reason()),
        }
    }
}

/// One message of a bulk action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRow {
    pub id: MessageId,
    /// None where the customer was deleted.
    pub customer: Option<String>,
    /// None where the message was deleted.
    pub recipient: Option<String>,
    /// None where the message was gone before.
    pub what: Option<(Channel, Template, i16)>,
    pub fate: Fate,
}
