//! The tags of a project's customers, and the page that lists them.

use super::{AppError, AppResult, customer::filter::CustomerFilter, customer::parse_tags, filter::write_query};
use serde::{Deserialize, Serialize};

/// The most tags that the page shows.
pub const TAGS_SHOWN: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRow {
    pub tag: String,
    /// Up to one more than `LocationRow::COUNTED_MOST`.
    pub customers: u32,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagsPage {
    /// In the order of the alphabet, [`TAGS_SHOWN`] at most.
    pub rows: Vec<TagRow>,
    /// Whether there are more.
    pub has_more: bool,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The address of the customers with a tag.
pub fn tagged_href(slug: &str, tag: &str) -> String {
    let filter = CustomerFilter { tag: tag.to_owned(), ..CustomerFilter::default() };
    format!("/projects/{slug}/customers?{}", filter.to_query())
}

/// The form that renames a tag, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameTagForm {
    #[serde(default)]
    pub tag: String,
    #[serde(default)]
    pub to: String,
    /// Whether the two become one, where there is a tag of the new name already.
    #[serde(default)]
    pub merge: bool,
}

impl RenameTagForm {
    /// The new name, trimmed.
    pub fn check(&self) -> AppResult<String> {
        let read = parse_tags(&self.to).map_err(|error| match error {
            AppError::Invalid { message, .. } => AppError::invalid("to", message),
            error => error,
        })?;
        match &read[..] {
            [] => Err(AppError::invalid("to", "Write the new name of the tag.")),
            [tag] if !self.to.contains(',') => Ok(tag.clone()),
            _ => Err(AppError::invalid("to", "A tag has no comma in it.")),
        }
    }
}

/// The dialog that the page's address opens, and the tag that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TagsTask {
    Rename(String),
    Remove(String),
}

impl TagsTask {
    /// Reads a query string, with or without the question mark.
    pub fn parse(query: &str) -> Option<Self> {
        let find = |name: &str| {
            let query = query.trim_start_matches('?').as_bytes();
            form_urlencoded::parse(query).find(|(other, _)| other == name).map(|(_, value)| value.into_owned())
        };
        let tag = find("tag").filter(|tag| !tag.is_empty())?;
        match find("do")?.as_str() {
            "rename" => Some(Self::Rename(tag)),
            "remove" => Some(Self::Remove(tag)),
            _ => None,
        }
    }

    /// The address of the page with this dialog, or none.
    pub fn href(task: Option<&Self>, slug: &str) -> String {
        let page = format!("/projects/{slug}/settings/tags");
        let (what, tag) = match task {
            None => return page,
            Some(Self::Rename(tag)) => ("rename", tag),
            Some(Self::Remove(tag)) => ("remove", tag),
        };
        format!("{page}?{}", write_query(vec![("do", what.to_owned()), ("tag", tag.clone())]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_as_it_is_written() {
        for task in [None, Some(TagsTask::Rename("a & b?".into())), Some(TagsTask::Remove("é".into()))] {
            let href = TagsTask::href(task.as_ref(), "cup");
            assert_eq!(TagsTask::parse(href.split_once('?').map_or("", |(_, query)| query)), task, "{href}");
        }
        for other in ["do=rename", "do=rename&tag=", "do=x&tag=a", "tag=a"] {
            assert_eq!(TagsTask::parse(other), None, "{other}");
        }
        assert_eq!(tagged_href("cup", "a & b"), "/projects/cup/customers?tag=a+%26+b");
    }

    #[test]
    fn a_tag_is_one() {
        let check = |to: &str| RenameTagForm { to: to.into(), ..RenameTagForm::default() }.check();
        assert_eq!(check(" regular "), Ok("regular".into()));
        for wrong in ["", " , ", "a, b", "a,", &"x".repeat(31)] {
            assert!(check(wrong).unwrap_err().for_field("to").is_some(), "{wrong:?}");
        }
    }
}
