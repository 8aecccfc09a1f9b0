//! The Messages page's filter: read from a query string, written as one. The address bar is its only store.

use super::{
    LocationId,
    message::{Channel, Template},
    page::PageRef,
    status::Status,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Longer searches are cut: no field that is searched is longer.
pub const SEARCH_MAX: usize = 200;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sort {
    #[default]
    Sent,
    Scheduled,
    Opened,
    Clicked,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Sent, Self::Scheduled, Self::Opened, Self::Clicked];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "Date sent",
            Self::Scheduled => "Date scheduled",
            Self::Opened => "Date opened",
            Self::Clicked => "Date clicked",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Scheduled => "scheduled",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|x| x.slug() == s)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    Ascending,
    #[default]
    Descending,
}

impl Direction {
    pub const ALL: [Self; 2] = [Self::Descending, Self::Ascending];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ascending => "Oldest first",
            Self::Descending => "Newest first",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}

/// Which messages, in which order. `from` and `to` are days in the project's zone, both inclusive, of the day that a
/// message was sent, or is scheduled for where it was not.
///
/// On the wire it is the text that [`Self::to_query`] writes. Reading it is strict, because a bulk action that misread a
/// condition would take other messages than the person saw; an address is read leniently, by [`Self::parse`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageFilter {
    pub q: String,
    pub location: Option<LocationId>,
    pub channel: Option<Channel>,
    pub template: Option<Template>,
    pub status: Option<Status>,
    pub sort: Sort,
    pub dir: Direction,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

impl TryFrom<String> for MessageFilter {
    type Error = &'static str;

    fn try_from(query: String) -> Result<Self, Self::Error> {
        Self::parse_strict(&query).ok_or("The filter cannot be read. Load the page again.")
    }
}

impl From<MessageFilter> for String {
    fn from(filter: MessageFilter) -> Self {
        filter.to_query()
    }
}

/// One condition in force, for a chip: what it says, and the filter without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    pub label: &'static str,
    pub value: String,
    pub without: MessageFilter,
}

impl MessageFilter {
    /// From a query string, without the question mark. Unknown names are passed over; an unknown value falls back to
    /// the default.
    pub fn parse(query: &str) -> Self {
        let mut f = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let v = value.trim();
            match &*name {
                "q" => f.q = v.chars().filter(|c| !c.is_control()).take(SEARCH_MAX).collect(),
                "location" => f.location = v.parse().ok(),
                "channel" => f.channel = Channel::from_slug(v),
                "template" => f.template = Template::from_slug(v),
                "status" => f.status = Status::from_slug(v),
                "sort" => f.sort = Sort::from_slug(v).unwrap_or_default(),
                "dir" => f.dir = if v == "asc" { Direction::Ascending } else { Direction::Descending },
                "from" => f.from = parse_day(v),
                "to" => f.to = parse_day(v),
                _ => {}
            }
        }
        f
    }

    /// The same for what must not be misread: None where a condition has a value that cannot be read.
    pub fn parse_strict(query: &str) -> Option<Self> {
        let f = Self::parse(query);
        let is_read = |name: &str| match name {
            "location" => f.location.is_some(),
            "channel" => f.channel.is_some(),
            "template" => f.template.is_some(),
            "status" => f.status.is_some(),
            "from" => f.from.is_some(),
            "to" => f.to.is_some(),
            _ => true,
        };
        let whole = form_urlencoded::parse(query.as_bytes()).all(|(name, v)| v.trim().is_empty() || is_read(&name));
        whole.then_some(f)
    }

    /// The pairs that are not at their default.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut p = Vec::new();
        if !self.q.is_empty() {
            p.push(("q", self.q.clone()));
        }
        if let Some(l) = self.location {
            p.push(("location", l.to_string()));
        }
        if let Some(c) = self.channel {
            p.push(("channel", c.slug().into()));
        }
        if let Some(t) = self.template {
            p.push(("template", t.slug().into()));
        }
        if let Some(s) = self.status {
            p.push(("status", s.slug().into()));
        }
        if let Some(d) = self.from {
            p.push(("from", d.to_string()));
        }
        if let Some(d) = self.to {
            p.push(("to", d.to_string()));
        }
        if self.sort != Sort::default() {
            p.push(("sort", self.sort.slug().into()));
        }
        if self.dir != Direction::default() {
            p.push(("dir", self.dir.slug().into()));
        }
        p
    }

    pub fn to_query(&self) -> String {
        write_query(self.pairs())
    }

    /// The same with another value of the condition that the address calls `name`. A value that cannot be read falls back to
    /// the default.
    #[must_use]
    pub fn with_value(&self, name: &'static str, value: &str) -> Self {
        let mut pairs = self.pairs();
        pairs.retain(|(other, _)| *other != name);
        pairs.push((name, value.to_owned()));
        Self::parse(&write_query(pairs))
    }

    /// How many conditions are in force, the search not counted.
    pub fn count_beside_search(&self) -> usize {
        let given = [
            self.location.is_some(),
            self.channel.is_some(),
            self.template.is_some(),
            self.status.is_some(),
            self.from.is_some(),
            self.to.is_some(),
        ];
        given.into_iter().filter(|is_given| *is_given).count()
    }

    #[must_use]
    pub fn with_status(&self, status: Option<Status>) -> Self {
        Self { status, ..self.clone() }
    }

    /// Whether it leaves anything out (the order does not).
    pub fn narrows(&self) -> bool {
        !self.q.is_empty()
            || self.location.is_some()
            || self.channel.is_some()
            || self.template.is_some()
            || self.status.is_some()
            || self.from.is_some()
            || self.to.is_some()
    }

    /// What is wrong with it as a question, though each value can be read.
    pub fn complaint(&self) -> Option<&'static str> {
        match (self.from, self.to) {
            (Some(a), Some(b)) if a > b => Some("“From” is after “To”, so no message can match. Swap the two dates."),
            _ => None,
        }
    }

    /// `location_name` gives the name of a location's id.
    pub fn chips(&self, location_name: impl Fn(LocationId) -> String) -> Vec<Chip> {
        let mut chips = Vec::new();
        let mut add = |label, value: String, change: fn(&mut Self)| {
            let mut without = self.clone();
            change(&mut without);
            chips.push(Chip { label, value, without });
        };
        if !self.q.is_empty() {
            add("Search", self.q.clone(), |f| f.q.clear());
        }
        if let Some(l) = self.location {
            add("Location", location_name(l), |f| f.location = None);
        }
        if let Some(c) = self.channel {
            add("Channel", c.name().into(), |f| f.channel = None);
        }
        if let Some(t) = self.template {
            add("Template", t.name().into(), |f| f.template = None);
        }
        if let Some(s) = self.status {
            add("Status", s.name().into(), |f| f.status = None);
        }
        if let Some(d) = self.from {
            add("From", super::time::date_words(d), |f| f.from = None);
        }
        if let Some(d) = self.to {
            add("To", super::time::date_words(d), |f| f.to = None);
        }
        chips
    }
}

/// `YYYY-MM-DD`, of the years that a message can have.
fn parse_day(s: &str) -> Option<NaiveDate> {
    let number = |from: usize, to: usize| {
        let digits = s.get(from..to)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u16>().ok())?
    };
    let dashes = s.len() == 10 && s.get(4..5) == Some("-") && s.get(7..8) == Some("-");
    let year = number(0, 4).filter(|y| dashes && *y >= 1970)?;
    NaiveDate::from_ymd_opt(year.into(), number(5, 7)?.into(), number(8, 10)?.into())
}

pub(super) fn write_query(pairs: Vec<(&'static str, String)>) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        out.append_pair(name, &value);
    }
    out.finish()
}

/// Everything in the Messages page's address: the filter and which page of it.
///
/// On the wire it is the text that [`Self::to_query`] writes, read as leniently as the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct MessagesQuery {
    pub filter: MessageFilter,
    pub page: PageRef,
}

impl From<String> for MessagesQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<MessagesQuery> for String {
    fn from(query: MessagesQuery) -> Self {
        query.to_query()
    }
}

impl MessagesQuery {
    pub fn parse(query: &str) -> Self {
        Self { filter: MessageFilter::parse(query), page: PageRef::parse(query) }
    }

    pub fn to_query(&self) -> String {
        let mut pairs = self.filter.pairs();
        pairs.extend(self.page.pairs());
        write_query(pairs)
    }

    /// The address of the page, of the project with this slug.
    pub fn href(&self, slug: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/messages{mark}{query}")
    }

    /// The first page of another filter, with as many rows a page.
    #[must_use]
    pub fn filtered(&self, filter: MessageFilter) -> Self {
        Self { filter, page: self.page.first() }
    }

    /// Another page of the same filter.
    #[must_use]
    pub fn at(&self, page: PageRef) -> Self {
        Self { filter: self.filter.clone(), page }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::page::{Cursor, PageAt};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn day() -> impl Strategy<Value = Option<NaiveDate>> {
        prop::option::of(
            (0_i32..20_000)
                .prop_map(|n| NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::Duration::days(n.into())),
        )
    }

    fn query() -> impl Strategy<Value = MessagesQuery> {
        let filter = (
            "[^\\p{Cc}]{0,40}",
            prop::option::of(any::<u128>().prop_map(|n| LocationId(Uuid::from_u128(n)))),
            prop::option::of(prop::sample::select(&Channel::ALL[..])),
            prop::option::of(prop::sample::select(&Template::ALL[..])),
            prop::option::of(prop::sample::select(&Status::ALL[..])),
            prop::sample::select(&Sort::ALL[..]),
            prop::sample::select(&[Direction::Ascending, Direction::Descending][..]),
            day(),
            day(),
        )
            .prop_map(|(q, location, channel, template, status, sort, dir, from, to)| MessageFilter {
                q: q.trim().chars().filter(|c| !c.is_control()).collect(),
                location,
                channel,
                template,
                status,
                sort,
                dir,
                from,
                to,
            });
        let cursor = (any::<bool>(), any::<i64>(), any::<u128>(), 0_u64..1_000_000)
            .prop_map(|(tail, key, id, rank)| Cursor { tail, key, id: Uuid::from_u128(id), rank });
        let at = prop_oneof![
            Just(PageAt::First),
            Just(PageAt::Last),
            cursor.clone().prop_map(PageAt::After),
            cursor.prop_map(PageAt::Before),
        ];
        (filter, at, prop::option::of(prop::sample::select(&PageRef::SIZES[..])))
            .prop_map(|(filter, at, per)| MessagesQuery { filter, page: PageRef { at, per } })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(q in query()) {
            prop_assert_eq!(MessagesQuery::parse(&q.to_query()), q);
        }

        #[test]
        fn it_travels_as_one_text(q in query()) {
            let json = serde_json::to_value(&q).unwrap();
            prop_assert_eq!(&json, &serde_json::Value::from(q.to_query()));
            prop_assert_eq!(serde_json::from_value::<MessagesQuery>(json).unwrap(), q.clone());
            let json = serde_json::to_value(&q.filter).unwrap();
            prop_assert_eq!(serde_json::from_value::<MessageFilter>(json).unwrap(), q.filter);
        }

        #[test]
        fn anything_can_be_read(q in ".{0,300}") {
            let once = MessagesQuery::parse(&q);
            prop_assert_eq!(MessagesQuery::parse(&once.to_query()), once);
        }
    }

    #[test]
    fn defaults_stay_out_of_the_address() {
        assert_eq!(MessagesQuery::default().href("acme"), "/projects/acme/messages");
        let f =
            MessageFilter::parse("sort=sent&dir=desc&status=all&channel=&q=%20&from=2026-13-01&location=7&template=x");
        assert_eq!(f, MessageFilter::default());
    }

    #[test]
    fn a_filter_alone_is_read_strictly() {
        let read = |query: &str| serde_json::from_value::<MessageFilter>(query.into());
        for query in ["", "status=scheduled&q=ana&sort=opened", "status=&channel=", "page=last&per=25"] {
            assert_eq!(read(query).unwrap(), MessageFilter::parse(query), "{query}");
        }
        for query in ["location=7", "from=2026-13-01", "status=all", "channel=fax", "template=x", "to=soon"] {
            let error = read(query).unwrap_err().to_string();
            assert!(error.contains("The filter cannot be read. Load the page again."), "{query}: {error}");
            assert!(serde_json::from_value::<MessagesQuery>(query.into()).is_ok(), "{query}");
        }
    }
}
