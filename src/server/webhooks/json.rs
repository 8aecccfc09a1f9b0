//! JSON from others. serde_json refuses what is nested deeper than 128, and the size of a request is limited before.

use super::Rejection;
use crate::domain::{MessageId, Timestamp};
use chrono::DateTime;
use serde_json::Value;

/// The longest text that is kept of a report, in characters.
const TEXT_MAX: usize = 1_000;

pub fn read(body: &[u8]) -> Result<Value, Rejection> {
    serde_json::from_slice(body).map_err(|_| Rejection::Unreadable("This is not JSON."))
}

/// The text at `path` (`/mail/messageId`); a number as it is written; empty where there is none.
pub fn text(value: &Value, path: &str) -> String {
    let text = match value.pointer(path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    storable(&text).chars().take(TEXT_MAX).collect()
}

/// Without U+0000, which PostgreSQL cannot store.
pub fn storable(text: &str) -> String {
    text.replace('\0', "")
}

/// The items at `path`.
pub fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    value.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// RFC 3339, of any precision and offset.
pub fn time(value: &Value, path: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc3339(&text(value, path)).ok().map(|at| at.to_utc().into())
}

/// Seconds since 1970, also with a fraction.
pub fn seconds(value: &Value, path: &str) -> Option<Timestamp> {
    let seconds = match value.pointer(path)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    let is_sane = (0.0..1e11).contains(&seconds);
    is_sane.then_some(Timestamp((seconds * 1000.0) as i64))
}

/// An email address as it is stored; None where there is none.
pub fn address(value: &Value, path: &str) -> Option<String> {
    let address = text(value, path).trim().trim_matches(['<', '>']).to_ascii_lowercase();
    address.contains('@').then_some(address)
}

/// Our message's id from a Message-ID of ours, `<id@domain>`; None for those of others.
pub fn message_of(message_id: &str) -> Option<MessageId> {
    let (id, _) = message_id.trim().trim_start_matches('<').split_once('@')?;
    // Only hyphenated, as we write it.
    (id.len() == 36).then(|| id.parse().ok()).flatten()
}

/// The parts that say something, joined.
pub fn words(parts: &[&str]) -> String {
    let said: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    said.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_of_the_wrong_kind_are_none() {
        let value =
            json!({ "a": [1], "n": 1.5, "t": "2026-11-23T12:00:00.5+01:00", "huge": 1e300, "bad": "x", "no": null });
        assert_eq!(
            (text(&value, "/a"), text(&value, "/n"), text(&value, "/x/y")),
            (String::new(), "1.5".into(), String::new())
        );
        assert_eq!(time(&value, "/t"), Some(Timestamp(1_795_431_600_500)));
        assert_eq!((time(&value, "/n"), time(&value, "/bad")), (None, None));
        assert_eq!(seconds(&value, "/n"), Some(Timestamp(1_500)));
        assert_eq!((seconds(&value, "/huge"), seconds(&value, "/bad"), seconds(&value, "/no")), (None, None, None));
        assert!(list(&value, "/n").is_empty());
    }

    #[test]
    fn what_is_nested_without_end_is_refused() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(deep.as_bytes()).is_err());
        for bad in [&b""[..], b"{", b"\xff\xfe", b"nul", b"{\"a\":1}x"] {
            assert!(read(bad).is_err());
        }
    }

    #[test]
    fn only_our_own_message_ids_name_a_message() {
        let id = "0190163d-8694-739b-aea5-966c26f8ad91";
        for ours in [format!("<{id}@mail.example.com>"), format!("{id}@mail.example.com")] {
            assert_eq!(message_of(&ours), id.parse().ok());
        }
        for others in ["", "<x@example.com>", "<copy-0190163d-8694-739b-aea5-966c26f8ad91@x>", &id.replace('-', "")] {
            assert_eq!(message_of(others), None, "{others}");
        }
    }
}
