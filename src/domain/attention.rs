//! Needs attention: what keeps messages from arriving, until somebody has mended, resent or dismissed it.

use super::{
    MessageId,
    bulk::Outcome,
    connection::Owner,
    filter::write_query,
    message::{Channel, FailureCode, MessageRow},
    review::LowReview,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most that the sidebar counts.
pub const SHOWN_MOST: u32 = 99;
/// The most that a group counts.
pub const COUNTED_MOST: u32 = 999;

/// The most reviews that the page lists.
pub const REVIEWS_SHOWN: u32 = 50;

/// `99+` where `n` is more than `most`.
pub fn up_to(most: u32, n: u32) -> String {
    if n > most { format!("{most}+") } else { n.to_string() }
}

/// What failed messages of one channel have in common. Written as `email-address-unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cause {
    pub channel: Channel,
    pub code: FailureCode,
}

impl Cause {
    /// What one mending helps many messages with comes first: our account, then the provider.
    pub fn all() -> Vec<Self> {
        let owners = [Owner::Account, Owner::Provider, Owner::Content, Owner::Recipient];
        let of = |owner| FailureCode::ALL.into_iter().filter(move |code| code.owner() == owner);
        let codes = owners.into_iter().flat_map(of);
        codes.flat_map(|code| Channel::ALL.into_iter().map(move |channel| Self { channel, code })).collect()
    }

    /// Strictly: what cannot be read must not become another cause.
    pub fn parse(text: &str) -> Option<Self> {
        let (channel, code) = text.split_once('-')?;
        let code = FailureCode::ALL.into_iter().find(|known| known.code() == code)?;
        Some(Self { channel: Channel::from_slug(channel)?, code })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.channel.slug(), self.code.code())
    }
}

impl From<Cause> for String {
    fn from(cause: Cause) -> Self {
        cause.to_string()
    }
}

impl TryFrom<String> for Cause {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("The cause of the failures cannot be read. Load the page again.")
    }
}

/// A row to page on from, among those of one cause, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct After {
    /// In milliseconds.
    pub failed: i64,
    /// Breaks ties.
    pub id: MessageId,
}

impl After {
    fn parse(text: &str) -> Option<Self> {
        let (failed, id) = text.split_once('.')?;
        Some(Self { failed: failed.parse().ok()?, id: id.parse().ok()? })
    }

    fn write(self) -> String {
        format!("{}.{}", self.failed, self.id.0.simple())
    }
}

/// The query of the page's address.
///
/// It is serialized as the text that [`Self::to_query`] writes, and read as leniently as the address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct AttentionQuery {
    /// Shows one group, in pages; None for the newest of each.
    pub cause: Option<Cause>,
    /// With a cause: the row to page on from.
    pub after: Option<After>,
    /// With a cause: whether to ask before all of it are resent.
    pub asks: bool,
}

impl From<String> for AttentionQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<AttentionQuery> for String {
    fn from(query: AttentionQuery) -> Self {
        query.to_query()
    }
}

impl AttentionQuery {
    pub fn of(cause: Cause) -> Self {
        Self { cause: Some(cause), ..Self::default() }
    }

    /// Reads a query string, without the question mark. What cannot be read becomes the default.
    pub fn parse(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "cause" => read.cause = Cause::parse(&value),
                "after" => read.after = After::parse(&value),
                "do" => read.asks = value == "resend",
                _ => {}
            }
        }
        if read.cause.is_none() { Self::default() } else { read }
    }

    /// Without the question mark; defaults are left out.
    pub fn to_query(self) -> String {
        let mut pairs = Vec::new();
        if let Some(cause) = self.cause {
            pairs.push(("cause", cause.to_string()));
        }
        if let Some(after) = self.after {
            pairs.push(("after", after.write()));
        }
        if self.asks {
            pairs.push(("do", "resend".to_owned()));
        }
        write_query(pairs)
    }

    /// The page's address in the project with this slug.
    pub fn href(self, slug: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/attention{mark}{query}")
    }
}

/// Failed messages with the same cause, which nobody has resent or dismissed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub cause: Cause,
    /// How many, up to one more than [`COUNTED_MOST`].
    pub count: u32,
    /// The newest, or those after the row that the address names.
    pub rows: Vec<MessageRow>,
    /// Those of the rows whose customers have another address by now.
    pub readdressed: Vec<MessageId>,
    /// The query of the rows that follow.
    pub next: Option<AttentionQuery>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionPage {
    /// Over which connections nothing is sent for now, and why: a sentence each.
    pub paused: Vec<String>,
    /// Those of one or two stars that nobody has dealt with, newest first, up to [`REVIEWS_SHOWN`]; none where the address names a cause.
    pub reviews: Vec<LowReview>,
    /// In the order of [`Cause::all`]; none is empty, but the one that the address names.
    pub groups: Vec<Group>,
    /// What resending all of the group would do now, where the address asks.
    pub resend: Option<Outcome>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_read_as_it_is_written_and_nothing_else_is() {
        let all = Cause::all();
        assert_eq!(all.len(), FailureCode::ALL.len() * Channel::ALL.len());
        for cause in &all {
            assert_eq!(Cause::parse(&cause.to_string()), Some(*cause));
        }
        assert_eq!(all[0].code.owner(), Owner::Account);
        assert_eq!(all.last().unwrap().code.owner(), Owner::Recipient);
        for wrong in ["", "email", "email-", "fax-other", "email-nonsense", "sms-other-"] {
            assert_eq!(Cause::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_address_is_read_as_it_is_written() {
        let id = MessageId(uuid::Uuid::from_u128(7));
        let cause = Cause { channel: Channel::Sms, code: FailureCode::OptedOut };
        for query in [
            AttentionQuery::default(),
            AttentionQuery::of(cause),
            AttentionQuery { asks: true, ..AttentionQuery::of(cause) },
            AttentionQuery { after: Some(After { failed: -5, id }), ..AttentionQuery::of(cause) },
        ] {
            assert_eq!(AttentionQuery::parse(&query.to_query()), query);
            let json = serde_json::to_string(&query).unwrap();
            assert_eq!(serde_json::from_str::<AttentionQuery>(&json).unwrap(), query);
        }
        let href = AttentionQuery { asks: true, ..AttentionQuery::of(cause) }.href("harbor");
        assert_eq!(href, "/projects/harbor/attention?cause=sms-opted-out&do=resend");
        for nothing in ["", "cause=x&do=resend", "do=resend&after=1", "x=y"] {
            assert_eq!(AttentionQuery::parse(nothing), AttentionQuery::default(), "{nothing}");
        }
        assert_eq!(AttentionQuery::parse("cause=sms-opted-out&after=x.y"), AttentionQuery::of(cause));
    }

    #[test]
    fn numbers_end_somewhere() {
        assert_eq!([0, 7, 99, 100].map(|n| up_to(SHOWN_MOST, n)), ["0", "7", "99", "99+"]);
    }
}
