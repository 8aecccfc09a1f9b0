//! When a busy receiver wants the next attempt: its header Retry-After (RFC 9110, section 10.2.3).

use crate::domain::Timestamp;
use chrono::DateTime;
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};

/// The instant that an answer 429 or 503 names, in seconds from `now` or as a date; None where it names none.
pub fn read(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    if ![StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&status) {
        return None;
    }
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a number has are a long time all the same.
        let seconds = text.parse().unwrap_or(i64::from(u32::MAX)).min(i64::from(u32::MAX));
        return (!text.is_empty()).then(|| now.plus(seconds * Timestamp::SECOND));
    }
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.to_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_number_of_seconds_or_a_date() {
        let now = Timestamp(1_000_000);
        let asked = |status: u16, text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            read(StatusCode::from_u16(status).unwrap(), &headers, now)
        };
        assert_eq!(asked(429, " 120"), Some(now.plus(120_000)));
        assert_eq!(asked(503, "0"), Some(now));
        assert_eq!(asked(503, "Sun, 06 Nov 1994 08:49:37 GMT"), Some(Timestamp(784_111_777_000)));
        assert!(asked(429, &"9".repeat(30)) > Some(now.plus(365 * Timestamp::DAY)));
        for wrong in ["", "-5", "1.5", "soon", "Sun, 06 Nov 1994"] {
            assert_eq!(asked(429, wrong), None, "{wrong}");
        }
        assert_eq!((asked(500, "120"), asked(200, "120")), (None, None));
        assert_eq!(read(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), now), None);
    }
}
