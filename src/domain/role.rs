//! Roles of a project's members. Each role may do everything that the role before it may do.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum Role {
    /// May read everything.
    Viewer = 0,
    /// Also: requests, actions on messages, customers.
    Operator = 1,
    /// Also: bulk actions, strategy, templates.
    Manager = 2,
    /// Also: members, connections, API keys.
    Admin = 3,
    /// Also: other owners. A project has at least one.
    Owner = 4,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Viewer, Self::Operator, Self::Manager, Self::Admin, Self::Owner];

    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Operator => "Operator",
            Self::Manager => "Manager",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }
}

impl Role {
    /// What a member of this role may do, beside what the role before it may.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Viewer => "reads everything",
            Self::Operator => "also asks for reviews, steers single messages and changes customers",
            Self::Manager => {
                "also acts on many messages or customers at once, and changes strategy, templates, locations and tags"
            }
            Self::Admin => "also changes members, connections, API keys and the project's settings",
            Self::Owner => "also makes and removes Owners",
        }
    }

    /// `an Admin`
    pub fn with_article(self) -> String {
        let article = if matches!(self, Self::Viewer | Self::Manager) { "a" } else { "an" };
        format!("{article} {self}")
    }
}

/// The name shown for a person who has left the project.
pub const FORMER_MEMBER: &str = "Former member";

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|r| r.name().eq_ignore_ascii_case(s))
            .ok_or_else(|| format!("{s:?} is not a role: viewer, operator, manager, admin or owner"))
    }
}
