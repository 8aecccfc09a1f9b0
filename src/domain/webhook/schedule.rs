//! When a delivery is tried again, and when a webhook is switched off.

use super::WebhookEvent;
use crate::domain::Timestamp;

/// How long after each failed attempt the next one is made, in ms: seven attempts within eighteen hours.
pub const RETRIES: [i64; 6] = [
    5 * Timestamp::SECOND,
    5 * Timestamp::MINUTE,
    30 * Timestamp::MINUTE,
    2 * Timestamp::HOUR,
    5 * Timestamp::HOUR,
    10 * Timestamp::HOUR,
];

/// How long nothing may get through.
const PATIENCE: i64 = 3 * Timestamp::DAY;
/// How many deliveries in a row may be given up.
const GIVEN_UP_MOST: i32 = 10;

/// The longest that a receiver may put an attempt off, in ms.
pub const PUT_OFF_MOST: i64 = Timestamp::DAY;

/// When the next attempt follows, after `attempts` that failed; None where none does. A test is tried once. Where the receiver has
/// asked that nothing comes before `not_before`, it is no sooner than that, within a day.
pub fn next_try(
    event: WebhookEvent,
    attempts: i32,
    not_before: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    if event == WebhookEvent::Test {
        return None;
    }
    let failed = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let next = now.plus(*RETRIES.get(failed)?);
    let asked = not_before.map_or(next, |at| at.min(now.plus(PUT_OFF_MOST)));
    Some(next.max(asked))
}

/// Whether a webhook is switched off, once a delivery was given up: nothing has got through since `failing_since`, and `given_up`
/// deliveries were given up since then.
pub fn is_hopeless(failing_since: Timestamp, given_up: i32, now: Timestamp) -> bool {
    given_up >= GIVEN_UP_MOST || now.0.saturating_sub(failing_since.0) >= PATIENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_for_most_of_a_day() {
        let mut now = Timestamp(0);
        let mut attempts = 1;
        let mut times = vec![now];
        while let Some(next) = next_try(WebhookEvent::Sent, attempts, None, now) {
            (now, attempts) = (next, attempts + 1);
            times.push(now);
        }
        assert_eq!(attempts, 7);
        assert_eq!(times[1], Timestamp(5_000));
        assert!((Timestamp::DAY / 2..Timestamp::DAY).contains(&now.0), "{now:?}");
        assert_eq!(next_try(WebhookEvent::Sent, 8, None, now), None, "sent again by hand");
        assert_eq!(next_try(WebhookEvent::Sent, 0, None, now), None);
        assert_eq!(next_try(WebhookEvent::Test, 1, Some(now), now), None);
    }

    #[test]
    fn a_receiver_puts_an_attempt_off_for_a_day_at_most() {
        let now = Timestamp(7 * Timestamp::DAY);
        let next = |asked: i64| next_try(WebhookEvent::Sent, 1, Some(now.plus(asked)), now).unwrap().0 - now.0;
        assert_eq!(next(20 * Timestamp::MINUTE), 20 * Timestamp::MINUTE);
        assert_eq!(next(Timestamp::SECOND), RETRIES[0], "no sooner than else");
        assert_eq!(next(-Timestamp::DAY), RETRIES[0]);
        assert_eq!(next(30 * Timestamp::DAY), PUT_OFF_MOST);
        assert_eq!(next_try(WebhookEvent::Sent, 7, Some(now.plus(1)), now), None, "it was the last");
    }

    #[test]
    fn a_webhook_is_off_after_three_days_or_ten_deliveries() {
        let now = Timestamp(10 * Timestamp::DAY);
        assert!(!is_hopeless(now.plus(-2 * Timestamp::DAY), 9, now));
        assert!(is_hopeless(now.plus(-2 * Timestamp::DAY), 10, now));
        assert!(is_hopeless(now.plus(-3 * Timestamp::DAY), 1, now));
    }
}
