//! Keyset pages: a position in an order, and the rows after or before it.

use serde::{Deserialize, Serialize};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};
use uuid::Uuid;

/// The position of a row. Rows that have the instant they are sorted by come first; the others (the tail) follow, ordered by
/// their scheduled time, in both directions.
// A tuple on the wire: the names of its fields would be most of a page's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize_tuple, Deserialize_tuple)]
pub struct Cursor {
    /// Whether the row is in the tail.
    pub tail: bool,
    /// The instant that it is ordered by, in milliseconds.
    pub key: i64,
    /// Breaks ties.
    pub id: Uuid,
    /// How many rows preceded it when it was last seen: for "51–100 of 1,240".
    pub rank: u64,
}

impl Cursor {
    /// As the address has it.
    pub fn write(&self) -> String {
        format!("{}.{}.{}.{}", u8::from(self.tail), self.key, self.id.simple(), self.rank)
    }

    /// None for what [`Self::write`] never writes.
    pub fn read(s: &str) -> Option<Self> {
        let mut parts = s.split('.');
        let cursor = Self {
            tail: match parts.next()? {
                "0" => false,
                "1" => true,
                _ => return None,
            },
            key: parts.next()?.parse().ok()?,
            id: parts.next()?.parse().ok()?,
            rank: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(cursor)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PageAt {
    #[default]
    First,
    Last,
    /// The rows after this one.
    After(Cursor),
    /// The rows before this one.
    Before(Cursor),
}

/// Which page, and how many rows it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PageRef {
    pub at: PageAt,
    /// Rows per page; None for the number that the person chose last.
    pub per: Option<u16>,
}

impl PageRef {
    pub const SIZES: [u16; 3] = [25, 50, 100];
    /// Rows per page until the person chooses another number.
    pub const ROWS: u16 = 50;
    /// The cookie that holds the number that the person chose last.
    pub const COOKIE: &'static str = "rows";

    pub fn parse_size(text: &str) -> Option<u16> {
        text.parse().ok().filter(|n| Self::SIZES.contains(n))
    }

    pub fn rows(&self) -> u16 {
        self.per.unwrap_or(Self::ROWS)
    }

    pub fn parse(query: &str) -> Self {
        let mut page = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "per" => page.per = Self::parse_size(&value),
                "page" if value == "last" => page.at = PageAt::Last,
                "after" => page.at = Cursor::read(&value).map_or(PageAt::First, PageAt::After),
                "before" => page.at = Cursor::read(&value).map_or(PageAt::First, PageAt::Before),
                _ => {}
            }
        }
        page
    }

    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut p = Vec::new();
        if let Some(per) = self.per {
            p.push(("per", per.to_string()));
        }
        match &self.at {
            PageAt::First => {}
            PageAt::Last => p.push(("page", "last".into())),
            PageAt::After(c) => p.push(("after", c.write())),
            PageAt::Before(c) => p.push(("before", c.write())),
        }
        p
    }

    #[must_use]
    pub fn first(&self) -> Self {
        Self { at: PageAt::First, per: self.per }
    }

    #[must_use]
    pub fn to(&self, at: PageAt) -> Self {
        Self { at, per: self.per }
    }
}

/// The position of a page among all matching rows, and the pages before and after it.
// A tuple on the wire: the names of its fields would be most of a page's data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Place {
    /// The number of the first row, from 1; 0 if there are no rows.
    pub first_row: u64,
    pub last_row: u64,
    pub total: u64,
    /// Rows per page.
    pub per: u16,
    /// The row to page back from; None on the first page.
    pub previous: Option<Cursor>,
    /// The row to page on from; None on the last page.
    pub next: Option<Cursor>,
}
