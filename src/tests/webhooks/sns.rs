//! Amazon SNS: which addresses are followed, and for which topic.

use super::{ANA, CERTIFICATE, Call, Hook, TOPIC, envelope};
use crate::domain::{Timestamp, connection::settings::Provider, status::Status};
use axum::http::StatusCode;
use serde_json::{Value, json};

const CONFIRM: &str = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription\
    &TopicArn=arn:aws:sns:us-east-1:123456789012:reports&Token=2336412f";

fn call(hook: &Hook, envelope: &Value) -> Call {
    // SNS sends JSON as text.
    let headers = vec![("content-type", "text/plain; charset=UTF-8".to_owned())];
    Call { path: hook.path(), headers, body: envelope.to_string().into_bytes() }
}

fn asked(hook: &Hook) -> Vec<String> {
    hook.amazon.asked.lock().unwrap().clone()
}

fn delivery(id: &str) -> Value {
    json!({ "Message": json!({
        "notificationType": "Delivery", "delivery": { "recipients": [ANA] },
        "mail": { "messageId": "x", "tags": { "message": [id] } },
    }).to_string() })
}

#[tokio::test]
async fn nothing_is_fetched_from_anywhere_else() {
    let (hook, sent) = Hook::with_sent(Provider::Ses, 0).await;
    let before = hook.fingerprint().await;
    for evil in [
        "https://sns.evil.com/x.pem",
        "https://sns.us-east-1.amazonaws.com.evil.com/x.pem",
        "http://sns.us-east-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com@evil.com/x.pem",
        "https://127.0.0.1/x.pem",
        "https://169.254.169.254/latest/x.pem",
        "https://sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com:444/x.pem",
        "file:///etc/passwd.pem",
        "",
    ] {
        let mut fields = delivery(&sent.message.to_string());
        fields["SigningCertURL"] = evil.into();
        let answer = hook.send(&call(&hook, &envelope(&fields))).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{evil}");
    }
    for topic in ["arn:aws:sns:us-east-1:123456789012:other", "arn:aws:sns:us-east-1:999999999999:reports", ""] {
        let mut fields = delivery(&sent.message.to_string());
        fields["TopicArn"] = topic.into();
        assert_eq!(hook.send(&call(&hook, &envelope(&fields))).await.status, StatusCode::FORBIDDEN, "{topic}");
    }
    assert_eq!(asked(&hook), Vec::<String>::new());
    assert_eq!(hook.fingerprint().await, before);
}

#[tokio::test]
async fn a_certificate_is_fetched_once_and_must_be_valid() {
    let (hook, sent) = Hook::with_sent(Provider::Ses, 0).await;
    let fields = delivery(&sent.message.to_string());
    for _ in 0..3 {
        hook.take(&call(&hook, &envelope(&fields))).await;
    }
    assert_eq!(asked(&hook), [CERTIFICATE]);
    assert_eq!(hook.app.count("select count(*) from message where delivered_at is not null").await, 1);

    let (hook, sent) = Hook::with_sent(Provider::Ses, 0).await;
    let fields = delivery(&sent.message.to_string());
    let expired = include_bytes!("sns_expired.pem").to_vec();
    hook.amazon.answers.lock().unwrap().insert(CERTIFICATE.into(), expired);
    assert_eq!(hook.send(&call(&hook, &envelope(&fields))).await.status, StatusCode::FORBIDDEN);
    // What is no certificate, and what does not answer, is asked again after a while.
    let (hook, _) = Hook::with_sent(Provider::Ses, 0).await;
    hook.amazon.answers.lock().unwrap().insert(CERTIFICATE.into(), b"<html>".to_vec());
    for _ in 0..3 {
        assert_eq!(hook.send(&call(&hook, &envelope(&fields))).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
    assert_eq!(asked(&hook).len(), 1);
}

#[tokio::test]
async fn each_field_is_signed() {
    let (hook, sent) = Hook::with_sent(Provider::Ses, 0).await;
    let good = envelope(&delivery(&sent.message.to_string()));
    let before = hook.fingerprint().await;
    for field in ["Message", "MessageId", "Subject", "Timestamp", "Type", "Signature", "SignatureVersion"] {
        let mut bad = good.clone();
        let text = good[field].as_str().unwrap();
        bad[field] = if field == "Timestamp" { "2026-11-23T12:00:00.000Z".into() } else { format!("{text}x").into() };
        let answer = hook.send(&call(&hook, &bad)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{field}");
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(field);
        assert!(hook.send(&call(&hook, &without)).await.status.is_client_error(), "{field}");
    }
    assert_eq!(hook.fingerprint().await, before);
    hook.take(&call(&hook, &good)).await;
    assert_eq!(hook.standing(sent.message).await.0, Status::Sent);
}

/// The same key signs by SHA-1 in the first version; made with `openssl dgst -sha1 -sign`.
#[tokio::test]
async fn the_first_version_of_signatures_counts_too() {
    let now = Timestamp(1_795_431_600_000);
    let (hook, _) = Hook::with_sent(Provider::Ses, 0).await;
    let old: Value = serde_json::from_str(include_str!("sns_version_1.json")).unwrap();
    let read = crate::server::webhooks::sns::Envelope::read(old.to_string().as_bytes()).unwrap();
    let message = hook.app.state.sns.open(&read, TOPIC, now).await.unwrap().unwrap();
    assert_eq!(message, ("{}", now));
    let mut other = old;
    other["Message"] = "{ }".into();
    let read = crate::server::webhooks::sns::Envelope::read(other.to_string().as_bytes()).unwrap();
    assert!(hook.app.state.sns.open(&read, TOPIC, now).await.is_err());
    // Older than events are remembered.
    assert!(hook.app.state.sns.open(&read, TOPIC, now.plus(40 * Timestamp::DAY)).await.is_err());
}

#[tokio::test]
async fn only_the_subscription_of_the_topic_is_confirmed() {
    let (hook, _) = Hook::with_sent(Provider::Ses, 0).await;
    let confirmation = |address: &str| {
        envelope(&json!({
            "Type": "SubscriptionConfirmation", "Token": "2336412f", "SubscribeURL": address,
            "Message": "You have chosen to subscribe to the topic.",
        }))
    };
    hook.amazon.answers.lock().unwrap().insert(CONFIRM.into(), b"<ConfirmSubscriptionResponse/>".to_vec());
    for evil in [
        "https://evil.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:123456789012:reports",
        "http://127.0.0.1/",
        &CONFIRM.replace("reports", "other"),
        &CONFIRM.replace("ConfirmSubscription", "DeleteTopic"),
        "",
    ] {
        assert_eq!(hook.send(&call(&hook, &confirmation(evil))).await.status, StatusCode::FORBIDDEN, "{evil}");
    }
    assert_eq!(asked(&hook), [CERTIFICATE]);
    hook.take(&call(&hook, &confirmation(CONFIRM))).await;
    assert_eq!(asked(&hook), [CERTIFICATE, CONFIRM]);
    // Amazon does not answer: SNS asks again.
    hook.amazon.answers.lock().unwrap().remove(CONFIRM);
    assert_eq!(hook.send(&call(&hook, &confirmation(CONFIRM))).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let end =
        envelope(&json!({ "Type": "UnsubscribeConfirmation", "Token": "x", "SubscribeURL": CONFIRM, "Message": "m" }));
    hook.take(&call(&hook, &end)).await;
    assert_eq!(hook.app.count("select count(*) from feedback_event").await, 0);
}
