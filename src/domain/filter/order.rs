//! The order of the messages on a page.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sort {
    #[default]
    Sent,
    Scheduled,
    Opened,
    Clicked,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Sent, Self::Scheduled, Self::Opened, Self::Clicked];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "Date sent",
            Self::Scheduled => "Date scheduled",
            Self::Opened => "Date opened",
            Self::Clicked => "Date clicked",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Scheduled => "scheduled",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|x| x.slug() == s)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    Ascending,
    #[default]
    Descending,
}

impl Direction {
    pub const ALL: [Self; 2] = [Self::Descending, Self::Ascending];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ascending => "Oldest first",
            Self::Descending => "Newest first",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}
