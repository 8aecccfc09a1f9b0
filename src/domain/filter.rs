//! The Messages page's filter: read from a query string, written as one. The address bar is its only store.

mod order;
mod query;
mod status_filter;

pub use order::{Direction, Sort};
pub use query::MessagesQuery;
pub use status_filter::StatusFilter;

use super::{
    LocationId,
    message::{Channel, Template},
    status::Status,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A longer search is cut to this many characters: no searched field is longer.
pub const SEARCH_MAX: usize = 200;

/// Which messages, in which order. `from` and `to` are days in the project's time zone, both included: the day when a
/// message was sent or, if it was not, for which it is scheduled.
///
/// It is serialized as the text that [`Self::to_query`] writes. Deserializing is strict, because a bulk action that misread
/// a condition would change other messages than the person saw; an address is read leniently, by [`Self::parse`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageFilter {
    pub q: String,
    pub location: Option<LocationId>,
    pub channel: Option<Channel>,
    pub template: Option<Template>,
    pub status: Option<StatusFilter>,
    pub sort: Sort,
    pub dir: Direction,
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Whether opens and clicks that only machines made count, too: for the numbers, the statuses Opened and Clicked, and the
    /// order by them.
    pub machines: bool,
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

/// A condition that is set, for a chip: its label and value, and the filter without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip<F = MessageFilter> {
    pub label: &'static str,
    pub value: String,
    pub without: F,
}

impl MessageFilter {
    /// Reads a query string (without the question mark). Unknown names are ignored; a value that cannot be read
    /// becomes the default.
    pub fn parse(query: &str) -> Self {
        let mut f = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let v = value.trim();
            match &*name {
                "q" => f.q = v.chars().filter(|c| !c.is_control()).take(SEARCH_MAX).collect(),
                "location" => f.location = v.parse().ok(),
                "channel" => f.channel = Channel::from_slug(v),
                "template" => f.template = Template::from_slug(v),
                "status" => f.status = StatusFilter::from_slug(v),
                "sort" => f.sort = Sort::from_slug(v).unwrap_or_default(),
                "dir" => f.dir = if v == "asc" { Direction::Ascending } else { Direction::Descending },
                "from" => f.from = parse_day(v),
                "to" => f.to = parse_day(v),
                "machines" => f.machines = v == "1",
                _ => {}
            }
        }
        f
    }

    /// Like [`Self::parse`], but None where a condition has a value that cannot be read.
    pub fn parse_strict(query: &str) -> Option<Self> {
        let f = Self::parse(query);
        let is_read = |name: &str| match name {
            "location" => f.location.is_some(),
            "channel" => f.channel.is_some(),
            "template" => f.template.is_some(),
            "status" => f.status.is_some(),
            "from" => f.from.is_some(),
            "to" => f.to.is_some(),
            "machines" => f.machines,
            _ => true,
        };
        let whole = form_urlencoded::parse(query.as_bytes()).all(|(name, v)| v.trim().is_empty() || is_read(&name));
        whole.then_some(f)
    }

    /// The names and values of everything that differs from the default.
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
        if self.machines {
            p.push(("machines", "1".into()));
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

    /// The filter with another value for `name`, a name of the query string. A value that cannot be read becomes the default.
    #[must_use]
    pub fn with_value(&self, name: &'static str, value: &str) -> Self {
        let mut pairs = self.pairs();
        pairs.retain(|(other, _)| *other != name);
        pairs.push((name, value.to_owned()));
        Self::parse(&write_query(pairs))
    }

    /// How many conditions are set, without the search.
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
        Self { status: status.map(StatusFilter::Is), ..self.clone() }
    }

    /// The status that the messages must have; None for any.
    pub fn wanted_status(&self) -> Option<Status> {
        match self.status {
            Some(StatusFilter::Is(status)) => Some(status),
            Some(StatusFilter::Reviewed) | None => None,
        }
    }

    /// Whether only messages match that led to a review.
    pub fn is_reviewed(&self) -> bool {
        self.status == Some(StatusFilter::Reviewed)
    }

    /// Whether it leaves any message out; the order does not.
    pub fn is_narrowed(&self) -> bool {
        !self.q.is_empty()
            || self.location.is_some()
            || self.channel.is_some()
            || self.template.is_some()
            || self.status.is_some()
            || self.from.is_some()
            || self.to.is_some()
    }

    /// Why no message can match, although each value by itself is valid.
    pub fn validation_error(&self) -> Option<&'static str> {
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

/// Parses `YYYY-MM-DD`, from 1970 on.
pub(super) fn parse_day(s: &str) -> Option<NaiveDate> {
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
