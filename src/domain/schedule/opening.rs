//! When a project's messages may leave: the week's windows, public holidays, and by whose clock.

use super::{Week, week::NoWeek};
use crate::domain::Timestamp;
use chrono::{NaiveDate, TimeZone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A country by its two letters (ISO 3166-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Country([u8; 2]);

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.0.map(char::from);
        write!(f, "{first}{second}")
    }
}

impl FromStr for Country {
    type Err = NoWeek;

    fn from_str(s: &str) -> Result<Self, NoWeek> {
        match *s.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([a, b])),
            _ => Err(NoWeek),
        }
    }
}

/// What staff choose. Written as the week, with ` holidays=DE` and ` customer` behind it where they are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub week: Week,
    /// On public holidays of this country nothing leaves; None if they are days like others.
    pub holidays: Option<Country>,
    /// Whether the windows go by the clock where the customer is, as far as the phone number tells.
    pub by_customer: bool,
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.week)?;
        if let Some(country) = self.holidays {
            write!(f, " holidays={country}")?;
        }
        f.write_str(if self.by_customer { " customer" } else { "" })
    }
}

impl FromStr for Opening {
    type Err = NoWeek;

    fn from_str(s: &str) -> Result<Self, NoWeek> {
        let (s, by_customer) = s.strip_suffix(" customer").map_or((s, false), |s| (s, true));
        let (week, holidays) = match s.split_once(" holidays=") {
            Some((week, country)) => (week, Some(country.parse()?)),
            None => (s, None),
        };
        Ok(Self { week: week.parse()?, holidays, by_customer })
    }
}

impl Opening {
    pub fn of(week: Week) -> Self {
        Self { week, ..Self::default() }
    }
}

/// An [`Opening`] with the dates of its holidays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    pub opening: Opening,
    /// Days on which nothing leaves, in order.
    pub holidays: &'static [NaiveDate],
}

impl From<Opening> for Hours {
    fn from(opening: Opening) -> Self {
        Self { opening, holidays: &[] }
    }
}

impl Hours {
    pub fn is_holiday<Z: TimeZone>(self, zone: &Z, at: Timestamp) -> bool {
        self.holidays.binary_search(&at.utc().with_timezone(zone).date_naive()).is_ok()
    }

    /// `at` if messages may leave then, else the time from which they may, by the clock of this zone.
    pub fn next<Z: TimeZone>(self, zone: &Z, at: Timestamp) -> Timestamp {
        self.opening.week.next_but(zone, at, self.holidays)
    }

    /// The same where it must suit each of these zones; None where no time of the next three weeks does.
    pub fn next_in<Z: TimeZone>(self, zones: &[Z], at: Timestamp) -> Option<Timestamp> {
        let mut next = at;
        while next.0 - at.0 <= 21 * Timestamp::DAY {
            let before = next;
            next = zones.iter().fold(next, |at, zone| self.next(zone, at));
            if next == before {
                return Some(next);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};
    use chrono_tz::{
        America::{Los_Angeles, New_York},
        Europe::Berlin,
        Tz,
    };

    /// Thanksgiving, and Christmas with the day after.
    const HOLIDAYS: &[NaiveDate] = &[day(2026, 11, 26), day(2026, 12, 25), day(2026, 12, 26)];

    const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        match NaiveDate::from_ymd_opt(year, month, day) {
            Some(day) => day,
            None => NaiveDate::MIN,
        }
    }

    fn office() -> Hours {
        let open = Window::Between { start: 540, end: 1080 };
        let week = Week([open, open, open, open, open, Window::Never, Window::Never]);
        Hours { opening: Opening::of(week), holidays: HOLIDAYS }
    }

    fn at(zone: Tz, wall: &str) -> Timestamp {
        instant(&zone, parse_wall("at", wall).unwrap())
    }

    #[test]
    fn nothing_leaves_on_a_holiday() {
        let next = |wall| office().next(&New_York, at(New_York, wall)).local(&New_York).machine();
        assert_eq!(next("2026-11-25T17:59"), "2026-11-25T17:59:00-05:00");
        assert_eq!(next("2026-11-25T18:00"), "2026-11-27T09:00:00-05:00");
        assert_eq!(next("2026-11-26T12:00"), "2026-11-27T09:00:00-05:00");
        // Christmas is a Friday.
        assert_eq!(next("2026-12-24T20:00"), "2026-12-28T09:00:00-05:00");
        assert!(office().is_holiday(&New_York, at(New_York, "2026-11-26T00:00")));
        assert!(!office().is_holiday(&Los_Angeles, at(New_York, "2026-11-26T00:00")));
    }

    #[test]
    fn a_window_that_opens_on_a_holiday_does_not_last_until_the_next_morning() {
        let night = Week::daily(Window::Between { start: 1320, end: 120 });
        let hours = Hours { opening: Opening::of(night), holidays: HOLIDAYS };
        let next = |wall| hours.next(&Berlin, at(Berlin, wall)).local(&Berlin).machine();
        assert_eq!(next("2026-11-26T01:00"), "2026-11-26T01:00:00+01:00");
        assert_eq!(next("2026-11-26T23:00"), "2026-11-27T22:00:00+01:00");
        assert_eq!(next("2026-11-27T01:00"), "2026-11-27T22:00:00+01:00");
    }

    #[test]
    fn it_must_suit_each_zone() {
        let next = |zones: &[Tz], wall| office().next_in(zones, at(New_York, wall));
        assert_eq!(next(&[New_York, Los_Angeles], "2026-11-27T08:00"), Some(at(Los_Angeles, "2026-11-27T09:00")));
        assert_eq!(next(&[New_York, Los_Angeles], "2026-11-25T18:00"), Some(at(Los_Angeles, "2026-11-27T09:00")));
        let narrow = Hours::from(Opening::of(Week::daily(Window::Between { start: 540, end: 600 })));
        assert_eq!(narrow.next_in(&[New_York, Berlin], at(Berlin, "2026-11-24T09:30")), None);
        assert_eq!(narrow.next_in::<Tz>(&[], Timestamp(5)), Some(Timestamp(5)));
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let (week, country) = (office().opening.week, "DE".parse().unwrap());
        for (holidays, by_customer) in [(None, false), (Some(country), false), (None, true), (Some(country), true)] {
            let opening = Opening { week, holidays, by_customer };
            assert_eq!(opening.to_string().parse(), Ok(opening));
        }
        let all = Opening { holidays: Some(country), by_customer: true, ..Opening::default() };
        assert_eq!(all.to_string(), "* * * * * * * holidays=DE customer");
        for bad in ["", "* * * * * * * holidays=de", "* * * * * * * holidays=", "* customer"] {
            assert!(bad.parse::<Opening>().is_err(), "{bad}");
        }
    }
}
