//! What staff choose about a project itself: its name and its time zone.

use super::{
    AppError, AppResult,
    contact::{NAME_MAX, parse_line},
    retention::Kept,
};
use serde::{Deserialize, Serialize};

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSettingsPage {
    pub name: String,
    /// An IANA name.
    pub zone: String,
    /// The zones to choose from; none for whom may not change it.
    pub zones: Vec<String>,
    /// How many messages are scheduled, up to one more than [`Self::COUNTED_MOST`].
    pub scheduled: u32,
    /// Whether the days of messages are being set anew, after another zone was chosen.
    pub is_counting: bool,
    /// For how long what messages said is kept.
    pub kept: Kept,
    /// What a form without scripts held that was refused.
    pub entered: Option<ProjectForm>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

impl ProjectSettingsPage {
    pub const COUNTED_MOST: u32 = 10_000;
}

/// The form, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectForm {
    #[serde(default)]
    pub name: String,
    /// An IANA name. Only the server has the zones.
    #[serde(default)]
    pub zone: String,
}

impl ProjectForm {
    /// The name, trimmed.
    pub fn check_name(&self) -> AppResult<String> {
        let name = parse_line("name", "The name", &self.name, NAME_MAX)?;
        if name.is_empty() {
            return Err(AppError::invalid("name", "Write the name that customers know the business by."));
        }
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_has_a_name() {
        let form = |name: &str| ProjectForm { name: name.into(), ..ProjectForm::default() }.check_name();
        assert_eq!(form(" Harbor Coffee ").as_deref(), Ok("Harbor Coffee"));
        for wrong in ["", "  ", "a\nb", &"x".repeat(121)] {
            assert!(form(wrong).unwrap_err().for_field("name").is_some(), "{wrong:?}");
        }
    }
}
