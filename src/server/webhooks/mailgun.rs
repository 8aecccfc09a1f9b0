//! Mailgun's webhooks (<https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks>): one event, and beside it an
//! HMAC-SHA256 over a timestamp and a token. The event itself is not signed, so a token must not serve twice: it is one of the
//! names of the event, which are remembered for longer than a signature holds.

use super::{Rejection, json};
use crate::{
    domain::{
        Timestamp,
        feedback::{About, Feedback, Report},
        message::FailureCode,
    },
    server::delivery::{faults, provider_headers::KEY},
};
use ring::hmac;
use serde_json::Value;

/// Mailgun tries again for eight hours.
const AGE_MAX: i64 = Timestamp::DAY;
/// How far its clock may be before ours.
const AHEAD_MAX: i64 = 10 * Timestamp::MINUTE;

/// Whether it is signed, and recently.
pub fn verify(signing_key: &str, body: &Value, now: Timestamp) -> bool {
    let text = |name: &str| json::text(body, &format!("/signature/{name}"));
    let (stamp, token) = (text("timestamp"), text("token"));
    let signed = json::seconds(body, "/signature/timestamp").unwrap_or_default();
    let is_recent = now.0 - signed.0 < AGE_MAX && signed.0 - now.0 < AHEAD_MAX;
    let key = hmac::Key::new(hmac::HMAC_SHA256, signing_key.as_bytes());
    let given = unhex(&text("signature")).unwrap_or_default();
    let is_signed = hmac::verify(&key, format!("{stamp}{token}").as_bytes(), &given).is_ok();
    is_signed && is_recent && !token.is_empty()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

pub fn read(body: &Value, now: Timestamp) -> Result<Vec<Feedback>, Rejection> {
    let event = body.get("event-data").filter(|event| event.is_object());
    let event = event.ok_or(Rejection::Unreadable("This has no event-data."))?;
    let text = |path: &str| json::text(event, path);
    let (name, reason) = (text("/event"), text("/reason"));
    let code = text("/delivery-status/code");
    let said = json::words(&[&code, &text("/delivery-status/message")]);
    let words = json::words(&[&said, &text("/delivery-status/description"), &text("/reject/reason")]);
    let kind = match (name.as_str(), text("/severity").as_str()) {
        ("delivered", _) => Report::Delivered { words },
        ("failed", "temporary") => Report::Delayed { words },
        ("failed", _) => Report::Failed { failure: failed(&reason, &said), words },
        ("rejected", _) => Report::Failed { failure: FailureCode::Rejected, words },
        ("complained", _) => Report::Complained { words },
        ("unsubscribed", _) => Report::OptedOut { words: "At Mailgun".into() },
        _ => return Ok(Vec::new()),
    };
    let token = json::text(body, "/signature/token");
    let mut names = vec![format!("token {token}")];
    let id = text("/id");
    if !id.is_empty() {
        // Mailgun calls an id unique within a day.
        names.insert(0, format!("{name} {id} {}", text("/timestamp").split('.').next().unwrap_or_default()));
    }
    let about = About {
        message: text(&format!("/user-variables/{KEY}"))
            .parse()
            .ok()
            .or_else(|| json::message_of(&text("/message/headers/message-id"))),
        provider_id: None,
        recipient: json::address(event, "/recipient"),
    };
    let at = json::seconds(event, "/timestamp").unwrap_or(now);
    Ok(vec![Feedback { names, about, at, kind }])
}

fn failed(reason: &str, said: &str) -> FailureCode {
    match reason {
        "suppress-unsubscribe" | "suppress-complaint" => FailureCode::OptedOut,
        "suppress-bounce" => FailureCode::AddressUnknown,
        "bounce" | "hardfail" => faults::reported(said, FailureCode::AddressUnknown),
        "espblock" => faults::reported(said, FailureCode::Rejected),
        "old" => FailureCode::Unreachable,
        _ => faults::reported(said, FailureCode::Other),
    }
}
