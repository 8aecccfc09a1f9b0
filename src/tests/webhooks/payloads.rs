//! What each provider documents, and what it is read as.

use super::minutes_ago;
use crate::{
    domain::{
        MessageId, Timestamp,
        feedback::{About, Feedback, Report},
        message::FailureCode,
    },
    server::webhooks::{mailgun, postmark, sendgrid, ses},
};
use serde_json::{Value, json};

const ID: &str = "0190163d-8694-739b-aea5-966c26f8ad91";
const NOW: Timestamp = Timestamp(1_795_431_600_000);

fn id() -> MessageId {
    ID.parse().unwrap()
}

fn failed(failure: FailureCode, words: &str) -> Report {
    Report::Failed { failure, words: words.into() }
}

/// The only event: whom it is about, when, and what.
fn only(events: Vec<Feedback>) -> (About, Timestamp, Report) {
    assert_eq!(events.len(), 1, "{events:?}");
    let Feedback { about, at, kind, names } = events.into_iter().next().unwrap();
    assert!(!names.is_empty() && names.iter().all(|name| !name.is_empty()));
    (about, at, kind)
}

fn kinds(events: Vec<Feedback>) -> Vec<Report> {
    events.into_iter().map(|event| event.kind).collect()
}

fn sendgrid(event: Value) -> Vec<Feedback> {
    sendgrid::read(json!([event]).to_string().as_bytes()).unwrap()
}

#[test]
fn events_of_sendgrid() {
    let event = |kind: &str, more: Value| {
        let mut event = json!({
            "email": "Example@Test.com",
            "timestamp": 1_795_431_600,
            "smtp-id": format!("<{ID}@mail.example.com>"),
            "event": kind,
            "category": ["cat facts"],
            "sg_event_id": "ZGVsaXZlcmVkLTAtMTIz",
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
        });
        more.as_object().unwrap().iter().for_each(|(name, value)| event[name] = value.clone());
        event
    };
    let (about, at, kind) = only(sendgrid(event("delivered", json!({ "response": "250 OK" }))));
    assert_eq!(about, About { message: Some(id()), provider_id: None, recipient: Some("example@test.com".into()) });
    assert_eq!((at, kind), (NOW, Report::Delivered { words: "250 OK".into() }));
    // Our own argument comes first.
    let other = MessageId(uuid::Uuid::from_u128(9));
    let (about, ..) = only(sendgrid(event("delivered", json!({ "message": other.to_string() }))));
    assert_eq!(about.message, Some(other));
    for (kind, more, report) in [
        (
            "bounce",
            json!({ "type": "bounce", "status": "5.0.0", "reason": "500 unknown recipient" }),
            failed(FailureCode::AddressUnknown, "5.0.0 500 unknown recipient"),
        ),
        (
            "bounce",
            json!({ "type": "blocked", "status": "5.7.1", "reason": "554 5.7.1 spam" }),
            failed(FailureCode::Rejected, "5.7.1 554 5.7.1 spam"),
        ),
        (
            "bounce",
            json!({ "type": "blocked", "reason": "550 5.7.26 unauthenticated" }),
            failed(FailureCode::Unauthenticated, "550 5.7.26 unauthenticated"),
        ),
        (
            "deferred",
            json!({ "response": "400 try again later", "attempt": "5" }),
            Report::Delayed { words: "400 try again later".into() },
        ),
        (
            "dropped",
            json!({ "reason": "Bounced Address", "status": "5.0.0" }),
            failed(FailureCode::AddressUnknown, "5.0.0 Bounced Address"),
        ),
        ("dropped", json!({ "reason": "Unsubscribed Address" }), failed(FailureCode::OptedOut, "Unsubscribed Address")),
        (
            "dropped",
            json!({ "reason": "Spam Reporting Address" }),
            failed(FailureCode::OptedOut, "Spam Reporting Address"),
        ),
        (
            "dropped",
            json!({ "reason": "Recipient List over Package Quota" }),
            failed(FailureCode::Account, "Recipient List over Package Quota"),
        ),
        ("spamreport", json!({}), Report::Complained { words: String::new() }),
        ("unsubscribe", json!({}), Report::OptedOut { words: "At SendGrid".into() }),
        ("group_unsubscribe", json!({ "asm_group_id": 10 }), Report::OptedOut { words: "At SendGrid".into() }),
    ] {
        assert_eq!(only(sendgrid(event(kind, more))).2, report, "{kind}");
    }
    for kind in ["processed", "open", "click", "group_resubscribe", "account_status_change", ""] {
        assert!(sendgrid(event(kind, json!({}))).is_empty(), "{kind}");
    }
    assert!(sendgrid::read(b"{}").is_err() && sendgrid::read(b"x").is_err());
}

fn mailgun(event: Value) -> Vec<Feedback> {
    mailgun::read(&json!({ "signature": { "token": "t" }, "event-data": event }), NOW).unwrap()
}

#[test]
fn events_of_mailgun() {
    let event = |kind: &str, more: Value| {
        let mut event = json!({
            "event": kind,
            "id": "W3X4JOhFT-OZidZGKKr9iA",
            "timestamp": 1_795_431_600.153_125,
            "log-level": "info",
            "recipient": "alice@example.com",
            "recipient-domain": "example.com",
            "tags": [],
            "user-variables": {},
            "envelope": { "transport": "smtp", "sender": "bob@example.org", "targets": "alice@example.com" },
            "message": { "headers": { "to": "Alice <alice@example.com>", "message-id": format!("{ID}@example.org") } },
            "delivery-status": { "code": 250, "message": "OK", "description": "", "attempt-no": 1, "tls": true },
        });
        more.as_object().unwrap().iter().for_each(|(name, value)| event[name] = value.clone());
        event
    };
    let (about, at, kind) = only(mailgun(event("delivered", json!({}))));
    assert_eq!(about, About { message: Some(id()), provider_id: None, recipient: Some("alice@example.com".into()) });
    assert_eq!((at, kind), (NOW.plus(153), Report::Delivered { words: "250 OK".into() }));
    let other = MessageId(uuid::Uuid::from_u128(9));
    let (about, ..) = only(mailgun(event("delivered", json!({ "user-variables": { "message": other } }))));
    assert_eq!(about.message, Some(other));
    let status = |code: u16, message: &str| json!({ "code": code, "message": message, "description": null });
    for (more, report) in [
        (
            json!({ "severity": "permanent", "reason": "bounce", "delivery-status": status(550, "5.1.1 No such user") }),
            failed(FailureCode::AddressUnknown, "550 5.1.1 No such user"),
        ),
        (
            json!({ "severity": "permanent", "reason": "suppress-bounce", "delivery-status": status(605, "Not delivering") }),
            failed(FailureCode::AddressUnknown, "605 Not delivering"),
        ),
        (
            json!({ "severity": "permanent", "reason": "suppress-unsubscribe", "delivery-status": status(606, "") }),
            failed(FailureCode::OptedOut, "606"),
        ),
        (
            json!({ "severity": "permanent", "reason": "generic", "delivery-status": status(498, "No MX for example.com") }),
            failed(FailureCode::Unreachable, "498 No MX for example.com"),
        ),
        (
            json!({ "severity": "permanent", "reason": "espblock", "delivery-status": status(554, "5.7.1 blocked") }),
            failed(FailureCode::Rejected, "554 5.7.1 blocked"),
        ),
        (
            json!({ "severity": "temporary", "reason": "generic", "delivery-status": status(452, "4.2.2 full") }),
            Report::Delayed { words: "452 4.2.2 full".into() },
        ),
    ] {
        assert_eq!(only(mailgun(event("failed", more))).2, report);
    }
    assert!(matches!(only(mailgun(event("complained", json!({})))).2, Report::Complained { .. }));
    assert_eq!(only(mailgun(event("unsubscribed", json!({})))).2, Report::OptedOut { words: "At Mailgun".into() });
    let rejected =
        event("rejected", json!({ "reject": { "reason": "Sandbox", "description": "" }, "delivery-status": {} }));
    assert_eq!(only(mailgun(rejected)).2, failed(FailureCode::Rejected, "Sandbox"));
    for kind in ["opened", "clicked", "accepted", "list_member_uploaded", ""] {
        assert!(mailgun(event(kind, json!({}))).is_empty(), "{kind}");
    }
    assert!(mailgun::read(&json!({ "event": "delivered" }), NOW).is_err());
}

fn postmark(record: Value) -> Vec<Feedback> {
    postmark::read(record.to_string().as_bytes(), NOW).unwrap()
}

#[test]
fn records_of_postmark() {
    let record = |kind: &str, more: Value| {
        let mut record = json!({
            "RecordType": kind,
            "MessageStream": "outbound",
            "ServerID": 23,
            "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
            "Metadata": { "message": ID },
            "Tag": "",
        });
        more.as_object().unwrap().iter().for_each(|(name, value)| record[name] = value.clone());
        record
    };
    let delivery = json!({
        "Recipient": "John@example.com", "DeliveredAt": "2026-11-23T12:00:00.0000000+01:00", "Details": "Test delivery",
    });
    let (about, at, kind) = only(postmark(record("Delivery", delivery)));
    assert_eq!(about, About { message: Some(id()), provider_id: None, recipient: Some("john@example.com".into()) });
    assert_eq!((at, kind), (NOW, Report::Delivered { words: "Test delivery".into() }));
    let bounce = |kind: &str, details: &str| {
        let more = json!({
            "ID": 692_560_173_u64, "Type": kind, "TypeCode": 1, "Name": kind, "Description": "", "Details": details,
            "Email": "john@example.com", "From": "sender@example.com", "BouncedAt": "2026-11-23T11:00:00Z", "Inactive": true,
        });
        postmark(record("Bounce", more))
    };
    for (kind, details, failure) in [
        ("HardBounce", "action: failed\r\n", FailureCode::AddressUnknown),
        ("HardBounce", "smtp;550 5.7.1 not allowed", FailureCode::Rejected),
        ("BadEmailAddress", "", FailureCode::AddressUnknown),
        ("SoftBounce", "smtp;552 5.2.2 mailbox full", FailureCode::MailboxFull),
        ("SoftBounce", "", FailureCode::Other),
        ("DnsError", "", FailureCode::Unreachable),
        ("DMARCPolicy", "", FailureCode::Unauthenticated),
        ("SpamNotification", "", FailureCode::Rejected),
        ("Blocked", "", FailureCode::Rejected),
    ] {
        let Report::Failed { failure: read, .. } = only(bounce(kind, details)).2 else { panic!("{kind}") };
        assert_eq!(read, failure, "{kind} {details}");
    }
    assert!(matches!(only(bounce("Transient", "later")).2, Report::Delayed { .. }));
    assert!(matches!(only(bounce("SpamComplaint", "")).2, Report::Complained { .. }));
    for kind in ["AutoResponder", "AddressChange", "Subscribe", "ChallengeVerification"] {
        assert!(bounce(kind, "").is_empty(), "{kind}");
    }
    let complaint =
        json!({ "ID": 42, "Type": "SpamComplaint", "Email": "john@example.com", "BouncedAt": "2026-11-23T11:00:00Z" });
    assert!(matches!(only(postmark(record("SpamComplaint", complaint))).2, Report::Complained { .. }));
    let change = |reason: &str, origin: &str, is_off: bool| {
        let more = json!({
            "Recipient": "john@example.com", "ChangedAt": "2026-11-23T11:00:00Z", "Origin": origin, "SuppressSending": is_off,
            "SuppressionReason": reason,
        });
        postmark(record("SubscriptionChange", more))
    };
    assert!(matches!(only(change("ManualSuppression", "Recipient", true)).2, Report::OptedOut { .. }));
    assert!(change("HardBounce", "Recipient", true).is_empty());
    assert!(change("ManualSuppression", "Customer", true).is_empty());
    assert!(change("ManualSuppression", "Recipient", false).is_empty());
    for kind in ["Open", "Click", "Inbound"] {
        assert!(postmark(record(kind, json!({}))).is_empty(), "{kind}");
    }
    assert!(postmark::read(b"{}", NOW).is_err() && postmark::read(b"[]", NOW).is_err());
}

fn ses(event: &Value) -> Vec<Feedback> {
    ses::read(&event.to_string(), minutes_ago(0)).unwrap()
}

fn ses_mail() -> Value {
    json!({
        "timestamp": "2026-11-23T10:59:00.000Z",
        "source": "john@example.com",
        "sourceArn": "arn:aws:ses:us-east-1:888888888888:identity/example.com",
        "sendingAccountId": "123456789012",
        "messageId": "00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000",
        "destination": ["jane@example.com"],
        "headersTruncated": false,
        "headers": [
            { "name": "From", "value": "\"John Doe\" <john@example.com>" },
            { "name": "Message-ID", "value": format!("<{ID}@example.com>") },
        ],
        "commonHeaders": { "from": ["John Doe <john@example.com>"], "messageId": "x" },
    })
}

#[test]
fn notifications_of_ses() {
    let bounce = |kind: &str, subtype: &str, recipient: Value| {
        json!({
            "notificationType": "Bounce",
            "bounce": {
                "bounceType": kind, "bounceSubType": subtype, "timestamp": "2026-11-23T11:00:00.101Z",
                "reportingMTA": "dns; email.example.com", "feedbackId": "00000138111222aa-44455566",
                "bouncedRecipients": [recipient],
            },
            "mail": ses_mail(),
        })
    };
    let jane = json!({
        "emailAddress": "Jane@example.com", "status": "5.1.1", "action": "failed",
        "diagnosticCode": "smtp; 550 5.1.1 <jane@example.com>... User unknown",
    });
    let (about, at, kind) = only(ses(&bounce("Permanent", "General", jane)));
    assert_eq!(about.message, Some(id()));
    assert_eq!(about.recipient.as_deref(), Some("jane@example.com"));
    assert_eq!(about.provider_id.as_deref(), Some("00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000"));
    assert_eq!(at, NOW.plus(101));
    let words = "Permanent General 550 5.1.1 <jane@example.com>... User unknown";
    assert_eq!(kind, failed(FailureCode::AddressUnknown, words));
    let bare = || json!({ "emailAddress": "jane@example.com" });
    for (kind, subtype, failure) in [
        ("Permanent", "NoEmail", Some(FailureCode::AddressUnknown)),
        ("Permanent", "OnAccountSuppressionList", Some(FailureCode::AddressUnknown)),
        ("Transient", "MailboxFull", Some(FailureCode::MailboxFull)),
        ("Transient", "ContentRejected", Some(FailureCode::Rejected)),
        // "Out of office" comes so, too.
        ("Transient", "General", None),
        ("Undetermined", "Undetermined", None),
    ] {
        let read = match only(ses(&bounce(kind, subtype, bare()))).2 {
            Report::Failed { failure, .. } => Some(failure),
            Report::Delayed { .. } => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(read, failure, "{kind} {subtype}");
    }
    let two = json!({ "notificationType": "Bounce", "mail": ses_mail(), "bounce": {
        "bounceType": "Permanent", "bouncedRecipients": [bare(), { "emailAddress": "richard@example.com" }],
    } });
    assert_eq!(kinds(ses(&two)).len(), 2);
    let complaint = json!({ "notificationType": "Complaint", "mail": ses_mail(), "complaint": {
        "complaintFeedbackType": "abuse", "complainedRecipients": [bare()], "timestamp": "2026-11-23T11:00:00Z", "feedbackId": "f",
    } });
    assert_eq!(only(ses(&complaint)).2, Report::Complained { words: "abuse".into() });
    let mut not_spam = complaint;
    not_spam["complaint"]["complaintFeedbackType"] = "not-spam".into();
    assert!(ses(&not_spam).is_empty());
    let delivery = json!({ "notificationType": "Delivery", "mail": ses_mail(), "delivery": {
        "timestamp": "2026-11-23T11:00:00.000Z", "recipients": ["jane@example.com"], "processingTimeMillis": 546,
        "smtpResponse": "250 ok:  Message 64111812 accepted", "reportingMTA": "a8-70.smtp-out.amazonses.com",
    } });
    assert_eq!(only(ses(&delivery)).2, Report::Delivered { words: "250 ok: Message 64111812 accepted".into() });
}

#[test]
fn events_of_ses() {
    let mut mail = ses_mail();
    mail["headers"] = json!([]);
    let other = MessageId(uuid::Uuid::from_u128(9));
    mail["tags"] = json!({ "ses:configuration-set": ["ConfigSet"], "message": [other] });
    let event = |kind: &str, field: &str, more: Value| json!({ "eventType": kind, "mail": mail, field: more });
    let delay = json!({ "timestamp": "2026-11-23T11:00:00.095Z", "delayType": "TransientCommunicationFailure", "delayedRecipients": [
        { "emailAddress": "jane@example.com", "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect" },
    ] });
    let (about, _, kind) = only(ses(&event("DeliveryDelay", "deliveryDelay", delay)));
    assert_eq!(about.message, Some(other));
    assert!(matches!(kind, Report::Delayed { .. }));
    let reject = event("Reject", "reject", json!({ "reason": "Bad content" }));
    assert_eq!(only(ses(&reject)).2, failed(FailureCode::Rejected, "Bad content"));
    let subscription = |is_off: bool| {
        let more = json!({ "source": "UnsubscribeHeader", "newTopicPreferences": { "unsubscribeAll": is_off } });
        ses(&event("Subscription", "subscription", more))
    };
    assert!(matches!(only(subscription(true)).2, Report::OptedOut { .. }) && subscription(false).is_empty());
    for kind in ["Send", "Open", "Click", "Rendering Failure", ""] {
        assert!(ses(&event(kind, "x", json!({}))).is_empty(), "{kind}");
    }
    let greeting = "Successfully validated SNS topic for Amazon SES event publishing.";
    assert_eq!(ses::read(greeting, NOW), Ok(Vec::new()));
    // However SES is told to report, a bounce is one.
    let name = |field: &str| {
        let bounce = json!({ field: "Bounce", "mail": ses_mail(), "bounce": {
            "bounceType": "Permanent", "feedbackId": "f", "bouncedRecipients": [{ "emailAddress": "jane@example.com" }],
        } });
        ses(&bounce)[0].names.clone()
    };
    assert_eq!(name("notificationType"), name("eventType"));
}
