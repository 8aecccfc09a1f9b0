//! What staff may do with a message, by its status.

use crate::domain::status::{State, Status};
use serde::{Deserialize, Serialize};

/// What staff may do with one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    View,
    SendNow,
    Cancel,
    Reschedule,
    Resend,
    SendCopy,
    CopyUuid,
    Delete,
}

impl Action {
    pub const ALL: [Self; 8] = [
        Self::View,
        Self::SendNow,
        Self::Cancel,
        Self::Reschedule,
        Self::Resend,
        Self::SendCopy,
        Self::CopyUuid,
        Self::Delete,
    ];

    /// The label of the menu item.
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "View message",
            Self::SendNow => "Send now",
            Self::Cancel => "Cancel message",
            Self::Reschedule => "Reschedule message",
            Self::Resend => "Resend message",
            Self::SendCopy => "Send a copy to me",
            Self::CopyUuid => "Copy UUID",
            Self::Delete => "Delete message",
        }
    }

    /// Whether the status and state permit the action.
    pub fn allowed(self, status: Status, state: State) -> bool {
        use Status::{Canceled, Failed, Scheduled};
        let sending = state == State::Sending;
        match self {
            Self::View | Self::CopyUuid => true,
            Self::SendNow | Self::Reschedule => !sending && matches!(status, Scheduled | Canceled),
            Self::Cancel => !sending && status == Scheduled,
            Self::Resend => !sending && status == Failed,
            Self::SendCopy | Self::Delete => !sending,
        }
    }

    /// Whether the action sends what the message says.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendNow | Self::Reschedule | Self::Resend | Self::SendCopy)
    }

    /// Whether the action only reads, so that a Viewer may take it.
    pub fn only_reads(self) -> bool {
        matches!(self, Self::View | Self::CopyUuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_those_of_the_table() {
        use Action::*;
        let of = |status, state| Action::ALL.into_iter().filter(|a| a.allowed(status, state)).collect::<Vec<_>>();
        assert_eq!(
            of(Status::Scheduled, State::Scheduled),
            [View, SendNow, Cancel, Reschedule, SendCopy, CopyUuid, Delete]
        );
        assert_eq!(of(Status::Scheduled, State::Sending), [View, CopyUuid]);
        for s in [Status::Sent, Status::Opened, Status::Clicked, Status::Complained] {
            assert_eq!(of(s, State::Sent), [View, SendCopy, CopyUuid, Delete]);
        }
        assert_eq!(of(Status::Failed, State::Failed), [View, Resend, SendCopy, CopyUuid, Delete]);
        assert_eq!(of(Status::Canceled, State::Canceled), [View, SendNow, Reschedule, SendCopy, CopyUuid, Delete]);
    }
}
