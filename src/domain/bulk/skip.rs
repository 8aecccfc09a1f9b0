//! Why a message of a bulk action was left as it is.

use crate::domain::{refusal::Refusal, stats::thousands, status::State};
use serde::{Deserialize, Serialize};

/// Why a message was skipped. Stored by number and by name: new ones come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Skip {
    AlreadySent,
    BeingSent,
    Failed,
    AlreadyCanceled,
    /// Deleted meanwhile, or not in this project.
    Gone,
    /// No longer canceled (undo).
    NotCanceled,
    /// The customer has unsubscribed since (undo).
    Unsubscribed,
    /// The customer was archived since (undo).
    Archived,
    /// The customer no longer has an address for its channel (undo).
    NoAddress,
    /// A review has come in since (undo).
    Reviewed,
    /// It failed because its address does not exist, and the customer has no other (resend).
    UnknownAddress,
    /// The customer opted out at the provider (resend).
    OptedOut,
    /// Nothing is sent to its address (resend).
    Suppressed,
    /// Any other reason, such as that something became of it meanwhile (resend).
    Refused,
    /// It has not failed, because it was not sent yet (resend).
    Waiting,
    /// Its new time would be in the past (reschedule).
    Past,
    /// Its new time would be too far away (reschedule).
    Far,
    /// Somebody gave it another time since (undo).
    Moved,
    /// The database does not take the change.
    Broken,
}

impl Skip {
    const ALL: [Self; 19] = [
        Self::AlreadySent,
        Self::BeingSent,
        Self::Failed,
        Self::AlreadyCanceled,
        Self::Gone,
        Self::NotCanceled,
        Self::Unsubscribed,
        Self::Archived,
        Self::NoAddress,
        Self::Reviewed,
        Self::UnknownAddress,
        Self::OptedOut,
        Self::Suppressed,
        Self::Refused,
        Self::Waiting,
        Self::Past,
        Self::Far,
        Self::Moved,
        Self::Broken,
    ];

    /// As it is stored.
    pub fn number(self) -> i16 {
        self as i16
    }

    /// `Refused` for a number that stands for nothing.
    pub fn from_number(number: i16) -> Self {
        usize::try_from(number).ok().and_then(|at| Self::ALL.get(at).copied()).unwrap_or(Self::Refused)
    }

    /// Why a message with this state is not changed.
    pub fn of_state(state: State) -> Self {
        match state {
            State::Scheduled => Self::Waiting,
            State::Sending => Self::BeingSent,
            State::Sent => Self::AlreadySent,
            State::Failed => Self::Failed,
            State::Canceled => Self::AlreadyCanceled,
        }
    }

    /// Why a message is not sent (again).
    pub fn of_refusal(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Standing { state, .. } => Self::of_state(*state),
            Refusal::Unsubscribed => Self::Unsubscribed,
            Refusal::Archived => Self::Archived,
            Refusal::NoAddress(_) => Self::NoAddress,
            Refusal::UnknownAddress { .. } => Self::UnknownAddress,
            Refusal::OptedOut => Self::OptedOut,
            Refusal::Suppressed { .. } => Self::Suppressed,
            _ => Self::Refused,
        }
    }

    /// The words after a number: `2 already sent`.
    pub fn reason(self) -> &'static str {
        match self {
            Self::AlreadySent => "already sent",
            Self::BeingSent => "being sent",
            Self::Failed => "already failed",
            Self::AlreadyCanceled => "already canceled",
            Self::Gone => "deleted meanwhile",
            Self::NotCanceled => "no longer canceled",
            Self::Unsubscribed => "customer unsubscribed",
            Self::Archived => "customer archived",
            Self::NoAddress => "no address anymore",
            Self::Reviewed => "a review came first",
            Self::UnknownAddress => "address does not exist",
            Self::OptedOut => "opted out at the provider",
            Self::Suppressed => "address suppressed",
            Self::Refused => "cannot be sent again now",
            Self::Waiting => "not sent yet",
            Self::Past => "new time has passed",
            Self::Far => "new time is too far away",
            Self::Moved => "changed since",
            Self::Broken => "could not be changed",
        }
    }

    /// `3 were already sent.`
    pub fn sentence(self, n: u64) -> String {
        let one = n == 1;
        let verb = match self {
            Self::AlreadySent | Self::AlreadyCanceled | Self::Gone => {
                if one {
                    "was"
                } else {
                    "were"
                }
            }
            Self::BeingSent | Self::NotCanceled => {
                if one {
                    "is"
                } else {
                    "are"
                }
            }
            Self::Failed => {
                if one {
                    "has"
                } else {
                    "have"
                }
            }
            Self::Unsubscribed
            | Self::Archived
            | Self::NoAddress
            | Self::Reviewed
            | Self::UnknownAddress
            | Self::OptedOut
            | Self::Suppressed
            | Self::Refused
            | Self::Waiting
            | Self::Past
            | Self::Far
            | Self::Moved
            | Self::Broken => ":",
        };
        let n = thousands(n);
        match verb {
            ":" => format!("{n}: {}.", self.reason()),
            verb => format!("{n} {verb} {}.", self.reason()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_reasons_stand_for_each_other() {
        for (number, skip) in (0..).zip(Skip::ALL) {
            assert_eq!((skip.number(), Skip::from_number(number)), (number, skip));
        }
        assert_eq!((Skip::from_number(-1), Skip::from_number(99)), (Skip::Refused, Skip::Refused));
    }
}
