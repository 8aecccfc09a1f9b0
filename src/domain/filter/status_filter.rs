//! What the filter "Status" asks for.

use crate::domain::status::Status;

/// A status, of which Sent, Opened and Clicked include what came after; or that the message led to a review, whatever its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusFilter {
    Is(Status),
    Reviewed,
}

impl StatusFilter {
    pub const ALL: [Self; 8] = [
        Self::Is(Status::Scheduled),
        Self::Is(Status::Sent),
        Self::Is(Status::Opened),
        Self::Is(Status::Clicked),
        Self::Reviewed,
        Self::Is(Status::Failed),
        Self::Is(Status::Complained),
        Self::Is(Status::Canceled),
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Is(status) => status.name(),
            Self::Reviewed => "Reviewed",
        }
    }

    /// The name in addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Is(status) => status.slug(),
            Self::Reviewed => "reviewed",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|x| x.slug() == s)
    }
}

impl From<Status> for StatusFilter {
    fn from(status: Status) -> Self {
        Self::Is(status)
    }
}
