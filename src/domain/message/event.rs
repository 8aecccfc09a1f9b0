//! The entries of a message's timeline; domain/timeline.rs puts their details into words.

use crate::domain::LocalTime;
use serde::{Deserialize, Serialize};

/// One line of the timeline, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    pub at: LocalTime,
    pub kind: EventKind,
    /// The name of the person who did it, if a person did.
    pub actor: Option<String>,
    /// Of an open or a click by a machine: what kind of machine, and that it is not counted.
    pub detail: Option<String>,
}

/// Kinds of timeline entries. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum EventKind {
    Created = 0,
    /// An attempt began.
    Attempted = 1,
    /// An attempt failed and another will follow.
    Deferred = 2,
    Sent = 3,
    Delivered = 4,
    Opened = 5,
    Clicked = 6,
    Failed = 7,
    Complained = 8,
    Canceled = 9,
    Restored = 10,
    Rescheduled = 11,
    SendNow = 12,
    Resent = 13,
    CopySent = 14,
    Reviewed = 15,
    Unsubscribed = 16,
    /// A worker's result arrived after another worker had taken over its lease. It changed nothing.
    Stale = 17,
    /// The provider has it and could not deliver it yet, or did not say for certain that it can't.
    Delayed = 18,
    /// The customer answered the SMS.
    Answered = 19,
    /// The customer asked for messages again.
    Resubscribed = 20,
    /// Taken from Needs attention.
    Dismissed = 21,
    /// Back on Needs attention.
    DismissalUndone = 22,
    /// Its text or address was changed before it left.
    Edited = 23,
}

impl EventKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Attempted => "Sending started",
            Self::Deferred => "Attempt failed, will be retried",
            Self::Sent => "Sent",
            Self::Delivered => "Delivered",
            Self::Opened => "Opened",
            Self::Clicked => "Clicked",
            Self::Failed => "Failed",
            Self::Complained => "Complained",
            Self::Canceled => "Canceled",
            Self::Restored => "Cancel undone",
            Self::Rescheduled => "Rescheduled",
            Self::SendNow => "Send now",
            Self::Resent => "Resend asked for",
            Self::CopySent => "Copy sent",
            Self::Reviewed => "Review left",
            Self::Unsubscribed => "Customer unsubscribed",
            Self::Stale => "Late result of an earlier attempt",
            Self::Delayed => "Not delivered yet",
            Self::Answered => "Customer answered",
            Self::Resubscribed => "Customer resubscribed",
            Self::Dismissed => "Dismissed from Needs attention",
            Self::DismissalUndone => "Dismissal undone",
            Self::Edited => "Text or address changed",
        }
    }
}
