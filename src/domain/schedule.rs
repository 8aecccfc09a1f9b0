//! When messages are sent: wall times in the project's time zone, reminders, the week's sending windows, and quiet hours.

mod opening;
mod quiet;
mod week;

pub use opening::{Country, Hours, Opening};
pub use quiet::{Delay, Quiet, leave};
pub use week::{NoWeek, Week, Window};

use super::{AppError, Timestamp};
use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};

/// `YYYY-MM-DDTHH:MM`, with seconds or without, as `<input type="datetime-local">` sends it.
pub fn parse_wall(field: &str, s: &str) -> Result<NaiveDateTime, AppError> {
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|f| NaiveDateTime::parse_from_str(s.trim(), f).ok())
        .ok_or_else(|| AppError::invalid(field, "Write a date and time such as 2026-11-24 09:00."))
}

/// The instant of a wall time. A wall time that a change to summer time skips moves forward by the length of the gap; of one
/// that a change back repeats, the first is taken.
pub fn instant<Z: TimeZone>(zone: &Z, wall: NaiveDateTime) -> Timestamp {
    let at: DateTime<Utc> = match zone.from_local_datetime(&wall) {
        LocalResult::Single(t) | LocalResult::Ambiguous(t, _) => t.to_utc(),
        LocalResult::None => {
            // Read as UTC, the wall time is at most 14 hours (the easternmost offset) past the gap: 15 hours earlier is
            // before the gap in every zone.
            let before = zone.offset_from_utc_datetime(&(wall - Duration::hours(15)));
            let near = Duration::seconds(chrono::Offset::fix(&before).local_minus_utc().into());
            DateTime::from_naive_utc_and_offset(wall - near, Utc)
        }
    };
    at.into()
}

/// Checks a time that staff chose: not in the past (with a minute of grace for a slow form), and within two years.
pub fn future<Z: TimeZone>(field: &str, zone: &Z, wall: NaiveDateTime, now: Timestamp) -> Result<Timestamp, AppError> {
    coming(field, instant(zone, wall), now)
}

/// The same for an instant.
pub fn coming(field: &str, at: Timestamp, now: Timestamp) -> Result<Timestamp, AppError> {
    if at < now.plus(-Timestamp::MINUTE) {
        return Err(AppError::invalid(field, "This time has passed. Choose a later one, or send now."));
    }
    if at > now.plus(730 * Timestamp::DAY) {
        return Err(AppError::invalid(field, "Choose a time within the next two years."));
    }
    Ok(at.max(now))
}

/// The times of a request and of its reminders, each so many days after the one before. The wall time stays the same across a
/// change to or from summer time.
pub fn sequence<Z: TimeZone>(zone: &Z, first: Timestamp, reminders: &[u16]) -> Vec<Timestamp> {
    let mut wall = first.utc().with_timezone(zone).naive_local();
    let reminder = |days: &u16| {
        wall += Duration::days((*days).into());
        instant(zone, wall)
    };
    [first].into_iter().chain(reminders.iter().map(reminder)).collect()
}

/// So many days later, at the same wall time.
pub fn days_after<Z: TimeZone>(zone: &Z, at: Timestamp, days: u16) -> Timestamp {
    instant(zone, at.utc().with_timezone(zone).naive_local() + Duration::days(days.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{America::New_York, Australia::Lord_Howe, Europe::Berlin};
    use proptest::prelude::*;

    fn wall(s: &str) -> NaiveDateTime {
        parse_wall("at", s).unwrap()
    }

    fn local<Z: TimeZone>(zone: &Z, t: Timestamp) -> String
    where
        Z::Offset: std::fmt::Display,
    {
        t.local(zone).machine()
    }

    #[test]
    fn gaps_shift_forward_and_folds_take_the_first() {
        assert_eq!(local(&New_York, instant(&New_York, wall("2026-03-08T02:30"))), "2026-03-08T03:30:00-04:00");
        assert_eq!(local(&New_York, instant(&New_York, wall("2026-11-01T01:30"))), "2026-11-01T01:30:00-04:00");
        assert_eq!(local(&Lord_Howe, instant(&Lord_Howe, wall("2026-10-04T02:15"))), "2026-10-04T02:45:00+11:00");
    }

    #[test]
    fn reminders_keep_their_wall_time_over_a_change() {
        let first = instant(&Berlin, wall("2026-10-23T09:00"));
        let times: Vec<_> = sequence(&Berlin, first, &[3, 3]).iter().map(|t| local(&Berlin, *t)).collect();
        assert_eq!(times, ["2026-10-23T09:00:00+02:00", "2026-10-26T09:00:00+01:00", "2026-10-29T09:00:00+01:00"]);
    }

    #[test]
    fn a_time_that_has_passed_is_refused() {
        let now = instant(&Berlin, wall("2026-11-23T12:00"));
        assert!(future("at", &Berlin, wall("2026-11-23T11:00"), now).is_err());
        assert!(future("at", &Berlin, wall("2099-11-23T11:00"), now).is_err());
        assert_eq!(future("at", &Berlin, wall("2026-11-23T12:00"), now), Ok(now));
    }

    proptest! {
        #[test]
        fn the_window_moves_a_time_only_forward_and_only_inside(
            at in 0_i64..4_000_000_000_000, start in 0_u16..1440, end in 0_u16..1440,
        ) {
            let w = Week::daily(Window::Between { start, end });
            let at = Timestamp(at);
            let next = w.next(&New_York, at);
            prop_assert!(next >= at);
            prop_assert!(next.0 - at.0 <= 26 * Timestamp::HOUR);
        }

        #[test]
        fn a_sequence_goes_forward(at in 0_i64..4_000_000_000_000, n in 0_u8..=3, days in 1_u16..=90) {
            let times = sequence(&New_York, Timestamp(at), &vec![days; n.into()]);
            prop_assert_eq!(times.len(), usize::from(n) + 1);
            prop_assert!(times.windows(2).all(|w| w[0] < w[1]));
        }
    }
}
