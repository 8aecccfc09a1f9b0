//! A customer, the profile that staff see, and the form that changes one.

use super::{
    AppError, CustomerId, LocalTime, LocationId, MessageId, NoteId,
    contact::{NAME_MAX, parse_email, parse_line},
    filter::SEARCH_MAX,
    message::MessageRow,
    review::Review,
};
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
    pub last_messaged: Option<LocalTime>,
    pub unsubscribed: Option<LocalTime>,
    pub archived: Option<LocalTime>,
    pub tags: Vec<String>,
}

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

/// The address of a message on its customer's profile.
pub fn message_href(slug: &str, customer: CustomerId, message: MessageId) -> String {
    ProfileQuery { message: Some(message), ..ProfileQuery::default() }.href(slug, customer)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub customer: Customer,
    pub notes: Vec<Note>,
    pub reviews: Vec<Review>,
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

/// One row of the Customers page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    pub id: CustomerId,
    pub name: String,
    pub company: String,
    pub email: String,
    pub phone: String,
    pub location: Option<LocationId>,
    pub last_messaged: Option<LocalTime>,
    pub unsubscribed: bool,
    pub archived: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomersPage {
    pub rows: Vec<CustomerRow>,
    /// The name and id to page on from.
    pub next: Option<String>,
    pub total: u64,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The query of the Customers page's address.
///
/// It is serialized as the text that [`Self::to_query`] writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct CustomersQuery {
    pub q: String,
    /// Whether to show only archived customers, or only the others.
    pub archived: bool,
    /// Whether to show only customers who unsubscribed.
    pub unsubscribed: bool,
    /// The row to page on from, as [`CustomersPage::next`] names it.
    pub after: Option<String>,
}

impl From<String> for CustomersQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<CustomersQuery> for String {
    fn from(query: CustomersQuery) -> Self {
        query.to_query()
    }
}

impl CustomersQuery {
    /// Reads a query string, with or without the question mark. Unknown names are ignored; a value that cannot be read
    /// becomes the default.
    pub fn parse(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            // No name contains control characters, and PostgreSQL accepts no NUL.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            match &*name {
                "q" => read.q = value.trim().chars().take(SEARCH_MAX).collect(),
                "archived" => read.archived = value == "yes",
                "unsubscribed" => read.unsubscribed = value == "yes",
                "after" => read.after = Some(value).filter(|after| !after.is_empty()),
                _ => {}
            }
        }
        read
    }

    /// Whether it leaves any customer out.
    pub fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || self.archived || self.unsubscribed
    }

    /// Without the question mark; defaults are left out.
    pub fn to_query(&self) -> String {
        let mut pairs = Vec::new();
        if !self.q.is_empty() {
            pairs.push(("q", self.q.clone()));
        }
        if self.archived {
            pairs.push(("archived", "yes".to_owned()));
        }
        if self.unsubscribed {
            pairs.push(("unsubscribed", "yes".to_owned()));
        }
        if let Some(after) = &self.after {
            pairs.push(("after", after.clone()));
        }
        super::filter::write_query(pairs)
    }

    /// The page's address in the project with this slug.
    pub fn href(&self, slug: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/customers{mark}{query}")
    }

    /// That address, with the form for a new customer open.
    pub fn adding(&self, slug: &str) -> String {
        let href = self.href(slug);
        let mark = if href.contains('?') { '&' } else { '?' };
        format!("{href}{mark}do=add")
    }
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
}

impl CustomerForm {
    /// Checks and trims the fields. The phone number is checked on the server, which has the numbering plans.
    pub fn check(&self) -> Result<Self, AppError> {
        let name = parse_line("name", "The name", &self.name, NAME_MAX)?;
        if name.is_empty() {
            return Err(AppError::invalid("name", "Write the customer's name."));
        }
        let email = match self.email.trim() {
            "" => String::new(),
            s => parse_email("email", s)?,
        };
        let location = self.location.trim();
        if !location.is_empty() && location.parse::<LocationId>().is_err() {
            return Err(AppError::invalid("location", "Choose one of the project's locations."));
        }
        Ok(Self {
            name,
            company: parse_line("company", "The company", &self.company, NAME_MAX)?,
            email,
            phone: parse_line("phone", "The phone number", &self.phone, 40)?,
            location: location.to_owned(),
        })
    }
}

/// Parses a comma-separated list: at most 20 tags of 1 to 30 characters, without repeats.
pub fn parse_tags(s: &str) -> Result<Vec<String>, AppError> {
    let mut tags: Vec<String> = Vec::new();
    for t in s.split(',') {
        let tag = parse_line("tags", "A tag", t, 30)?;
        if !tag.is_empty() && !tags.iter().any(|x| x.eq_ignore_ascii_case(&tag)) {
            tags.push(tag);
        }
    }
    if tags.len() > 20 {
        return Err(AppError::invalid("tags", "A customer can have 20 tags at most."));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_customers_address_is_read_as_it_is_written() {
        for query in ["", "q=ana+r", "archived=yes&unsubscribed=yes", "q=%26&after=Ana%7E1"] {
            assert_eq!(CustomersQuery::parse(query).to_query(), query);
        }
        assert_eq!(CustomersQuery::parse("archived=maybe&x=y"), CustomersQuery::default());
        assert_eq!(CustomersQuery::parse("?q=a").adding("p"), "/projects/p/customers?q=a&do=add");
        assert_eq!(CustomersQuery::default().adding("p"), "/projects/p/customers?do=add");
    }

    #[test]
    fn addresses_travel_as_their_query_string() {
        let id = MessageId(uuid::Uuid::from_u128(7));
        let profile = ProfileQuery { view: ProfileView::List, message: Some(id), ..ProfileQuery::default() };
        let json = serde_json::to_string(&profile).unwrap();
        assert_eq!(json, format!("\"view=list&message={id}\""));
        assert_eq!(serde_json::from_str::<ProfileQuery>(&json).unwrap(), profile);
        assert_eq!(serde_json::from_str::<ProfileQuery>("\"page=x\"").unwrap(), ProfileQuery::default());
        let customers = CustomersQuery { q: "ana & co".into(), archived: true, ..CustomersQuery::default() };
        let json = serde_json::to_string(&customers).unwrap();
        assert_eq!(json, "\"q=ana+%26+co&archived=yes\"");
        assert_eq!(serde_json::from_str::<CustomersQuery>(&json).unwrap(), customers);
    }
}
