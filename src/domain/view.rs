//! Saved views: filters of the Messages page that members have named, and the page that lists them.

use super::{
    AppError, AppResult, ViewId,
    contact::parse_line,
    filter::{MessageFilter, MessagesQuery},
};
use serde::{Deserialize, Serialize};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// The longest name, in characters.
pub const VIEW_NAME_MAX: usize = 40;
/// The most views that one member may have in a project.
pub const VIEWS_MAX: usize = 50;

/// What the Messages page shows of a view.
// A tuple on the wire, as all that the first page reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize_tuple, Deserialize_tuple)]
pub struct ViewLink {
    pub name: String,
    pub filter: MessageFilter,
    /// Whether the link Messages leads this member to it.
    pub is_default: bool,
}

impl ViewLink {
    /// The address of the messages that it shows.
    pub fn href(&self, slug: &str) -> String {
        MessagesQuery { filter: self.filter.clone(), ..MessagesQuery::default() }.href(slug)
    }
}

/// A view as the page of the saved views lists it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SavedView {
    pub id: ViewId,
    pub link: ViewLink,
    /// Whether all members of the project have it.
    pub is_shared: bool,
    /// The name of who saved it.
    pub owner: String,
    /// Whether this member may rename, share or remove it.
    pub may_change: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewsPage {
    /// By name.
    pub views: Vec<SavedView>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The form that saves or changes a view, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewForm {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub is_shared: bool,
    /// Whether the link Messages leads the member to it from now on; asked only where it is saved.
    #[serde(default)]
    pub is_default: bool,
}

impl ViewForm {
    /// The name, trimmed.
    pub fn check(&self) -> AppResult<String> {
        match parse_line("name", "The name", &self.name, VIEW_NAME_MAX)? {
            name if name.is_empty() => Err(AppError::invalid("name", "Write a name for the view.")),
            name => Ok(name),
        }
    }
}

/// The dialog that the address of the page opens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ViewsTask {
    /// Saves this filter as a view.
    Save(MessageFilter),
    Change(ViewId),
    Remove(ViewId),
}

impl ViewsTask {
    /// Reads a query string, with or without the question mark.
    pub fn parse(query: &str) -> Option<Self> {
        let query = query.trim_start_matches('?');
        let find = |name: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(other, _)| other == name)
                .map(|(_, value)| value.into_owned())
        };
        let id = || find("view")?.parse().ok();
        match find("do")?.as_str() {
            "save" => Some(Self::Save(MessageFilter::parse(query))),
            "change" => id().map(Self::Change),
            "remove" => id().map(Self::Remove),
            _ => None,
        }
    }

    /// The address of the page with this dialog, or none.
    pub fn href(task: Option<&Self>, slug: &str) -> String {
        let page = format!("/projects/{slug}/views");
        match task {
            None => page,
            Some(Self::Save(filter)) => format!("{page}?do=save&{}", filter.to_query()),
            Some(Self::Change(id)) => format!("{page}?do=change&view={id}"),
            Some(Self::Remove(id)) => format!("{page}?do=remove&view={id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::status::Status;
    use uuid::Uuid;

    #[test]
    fn the_address_is_read_as_it_is_written() {
        let id = ViewId(Uuid::from_u128(7));
        let filter =
            MessageFilter { q: "a & b".into(), status: Some(Status::Failed.into()), ..MessageFilter::default() };
        for task in [None, Some(ViewsTask::Save(filter)), Some(ViewsTask::Change(id)), Some(ViewsTask::Remove(id))] {
            let href = ViewsTask::href(task.as_ref(), "cup");
            assert_eq!(ViewsTask::parse(href.split_once('?').map_or("", |(_, query)| query)), task, "{href}");
        }
        for other in ["do=x", "do=change", "do=remove&view=x", "status=failed"] {
            assert_eq!(ViewsTask::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_view_has_a_name_of_one_line() {
        let check = |name: &str| ViewForm { name: name.into(), ..ViewForm::default() }.check();
        assert_eq!(check(" Failed  SMS "), Ok("Failed  SMS".into()));
        for wrong in ["", "  ", "a\nb", &"x".repeat(VIEW_NAME_MAX + 1)] {
            assert!(check(wrong).unwrap_err().for_field("name").is_some(), "{wrong:?}");
        }
    }
}
