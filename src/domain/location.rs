//! The locations of a project, and the page that lists them.

use super::{
    AppError, AppResult, LocationId,
    contact::{NAME_MAX, parse_line},
    stats::count,
};
use serde::{Deserialize, Serialize};

/// The most locations of a project: each page of it knows them all.
pub const LOCATIONS_MAX: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocationRow {
    pub id: LocationId,
    pub name: String,
    /// Up to one more than [`Self::COUNTED_MOST`].
    pub customers: u32,
    pub messages: u64,
}

impl LocationRow {
    pub const COUNTED_MOST: u32 = 10_000;

    /// `12 customers and 1 message`; None where it has neither.
    pub fn holds(&self) -> Option<String> {
        let customers = counted(self.customers, "customer");
        let messages = count(self.messages, "message");
        match (self.customers, self.messages) {
            (0, 0) => None,
            (_, 0) => Some(customers),
            (0, _) => Some(messages),
            _ => Some(format!("{customers} and {messages}")),
        }
    }
}

/// `12 customers`, `more than 10,000 customers`: what was counted up to one more than [`LocationRow::COUNTED_MOST`].
pub fn counted(n: u32, what: &str) -> String {
    match n > LocationRow::COUNTED_MOST {
        true => format!("more than {}", count(LocationRow::COUNTED_MOST.into(), what)),
        false => count(n.into(), what),
    }
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationsPage {
    /// By name.
    pub rows: Vec<LocationRow>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// Reads the name of a location.
pub fn parse_location_name(name: &str) -> AppResult<String> {
    let name = parse_line("name", "The name", name, NAME_MAX)?;
    if name.is_empty() {
        return Err(AppError::invalid("name", "Write the name of the location, as customers know it."));
    }
    Ok(name)
}

/// The dialog that the page's address opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LocationsTask {
    Rename(LocationId),
    Remove(LocationId),
}

impl LocationsTask {
    /// Reads a query string, with or without the question mark.
    pub fn parse(query: &str) -> Option<Self> {
        let query = query.trim_start_matches('?').as_bytes();
        let (_, value) = form_urlencoded::parse(query).find(|(name, _)| name == "do")?;
        match value.split_once('-')? {
            ("rename", id) => id.parse().ok().map(Self::Rename),
            ("remove", id) => id.parse().ok().map(Self::Remove),
            _ => None,
        }
    }

    /// The address of the page with this dialog, or none.
    pub fn href(task: Option<Self>, slug: &str) -> String {
        let task = match task {
            None => String::new(),
            Some(Self::Rename(id)) => format!("?do=rename-{id}"),
            Some(Self::Remove(id)) => format!("?do=remove-{id}"),
        };
        format!("/projects/{slug}/settings/locations{task}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_as_it_is_written() {
        let id = LocationId(uuid::Uuid::from_u128(7));
        for task in [None, Some(LocationsTask::Rename(id)), Some(LocationsTask::Remove(id))] {
            let href = LocationsTask::href(task, "cup");
            assert_eq!(LocationsTask::parse(href.split_once('?').map_or("", |(_, query)| query)), task, "{href}");
        }
        assert_eq!(LocationsTask::parse("do=remove-x"), None);
    }

    #[test]
    fn what_a_location_holds_is_said() {
        let row = |customers, messages| {
            LocationRow { id: LocationId(uuid::Uuid::nil()), name: "Harbor".into(), customers, messages }.holds()
        };
        assert_eq!(row(0, 0), None);
        assert_eq!(row(1, 0).unwrap(), "1 customer");
        assert_eq!(row(0, 2).unwrap(), "2 messages");
        assert_eq!(row(10_001, 12_000).unwrap(), "more than 10,000 customers and 12,000 messages");
        assert!(parse_location_name(" ").unwrap_err().for_field("name").is_some());
    }
}
