//! Customers from a CSV file: what its columns hold, how far the import is, and why rows were refused.

pub mod date;
pub mod matching;

use super::{ImportId, LocalTime, stats::count};
use matching::Matching;
use serde::{Deserialize, Serialize};

/// The largest file, in bytes.
pub const FILE_MAX: u64 = 200 * 1024 * 1024;
/// The most rows of a file, without its header.
pub const ROWS_MAX: u32 = 1_000_000;
/// The most columns of a file.
pub const COLUMNS_MAX: usize = 200;
/// The longest row, in bytes.
pub const ROW_MAX: usize = 64 * 1024;
/// How many rows of the file the page shows.
pub const PREVIEWED: usize = 10;
/// How many of the rows that were not imported the page shows.
pub const PROBLEMS_SHOWN: usize = 50;
/// How long a file waits for its import to be started, in days.
pub const WAITS_DAYS: i64 = 1;
/// How long the result of an import is kept, in days.
pub const KEPT_DAYS: i64 = 7;

/// Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum ImportState {
    /// The file is there; nobody has started the import.
    Ready = 0,
    /// Waits for its turn, or is under way.
    Started = 1,
    Done = 2,
    Canceled = 3,
    /// The file could not be read to its end.
    Failed = 4,
}

/// How many rows of the file there are, and what became of those that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub total: u32,
    pub added: u32,
    pub updated: u32,
    /// The customer had all of it already.
    pub unchanged: u32,
    /// The file has the same email address or phone number in a row before.
    pub duplicates: u32,
    pub refused: u32,
    /// Beside the others: how many charges the rows brought.
    pub charges: u32,
}

impl Counts {
    /// The rows that were read.
    pub fn read(&self) -> u32 {
        self.added + self.updated + self.unchanged + self.duplicates + self.refused
    }

    /// In whole percent, rounded down: 100 only when all rows were read.
    pub fn percent(&self) -> u32 {
        let percent = u64::from(self.read()) * 100 / u64::from(self.total.max(1));
        u32::try_from(percent).unwrap_or(100)
    }

    /// The rows that can be downloaded with the reason why they were not imported.
    pub fn problems(&self) -> u32 {
        self.duplicates + self.refused
    }
}

/// Why a row was not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Of the file, from 1, where the row begins.
    pub line: u64,
    /// The name of the column; empty if it is about the row.
    pub column: String,
    /// What the column holds, shortened.
    pub value: String,
    pub reason: String,
}

/// A file, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    pub id: ImportId,
    pub file_name: String,
    /// Who uploaded the file.
    pub by: String,
    pub at: LocalTime,
    pub state: ImportState,
    /// `UTF-8`, `Windows-1252`.
    pub encoding: String,
    /// `,`, `;`, a tab or `|`.
    pub separator: String,
    /// Whether the first row holds the names of the columns.
    pub has_header: bool,
    pub columns: Vec<String>,
    /// The first rows, their values shortened.
    pub preview: Vec<Vec<String>>,
    pub matching: Matching,
    /// Whether the matching is that of an earlier file with the same header.
    pub is_remembered: bool,
    pub counts: Counts,
    /// The first rows that were not imported.
    pub problems: Vec<Problem>,
    /// Why it failed.
    pub failure: String,
    /// Whether a server reads the file at this moment.
    pub is_running: bool,
    pub finished: Option<LocalTime>,
}

impl Import {
    /// `comma`, `semicolon`, `tab`, `vertical bar`.
    pub fn separator_name(&self) -> &'static str {
        match self.separator.as_str() {
            ";" => "semicolon",
            "\t" => "tab",
            "|" => "vertical bar",
            _ => "comma",
        }
    }

    /// The address of its page.
    pub fn href(&self, slug: &str) -> String {
        ImportQuery { id: Some(self.id) }.href(slug)
    }

    /// The address of the rows that were not imported.
    pub fn problems_href(&self, slug: &str) -> String {
        format!("/projects/{slug}/customers/import/{}/refused", self.id)
    }

    /// What became of it, in a few words.
    pub fn standing(&self) -> String {
        let Counts { total, .. } = self.counts;
        match self.state {
            ImportState::Ready => "Not started".to_owned(),
            ImportState::Started if self.is_running => format!("Under way, {} %", self.counts.percent()),
            ImportState::Started => "Waiting".to_owned(),
            ImportState::Done => format!("Done, {}", count(total.into(), "row")),
            ImportState::Canceled => format!("Canceled after {}", count(self.counts.read().into(), "row")),
            ImportState::Failed => "Failed".to_owned(),
        }
    }
}

/// The page that imports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPage {
    /// The one that the address names.
    pub import: Option<Import>,
    /// The newest of the project, without their rows; empty where the address names one.
    pub others: Vec<Import>,
    /// Whether the strategy is on, which then asks those who are added, too.
    pub is_automatic: bool,
    /// Why the file that was uploaded last was refused; told once.
    pub refused: Option<String>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The query of the page's address.
///
/// It is serialized as the text that [`Self::to_query`] writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ImportQuery {
    pub id: Option<ImportId>,
}

impl From<String> for ImportQuery {
    fn from(query: String) -> Self {
        Self::parse(&query)
    }
}

impl From<ImportQuery> for String {
    fn from(query: ImportQuery) -> Self {
        query.to_query()
    }
}

impl ImportQuery {
    /// Reads a query string, without the question mark.
    pub fn parse(query: &str) -> Self {
        let id = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "file");
        Self { id: id.and_then(|(_, id)| id.parse().ok()) }
    }

    /// Without the question mark; empty where it names no file.
    pub fn to_query(self) -> String {
        self.id.map(|id| format!("file={id}")).unwrap_or_default()
    }

    pub fn href(self, slug: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/customers/import{mark}{query}")
    }
}

/// A value as the page shows it: one line of at most `max` characters.
pub fn shortened(value: &str, max: usize) -> String {
    let line: String = value.chars().take(max + 1).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= max {
        return line;
    }
    line.chars().take(max - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_as_it_is_written() {
        let id = ImportId(uuid::Uuid::from_u128(7));
        let query = ImportQuery { id: Some(id) };
        assert_eq!(ImportQuery::parse(&query.to_query()), query);
        assert_eq!(query.href("cup"), format!("/projects/cup/customers/import?file={id}"));
        assert_eq!(ImportQuery::parse("file=x&y=z"), ImportQuery::default());
        assert_eq!(ImportQuery::default().href("cup"), "/projects/cup/customers/import");
    }

    #[test]
    fn all_rows_are_read_at_a_hundred_percent_and_not_before() {
        let half = Counts { total: 1_000, added: 300, refused: 699, ..Counts::default() };
        assert_eq!((half.read(), half.percent(), half.problems()), (999, 99, 699));
        assert_eq!(Counts { duplicates: 1, ..half }.percent(), 100);
        assert_eq!(Counts::default().percent(), 0);
    }

    #[test]
    fn a_long_value_is_shown_short_and_in_one_line() {
        assert_eq!(shortened("a\nb\0", 10), "a b ");
        assert_eq!(shortened("abcdef", 5), "abcd…");
        assert_eq!(shortened("äöüäö", 5), "äöüäö");
    }
}
