//! Addresses to which a project sends nothing, and the page that lists them.

use super::{
    AppError, CustomerId, LocalTime, MessageId, SuppressionId,
    contact::{parse_email, parse_line},
    filter::SEARCH_MAX,
    message::Channel,
};
use serde::{Deserialize, Serialize};

/// Why nothing is sent to an address. Of two reasons the greater is kept. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum SuppressionReason {
    /// The customer opted out: by an SMS such as STOP, or at the provider.
    OptedOut = 0,
    /// The mailbox or number does not exist.
    Bounced = 1,
    /// Added by hand.
    Staff = 2,
    /// The customer marked a message as spam.
    Complained = 3,
}

impl SuppressionReason {
    pub fn name(self) -> &'static str {
        match self {
            Self::OptedOut => "Opted out",
            Self::Bounced => "Does not exist",
            Self::Staff => "Added by hand",
            Self::Complained => "Complained",
        }
    }

    /// A clause about the address: `… is suppressed: the customer opted out.`
    pub fn clause(self) -> &'static str {
        match self {
            Self::OptedOut => "the customer opted out",
            Self::Bounced => "a message came back because it does not exist",
            Self::Staff => "it was added by hand",
            Self::Complained => "the customer marked a message as spam",
        }
    }

    /// What staff should know before they lift it.
    pub fn warning(self) -> &'static str {
        match self {
            Self::OptedOut => {
                "The customer opted out. The law forbids messages to them unless they asked for them again; by SMS they can \
                 do so by replying START. They stay unsubscribed until you resubscribe them on their profile."
            }
            Self::Bounced => {
                "A message to this address came back, because it does not exist. Each more that comes back harms your \
                 reputation as a sender. Lift it only if you know that the address works now."
            }
            Self::Staff => "Messages are sent to this address again from now on.",
            Self::Complained => {
                "The customer marked a message as spam. Another complaint can make providers block all your messages. Lift it \
                 only if the customer asked for messages again. They stay unsubscribed until you resubscribe them on their \
                 profile."
            }
        }
    }
}

/// One suppressed address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    pub id: SuppressionId,
    pub channel: Channel,
    pub address: String,
    pub reason: SuppressionReason,
    pub since: LocalTime,
    /// The name of the person who added it, where a person did.
    pub added_by: Option<String>,
    /// The provider's words, or those of the person who added it.
    pub note: String,
    /// The message that it came of, and whose it was; none once that is deleted.
    pub message: Option<(MessageId, CustomerId)>,
    /// The customer who has the address now: id and name.
    pub customer: Option<(CustomerId, String)>,
}

/// One page of the list, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressedPage {
    pub rows: Vec<Suppression>,
    /// The row to page on from.
    pub next: Option<String>,
    pub total: u64,
    /// The one that the address asks to lift; none if it was lifted meanwhile.
    pub lifting: Option<Suppression>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The query of the Suppressed page's address.
///
/// It is serialized as the text that [`Self::to_query`] writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct SuppressedQuery {
    pub q: String,
    /// The row to page on from, as [`SuppressedPage::next`] names it.
    pub after: Option<String>,
    pub task: Option<SuppressedTask>,
}

/// The dialog that the address opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuppressedTask {
    Add,
    Lift(SuppressionId),
}

impl SuppressedTask {
    /// As in the address.
    fn value(self) -> String {
        match self {
            Self::Add => "add".to_owned(),
            Self::Lift(id) => format!("lift-{id}"),
        }
    }

    fn parse(value: &str) -> Option<Self> {
        match value {
            "add" => Some(Self::Add),
            _ => value.strip_prefix("lift-")?.parse().ok().map(Self::Lift),
        }
    }
}

impl From<String> for SuppressedQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<SuppressedQuery> for String {
    fn from(query: SuppressedQuery) -> Self {
        query.to_query()
    }
}

impl SuppressedQuery {
    /// Reads a query string, with or without the question mark. Unknown names are ignored; a value that cannot be read
    /// becomes the default.
    pub fn parse(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            // No address contains control characters, and PostgreSQL accepts no NUL.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            match &*name {
                "q" => read.q = value.trim().chars().take(SEARCH_MAX).collect(),
                "after" => read.after = Some(value).filter(|after| !after.is_empty()),
                "do" => read.task = SuppressedTask::parse(&value),
                _ => {}
            }
        }
        read
    }

    /// Without the question mark; defaults are left out.
    pub fn to_query(&self) -> String {
        let mut pairs = Vec::new();
        if !self.q.is_empty() {
            pairs.push(("q", self.q.clone()));
        }
        if let Some(after) = &self.after {
            pairs.push(("after", after.clone()));
        }
        pairs.extend(self.task.map(|task| ("do", task.value())));
        super::filter::write_query(pairs)
    }

    /// The page's address in the project with this slug.
    pub fn href(&self, slug: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/suppressed{mark}{query}")
    }

    /// The same page, with this dialog or none.
    #[must_use]
    pub fn with(&self, task: Option<SuppressedTask>) -> Self {
        Self { task, ..self.clone() }
    }
}

/// The form that adds an address by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressForm {
    /// An email address or a phone number.
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub note: String,
}

impl SuppressForm {
    /// Checks and trims the fields. A phone number is checked on the server, which has the numbering plans.
    pub fn check(&self) -> Result<(Channel, Self), AppError> {
        let address = self.address.trim();
        if address.is_empty() {
            return Err(AppError::invalid("address", "Write an email address or a phone number."));
        }
        let note = parse_line("note", "The note", &self.note, 200)?;
        if address.contains('@') {
            return Ok((Channel::Email, Self { address: parse_email("address", address)?, note }));
        }
        let address = parse_line("address", "The phone number", address, 40)?;
        Ok((Channel::Sms, Self { address, note }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_as_it_is_written() {
        let id = "0190163d-8694-739b-aea5-966c26f8ad91";
        for query in ["", "q=ana%40example.com", "after=17%7Eabc", "q=a&do=add", &format!("q=a&do=lift-{id}")] {
            assert_eq!(SuppressedQuery::parse(query).to_query(), query);
        }
        assert_eq!(SuppressedQuery::parse("do=lift-x&do=x&y=z"), SuppressedQuery::default());
        let query = SuppressedQuery { q: "ana & co".into(), ..SuppressedQuery::default() };
        assert_eq!(query.with(Some(SuppressedTask::Add)).href("p"), "/projects/p/suppressed?q=ana+%26+co&do=add");
        let json = serde_json::to_string(&query).unwrap();
        assert_eq!(serde_json::from_str::<SuppressedQuery>(&json).unwrap(), query);
    }

    #[test]
    fn an_address_is_an_email_or_a_number() {
        let check = |address: &str| SuppressForm { address: address.into(), note: " asked ".into() }.check();
        let (channel, form) = check(" Ana@Example.com ").unwrap();
        assert_eq!((channel, form.address.as_str(), form.note.as_str()), (Channel::Email, "ana@example.com", "asked"));
        assert_eq!(check("+1 207 555 0100").unwrap().0, Channel::Sms);
        for wrong in ["", "  ", "ana@", "a b@example.com"] {
            assert!(check(wrong).unwrap_err().for_field("address").is_some(), "{wrong:?}");
        }
    }
}
