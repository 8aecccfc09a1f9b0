//! Amazon SES: notifications of an identity and events of a configuration set, which have the same form
//! (<https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html>). They come over SNS (sns.rs).

use super::{Rejection, json};
use crate::{
    domain::{
        MessageId, Timestamp,
        feedback::{About, Feedback, Report},
        message::FailureCode,
    },
    server::delivery::{faults, provider_headers::KEY},
};
use serde_json::Value;

/// `message` is what SNS brought, `sent` when. A text that is no JSON is Amazon's greeting to a new topic.
pub fn read(message: &str, sent: Timestamp) -> Result<Vec<Feedback>, Rejection> {
    let Ok(event) = json::read(message.as_bytes()) else { return Ok(Vec::new()) };
    let text = |path: &str| json::text(&event, path);
    let kind = match text("/notificationType") {
        kind if kind.is_empty() => text("/eventType"),
        kind => kind,
    };
    let id = text("/mail/messageId");
    let feedback = match text("/bounce/feedbackId") {
        id if id.is_empty() => text("/complaint/feedbackId"),
        id => id,
    };
    let about = |recipient| About { message: message_of(&event), provider_id: Some(id.clone()), recipient };
    // Both ways of being told may be set up at once: the name is that of the event, not of the notification.
    let one = |recipient: Option<String>, at: Option<Timestamp>, report: Report| Feedback {
        names: vec![format!("{kind} {id} {feedback} {}", recipient.as_deref().unwrap_or_default())],
        about: about(recipient),
        at: at.unwrap_or(sent),
        kind: report,
    };
    let each = |list: &str, field: &str, time: &str, report: &dyn Fn(&Value) -> Option<Report>| -> Vec<Feedback> {
        let at = json::time(&event, time);
        let read = |item: &Value| Some(one(json::address(item, field), at, report(item)?));
        json::list(&event, list).iter().filter_map(read).collect()
    };
    let first = || json::address(&event, "/mail/destination/0");
    Ok(match kind.as_str() {
        "Bounce" => each("/bounce/bouncedRecipients", "/emailAddress", "/bounce/timestamp", &|recipient| {
            Some(bounce(&text("/bounce/bounceType"), &text("/bounce/bounceSubType"), recipient))
        }),
        "Complaint" if text("/complaint/complaintFeedbackType") != "not-spam" => {
            each("/complaint/complainedRecipients", "/emailAddress", "/complaint/timestamp", &|_| {
                Some(Report::Complained { words: text("/complaint/complaintFeedbackType") })
            })
        }
        "Delivery" => each("/delivery/recipients", "", "/delivery/timestamp", &|_| {
            Some(Report::Delivered { words: json::words(&[&text("/delivery/smtpResponse")]) })
        }),
        "DeliveryDelay" => {
            each("/deliveryDelay/delayedRecipients", "/emailAddress", "/deliveryDelay/timestamp", &|recipient| {
                let words =
                    json::words(&[&text("/deliveryDelay/delayType"), &json::text(recipient, "/diagnosticCode")]);
                Some(Report::Delayed { words })
            })
        }
        "Reject" => {
            let report = Report::Failed { failure: FailureCode::Rejected, words: text("/reject/reason") };
            vec![one(first(), None, report)]
        }
        "Subscription"
            if event.pointer("/subscription/newTopicPreferences/unsubscribeAll") == Some(&Value::Bool(true)) =>
        {
            let at = json::time(&event, "/subscription/timestamp");
            vec![one(first(), at, Report::OptedOut { words: "At Amazon SES".into() })]
        }
        _ => Vec::new(),
    })
}

/// Our message: by the tag that it was sent with, or by its Message-ID among the original headers.
fn message_of(event: &Value) -> Option<MessageId> {
    let tag = json::text(event, &format!("/mail/tags/{KEY}/0")).parse().ok();
    let is_message_id = |header: &&Value| json::text(header, "/name").eq_ignore_ascii_case("message-id");
    tag.or_else(|| {
        let header = json::list(event, "/mail/headers").iter().find(is_message_id)?;
        json::message_of(&json::text(header, "/value"))
    })
    .or_else(|| json::message_of(&json::text(event, "/mail/commonHeaders/messageId")))
}

fn bounce(kind: &str, subtype: &str, recipient: &Value) -> Report {
    let (status, said) = (json::text(recipient, "/status"), json::text(recipient, "/diagnosticCode"));
    let words = json::words(&[kind, subtype, said.trim_start_matches("smtp;")]);
    let failure = match (kind, subtype) {
        ("Permanent", _) => faults::reported(&json::words(&[&said, &status]), FailureCode::AddressUnknown),
        (_, "MailboxFull") => FailureCode::MailboxFull,
        (_, "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => FailureCode::Rejected,
        (_, "CustomTimeoutExceeded") => FailureCode::Unreachable,
        // Among these are answers such as "out of office".
        _ => return Report::Delayed { words },
    };
    Report::Failed { failure, words }
}
