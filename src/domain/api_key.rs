//! The keys of a project's REST API: what each may do, the form that makes one, and the page that lists them.

use super::{
    ApiKeyId, AppError, AppResult, LocalTime,
    contact::{NAME_MAX, parse_line},
    error::Problems,
};
use serde::{Deserialize, Serialize};

/// The most keys of a project.
pub const KEYS_MAX: i64 = 50;

/// What a request needs its key to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Reading everything that the API shows.
    Read,
    /// Customers, asks and charges are added and changed; messages are canceled, moved and sent.
    Write,
    /// Messages are deleted.
    Delete,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Delete];

    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
        }
    }

    /// What a key with it may do.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Read => "see customers, charges, messages and reviews",
            Self::Write => "add and change customers, add charges, ask for reviews, and steer messages",
            Self::Delete => "delete messages",
        }
    }

    fn bit(self) -> i16 {
        match self {
            Self::Read => 1,
            Self::Write => 2,
            Self::Delete => 4,
        }
    }
}

/// What a key may do. Stored as a sum: read 1, write 2, delete 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Scopes(i16);

impl Scopes {
    pub fn of(scopes: &[Scope]) -> Self {
        Self(scopes.iter().fold(0, |sum, scope| sum | scope.bit()))
    }

    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// `read, write`
    pub fn words(self) -> String {
        let names: Vec<_> = Scope::ALL.into_iter().filter(|scope| self.has(*scope)).map(Scope::name).collect();
        names.join(", ")
    }
}

/// A key, as the page lists it: the key itself is shown to nobody again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub scopes: Scopes,
    /// None where the person has left.
    pub created_by: Option<String>,
    pub created: LocalTime,
    /// To within some minutes; None for never.
    pub used: Option<LocalTime>,
}

/// What the page **API keys** shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeysPage {
    /// The newest first.
    pub keys: Vec<ApiKey>,
    /// What a form without scripts held that was refused; returned once.
    pub entered: Option<ApiKeyForm>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The form of a new key, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiKeyForm {
    pub name: String,
    pub read: bool,
    pub write: bool,
    pub delete: bool,
}

impl ApiKeyForm {
    /// # Errors
    /// `Invalid` for `name`, and for `scopes` where none is chosen.
    pub fn check(&self) -> AppResult<(String, Scopes)> {
        let mut problems = Problems::default();
        let name = problems.take(parse_line("name", "The name", &self.name, NAME_MAX));
        if self.name.trim().is_empty() {
            problems.add(AppError::invalid(
                "name",
                "Write what the key is for, such as the name of the system that uses it.",
            ));
        }
        let chosen = [(self.read, Scope::Read), (self.write, Scope::Write), (self.delete, Scope::Delete)];
        let chosen: Vec<Scope> =
            chosen.into_iter().filter(|(is_chosen, _)| *is_chosen).map(|(_, scope)| scope).collect();
        if chosen.is_empty() {
            problems.add(AppError::invalid("scopes", "Choose at least one thing that the key may do."));
        }
        problems.or((name, Scopes::of(&chosen)))
    }
}

/// The dialog that the page's address opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ApiKeysTask {
    Revoke(ApiKeyId),
}

impl ApiKeysTask {
    /// Reads a query string, with or without the question mark.
    pub fn parse(query: &str) -> Option<Self> {
        let query = query.trim_start_matches('?').as_bytes();
        let (_, value) = form_urlencoded::parse(query).find(|(name, _)| name == "do")?;
        value.strip_prefix("revoke-")?.parse().ok().map(Self::Revoke)
    }

    /// The address of the page with this dialog, or none.
    pub fn href(task: Option<Self>, slug: &str) -> String {
        let task = task.map(|Self::Revoke(id)| format!("?do=revoke-{id}")).unwrap_or_default();
        format!("/projects/{slug}/settings/api-keys{task}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_needs_a_name_and_a_scope() {
        let form = |name: &str, read, write, delete| ApiKeyForm { name: name.into(), read, write, delete }.check();
        let (name, scopes) = form(" Web shop ", true, false, true).unwrap();
        assert_eq!((name.as_str(), scopes.words().as_str()), ("Web shop", "read, delete"));
        assert!(scopes.has(Scope::Read) && !scopes.has(Scope::Write) && scopes.has(Scope::Delete));
        let nothing = form(" ", false, false, false).unwrap_err();
        assert!(nothing.for_field("name").is_some() && nothing.for_field("scopes").is_some());
        assert!(form(&"x".repeat(121), true, true, true).unwrap_err().for_field("name").is_some());
    }

    #[test]
    fn the_address_is_read_as_it_is_written() {
        for task in [None, Some(ApiKeysTask::Revoke(ApiKeyId(uuid::Uuid::from_u128(7))))] {
            let href = ApiKeysTask::href(task, "cup");
            assert_eq!(ApiKeysTask::parse(href.split_once('?').map_or("", |(_, query)| query)), task, "{href}");
        }
        assert_eq!(ApiKeysTask::parse("do=revoke-x"), None);
    }
}
