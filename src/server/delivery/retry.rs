//! When to try again.
//!
//! Before the end of the data a broken connection is harmless; after it nobody knows whether the provider took the
//! message. An email is then sent once more under the same Message-ID, much later; an SMS is not.

use crate::domain::{
    Timestamp,
    connection::{Owner, StopReason},
    message::{Channel, FailureCode},
};

/// The first delay is random between 0 and this, in ms; each further range doubles …
pub const BASE: i64 = 30 * Timestamp::SECOND;
/// … up to this.
pub const CAP: i64 = Timestamp::HOUR;
/// Retries end this long after the first attempt …
pub const GIVE_UP: i64 = Timestamp::DAY;
/// … and not before this many attempts, which take most of a day even with the longest delays. So the time in which a connection
/// stood still, and nothing was attempted, uses nothing up.
pub const ENOUGH: i32 = 20;
/// The longest that a provider can have a message wait.
pub const PATIENCE: i64 = Timestamp::DAY;
/// How long an email in doubt waits for an open or a click before it is sent once more.
pub const AMBIGUOUS_WAIT: i64 = 10 * Timestamp::MINUTE;
/// … and up to this much longer, so that messages which crashed a worker together are not retried together.
pub const AMBIGUOUS_SPREAD: i64 = 2 * Timestamp::MINUTE;

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Trying again helps; not before `retry_after` ms where the provider said so.
    Transient { owner: Owner, retry_after: Option<i64> },
    /// Trying again does not help.
    Permanent(FailureCode),
    /// The provider may have taken it.
    Ambiguous,
    /// A fault of our account, which no message is to blame for; with `otherwise`, unless other messages go out meanwhile:
    /// then this one fails so.
    Account { reason: StopReason, otherwise: Option<FailureCode> },
}

impl Class {
    pub const LATER: Self = Self::Transient { owner: Owner::Provider, retry_after: None };
    pub const RECIPIENT_LATER: Self = Self::Transient { owner: Owner::Recipient, retry_after: None };

    pub fn owner(self) -> Owner {
        match self {
            Self::Transient { owner, .. } => owner,
            Self::Permanent(failure) => failure.owner(),
            Self::Ambiguous => Owner::Provider,
            Self::Account { .. } => Owner::Account,
        }
    }

    /// A word for monitoring.
    pub fn code(self) -> &'static str {
        match self {
            Self::Transient { .. } => "later",
            Self::Permanent(failure) => failure.code(),
            Self::Ambiguous => FailureCode::Unconfirmed.code(),
            Self::Account { reason, .. } => reason.code(),
        }
    }
}

/// The attempts of this sending so far, the refused one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// 1 and up.
    pub attempts: i32,
    pub first_attempt: Timestamp,
    /// Whether the outcome of an earlier attempt is unknown.
    pub was_ambiguous: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Not before this instant.
    Retry(Timestamp),
    Fail(FailureCode),
}

/// What follows a refusal at `at`, or None where nothing follows for the message because the fault is our account's; `random` is
/// from 0 to below 1.
pub fn next(class: Class, channel: Channel, history: History, at: Timestamp, random: f64) -> Option<Next> {
    Some(match class {
        Class::Account { .. } => return None,
        Class::Permanent(code) => Next::Fail(code),
        Class::Ambiguous if channel == Channel::Email && !history.was_ambiguous => {
            Next::Retry(at.plus(AMBIGUOUS_WAIT + part(AMBIGUOUS_SPREAD, random)))
        }
        Class::Ambiguous => Next::Fail(FailureCode::Unconfirmed),
        Class::Transient { retry_after, .. } => {
            let asked = retry_after.unwrap_or(0).min(PATIENCE);
            let due = at.plus(backoff(history.attempts, random).max(asked));
            if history.attempts >= ENOUGH && due > history.first_attempt.plus(GIVE_UP) {
                Next::Fail(FailureCode::Unreachable)
            } else {
                Next::Retry(due)
            }
        }
    })
}

/// Full jitter: anything from 0 to a bound in ms that doubles with each attempt, so that messages which were deferred
/// together do not come back together.
pub fn backoff(attempts: i32, random: f64) -> i64 {
    let doublings = attempts.clamp(1, 32) - 1;
    let bound = BASE.saturating_mul(1_i64 << doublings).min(CAP);
    part(bound, random)
}

fn part(whole: i64, random: f64) -> i64 {
    (whole as f64 * random.clamp(0.0, 1.0)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_nobody_knows_is_repeated_once_by_email_and_never_by_sms() {
        let at = Timestamp(1_000_000);
        let first = History { attempts: 1, first_attempt: at, was_ambiguous: false };
        let second = History { attempts: 2, was_ambiguous: true, ..first };
        let unconfirmed = Some(Next::Fail(FailureCode::Unconfirmed));
        let again = Some(Next::Retry(at.plus(AMBIGUOUS_WAIT)));
        assert_eq!(next(Class::Ambiguous, Channel::Email, first, at, 0.0), again);
        assert_eq!(next(Class::Ambiguous, Channel::Email, second, at, 0.5), unconfirmed);
        assert_eq!(next(Class::Ambiguous, Channel::Sms, first, at, 0.5), unconfirmed);
    }

    #[test]
    fn no_provider_has_a_message_wait_for_longer_than_a_day() {
        let at = Timestamp(1_800_000_000_000);
        let history = History { attempts: 1, first_attempt: at, was_ambiguous: false };
        let class =
            Class::Transient { owner: Owner::Provider, retry_after: Some(i64::from(u32::MAX) * Timestamp::SECOND) };
        assert_eq!(next(class, Channel::Sms, history, at, 0.0), Some(Next::Retry(at.plus(PATIENCE))));
    }

    proptest! {
        #[test]
        fn delays_stay_inside_their_bounds(attempts in 1_i32..200, random in 0.0_f64..1.0) {
            let delay = backoff(attempts, random);
            prop_assert!((0..=CAP).contains(&delay));
            prop_assert!(attempts > 1 || delay <= BASE);
        }

        #[test]
        fn retries_end_after_a_day_of_attempts(attempts in 1_i32..200, since in 0_i64..2 * GIVE_UP, after in 0_i64..GIVE_UP, random in 0.0_f64..1.0) {
            let at = Timestamp(1_800_000_000_000);
            let history = History { attempts, first_attempt: at.plus(-since), was_ambiguous: false };
            let class = Class::Transient { owner: Owner::Provider, retry_after: Some(after) };
            match next(class, Channel::Sms, history, at, random).unwrap() {
                Next::Retry(due) => {
                    prop_assert!(due >= at.plus(after));
                    prop_assert!(due <= history.first_attempt.plus(GIVE_UP) || attempts < ENOUGH);
                    prop_assert!(due <= at.plus(CAP.max(after)));
                }
                Next::Fail(code) => {
                    prop_assert_eq!(code, FailureCode::Unreachable);
                    prop_assert!(since + CAP.max(after) >= GIVE_UP && attempts >= ENOUGH);
                }
            }
        }
    }

    #[test]
    fn enough_attempts_fit_into_a_day_of_the_longest_delays() {
        let longest: i64 = (1..=ENOUGH).map(|attempt| backoff(attempt, 1.0)).sum();
        assert!(longest < GIVE_UP);
    }

    #[test]
    fn a_thousand_retries_do_not_come_back_in_one_second() {
        let mut seconds = std::collections::HashMap::new();
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..1_000 {
            *seconds.entry(backoff(2, random.f64()) / 1_000).or_insert(0) += 1;
        }
        let mean = 1_000.0 / (2 * BASE / 1_000) as f64;
        assert!(seconds.values().all(|n| f64::from(*n) <= 3.0 * mean), "{seconds:?}");
    }
}
