//! Quiet hours: nothing is sent at night, by the clock where the customer is.

use super::{Hours, Week, Window};
use crate::domain::Timestamp;
use chrono::TimeZone;
use serde::{Deserialize, Serialize};

/// From when until when it is quiet each day, in minutes after midnight. Where both are the same, it never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    pub start: u16,
    pub end: u16,
}

impl Default for Quiet {
    fn default() -> Self {
        Self { start: 21 * 60, end: 8 * 60 }
    }
}

/// How long a time is looked for that suits everybody.
const WITHIN: i64 = 21 * Timestamp::DAY;

impl Quiet {
    /// When it is not quiet.
    fn awake(self) -> Week {
        if self.start == self.end {
            Week::default()
        } else {
            Week::daily(Window::Between { start: self.end, end: self.start })
        }
    }

    pub fn is_quiet<Z: TimeZone>(self, zone: &Z, at: Timestamp) -> bool {
        self.awake().next(zone, at) != at
    }
}

/// Why a message leaves later than planned. Stored; the numbers are fixed, 0 is for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delay {
    /// Outside of the project's sending window.
    Window = 1,
    /// Quiet hours where the customer is.
    Quiet = 2,
    /// An earlier message of the same request has not left yet, or only just.
    Order = 3,
}

impl Delay {
    pub fn from_code(code: i16) -> Option<Self> {
        [Self::Window, Self::Quiet, Self::Order].into_iter().find(|delay| *delay as i16 == code)
    }
}

/// When a message may leave that is due `at`: within the project's hours in each of `zones`, and outside of quiet hours in each of the
/// customer's zones. With the reason, where that is later.
///
/// Where no time suits all zones (they are too far apart), it is put off by a day at a time.
pub fn leave<Z: TimeZone>(
    hours: Hours,
    zones: &[Z],
    quiet: Option<(Quiet, &[Z])>,
    at: Timestamp,
) -> (Timestamp, Option<Delay>) {
    let mut next = at;
    let mut delay = None;
    while next.0 - at.0 <= WITHIN {
        let before = next;
        next = zones.iter().fold(next, |at, zone| hours.next(zone, at));
        if next != before {
            delay = Some(Delay::Window);
        }
        if let Some((quiet, zones)) = quiet {
            let open = zones.iter().fold(next, |at, zone| quiet.awake().next(zone, at));
            if open != next {
                (next, delay) = (open, Some(Delay::Quiet));
            }
        }
        if next == before {
            return (next, delay);
        }
    }
    (at.plus(Timestamp::DAY), delay)
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};
    use chrono_tz::{
        Africa::Cairo,
        America::{Los_Angeles, New_York, St_Johns},
        Asia::Tokyo,
        Australia::Lord_Howe,
        Europe::Berlin,
        Pacific::Honolulu,
        Tz,
    };
    use proptest::prelude::*;

    const ZONES: [Tz; 5] = [New_York, Berlin, Lord_Howe, Cairo, Tokyo];

    fn at(zone: Tz, wall: &str) -> Timestamp {
        instant(&zone, parse_wall("at", wall).unwrap())
    }

    fn local(zone: Tz, at: Timestamp) -> String {
        at.local(&zone).machine()
    }

    fn quietly(zones: &[Tz], at: Timestamp) -> (Timestamp, Option<Delay>) {
        leave(Hours::default(), &[New_York], Some((Quiet::default(), zones)), at)
    }

    #[test]
    fn nothing_leaves_in_the_quiet_minutes_of_a_day_and_all_leaves_at_eight() {
        // Also on the days on which the clocks change.
        for day in ["2026-11-24", "2026-03-08", "2026-11-01", "2026-03-29", "2026-10-04", "2026-04-24", "2026-10-30"] {
            for zone in ZONES {
                let midnight = at(zone, &format!("{day}T00:00"));
                for minute in 0..25 * 60 {
                    let wanted = midnight.plus(minute * Timestamp::MINUTE + 30 * Timestamp::SECOND);
                    let (sent, delay) = quietly(&[zone], wanted);
                    let wall = local(zone, sent);
                    assert!(("08:00:00".."21:00:00").contains(&&wall[11..19]), "{wall}");
                    if sent != wanted {
                        assert_eq!((&wall[11..19], delay), ("08:00:00", Some(Delay::Quiet)));
                        assert!(sent > wanted && sent.0 - wanted.0 <= 12 * Timestamp::HOUR);
                    }
                }
            }
        }
    }

    #[test]
    fn of_several_zones_the_strictest_counts() {
        let both = [New_York, Los_Angeles];
        // 08:30 in New York is 05:30 in Los Angeles; 20:00 in Los Angeles is 23:00 in New York.
        let (sent, _) = quietly(&both, at(New_York, "2026-11-24T08:30"));
        assert_eq!(local(Los_Angeles, sent), "2026-11-24T08:00:00-08:00");
        let (sent, _) = quietly(&both, at(Los_Angeles, "2026-11-24T20:00"));
        assert_eq!(local(Los_Angeles, sent), "2026-11-25T08:00:00-08:00");
        let all = [St_Johns, Honolulu];
        let (sent, _) = quietly(&all, at(New_York, "2026-11-24T06:00"));
        assert_eq!(local(Honolulu, sent), "2026-11-24T08:00:00-10:00");
    }

    #[test]
    fn the_window_and_quiet_hours_both_count() {
        let window = Hours::from(Opening::of(Week::daily(Window::Between { start: 6 * 60, end: 9 * 60 })));
        let quiet = Some((Quiet::default(), &[Los_Angeles][..]));
        // The window is open in Berlin while it is night in Los Angeles: no time suits both.
        let wanted = at(Berlin, "2026-11-24T07:00");
        assert_eq!(leave(window, &[Berlin], quiet, wanted), (wanted.plus(Timestamp::DAY), Some(Delay::Quiet)));
        let quiet = Some((Quiet::default(), &[Berlin][..]));
        let (sent, delay) = leave(window, &[Berlin], quiet, wanted);
        assert_eq!((local(Berlin, sent).as_str(), delay), ("2026-11-24T08:00:00+01:00", Some(Delay::Quiet)));
        let (sent, delay) = leave(window, &[Berlin], quiet, at(Berlin, "2026-11-24T12:00"));
        assert_eq!((local(Berlin, sent).as_str(), delay), ("2026-11-25T08:00:00+01:00", Some(Delay::Quiet)));
        assert_eq!(leave(window, &[Berlin], None, wanted), (wanted, None));
    }

    #[test]
    fn a_wall_time_that_the_clocks_skip_or_repeat_is_one_instant() {
        for (zone, wall, sent) in [
            (New_York, "2026-03-08T02:30", "2026-03-08T03:30:00-04:00"),
            (New_York, "2026-11-01T01:30", "2026-11-01T01:30:00-04:00"),
            // Half an hour.
            (Lord_Howe, "2026-10-04T02:15", "2026-10-04T02:45:00+11:00"),
            (Lord_Howe, "2026-04-05T01:45", "2026-04-05T01:45:00+11:00"),
            // At midnight.
            (Cairo, "2026-04-24T00:30", "2026-04-24T01:30:00+03:00"),
            (Cairo, "2026-10-29T23:30", "2026-10-29T23:30:00+03:00"),
        ] {
            assert_eq!(local(zone, at(zone, wall)), sent);
        }
    }

    #[test]
    fn equal_ends_are_no_quiet_hours() {
        let none = Quiet { start: 480, end: 480 };
        let night = at(Berlin, "2026-11-24T03:00");
        assert_eq!(leave(Hours::default(), &[Berlin], Some((none, &[Berlin])), night), (night, None));
        assert!(Quiet::default().is_quiet(&Berlin, night) && !none.is_quiet(&Berlin, night));
    }

    proptest! {
        #[test]
        fn a_message_leaves_once_it_may_and_the_order_stays(
            first in 1_700_000_000_000_i64..1_900_000_000_000, gap in 0_i64..200_000_000,
            start in 0_u16..1440, end in 0_u16..1440, zones in prop::collection::vec(0_usize..5, 1..3),
        ) {
            let zones: Vec<Tz> = zones.into_iter().map(|n| ZONES[n]).collect();
            let quiet = Quiet { start, end };
            let go = |at: i64| leave(Hours::default(), &[Berlin], Some((quiet, &zones[..])), Timestamp(at)).0;
            let (request, reminder) = (go(first), go(first + gap));
            prop_assert!(request >= Timestamp(first) && request <= reminder);
            // It is outside of all quiet hours, or no time is.
            let is_free = zones.iter().all(|zone| !quiet.is_quiet(zone, request));
            prop_assert!(is_free || request == Timestamp(first + Timestamp::DAY));
        }
    }
}
