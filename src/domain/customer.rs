//! A customer, the profile that staff see, and the form that changes one.

use super::{
    AppError, BatchId, CustomerId, LocalTime, LocationId, MessageId, NoteId,
    contact::{NAME_MAX, parse_email, parse_line},
    message::MessageRow,
    review::Review,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    pub id: CustomerId,
    pub name: String,
    pub company: String,
    /// Empty where there is none.
    pub email: String,
    /// E.164; empty where there is none.
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

/// What the profile's address says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProfileQuery {
    pub view: ProfileView,
    /// The page that holds this message is shown, and the message is marked.
    pub message: Option<MessageId>,
    /// 1 and up; passed over where `message` is given.
    pub page: u32,
}

impl ProfileQuery {
    pub fn parse(query: &str) -> Self {
        let mut q = Self { page: 1, ..Self::default() };
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

    /// The address of this view of a customer; a message's ends in its anchor.
    pub fn href(&self, slug: &str, customer: CustomerId) -> String {
        let mut pairs = Vec::new();
        if self.view == ProfileView::List {
            pairs.push(("view", "list".into()));
        }
        if let Some(m) = self.message {
            pairs.push(("message", m.to_string()));
        } else if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        let query = super::filter::write_query(pairs);
        let mark = if query.is_empty() { "" } else { "?" };
        let anchor = self.message.map(|m| format!("#message-{m}")).unwrap_or_default();
        format!("/projects/{slug}/customers/{customer}{mark}{query}{anchor}")
    }
}

/// The address of a message on its customer's profile.
pub fn message_href(slug: &str, customer: CustomerId, message: MessageId) -> String {
    ProfileQuery { message: Some(message), page: 1, ..ProfileQuery::default() }.href(slug, customer)
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub customer: Customer,
    pub notes: Vec<Note>,
    pub reviews: Vec<Review>,
    /// One page of them, newest request first, within a request in the order of sending; in the list view newest first.
    pub messages: Vec<MessageRow>,
    pub message_total: u32,
    pub page: u32,
    pub pages: u32,
    pub unsent: u32,
    /// Whether the message that the address names is on this page; false where it is none of this customer's.
    pub target_found: bool,
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
}

/// The form of a customer as it is sent.
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
    /// The same, checked and trimmed. The phone is checked on the server, which has the numbering plans.
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

/// What an action says when it is done: shown in `role="status"`, with Undo where there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    pub sentence: String,
    pub undo: Option<BatchId>,
}

impl Done {
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), undo: None }
    }
}

/// 1–30 characters each, at most 20, without repeats.
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
