//! Which customers a list shows, and in which order.

use crate::domain::{
    LocationId,
    filter::{Chip, Direction, SEARCH_MAX, parse_day, write_query},
    review::Rating,
    time::date_words,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How far a customer has come from being asked to a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewStage {
    Requested,
    NotRequested,
    /// Clicked a link of a message, and left no review.
    Missed,
    Reviewed,
    NotReviewed,
}

impl ReviewStage {
    pub const ALL: [Self; 5] = [Self::Requested, Self::NotRequested, Self::Missed, Self::Reviewed, Self::NotReviewed];

    pub fn name(self) -> &'static str {
        match self {
            Self::Requested => "Review requested",
            Self::NotRequested => "Not requested",
            Self::Missed => "Missed",
            Self::Reviewed => "Reviewed",
            Self::NotReviewed => "Not reviewed",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::NotRequested => "not-requested",
            Self::Missed => "missed",
            Self::Reviewed => "reviewed",
            Self::NotReviewed => "not-reviewed",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.slug() == s)
    }
}

/// What sets a customer apart. Without it, all customers are shown who are not archived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CustomerStatus {
    HasNotes,
    Unsubscribed,
    Archived,
}

impl CustomerStatus {
    pub const ALL: [Self; 3] = [Self::HasNotes, Self::Unsubscribed, Self::Archived];

    pub fn name(self) -> &'static str {
        match self {
            Self::HasNotes => "Has notes",
            Self::Unsubscribed => "Unsubscribed",
            Self::Archived => "Archived",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::HasNotes => "has-notes",
            Self::Unsubscribed => "unsubscribed",
            Self::Archived => "archived",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.slug() == s)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CustomerSort {
    #[default]
    Name,
    Added,
    /// Who never got a message counts as the longest ago.
    Messaged,
}

impl CustomerSort {
    pub const ALL: [Self; 3] = [Self::Name, Self::Added, Self::Messaged];

    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Added => "Date added",
            Self::Messaged => "Last messaged",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Added => "added",
            Self::Messaged => "messaged",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.slug() == s)
    }

    /// The direction that is left out of the address: names from A, times from the newest.
    pub fn usual(self) -> Direction {
        if self == Self::Name { Direction::Ascending } else { Direction::Descending }
    }

    /// What this direction is called.
    pub fn direction_name(self, dir: Direction) -> &'static str {
        match (self, dir) {
            (Self::Name, Direction::Ascending) => "A to Z",
            (Self::Name, Direction::Descending) => "Z to A",
            (_, dir) => dir.name(),
        }
    }
}

/// The filter of a list of customers.
///
/// It is serialized as the text that [`Self::to_query`] writes, and read strictly: a condition that cannot be read must not become
/// "all".
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CustomerFilter {
    pub q: String,
    pub review: Option<ReviewStage>,
    pub status: Option<CustomerStatus>,
    pub location: Option<LocationId>,
    /// Empty for any.
    pub tag: String,
    /// The stars of the newest review.
    pub rating: Option<Rating>,
    /// Added on this day or later, in the project's zone.
    pub from: Option<NaiveDate>,
    /// Added on this day or before.
    pub to: Option<NaiveDate>,
    pub sort: CustomerSort,
    /// Whether the order is the other way round than usual for its sort.
    pub is_reversed: bool,
}

impl TryFrom<String> for CustomerFilter {
    type Error = &'static str;

    fn try_from(query: String) -> Result<Self, Self::Error> {
        Self::parse_strict(&query).ok_or("The filter cannot be read. Load the page again.")
    }
}

impl From<CustomerFilter> for String {
    fn from(filter: CustomerFilter) -> Self {
        filter.to_query()
    }
}

/// No name contains control characters, and PostgreSQL accepts no NUL.
fn plain(text: &str, most: usize) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
    plain.trim().to_owned()
}

impl CustomerFilter {
    /// Reads a query string, without the question mark. Unknown names are ignored; a value that cannot be read becomes the
    /// default.
    pub fn parse(query: &str) -> Self {
        let mut f = Self::default();
        let mut dir = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let v = value.trim();
            match &*name {
                "q" => f.q = plain(v, SEARCH_MAX),
                "review" => f.review = ReviewStage::from_slug(v),
                "status" => f.status = CustomerStatus::from_slug(v),
                "location" => f.location = v.parse().ok(),
                "tag" => f.tag = plain(v, TAG_MAX),
                "rating" => f.rating = Rating::parse(v).ok(),
                "from" => f.from = parse_day(v),
                "to" => f.to = parse_day(v),
                "sort" => f.sort = CustomerSort::from_slug(v).unwrap_or_default(),
                "dir" => dir = Direction::ALL.into_iter().find(|dir| dir.slug() == v),
                // As these were written before there was `status`.
                "archived" if v == "yes" => f.status = Some(CustomerStatus::Archived),
                "unsubscribed" if v == "yes" => f.status = f.status.or(Some(CustomerStatus::Unsubscribed)),
                _ => {}
            }
        }
        f.is_reversed = dir.is_some_and(|dir| dir != f.sort.usual());
        f
    }

    /// Like [`Self::parse`], but None where a condition has a value that cannot be read.
    pub fn parse_strict(query: &str) -> Option<Self> {
        let f = Self::parse(query);
        let is_read = |name: &str| match name {
            "q" => !f.q.is_empty(),
            "review" => f.review.is_some(),
            "status" => f.status.is_some(),
            "location" => f.location.is_some(),
            "tag" => !f.tag.is_empty(),
            "rating" => f.rating.is_some(),
            "from" => f.from.is_some(),
            "to" => f.to.is_some(),
            _ => true,
        };
        let whole = form_urlencoded::parse(query.as_bytes()).all(|(name, v)| v.trim().is_empty() || is_read(&name));
        whole.then_some(f)
    }

    /// The names and values of everything that differs from the default.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut p = Vec::new();
        let mut add = |name, value: Option<String>| p.extend(value.map(|value| (name, value)));
        add("q", Some(self.q.clone()).filter(|q| !q.is_empty()));
        add("review", self.review.map(|review| review.slug().into()));
        add("status", self.status.map(|status| status.slug().into()));
        add("location", self.location.map(|location| location.to_string()));
        add("tag", Some(self.tag.clone()).filter(|tag| !tag.is_empty()));
        add("rating", self.rating.map(|rating| rating.stars().to_string()));
        add("from", self.from.map(|day| day.to_string()));
        add("to", self.to.map(|day| day.to_string()));
        add("sort", (self.sort != CustomerSort::default()).then(|| self.sort.slug().into()));
        add("dir", self.is_reversed.then(|| self.dir().slug().into()));
        p
    }

    pub fn to_query(&self) -> String {
        write_query(self.pairs())
    }

    pub fn dir(&self) -> Direction {
        if self.is_reversed { self.sort.usual().reversed() } else { self.sort.usual() }
    }

    /// The filter with another value for `name`, a name of the query string. A value that cannot be read becomes the default;
    /// another sort begins with its usual direction.
    #[must_use]
    pub fn with_value(&self, name: &'static str, value: &str) -> Self {
        let mut pairs = self.pairs();
        pairs.retain(|(other, _)| *other != name && (name != "sort" || *other != "dir"));
        pairs.push((name, value.to_owned()));
        Self::parse(&write_query(pairs))
    }

    /// How many conditions are set, without the search.
    pub fn count_beside_search(&self) -> usize {
        self.chips(|_| String::new()).iter().filter(|chip| chip.label != SEARCH).count()
    }

    /// Whether it leaves any customer out who is not archived; the order does not.
    pub fn is_narrowed(&self) -> bool {
        self.cleared() != *self
    }

    /// Without any condition, in the same order.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { sort: self.sort, is_reversed: self.is_reversed, ..Self::default() }
    }

    /// Why no customer can match, although each value by itself is valid.
    pub fn validation_error(&self) -> Option<&'static str> {
        match (self.from, self.to) {
            (Some(a), Some(b)) if a > b => Some("“From” is after “To”, so no customer can match. Swap the two dates."),
            _ => None,
        }
    }

    /// `location_name` gives the name of a location's id.
    pub fn chips(&self, location_name: impl Fn(LocationId) -> String) -> Vec<Chip<Self>> {
        let mut chips = Vec::new();
        let mut add = |label, value: Option<String>, change: fn(&mut Self)| {
            let Some(value) = value else { return };
            let mut without = self.clone();
            change(&mut without);
            chips.push(Chip { label, value, without });
        };
        add(SEARCH, Some(self.q.clone()).filter(|q| !q.is_empty()), |f| f.q.clear());
        add("Review", self.review.map(|review| review.name().into()), |f| f.review = None);
        add("Status", self.status.map(|status| status.name().into()), |f| f.status = None);
        add("Location", self.location.map(location_name), |f| f.location = None);
        add("Tag", Some(self.tag.clone()).filter(|tag| !tag.is_empty()), |f| f.tag.clear());
        add("Rating", self.rating.map(|rating| stars_words(rating.stars())), |f| f.rating = None);
        add("Added from", self.from.map(date_words), |f| f.from = None);
        add("Added to", self.to.map(date_words), |f| f.to = None);
        chips
    }
}

const SEARCH: &str = "Search";

/// The most characters of a tag.
pub const TAG_MAX: usize = 30;

/// `1 star`, `5 stars`.
pub fn stars_words(stars: i16) -> String {
    if stars == 1 { "1 star".into() } else { format!("{stars} stars") }
}
