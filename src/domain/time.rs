//! Instants, and how they are shown in the project's time zone.

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike, Utc};
use serde::{Deserialize, Serialize};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};
use std::fmt::Write;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
///
/// An integer on the wire and in both databases, so that order, equality and arithmetic are the same everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const SECOND: i64 = 1_000;
    pub const MINUTE: i64 = 60 * Self::SECOND;
    pub const HOUR: i64 = 60 * Self::MINUTE;
    pub const DAY: i64 = 24 * Self::HOUR;

    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// `ms` may be negative.
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The instant with its offset in `zone`.
    pub fn local<Z: TimeZone>(self, zone: &Z) -> LocalTime
    where
        Z::Offset: std::fmt::Display,
    {
        let there = self.utc().with_timezone(zone);
        let offset = chrono::Offset::fix(there.offset()).local_minus_utc();
        LocalTime { at: self, offset }
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis())
    }
}

/// An instant with the offset (seconds east of UTC) that the project's zone has then.
///
/// The server knows the time zones. The browser's build has no zone tables, and formats times from the offset.
// A tuple on the wire: the names of its fields would be most of a page's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize_tuple, Deserialize_tuple)]
pub struct LocalTime {
    pub at: Timestamp,
    pub offset: i32,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl LocalTime {
    fn wall(self) -> chrono::NaiveDateTime {
        (self.at.utc() + chrono::Duration::seconds(self.offset.into())).naive_utc()
    }

    /// The calendar day in the zone.
    pub fn date(self) -> NaiveDate {
        self.wall().date()
    }

    /// For `<time datetime>`: RFC 3339 with the offset, to the second.
    pub fn machine(self) -> String {
        let w = self.wall();
        let mut s = String::with_capacity(25);
        let _ = write!(
            s,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}",
            w.year(),
            w.month(),
            w.day(),
            w.hour(),
            w.minute(),
            w.second(),
            self.zone()
        );
        s
    }

    fn zone(self) -> String {
        if self.offset == 0 {
            return "Z".into();
        }
        let (sign, secs) = if self.offset < 0 { ('-', -self.offset) } else { ('+', self.offset) };
        format!("{sign}{:02}:{:02}", secs / 3600, secs / 60 % 60)
    }

    /// For a table cell: `Today 14:02`, `Yesterday 09:00`, `24 Nov 09:00`; in another year than `today`, only the day:
    /// `24 Nov 2025`.
    pub fn short(self, today: NaiveDate) -> String {
        let w = self.wall();
        let (h, m) = (w.hour(), w.minute());
        let month = MONTHS[w.month0() as usize];
        match (today - w.date()).num_days() {
            0 => format!("Today {h:02}:{m:02}"),
            1 => format!("Yesterday {h:02}:{m:02}"),
            -1 => format!("Tomorrow {h:02}:{m:02}"),
            _ if w.year() == today.year() => format!("{} {month} {h:02}:{m:02}", w.day()),
            _ => format!("{} {month} {}", w.day(), w.year()),
        }
    }

    /// To the second, for what is compared with others' records: `23 Nov 15:27:01`.
    pub fn to_the_second(self) -> String {
        let w = self.wall();
        let (h, m, s) = (w.hour(), w.minute(), w.second());
        format!("{} {} {h:02}:{m:02}:{s:02}", w.day(), MONTHS[w.month0() as usize])
    }

    /// For a sentence: `today 14:02`, `yesterday 09:00`, `24 Dec 18:30`, `24 Nov 2025 at 13:04`, relative to `today`.
    pub fn inline(self, today: NaiveDate) -> String {
        let w = self.wall();
        let (h, m) = (w.hour(), w.minute());
        match (today - w.date()).num_days() {
            0 => format!("today {h:02}:{m:02}"),
            1 => format!("yesterday {h:02}:{m:02}"),
            -1 => format!("tomorrow {h:02}:{m:02}"),
            _ if w.year() == today.year() => self.short(today),
            _ => format!("{} at {h:02}:{m:02}", self.short(today)),
        }
    }

    /// For a title: `24 Nov 2026, 09:00:12 (UTC+01:00)`.
    pub fn full(self) -> String {
        let w = self.wall();
        let zone = if self.offset == 0 { String::new() } else { self.zone() };
        format!(
            "{} {} {}, {:02}:{:02}:{:02} (UTC{zone})",
            w.day(),
            MONTHS[w.month0() as usize],
            w.year(),
            w.hour(),
            w.minute(),
            w.second()
        )
    }

    /// For `<input type="datetime-local">`: `2026-11-24T09:00`.
    pub fn input(self) -> String {
        let w = self.wall();
        format!("{:04}-{:02}-{:02}T{:02}:{:02}", w.year(), w.month(), w.day(), w.hour(), w.minute())
    }
}

/// Serializes a day as a number (1 is the first of January of the year 1): parsing text would add 7 kB to the browser's
/// build.
pub mod day_number {
    use chrono::{Datelike, NaiveDate};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
        day.num_days_from_ce().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
        let number = i32::deserialize(deserializer)?;
        NaiveDate::from_num_days_from_ce_opt(number).ok_or_else(|| Error::custom("there is no such day"))
    }
}

/// `24 Nov 2026`.
pub fn date_words(d: NaiveDate) -> String {
    format!("{} {} {}", d.day(), MONTHS[d.month0() as usize], d.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_in_a_cell_and_in_a_sentence() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        for (wall, cell, sentence) in [
            ("2026-11-24T14:02", "Today 14:02", "today 14:02"),
            ("2026-11-23T09:00", "Yesterday 09:00", "yesterday 09:00"),
            ("2026-11-25T09:00", "Tomorrow 09:00", "tomorrow 09:00"),
            ("2026-12-24T18:30", "24 Dec 18:30", "24 Dec 18:30"),
            ("2025-11-24T13:04", "24 Nov 2025", "24 Nov 2025 at 13:04"),
        ] {
            let at = crate::domain::schedule::parse_wall("at", wall).unwrap().and_utc();
            let time = Timestamp::from(at).local(&Utc);
            assert_eq!((time.short(today).as_str(), time.inline(today).as_str()), (cell, sentence));
            assert!(time.to_the_second().ends_with(&format!("{}:00", &wall[11..])));
        }
    }
}
