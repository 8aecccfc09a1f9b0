//! SendGrid's Event Webhook (<https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event>): a list of events, signed
//! with ECDSA (P-256, SHA-256) over the timestamp and the body.

use super::{Incoming, Rejection, json};
use crate::{
    domain::{
        Timestamp,
        feedback::{About, Feedback, Report},
        message::FailureCode,
    },
    server::delivery::{faults, provider_headers::KEY},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde_json::Value;

/// What stands before the point in the DER of a P-256 public key (RFC 5480).
const SPKI_P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// SendGrid tries again for a day, and the names of events are remembered for a month: what is older was recorded by somebody.
const AGE_MAX: i64 = 25 * Timestamp::DAY;

/// Whether it is signed, and not older than the memory of what was reported.
pub fn verify(public_key: &str, incoming: &Incoming<'_>) -> bool {
    let stamp = incoming.header("x-twilio-email-event-webhook-timestamp");
    let sent = stamp.parse::<i64>().map(|seconds| Timestamp(seconds.saturating_mul(1000)));
    let is_recent = sent.is_ok_and(|sent| incoming.now.0.saturating_sub(sent.0) < AGE_MAX);
    is_signed(public_key, stamp, incoming.header("x-twilio-email-event-webhook-signature"), incoming.body) && is_recent
}

pub fn is_signed(public_key: &str, stamp: &str, signature: &str, body: &[u8]) -> bool {
    let (Some(point), Ok(signature)) = (point(public_key), STANDARD.decode(signature)) else { return false };
    let signed = [stamp.as_bytes(), body].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(&signed, &signature).is_ok()
}

/// The point of a public key in base64, also as PEM. None if it is not a key of P-256.
fn point(public_key: &str) -> Option<Vec<u8>> {
    let lines = public_key.lines().filter(|line| !line.contains("-----"));
    let der = STANDARD.decode(lines.flat_map(str::split_whitespace).collect::<String>()).ok()?;
    der.strip_prefix(&SPKI_P256[..]).map(<[u8]>::to_vec)
}

pub fn read(body: &[u8]) -> Result<Vec<Feedback>, Rejection> {
    let Value::Array(events) = json::read(body)? else {
        return Err(Rejection::Unreadable("This is no list of events."));
    };
    Ok(events.iter().filter_map(event).collect())
}

/// None for what we do not follow: processed, and opens and clicks, which we count ourselves.
fn event(event: &Value) -> Option<Feedback> {
    let text = |path: &str| json::text(event, path);
    let (reason, status) = (text("/reason"), text("/status"));
    let words = json::words(&[&status, &reason, &text("/response")]);
    let kind = match text("/event").as_str() {
        "delivered" => Report::Delivered { words },
        "deferred" => Report::Delayed { words },
        "bounce" => {
            // "blocked" is about the message; else SendGrid takes the address for dead.
            let otherwise =
                if text("/type") == "blocked" { FailureCode::Rejected } else { FailureCode::AddressUnknown };
            Report::Failed { failure: faults::reported(&json::words(&[&status, &reason]), otherwise), words }
        }
        "dropped" => Report::Failed { failure: dropped(&reason), words },
        "spamreport" => Report::Complained { words },
        "unsubscribe" | "group_unsubscribe" => Report::OptedOut { words: "At SendGrid".into() },
        _ => return None,
    };
    let id = text("/sg_event_id");
    let names = vec![if id.is_empty() { event.to_string() } else { id }];
    let about = About {
        message: text(&format!("/{KEY}")).parse().ok().or_else(|| json::message_of(&text("/smtp-id"))),
        provider_id: None,
        recipient: json::address(event, "/email"),
    };
    let at = json::seconds(event, "/timestamp")?;
    Some(Feedback { names, about, at, kind })
}

/// What SendGrid did not even try.
fn dropped(reason: &str) -> FailureCode {
    let reason = reason.to_ascii_lowercase();
    let says = |words: &str| reason.contains(words);
    if says("unsubscribed") || says("spam reporting") {
        FailureCode::OptedOut
    } else if says("bounced address") || reason.trim() == "invalid" {
        FailureCode::AddressUnknown
    } else if says("quota") || says("smtpapi") {
        FailureCode::Account
    } else {
        FailureCode::Rejected
    }
}
