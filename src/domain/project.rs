//! What every page shows of its project: name, navigation, and what the person may do.

use super::{LocationId, done::Done, role::Role, view::ViewLink};
use chrono::NaiveDate;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Who is signed in, to which project, and with which role: for the sidebar, and for which controls are shown.
// Tuples on the wire, as all that the first page reads: the program need not know the names of the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Frame {
    pub user_name: String,
    pub slug: String,
    pub project_name: String,
    pub role: Role,
    /// Every project of the person, this one included, by name.
    pub projects: Vec<ProjectLink>,
    pub locations: Vec<Location>,
    /// The IANA name of the time zone in which all times are shown.
    pub zone: String,
    /// Today in that time zone.
    #[serde(with = "super::time::day_number")]
    pub today: NaiveDate,
    /// Whether the Outbox page exists.
    pub demo: bool,
    /// The result of a form that was sent without scripts; returned once.
    pub notice: Option<Done>,
    /// What holds up sending at this moment.
    pub alerts: Vec<Alert>,
    /// How many failed messages need attention, up to one more than the sidebar counts.
    pub attention: u32,
    /// The saved views of the Messages page, by name.
    pub views: Vec<ViewLink>,
}

impl Frame {
    /// A placeholder until the frame is loaded: nobody, who may do nothing.
    pub fn unknown() -> Self {
        Self {
            user_name: String::new(),
            slug: String::new(),
            project_name: String::new(),
            role: Role::Viewer,
            projects: Vec::new(),
            locations: Vec::new(),
            zone: String::new(),
            today: NaiveDate::default(),
            demo: false,
            notice: None,
            alerts: Vec::new(),
            attention: 0,
            views: Vec::new(),
        }
    }

    pub fn may(&self, needed: Role) -> bool {
        self.role >= needed
    }

    pub fn location_name(&self, id: LocationId) -> String {
        self.locations.iter().find(|l| l.id == id).map_or_else(|| "Unknown location".into(), |l| l.name.clone())
    }

    /// `/projects/{slug}/{rest}`
    pub fn href(&self, rest: &str) -> String {
        format!("/projects/{}/{rest}", self.slug)
    }
}

/// What holds up sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Alert {
    pub sentence: String,
    /// Whether staff want it so: a pause, the trial. Else it is a fault.
    pub is_wanted: bool,
    /// The page where it can be changed, as in the address; empty where staff can't.
    pub page: String,
}

impl Alert {
    pub fn fault(sentence: impl Into<String>, page: &str) -> Self {
        Self { sentence: sentence.into(), is_wanted: false, page: page.to_owned() }
    }

    pub fn wanted(sentence: impl Into<String>, page: &str) -> Self {
        Self { is_wanted: true, ..Self::fault(sentence, page) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct ProjectLink {
    pub slug: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Location {
    pub id: LocationId,
    pub name: String,
}
