//! What is done to the messages of a selection.

use crate::domain::stats::count;
use serde::{Deserialize, Serialize};

/// Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum BulkKind {
    Cancel = 0,
    SendNow = 1,
    Reschedule = 2,
    /// Sends failed messages again.
    Resend = 3,
    Delete = 4,
}

impl BulkKind {
    /// In the order of the menu.
    pub const ALL: [Self; 5] = [Self::Cancel, Self::SendNow, Self::Reschedule, Self::Resend, Self::Delete];

    /// As forms name it.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::SendNow => "send-now",
            Self::Reschedule => "reschedule",
            Self::Resend => "resend",
            Self::Delete => "delete",
        }
    }

    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// The label of the menu item.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cancel => "Cancel unsent messages",
            Self::SendNow => "Send now",
            Self::Reschedule => "Reschedule",
            Self::Resend => "Resend failed",
            Self::Delete => "Delete",
        }
    }

    /// The icon of the menu item.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Cancel => "canceled",
            Self::SendNow => "send",
            Self::Reschedule => "calendar",
            Self::Resend => "undo",
            Self::Delete => "trash",
        }
    }

    /// The title of the question before it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Cancel => "Cancel unsent messages",
            Self::SendNow => "Send messages now",
            Self::Reschedule => "Reschedule messages",
            Self::Resend => "Resend failed messages",
            Self::Delete => "Delete messages",
        }
    }

    /// Before a number of messages. A message that is to leave now is queued: it is sent when the provider has taken it.
    pub fn did(self) -> &'static str {
        match self {
            Self::Cancel => "Canceled",
            Self::SendNow | Self::Resend => "Queued",
            Self::Reschedule => "Rescheduled",
            Self::Delete => "Deleted",
        }
    }

    /// After "can be".
    pub fn changed(self) -> &'static str {
        match self {
            Self::Cancel => "canceled",
            Self::SendNow => "sent now",
            Self::Reschedule => "rescheduled",
            Self::Resend => "sent again",
            Self::Delete => "deleted",
        }
    }

    /// The button: `Reschedule 12 messages`.
    pub fn label(self, n: u64) -> String {
        let messages = count(n, "message");
        match self {
            Self::Cancel => format!("Cancel {messages}"),
            Self::SendNow => format!("Send {messages} now"),
            Self::Reschedule => format!("Reschedule {messages}"),
            Self::Resend => format!("Resend {messages}"),
            Self::Delete => format!("Delete {messages}"),
        }
    }

    /// What the person should know before.
    pub fn consequence(self) -> &'static str {
        match self {
            Self::Cancel | Self::Reschedule => "You can undo this.",
            Self::SendNow => {
                "They leave as soon as the sending window and the limits permit. A message that has left can't be called back."
            }
            Self::Resend => {
                "Each goes to the customer's present address. A message that has left can't be called back."
            }
            Self::Delete => "They and their timelines are deleted for good. Deleting doesn't recall a sent message.",
        }
    }

    /// Whether the messages may be spread over time: so many a minute.
    pub fn has_pace(self) -> bool {
        matches!(self, Self::SendNow | Self::Resend)
    }

    /// Whether it can be done to canceled messages, too, where that is asked for.
    pub fn may_revive(self) -> bool {
        matches!(self, Self::SendNow | Self::Reschedule)
    }

    pub fn has_undo(self) -> bool {
        matches!(self, Self::Cancel | Self::Reschedule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_a_name_of_its_own_in_forms() {
        for kind in BulkKind::ALL {
            assert_eq!(BulkKind::from_slug(kind.slug()), Some(kind));
        }
        assert_eq!(BulkKind::from_slug("Delete"), None);
        assert_eq!(BulkKind::SendNow.label(1), "Send 1 message now");
    }
}
