//! Who is believed.

use super::{ANA, Call, Hook, ORIGIN, TOKEN};
use crate::{
    domain::{Timestamp, connection::settings::Provider},
    server::{
        clock,
        webhooks::{Incoming, mailgun, postmark, sendgrid, twilio},
    },
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use serde_json::{Value, json};

fn headers(list: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static("")))
    };
    list.iter().map(pair).collect()
}

/// Each byte of a text changed.
fn flipped(text: &str) -> impl Iterator<Item = String> + '_ {
    (0..text.len()).filter(|at| text.is_char_boundary(*at) && text.as_bytes()[*at].is_ascii()).map(|at| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    })
}

#[test]
fn twilios_own_example() {
    let body = "CallSid=CA1234567890ABCDE&From=%2B12349013030&To=%2B18005551212&Caller=%2B12349013030&Digits=1234";
    let signature = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";
    let is = |token: &str, origin: &str, path: &str, body: &str, signature: &str| {
        let headers = headers(&[
            ("content-type", "application/x-www-form-urlencoded"),
            ("x-twilio-signature", signature),
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
        ]);
        let (headers, body) = (&headers, body.as_bytes());
        twilio::verify(token, &Incoming { origin, path_and_query: path, headers, body, now: clock::now() })
    };
    let (token, origin, path) = ("12345", "https://mycompany.com", "/myapp.php?foo=1&bar=2");
    assert!(is(token, origin, path, body, signature));
    for other in flipped(signature) {
        // Twenty bytes are 27 letters of base64, and of the last only four bits count.
        let is_same = STANDARD.decode(&other).is_ok_and(|bytes| bytes == STANDARD.decode(signature).unwrap());
        assert!(is_same || !is(token, origin, path, body, &other), "{other}");
    }
    assert!(flipped(path).all(|path| !is(token, origin, &path, body, signature)));
    assert!(flipped(origin).all(|origin| !is(token, &origin, path, body, signature)));
    assert!(flipped(body).filter(|other| other != body).all(|body| !is(token, origin, path, &body, signature)));
    assert!(!is("12346", origin, path, body, signature));
    for wrong in ["", "x", "!", "AAAA"] {
        assert!(!is(token, origin, path, body, wrong));
    }
}

#[test]
fn twilio_signs_json_by_its_hash_and_addresses_with_a_port() {
    let body = br#"{"MessageSid":"SM1","MessageStatus":"delivered"}"#;
    let hash: String =
        ring::digest::digest(&ring::digest::SHA256, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    let is = |path: &str, origin: &str, body: &[u8]| {
        let signature = STANDARD.encode(hmac::sign(&key, format!("{origin}{path}").as_bytes()).as_ref());
        let headers = headers(&[("content-type", "application/json"), ("x-twilio-signature", &signature)]);
        let headers = &headers;
        twilio::verify(TOKEN, &Incoming { origin: ORIGIN, path_and_query: path, headers, body, now: clock::now() })
    };
    let path = format!("/webhooks/twilio/x?bodySHA256={hash}");
    assert!(is(&path, ORIGIN, body));
    assert!(is(&path, &format!("{ORIGIN}:443"), body));
    assert!(!is(&path, &format!("{ORIGIN}:80"), body));
    assert!(!is(&path, ORIGIN, b"{}"));
    assert!(!is("/webhooks/twilio/x", ORIGIN, body));
    assert!(!is("/webhooks/twilio/x?bodySHA256=", ORIGIN, body));
}

#[test]
fn sendgrids_own_example() {
    let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==";
    let (stamp, body) =
        ("1588788367", r#"{"category":"example_payload","event":"test_event","message_id":"message_id"}"#);
    let signature = "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=";
    assert!(sendgrid::is_signed(key, stamp, signature, body.as_bytes()));
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n{}\n-----END PUBLIC KEY-----\n", &key[..64], &key[64..]);
    assert!(sendgrid::is_signed(&pem, stamp, signature, body.as_bytes()));
    assert!(flipped(body).all(|body| !sendgrid::is_signed(key, stamp, signature, body.as_bytes())));
    assert!(flipped(stamp).all(|stamp| !sendgrid::is_signed(key, &stamp, signature, body.as_bytes())));
    assert!(
        flipped(signature).all(|other| other == signature || !sendgrid::is_signed(key, stamp, &other, body.as_bytes()))
    );
    assert!(flipped(key).all(|other| other == key || !sendgrid::is_signed(&other, stamp, signature, body.as_bytes())));
    for wrong in ["", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", "AAAA"] {
        assert!(!sendgrid::is_signed(wrong, stamp, signature, body.as_bytes()));
    }
    // Validly signed, but longer ago than events are remembered.
    let headers = headers(&[
        ("x-twilio-email-event-webhook-timestamp", stamp),
        ("x-twilio-email-event-webhook-signature", signature),
    ]);
    let (headers, body) = (&headers, body.as_bytes());
    let at = |now| sendgrid::verify(key, &Incoming { origin: ORIGIN, path_and_query: "/", headers, body, now });
    let signed = Timestamp(1_588_788_367_000);
    assert!(at(signed.plus(Timestamp::DAY)) && !at(signed.plus(30 * Timestamp::DAY)));
}

#[test]
fn mailguns_signature_and_its_age() {
    let now = clock::now();
    let sign = |stamp: i64, token: &str| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, TOKEN.as_bytes());
        let signature = hmac::sign(&key, format!("{stamp}{token}").as_bytes());
        let signature: String = signature.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "signature": { "timestamp": stamp.to_string(), "token": token, "signature": signature } })
    };
    let stamp = now.0 / 1000;
    let token = "0123456789abcdef0123456789abcdef0123456789abcdef01";
    let good = sign(stamp, token);
    assert!(mailgun::verify(TOKEN, &good, now));
    assert!(!mailgun::verify("other", &good, now));
    for field in ["timestamp", "token", "signature"] {
        let right = good["signature"][field].as_str().unwrap();
        // Hexadecimal digits mean the same in either case.
        let is_same = |other: &str| field == "signature" && other.eq_ignore_ascii_case(right);
        for other in flipped(right).filter(|other| !is_same(other)) {
            let mut bad = good.clone();
            bad["signature"][field] = other.into();
            assert!(bad == good || !mailgun::verify(TOKEN, &bad, now), "{bad}");
        }
    }
    for (stamp, is_good) in [(stamp - 86_000, true), (stamp - 90_000, false), (stamp + 300, true), (stamp + 900, false)]
    {
        assert_eq!(mailgun::verify(TOKEN, &sign(stamp, token), now), is_good, "{stamp}");
    }
    for bad in
        [json!({}), json!([]), json!({ "signature": 1 }), sign(stamp, ""), json!({ "signature": { "token": {} } })]
    {
        assert!(!mailgun::verify(TOKEN, &bad, now));
    }
}

#[test]
fn postmarks_password() {
    let is = |header: &str| postmark::verify("user:pass", header);
    assert!(
        is(&format!("Basic {}", STANDARD.encode("user:pass")))
            && is(&format!("basic {}", STANDARD.encode("user:pass")))
    );
    for given in ["user:pas", "user:passs", "User:pass", ":", "", "user"] {
        assert!(!is(&format!("Basic {}", STANDARD.encode(given))), "{given}");
    }
    assert!(!is("") && !is("Basic") && !is("Basic !!!") && !is("Bearer dXNlcjpwYXNz"));
    assert!(!postmark::verify("", &format!("Basic {}", STANDARD.encode(""))));
}

/// A report of a failure, which would change much.
fn harmful(hook: &Hook, message: crate::domain::MessageId) -> Call {
    let id = message.to_string();
    match hook.provider {
        Provider::Twilio => hook.status("SM1", "undelivered", "30005", Some(message)),
        Provider::SendGrid => hook.signed(&json!([{
            "event": "bounce", "type": "bounce", "sg_event_id": "e1", "email": ANA, "timestamp": clock::now().0 / 1000,
            "message": id, "status": "5.1.1", "reason": "550 5.1.1 no such user",
        }])),
        Provider::Mailgun => hook.signed(&json!({
            "event": "failed", "severity": "permanent", "reason": "bounce", "id": "e1", "recipient": ANA,
            "timestamp": clock::now().0 as f64 / 1000.0, "user-variables": { "message": id },
            "delivery-status": { "code": 550, "message": "5.1.1 no such user" },
        })),
        Provider::Postmark => hook.signed(&json!({
            "RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "MessageID": "x", "Email": ANA,
            "Metadata": { "message": id }, "Details": "smtp;550 5.1.1 no such user",
        })),
        Provider::Ses | Provider::ClickSend | Provider::Smtp => hook.signed(&json!({
            "notificationType": "Bounce",
            "bounce": { "bounceType": "Permanent", "bouncedRecipients": [{ "emailAddress": ANA, "status": "5.1.1" }] },
            "mail": { "messageId": "x", "tags": { "message": [id] } },
        })),
    }
}

/// A byte here and there of each part of a request changed, and each part left out.
fn spoiled(call: &Call) -> Vec<Call> {
    let mut all = Vec::new();
    for at in (0..call.body.len()).step_by(7) {
        let mut other = call.clone();
        other.body[at] ^= 1;
        all.push(other);
    }
    for n in 0..call.headers.len() {
        if call.headers[n].0 == "content-type" {
            continue;
        }
        let mut other = call.clone();
        other.headers.remove(n);
        all.push(other);
        for value in flipped(&call.headers[n].1).step_by(5) {
            let mut other = call.clone();
            other.headers[n].1 = value;
            all.push(other);
        }
    }
    all
}

#[tokio::test]
async fn whoever_changes_a_byte_changes_nothing() {
    for provider in [Provider::Twilio, Provider::SendGrid, Provider::Mailgun, Provider::Postmark, Provider::Ses] {
        let (hook, sent) = Hook::with_sent(provider, 1).await;
        let call = harmful(&hook, sent.message);
        let before = hook.fingerprint().await;
        for other in spoiled(&call) {
            // Postmark and Mailgun sign no body, and base64 and JSON have more than one form of the same.
            let is_signed_whole = matches!(provider, Provider::Twilio | Provider::SendGrid);
            if !is_signed_whole && other.body != call.body || other.headers == call.headers && other.body == call.body {
                continue;
            }
            let answer = hook.send(&other).await;
            let is_refused = matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
            assert!(is_refused, "{provider:?}: {} {}", answer.status, answer.body);
            assert_eq!(answer.status == StatusCode::UNAUTHORIZED, provider == Provider::Postmark);
        }
        let mut elsewhere = call.clone();
        elsewhere.path.push_str(if elsewhere.path.contains('?') { "&x=1" } else { "?x=1" });
        if provider == Provider::Twilio {
            assert_eq!(hook.send(&elsewhere).await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(hook.fingerprint().await, before, "{provider:?}");
        hook.take(&call).await;
        assert_ne!(hook.fingerprint().await, before, "{provider:?}: it would have changed something");
    }
}

#[tokio::test]
async fn unknown_connections_and_other_providers_are_not_there() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 0).await;
    let call = harmful(&hook, sent.message);
    let before = hook.fingerprint().await;
    for path in [
        "/webhooks/sendgrid/0190163d-8694-739b-aea5-966c26f8ad91".to_owned(),
        "/webhooks/sendgrid/x".into(),
        "/webhooks/sendgrid/%00".into(),
        format!("/webhooks/twilio/{}", hook.connection),
        format!("/webhooks/smtp/{}", hook.connection),
        format!("/webhooks/SENDGRID/{}", hook.connection),
        "/webhooks/sendgrid/00000000-0000-0000-0000-000000000001".into(),
    ] {
        let answer = hook.send(&Call { path: path.clone(), ..call.clone() }).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(hook.app.stranger().get(&hook.path()).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(hook.fingerprint().await, before);
}

/// ClickSend signs nothing, so that a report could be anybody's: not even one that names a message is taken.
#[tokio::test]
async fn clicksend_has_no_address_for_reports() {
    let (hook, sent) = Hook::with_sent(Provider::ClickSend, 1).await;
    let before = hook.fingerprint().await;
    let id = sent.message.to_string();
    let form = format!("message_id={id}&status_code=301&custom_string={id}&from=%2B12015550123&body=STOP");
    for body in [form.into_bytes(), json!({ "message_id": id, "status_code": "301" }).to_string().into_bytes()] {
        for content_type in ["application/x-www-form-urlencoded", "application/json"] {
            let headers = vec![
                ("content-type", content_type.to_owned()),
                ("authorization", format!("Basic {}", STANDARD.encode(format!("cup:{TOKEN}")))),
            ];
            let answer = hook.send(&Call { path: hook.path(), headers, body: body.clone() }).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
        }
    }
    // Nor as the other provider of SMS, whose signature would be over the stored key.
    let as_twilio = Hook { provider: Provider::Twilio, ..hook };
    let answer = as_twilio.send(&as_twilio.text("SM1", ANA, "STOP")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let path = format!("/webhooks/clicksend/{}", as_twilio.connection);
    assert_eq!(as_twilio.app.stranger().get(&path).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(as_twilio.fingerprint().await, before);
}

#[tokio::test]
async fn hostile_bodies_are_refused_though_they_are_signed() {
    for provider in [Provider::SendGrid, Provider::Mailgun, Provider::Postmark, Provider::Ses, Provider::Twilio] {
        let (hook, sent) = Hook::with_sent(provider, 0).await;
        let before = hook.fingerprint().await;
        let id = sent.message.to_string();
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        for body in [
            Value::Null,
            json!([]),
            json!({}),
            json!("x"),
            json!(1e308),
            json!([[], {}, 1, null, "x"]),
            json!([{ "event": {}, "email": [], "timestamp": "never", "message": id }]),
            json!([{ "event": "bounce", "email": "\u{0}", "timestamp": -1e300, "message": id }]),
            json!({ "event": "failed", "timestamp": {}, "recipient": 5, "user-variables": id }),
            json!({ "RecordType": ["Bounce"], "Metadata": { "message": id } }),
            json!({ "RecordType": "Bounce", "Type": "Nothing", "Metadata": { "message": id } }),
            json!({ "notificationType": "Bounce", "bounce": { "bouncedRecipients": "x" }, "mail": [] }),
            deep,
        ] {
            let answer = hook.send(&hook.signed(&body)).await;
            assert!(answer.status.as_u16() < 500, "{provider:?} {body}: {}", answer.status);
        }
        for bytes in
            [&b""[..], b"\xff\xfe\x00", b"{", b"a=b&c", &[b'['; 100_000], b"MessageSid=x&MessageStatus=delivered"]
        {
            let mut call = hook.signed(&json!([]));
            call.body = bytes.to_vec();
            let answer = hook.send(&call).await;
            assert!(answer.status.is_client_error(), "{provider:?}: {}", answer.status);
        }
        let mut large = hook.signed(&json!([]));
        large.body = vec![b' '; 1024 * 1024 + 1];
        assert_eq!(hook.send(&large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        let (messages, events, suppressed, _) = hook.fingerprint().await;
        assert_eq!((messages, events, suppressed), (before.0, before.1, before.2), "{provider:?}");
    }
}
