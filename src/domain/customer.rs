//! A customer, the profile that staff see, and the form that changes one.

pub mod bulk;
pub mod filter;
mod list;
mod query;

pub use list::{CustomerRow, CustomersPage};
pub use query::{CustomerCursor, CustomersAt, CustomersQuery};

use super::{
    AppError, CustomerId, LocalTime, LocationId, MessageId, NoteId, ReviewId,
    charge::Charges,
    contact::{NAME_MAX, parse_email, parse_line},
    error::Problems,
    message::MessageRow,
    review::Review,
};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    pub name: String,
    pub company: String,
    /// Empty if there is none.
    pub email: String,
    /// In the form of E.164; empty if there is none.
    pub phone: String,
    pub location: Option<LocationId>,
    /// The day of the visit or purchase that the strategy may count from.
    pub visited: Option<NaiveDate>,
    pub last_messaged: Option<LocalTime>,
    pub unsubscribed: Option<LocalTime>,
    pub archived: Option<LocalTime>,
    pub tags: Vec<String>,
    /// When the person was erased.
    pub erased: Option<LocalTime>,
}

/// The name of a customer whose person was erased.
pub const ERASED_NAME: &str = "Erased customer";
/// What must be typed to erase a person.
pub const ERASE_WORD: &str = "ERASE";
/// What stays of a person who was erased.
pub const ERASED_KEPT: &str = "Kept are the times and statuses of requests and messages, the stars of reviews, and hashes by \
    which the addresses are refused if somebody adds or imports them again.";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub id: NoteId,
    pub text: String,
    pub author: String,
    pub at: LocalTime,
}

/// Both views show the same messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProfileView {
    #[default]
    Grouped,
    List,
}

impl ProfileView {
    pub fn parse(s: &str) -> Self {
        if s == "list" { Self::List } else { Self::Grouped }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Grouped => "grouped",
            Self::List => "list",
        }
    }
}

/// The query of a profile's address.
///
/// It is serialized as the text that [`Self::to_query`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ProfileQuery {
    pub view: ProfileView,
    /// Shows the page with this message, and marks the message.
    pub message: Option<MessageId>,
    /// From 1; ignored if `message` is set.
    pub page: u32,
}

impl Default for ProfileQuery {
    fn default() -> Self {
        Self { view: ProfileView::default(), message: None, page: 1 }
    }
}

impl From<String> for ProfileQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<ProfileQuery> for String {
    fn from(query: ProfileQuery) -> Self {
        query.to_query()
    }
}

impl ProfileQuery {
    /// Reads a query string, without the question mark.
    pub fn parse(query: &str) -> Self {
        let mut q = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "view" => q.view = ProfileView::parse(&value),
                "message" => q.message = value.parse().ok(),
                "page" => q.page = value.parse().unwrap_or(1).max(1),
                _ => {}
            }
        }
        q
    }

    /// Without the question mark; defaults are left out.
    pub fn to_query(&self) -> String {
        let mut pairs = Vec::new();
        if self.view == ProfileView::List {
            pairs.push(("view", "list".into()));
        }
        if let Some(m) = self.message {
            pairs.push(("message", m.to_string()));
        } else if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        super::filter::write_query(pairs)
    }

    /// The address of this view of a customer. If `message` is set, the address ends in the anchor of the message.
    pub fn href(&self, slug: &str, customer: CustomerId) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        let anchor = self.message.map(|m| format!("#message-{m}")).unwrap_or_default();
        format!("/projects/{slug}/customers/{customer}{mark}{query}{anchor}")
    }
}

/// The address of a review on its customer's profile.
pub fn review_href(slug: &str, customer: CustomerId, review: ReviewId) -> String {
    format!("{}#review-{review}", ProfileQuery::default().href(slug, customer))
}

/// The address of a message on its customer's profile.
pub fn message_href(slug: &str, customer: CustomerId, message: MessageId) -> String {
    ProfileQuery { message: Some(message), ..ProfileQuery::default() }.href(slug, customer)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub customer: Customer,
    pub notes: Vec<Note>,
    pub reviews: Vec<Review>,
    pub charges: Charges,
    /// One page of messages: newest request first and, within a request, in the order of sending; in the list view, newest first.
    pub messages: Vec<MessageRow>,
    pub message_total: u32,
    pub page: u32,
    pub pages: u32,
    pub unsent: u32,
    /// Whether the message that the address names is on this page; false if it belongs to another customer or none.
    pub target_found: bool,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The form of a customer, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerForm {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub company: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub phone: String,
    /// A location's id; empty for none.
    #[serde(default)]
    pub location: String,
    /// `YYYY-MM-DD`; empty where it is not known.
    #[serde(default)]
    pub visited: String,
}

impl CustomerForm {
    /// Of a form that showed `was` when it was opened: what nobody changed in it takes the value of `now`, which somebody else may have
    /// saved meanwhile.
    #[must_use]
    pub fn onto(self, was: &Self, now: Self) -> Self {
        let merged = |form: String, was: &str, now: String| if form == was { now } else { form };
        Self {
            name: merged(self.name, &was.name, now.name),
            company: merged(self.company, &was.company, now.company),
            email: merged(self.email, &was.email, now.email),
            phone: merged(self.phone, &was.phone, now.phone),
            location: merged(self.location, &was.location, now.location),
            visited: merged(self.visited, &was.visited, now.visited),
        }
    }

    /// Checks and trims the fields. The phone number is checked on the server, which has the numbering plans.
    pub fn check(&self) -> Result<Self, AppError> {
        let mut problems = Problems::default();
        if self.name.trim().is_empty() {
            problems.add(AppError::invalid("name", NO_NAME));
        }
        match self.check_given() {
            Ok(form) => problems.or(form),
            Err(error) => {
                problems.add(error);
                problems.or(self.clone())
            }
        }
    }

    /// The same, for a customer who may have a name already.
    pub fn check_given(&self) -> Result<Self, AppError> {
        let mut problems = Problems::default();
        let name = problems.take(parse_line("name", "The name", &self.name, NAME_MAX));
        let email = match self.email.trim() {
            "" => String::new(),
            s => problems.take(parse_email("email", s)),
        };
        let location = self.location.trim();
        if !location.is_empty() && location.parse::<LocationId>().is_err() {
            problems.add(AppError::invalid("location", "Choose one of the project's locations."));
        }
        let visited = self.visited.trim();
        if !visited.is_empty() && self.visited_on().is_none() {
            problems.add(AppError::invalid("visited", "Write a date such as 2026-11-24."));
        }
        let company = problems.take(parse_line("company", "The company", &self.company, NAME_MAX));
        let phone = problems.take(parse_line("phone", "The phone number", &self.phone, 40));
        problems.or(Self { name, company, email, phone, location: location.to_owned(), visited: visited.to_owned() })
    }

    /// The date of visit; None where there is none, or it can't be read.
    pub fn visited_on(&self) -> Option<NaiveDate> {
        let day: NaiveDate = self.visited.trim().parse().ok()?;
        (1970..2200).contains(&day.year()).then_some(day)
    }
}

/// Said of a customer without a name.
pub const NO_NAME: &str = "Write the customer's name.";
/// The most tags of a customer.
pub const TAGS_MAX: usize = 20;
/// Said of a customer with more.
pub const MANY_TAGS: &str = "A customer can have 20 tags at most.";

/// Parses a comma-separated list: at most 20 tags of 1 to 30 characters, without repeats.
pub fn parse_tags(s: &str) -> Result<Vec<String>, AppError> {
    let mut tags: Vec<String> = Vec::new();
    for t in s.split(',') {
        let tag = parse_line("tags", "A tag", t, filter::TAG_MAX)?;
        if !tag.is_empty() && !tags.iter().any(|x| x.eq_ignore_ascii_case(&tag)) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS_MAX {
        return Err(AppError::invalid("tags", MANY_TAGS));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_travel_as_their_query_string() {
        let id = MessageId(uuid::Uuid::from_u128(7));
        let profile = ProfileQuery { view: ProfileView::List, message: Some(id), ..ProfileQuery::default() };
        let json = serde_json::to_string(&profile).unwrap();
        assert_eq!(json, format!("\"view=list&message={id}\""));
        assert_eq!(serde_json::from_str::<ProfileQuery>(&json).unwrap(), profile);
        assert_eq!(serde_json::from_str::<ProfileQuery>("\"page=x\"").unwrap(), ProfileQuery::default());
    }
}
