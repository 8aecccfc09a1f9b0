//! How fast messages may leave: starts are given out evenly, so that all workers together never begin more than the limit and one
//! within a second.
//!
//! What workers share is one number, the instant from which starts are still free (the "theoretical arrival time" of GCRA, the generic
//! cell rate algorithm of ATM networks). In microseconds: a thousand messages a second are one each millisecond.

use super::Timestamp;

/// How long before its start a message is claimed at most, in ms: it cannot be canceled from then on.
pub const AHEAD: i64 = 2 * Timestamp::SECOND;
/// How long after the claim the first start is, in ms: the attempt is recorded meanwhile.
pub const SETTING_OUT: i64 = 250;
/// How late a start may be, in ms. A later one is given up: with those of other workers it could be too many within a second.
pub const LATE: i64 = 50;

/// A limit, and how far its starts are given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    /// µs between two starts.
    interval: i64,
    /// µs since 1970 from which starts are free.
    pub next: i64,
}

impl Meter {
    /// `per_minute` is at least 1. Starts may be late by 50 ms, a twentieth of a second, so they stand a twentieth farther apart.
    pub fn new(per_minute: u32, next: i64) -> Self {
        let evenly = (Timestamp::MINUTE as u64 * 1_000).div_ceil(u64::from(per_minute.max(1))) as i64;
        Self { interval: evenly + evenly / (Timestamp::SECOND / LATE), next }
    }
}

/// Takes the next start that all of these limits leave; None for any time, where there is no limit. `Err` is when to ask again:
/// the start is too far ahead.
pub fn take(meters: &mut [&mut Meter], now: Timestamp) -> Result<Option<Timestamp>, Timestamp> {
    if meters.is_empty() {
        return Ok(None);
    }
    let first = now.plus(SETTING_OUT).0 * 1_000;
    let start = meters.iter().map(|meter| meter.next).fold(first, i64::max);
    // Rounded up: never early.
    let at = Timestamp((start + 999) / 1_000);
    if at.0 - now.0 > AHEAD {
        return Err(at.plus(-AHEAD));
    }
    for meter in meters {
        meter.next = start + meter.interval;
    }
    Ok(Some(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn starts_are_spread_evenly_and_not_given_out_far_ahead() {
        let mut ten_a_second = Meter::new(600, 0);
        let now = Timestamp(1_795_431_600_000);
        let mut starts = Vec::new();
        let again = loop {
            match take(&mut [&mut ten_a_second], now) {
                Ok(at) => starts.push(at.unwrap().0 - now.0),
                Err(again) => break again,
            }
        };
        assert_eq!(starts[..3], [250, 355, 460]);
        assert_eq!(starts.len(), 17);
        assert!(starts.iter().all(|at| *at <= AHEAD) && again > now && again < now.plus(Timestamp::SECOND));
        // What was not used in time is lost: there is no burst afterwards.
        let later = now.plus(Timestamp::HOUR);
        assert_eq!(take(&mut [&mut ten_a_second], later), Ok(Some(later.plus(SETTING_OUT))));
        assert_eq!(take(&mut [&mut ten_a_second], later), Ok(Some(later.plus(SETTING_OUT + 105))));
    }

    #[test]
    fn a_slow_pace_lets_one_leave_now_and_then() {
        let mut one_a_minute = Meter::new(1, 0);
        let mut now = Timestamp(1_795_431_600_000);
        let mut left = 0;
        for _ in 0..600 {
            left += i32::from(take(&mut [&mut one_a_minute], now).is_ok());
            now = now.plus(Timestamp::SECOND);
        }
        assert_eq!(left, 10);
    }

    proptest! {
        #[test]
        fn no_second_has_more_than_the_limit_and_one(
            per_minute in 60_u32..60_000, workers in prop::collection::vec((0_i64..3_000, 0_i64..=LATE), 1..400),
        ) {
            let (mut meter, mut all) = (Meter::new(per_minute, 0), Vec::new());
            let mut claims = workers;
            claims.sort_unstable();
            for (at, late) in claims {
                if let Ok(Some(start)) = take(&mut [&mut meter], Timestamp(at)) {
                    all.push(start.0 + late);
                }
            }
            all.sort_unstable();
            for (n, first) in all.iter().enumerate() {
                let within = all[n..].iter().take_while(|at| **at < first + Timestamp::SECOND).count();
                prop_assert!(within as u32 <= per_minute.div_ceil(60) + 1, "{within}");
            }
        }

        #[test]
        fn the_slowest_of_several_limits_counts(fast in 600_u32..6_000, slow in 60_u32..600) {
            let (mut one, mut other) = (Meter::new(fast, 0), Meter::new(slow, 0));
            let starts: Vec<_> = std::iter::from_fn(|| take(&mut [&mut one, &mut other], Timestamp(0)).ok()).collect();
            let mut alone = Meter::new(slow, 0);
            let expected: Vec<_> = std::iter::from_fn(|| take(&mut [&mut alone], Timestamp(0)).ok()).collect();
            prop_assert_eq!(starts, expected);
        }
    }
}
