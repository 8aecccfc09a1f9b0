//! What a provider's answer means, and when to try again.
//!
//! Before the end of the data a broken connection is harmless; after it nobody knows whether the provider took the
//! message. An email is then sent once more under the same Message-ID, much later; an SMS is not.

use crate::domain::{
    Timestamp,
    message::{Channel, FailureCode},
};

/// The first delay is random between 0 and this, in ms; each further range doubles …
pub const BASE: i64 = 30 * Timestamp::SECOND;
/// … up to this.
pub const CAP: i64 = Timestamp::HOUR;
/// Retries end this long after the first attempt.
pub const GIVE_UP: i64 = Timestamp::DAY;
/// How long an email in doubt waits for an open or a click before it is sent once more.
pub const AMBIGUOUS_WAIT: i64 = 10 * Timestamp::MINUTE;
/// … and up to this much longer, so that messages which crashed a worker together are not retried together.
pub const AMBIGUOUS_SPREAD: i64 = 2 * Timestamp::MINUTE;

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Trying again helps; not before `retry_after` ms where the provider said so.
    Transient { retry_after: Option<i64> },
    /// Trying again does not help.
    Permanent(FailureCode),
    /// The provider may have taken it.
    Ambiguous,
}

impl Class {
    pub const LATER: Self = Self::Transient { retry_after: None };
}

/// How far an SMTP conversation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Connection, greeting, EHLO, STARTTLS, AUTH.
    Connect,
    Mail,
    Rcpt,
    /// DATA, and the body but for its end.
    Data,
    /// The end of the data is on its way.
    End,
}

/// The meaning of a negative SMTP reply (RFC 5321), or with `reply` None of a connection that broke.
pub fn smtp(phase: Phase, reply: Option<u16>, text: &str) -> Class {
    match reply {
        Some(400..500) => Class::LATER,
        // A refusal before MAIL FROM concerns our account or the server, not the message: it stays in the queue.
        Some(_) if phase == Phase::Connect => Class::LATER,
        Some(code) => Class::Permanent(smtp_failure(phase, code, text)),
        None if phase == Phase::End => Class::Ambiguous,
        None => Class::LATER,
    }
}

/// What caused a permanent reply: by its enhanced code (RFC 3463) where it has one, else by the reply and the phase.
fn smtp_failure(phase: Phase, code: u16, text: &str) -> FailureCode {
    use FailureCode::{Account, AddressUnknown, MailboxFull, Rejected, Unauthenticated};
    let mut enhanced = text.split_whitespace().next().unwrap_or("").split('.').skip(1).map(str::parse::<u16>);
    let enhanced = (enhanced.next(), enhanced.next());
    // RFC 7372 and 7505: DKIM, SPF, reverse DNS, several of them (so DMARC), and a sender's domain without mail.
    if let (Some(Ok(7)), Some(Ok(20..=27))) = enhanced {
        return Unauthenticated;
    }
    if phase <= Phase::Mail || matches!(code, 530 | 534 | 535 | 538) {
        // 552 at MAIL FROM: the announced size is over the limit.
        return if code == 552 { MailboxFull } else { Account };
    }
    match enhanced {
        (Some(Ok(1)), Some(Ok(7 | 8))) => return Account,
        (Some(Ok(1)), Some(Ok(_))) | (Some(Ok(2)), Some(Ok(1))) => return AddressUnknown,
        (Some(Ok(2)), Some(Ok(2))) => return MailboxFull,
        (Some(Ok(7)), Some(Ok(8 | 9))) => return Account,
        (Some(Ok(7)), Some(Ok(_))) => return Rejected,
        _ => {}
    }
    match code {
        550 | 551 | 553 if phase == Phase::Rcpt => AddressUnknown,
        550 | 551 | 553 | 554 => Rejected,
        552 => MailboxFull,
        _ => FailureCode::Other,
    }
}

/// The meaning of an answer of Twilio's API other than success: the HTTP status, the error number of its body
/// (<https://www.twilio.com/docs/api/errors>) and the Retry-After header in ms.
pub fn twilio(status: u16, error: Option<u32>, retry_after: Option<i64>) -> Class {
    // 401, 403, 20003 and 20005 concern our credentials or account, not the message: it stays in the queue.
    let account = matches!(status, 401 | 403) || matches!(error, Some(20003 | 20005));
    if account || matches!(status, 408 | 425 | 429 | 500..=599) {
        return Class::Transient { retry_after };
    }
    Class::Permanent(match (error, status) {
        (Some(21211 | 21217 | 21614 | 30005 | 30006), _) => FailureCode::AddressUnknown,
        (Some(21610), _) => FailureCode::OptedOut,
        (Some(30007), _) => FailureCode::Rejected,
        // Sender that is not ours, trial account, region not allowed.
        (Some(21212 | 21408 | 21603 | 21606 | 21608 | 21659 | 21660 | 21705), _) => FailureCode::Account,
        (_, 402) => FailureCode::Account,
        _ => FailureCode::Other,
    })
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

/// What follows a refusal at `at`; `random` is from 0 to below 1.
pub fn next(class: Class, channel: Channel, history: History, at: Timestamp, random: f64) -> Next {
    match class {
        Class::Permanent(code) => Next::Fail(code),
        Class::Ambiguous if channel == Channel::Email && !history.was_ambiguous => {
            Next::Retry(at.plus(AMBIGUOUS_WAIT + part(AMBIGUOUS_SPREAD, random)))
        }
        Class::Ambiguous => Next::Fail(FailureCode::Unconfirmed),
        Class::Transient { retry_after } => {
            let due = at.plus(backoff(history.attempts, random).max(retry_after.unwrap_or(0)));
            if due > history.first_attempt.plus(GIVE_UP) {
                Next::Fail(FailureCode::Unreachable)
            } else {
                Next::Retry(due)
            }
        }
    }
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
    fn replies_by_phase() {
        use FailureCode::*;
        let permanent = |code| Class::Permanent(code);
        for phase in [Phase::Connect, Phase::Mail, Phase::Rcpt, Phase::Data, Phase::End] {
            for code in [421, 450, 451, 452, 454, 499] {
                assert_eq!(smtp(phase, Some(code), "later"), Class::LATER, "{phase:?} {code}");
            }
            let account = smtp(phase, Some(535), "5.7.8 bad credentials");
            assert_eq!(account == Class::LATER, phase == Phase::Connect, "{phase:?}");
            let broken = if phase == Phase::End { Class::Ambiguous } else { Class::LATER };
            assert_eq!(smtp(phase, None, "connection reset"), broken, "{phase:?}");
        }
        for (phase, code, text, class) in [
            (Phase::Mail, 550, "sender not known", Account),
            (Phase::Rcpt, 550, "no such user", AddressUnknown),
            (Phase::Rcpt, 550, "5.1.1 no such user", AddressUnknown),
            (Phase::Rcpt, 551, "not local", AddressUnknown),
            (Phase::Rcpt, 553, "bad name", AddressUnknown),
            (Phase::Rcpt, 552, "too much", MailboxFull),
            (Phase::Rcpt, 550, "5.2.2 over quota", MailboxFull),
            (Phase::Rcpt, 554, "refused", Rejected),
            (Phase::Rcpt, 550, "5.7.1 blocked by policy", Rejected),
            (Phase::Rcpt, 550, "5.1.8 bad sender", Account),
            (Phase::Rcpt, 530, "authenticate first", Account),
            (Phase::End, 554, "5.7.1 looks like spam", Rejected),
            (Phase::Mail, 550, "5.7.23 SPF validation failed", Unauthenticated),
            (Phase::End, 550, "5.7.26 sender is unauthenticated", Unauthenticated),
            (Phase::End, 550, "looks like spam", Rejected),
            (Phase::End, 552, "5.2.2 over quota", MailboxFull),
            (Phase::Data, 503, "bad sequence", Other),
        ] {
            assert_eq!(smtp(phase, Some(code), text), permanent(class), "{phase:?} {code} {text}");
        }
    }

    #[test]
    fn answers_of_twilio() {
        use FailureCode::*;
        for (status, error, class) in [
            (400, Some(21211), AddressUnknown),
            (400, Some(21614), AddressUnknown),
            (400, Some(21610), OptedOut),
            (400, Some(30007), Rejected),
            (402, None, Account),
            (400, Some(21606), Account),
            (400, None, Other),
            (404, Some(20404), Other),
        ] {
            assert_eq!(twilio(status, error, None), Class::Permanent(class), "{status} {error:?}");
        }
        for status in [401, 403, 408, 429, 500, 502, 503] {
            assert_eq!(twilio(status, Some(20429), Some(7_000)), Class::Transient { retry_after: Some(7_000) });
        }
    }

    #[test]
    fn what_nobody_knows_is_repeated_once_by_email_and_never_by_sms() {
        let at = Timestamp(1_000_000);
        let first = History { attempts: 1, first_attempt: at, was_ambiguous: false };
        let second = History { attempts: 2, was_ambiguous: true, ..first };
        let unconfirmed = Next::Fail(FailureCode::Unconfirmed);
        assert_eq!(next(Class::Ambiguous, Channel::Email, first, at, 0.0), Next::Retry(at.plus(AMBIGUOUS_WAIT)));
        assert_eq!(next(Class::Ambiguous, Channel::Email, second, at, 0.5), unconfirmed);
        assert_eq!(next(Class::Ambiguous, Channel::Sms, first, at, 0.5), unconfirmed);
    }

    proptest! {
        #[test]
        fn delays_stay_inside_their_bounds(attempts in 1_i32..200, random in 0.0_f64..1.0) {
            let delay = backoff(attempts, random);
            prop_assert!((0..=CAP).contains(&delay));
            prop_assert!(attempts > 1 || delay <= BASE);
        }

        #[test]
        fn retries_end_after_a_day(attempts in 1_i32..200, since in 0_i64..2 * GIVE_UP, after in 0_i64..GIVE_UP, random in 0.0_f64..1.0) {
            let at = Timestamp(1_800_000_000_000);
            let history = History { attempts, first_attempt: at.plus(-since), was_ambiguous: false };
            match next(Class::Transient { retry_after: Some(after) }, Channel::Sms, history, at, random) {
                Next::Retry(due) => {
                    prop_assert!(due >= at.plus(after) && due <= history.first_attempt.plus(GIVE_UP));
                    prop_assert!(due <= at.plus(CAP.max(after)));
                }
                Next::Fail(code) => {
                    prop_assert_eq!(code, FailureCode::Unreachable);
                    prop_assert!(since + CAP.max(after) >= GIVE_UP);
                }
            }
        }
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
