//! On which days of the week, and between which times, messages may be sent.

use super::instant;
use crate::domain::Timestamp;
use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The wall times of one day between which messages may be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    #[default]
    Anytime,
    /// Minutes after midnight. If the end is not after the start, the window lasts until that time of the next day.
    Between {
        start: u16,
        end: u16,
    },
    Never,
}

/// A window for each day, Monday first. Written as seven words, such as `540-1080 540-1080 * * * - -`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week(pub [Window; 7]);

impl Week {
    pub fn daily(window: Window) -> Self {
        Self([window; 7])
    }

    fn of(self, day: NaiveDate) -> Window {
        self.0[day.weekday().num_days_from_monday() as usize]
    }

    /// Whether messages may be sent at no time at all.
    pub fn is_never(self) -> bool {
        self.0.iter().all(|window| *window == Window::Never)
    }

    pub fn is_anytime(self) -> bool {
        self == Self::default()
    }

    /// The window of a day; never on one of the days `but`, which are in order.
    fn of_but(self, day: NaiveDate, but: &[NaiveDate]) -> Window {
        if but.binary_search(&day).is_ok() { Window::Never } else { self.of(day) }
    }

    fn is_open(self, wall: NaiveDateTime, but: &[NaiveDate]) -> bool {
        let minute = (wall.time() - NaiveTime::MIN).num_minutes() as u16;
        let today = match self.of_but(wall.date(), but) {
            Window::Anytime => true,
            Window::Never => false,
            Window::Between { start, end } if start < end => (start..end).contains(&minute),
            Window::Between { start, .. } => minute >= start,
        };
        // The window of the day before may last until this morning.
        today
            || matches!(self.of_but(wall.date() - Duration::days(1), but),
                Window::Between { start, end } if end <= start && minute < end)
    }

    /// `at` if messages may be sent then, else the time from which they may.
    pub fn next<Z: TimeZone>(self, zone: &Z, at: Timestamp) -> Timestamp {
        self.next_but(zone, at, &[])
    }

    /// The same with days on which nothing is sent, in order.
    pub(super) fn next_but<Z: TimeZone>(self, zone: &Z, at: Timestamp, but: &[NaiveDate]) -> Timestamp {
        let wall = at.utc().with_timezone(zone).naive_local();
        if self.is_open(wall, but) {
            return at;
        }
        let opens = |days: i64| {
            let day = wall.date() + Duration::days(days);
            let minutes = match self.of_but(day, but) {
                Window::Anytime => 0,
                Window::Between { start, .. } => start,
                Window::Never => return None,
            };
            let opens = instant(zone, day.and_time(NaiveTime::MIN) + Duration::minutes(minutes.into()));
            (opens > at).then_some(opens)
        };
        // A week, and as many holidays as there are anywhere in a row.
        (0..=21).find_map(opens).unwrap_or(at)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, window) in self.0.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { " " })?;
            match window {
                Window::Anytime => f.write_str("*")?,
                Window::Between { start, end } => write!(f, "{start}-{end}")?,
                Window::Never => f.write_str("-")?,
            }
        }
        Ok(())
    }
}

/// Why a week could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoWeek;

impl FromStr for Week {
    type Err = NoWeek;

    fn from_str(s: &str) -> Result<Self, NoWeek> {
        let window = |word: &str| match word {
            "*" => Some(Window::Anytime),
            "-" => Some(Window::Never),
            word => {
                let (start, end) = word.split_once('-')?;
                let (start, end) = (start.parse().ok()?, end.parse().ok()?);
                (start < 1440 && end < 1440).then_some(Window::Between { start, end })
            }
        };
        let words: Option<Vec<Window>> = s.split(' ').map(window).collect();
        words.and_then(|words| words.try_into().ok()).map(Self).filter(|week| !week.is_never()).ok_or(NoWeek)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::parse_wall, *};
    use chrono_tz::{
        America::{Los_Angeles, New_York},
        Pacific::Auckland,
        TZ_VARIANTS, Tz,
    };
    use proptest::prelude::*;

    fn office(start: u16, end: u16) -> Week {
        let open = Window::Between { start, end };
        Week([open, open, open, open, open, Window::Never, Window::Never])
    }

    fn next(week: Week, zone: Tz, wall: &str) -> String {
        let at = instant(&zone, parse_wall("at", wall).unwrap());
        week.next(&zone, at).local(&zone).machine()
    }

    #[test]
    fn the_weekday_is_that_of_the_zone_and_the_wall_time_stays() {
        // Friday evening by UTC is Saturday in Auckland; Friday in Los Angeles is Saturday by UTC.
        assert_eq!(next(office(480, 540), Auckland, "2026-11-27T10:00"), "2026-11-30T08:00:00+13:00");
        assert_eq!(next(office(1080, 1200), Los_Angeles, "2026-11-27T15:30"), "2026-11-27T18:00:00-08:00");
        // Over the change of 1 November.
        assert_eq!(next(office(540, 1080), New_York, "2026-10-30T19:00"), "2026-11-02T09:00:00-05:00");
        assert_eq!(next(office(540, 1080), New_York, "2026-10-30T12:00"), "2026-10-30T12:00:00-04:00");
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_opens() {
        let mut days = [Window::Never; 7];
        days[4] = Window::Between { start: 1320, end: 120 };
        let week = Week(days);
        assert_eq!(next(week, New_York, "2026-11-28T01:59"), "2026-11-28T01:59:00-05:00");
        assert_eq!(next(week, New_York, "2026-11-28T02:00"), "2026-12-04T22:00:00-05:00");
        assert_eq!(next(week, New_York, "2026-11-27T01:00"), "2026-11-27T22:00:00-05:00");
    }

    #[test]
    fn a_week_is_read_as_it_was_written() {
        let week = office(540, 1080);
        assert_eq!(week.to_string(), "540-1080 540-1080 540-1080 540-1080 540-1080 - -");
        assert_eq!(week.to_string().parse(), Ok(week));
        for bad in ["", "* * *", "- - - - - - -", "0-1440 * * * * * *", "x * * * * * *"] {
            assert_eq!(bad.parse::<Week>(), Err(NoWeek));
        }
    }

    fn window() -> impl Strategy<Value = Window> {
        prop_oneof![
            Just(Window::Anytime),
            Just(Window::Never),
            (0_u16..1440, 0_u16..1440).prop_map(|(start, end)| Window::Between { start, end }),
        ]
    }

    proptest! {
        #[test]
        fn in_all_zones_a_time_moves_only_forward_and_only_into_the_window(
            days in prop::array::uniform7(window()), zone in 0..TZ_VARIANTS.len(), at in 0_i64..4_000_000_000_000,
        ) {
            let (week, zone, at) = (Week(days), TZ_VARIANTS[zone], Timestamp(at));
            let next = week.next(&zone, at);
            prop_assert!(next >= at);
            if !week.is_never() {
                let wall = next.utc().with_timezone(&zone).naive_local();
                // Where the clocks skip the opening, it opens after the gap, which may be after its end.
                let skipped = instant(&zone, wall - Duration::hours(3)) != next.plus(-3 * Timestamp::HOUR);
                prop_assert!(week.is_open(wall, &[]) || skipped);
                prop_assert!(next.0 - at.0 <= 9 * Timestamp::DAY);
            }
            // What is between is closed: nothing could have left before.
            let mut minute = at;
            while minute.plus(37 * Timestamp::MINUTE) < next {
                prop_assert!(!week.is_open(minute.utc().with_timezone(&zone).naive_local(), &[]));
                minute = minute.plus(37 * Timestamp::MINUTE);
            }
        }
    }
}
