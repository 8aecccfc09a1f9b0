//! Postmark's webhooks (<https://postmarkapp.com/developer/webhooks/webhooks-overview>): one record. Nothing is signed; the webhook's
//! address holds a user and a password, which come as Basic authentication.

use super::{Rejection, json, secret};
use crate::{
    domain::{
        Timestamp,
        feedback::{About, Feedback, Report},
        message::FailureCode,
    },
    server::delivery::{faults, provider_headers::KEY},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// `credentials` are `user:password`, `header` is that of Authorization.
pub fn verify(credentials: &str, header: &str) -> bool {
    let (scheme, given) = header.trim().split_once(' ').unwrap_or_default();
    let given = STANDARD.decode(given.trim()).unwrap_or_default();
    let is_same = secret::is_same(&given, credentials.as_bytes());
    is_same && scheme.eq_ignore_ascii_case("basic") && credentials.contains(':')
}

pub fn read(body: &[u8], now: Timestamp) -> Result<Vec<Feedback>, Rejection> {
    let record = json::read(body)?;
    let text = |path: &str| json::text(&record, path);
    let kind = text("/RecordType");
    if kind.is_empty() {
        return Err(Rejection::Unreadable("This has no RecordType."));
    }
    let (message, id) = (text("/MessageID"), text("/ID"));
    let words = json::words(&[&text("/Description"), &text("/Details")]);
    let read = match kind.as_str() {
        "Delivery" => {
            let name = format!("delivery {message} {}", text("/DeliveredAt"));
            Some((name, "/Recipient", "/DeliveredAt", Report::Delivered { words }))
        }
        "Bounce" => bounce(&text("/Type"), &text("/Details"), words)
            .map(|kind| (format!("bounce {id}"), "/Email", "/BouncedAt", kind)),
        "SpamComplaint" => Some((format!("bounce {id}"), "/Email", "/BouncedAt", Report::Complained { words })),
        // Bounces and complaints come as records of their own.
        "SubscriptionChange" if text("/SuppressionReason") == "ManualSuppression" && text("/Origin") == "Recipient" => {
            let name = format!("subscription {message} {}", text("/ChangedAt"));
            let is_off = record.pointer("/SuppressSending").and_then(serde_json::Value::as_bool).unwrap_or(false);
            is_off.then(|| (name, "/Recipient", "/ChangedAt", Report::OptedOut { words: "At Postmark".into() }))
        }
        _ => None,
    };
    let Some((name, address, time, kind)) = read else { return Ok(Vec::new()) };
    let recipient = json::address(&record, address);
    let names = vec![format!("{name} {}", recipient.as_deref().unwrap_or_default())];
    let about = About { message: text(&format!("/Metadata/{KEY}")).parse().ok(), provider_id: None, recipient };
    let at = json::time(&record, time).unwrap_or(now);
    Ok(vec![Feedback { names, about, at, kind }])
}

/// By Postmark's types of bounces; None for answers of machines, which say that it was delivered.
fn bounce(kind: &str, details: &str, words: String) -> Option<Report> {
    let failed = |otherwise| faults::reported(details, otherwise);
    let failure = match kind {
        "HardBounce" => failed(FailureCode::AddressUnknown),
        "BadEmailAddress" => FailureCode::AddressUnknown,
        "SoftBounce" => failed(FailureCode::Other),
        "DnsError" => FailureCode::Unreachable,
        "DMARCPolicy" => FailureCode::Unauthenticated,
        "SMTPApiError" | "TemplateRenderingFailed" => FailureCode::Account,
        "SpamNotification" | "Blocked" | "VirusNotification" | "ManuallyDeactivated" => FailureCode::Rejected,
        "Transient" | "Unknown" => return Some(Report::Delayed { words }),
        "SpamComplaint" => return Some(Report::Complained { words }),
        "Unsubscribe" => return Some(Report::OptedOut { words }),
        _ => return None,
    };
    Some(Report::Failed { failure, words })
}
