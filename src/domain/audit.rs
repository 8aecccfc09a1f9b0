//! The audit log: what members did in a project, and the page that shows it.

use super::{
    AuditId, CustomerId, LocalTime, MessageId,
    filter::{SEARCH_MAX, write_query},
};
use serde::{Deserialize, Serialize};

/// How long entries are kept, in days.
pub const KEPT_DAYS: i64 = 730;
/// How many entries a page has.
pub const ENTRIES_SHOWN: usize = 100;

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: LocalTime,
    /// The name of who did it, at that time.
    pub actor: String,
    /// The words in which the product answered.
    pub sentence: String,
    /// None where it is about none, or one who is deleted.
    pub about: Option<About>,
}

/// The customer whom an entry is about, and the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub customer: CustomerId,
    /// As it is now.
    pub name: String,
    pub message: Option<MessageId>,
}

/// The newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// The entry to page on from; None on the last page.
    pub next: Option<AuditId>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The query of the page's address.
///
/// It is serialized as the text that [`Self::to_query`] writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct AuditQuery {
    /// Part of a name or of a sentence, in whatever case.
    pub q: String,
    /// The entry to page on from.
    pub after: Option<AuditId>,
}

impl From<String> for AuditQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<AuditQuery> for String {
    fn from(query: AuditQuery) -> Self {
        query.to_query()
    }
}

impl AuditQuery {
    /// Reads a query string, with or without the question mark; what cannot be read becomes the default.
    pub fn parse(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match &*name {
                "q" => read.q = value.trim().chars().filter(|c| !c.is_control()).take(SEARCH_MAX).collect(),
                "after" => read.after = value.parse().ok(),
                _ => {}
            }
        }
        read
    }

    /// Without the question mark; defaults are left out.
    pub fn to_query(&self) -> String {
        let q = (!self.q.is_empty()).then(|| ("q", self.q.clone()));
        let after = self.after.map(|after| ("after", after.to_string()));
        write_query(q.into_iter().chain(after).collect())
    }

    /// The page's address in the project with this slug.
    pub fn href(&self, slug: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/settings/audit{mark}{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_address_is_read_as_it_is_written() {
        for query in [AuditQuery::default(), AuditQuery { q: "a & b".into(), after: Some(AuditId(Uuid::from_u128(7))) }]
        {
            assert_eq!(AuditQuery::parse(&query.to_query()), query);
        }
        assert_eq!(AuditQuery::parse("?after=x&q=+a%0A+"), AuditQuery { q: "a".into(), after: None });
        assert_eq!(AuditQuery::default().href("cup"), "/projects/cup/settings/audit");
    }
}
