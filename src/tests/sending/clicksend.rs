//! SMS over ClickSend, against a local fake of its API.

mod connection;

use super::world::NOW;
use crate::{
    domain::{
        connection::{Owner, StopReason},
        content::Outgoing,
        message::FailureCode,
    },
    server::delivery::{
        Receipt, Refusal, Transports,
        evidence::Evidence,
        retry::Class,
        sms::{
            Sms as SmsTransport,
            clicksend::{ClickSend, ClickSendConfig},
        },
    },
};
use axum::{
    Json, Router,
    extract::State as Shared,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, time::sleep};

pub const KEY: &str = "D83DED51-9E35-4D42-9BB9-0E34B7CA85AE";

type Answer = (u16, String, Option<&'static str>);

#[derive(Clone, Default)]
pub struct Api(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    answers: VecDeque<Answer>,
    requests: Vec<(String, Value)>,
}

impl Api {
    /// Answers the next request so.
    pub fn answer(&self, status: u16, body: impl Into<String>, retry_after: Option<&'static str>) {
        self.0.lock().unwrap().answers.push_back((status, body.into(), retry_after));
    }

    /// What was asked, in order: the Authorization header and the body.
    pub fn requests(&self) -> Vec<(String, Value)> {
        self.0.lock().unwrap().requests.clone()
    }
}

/// An answer as ClickSend gives it, with this status of the one message.
pub fn of_message(status: &str) -> String {
    let message = json!({
        "direction": "out", "to": "+12075550100", "body": "Hi Ana", "from": "Bean", "message_id": "BF7AD270-0DE2",
        "message_parts": 1, "custom_string": "", "country": "US", "status": status,
    });
    json!({
        "http_code": 200, "response_code": "SUCCESS", "response_msg": "Messages queued for delivery.",
        "data": { "total_count": 1, "messages": [message] },
    })
    .to_string()
}

async fn take(
    Shared(api): Shared<Api>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, HeaderMap, String) {
    let auth = headers["authorization"].to_str().unwrap().to_owned();
    let (status, body, retry_after) = {
        let mut inner = api.0.lock().unwrap();
        inner.requests.push((auth, body));
        inner.answers.pop_front().unwrap_or_else(|| (200, of_message("SUCCESS"), None))
    };
    if body == "silence" {
        sleep(Duration::from_secs(60)).await;
    }
    let mut headers = HeaderMap::new();
    if let Some(seconds) = retry_after {
        headers.insert("retry-after", seconds.parse().unwrap());
    }
    (StatusCode::from_u16(status).unwrap(), headers, body)
}

pub async fn start() -> (Api, String) {
    let api = Api::default();
    let router = Router::new().route("/v3/sms/send", post(take)).with_state(api.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (api, base)
}

fn config(base_url: &str) -> ClickSendConfig {
    ClickSendConfig { user: "bean-api".into(), api_key: KEY.into(), from: "Bean".into(), base_url: base_url.into() }
}

async fn attempt_at(base_url: &str, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
    // As the server does: installs the provider of TLS.
    let _ = Transports::memory("http://localhost").unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let clicksend = ClickSend::new(&config(base_url)).unwrap().with_patience(Duration::from_millis(400));
    let message = Outgoing {
        recipient: "+12075550100".into(),
        text: "Hi Ana & co: https://r.example.com/r/x?y=1 \"Bye\"".into(),
        ..Outgoing::default()
    };
    SmsTransport::clicksend(clicksend).attempt(&message, NOW, evidence).await
}

async fn send(base_url: &str) -> Result<Receipt, Refusal> {
    attempt_at(base_url, &mut Evidence::default()).await
}

#[tokio::test]
async fn an_sms_is_handed_over_as_the_api_wants_it() {
    let (api, base) = start().await;
    let receipt = send(&base).await.unwrap();
    assert_eq!(receipt, Receipt { provider_id: Some("BF7AD270-0DE2".into()), text: "SUCCESS".into() });
    let (auth, body) = api.requests().remove(0);
    assert_eq!(auth, "Basic YmVhbi1hcGk6RDgzREVENTEtOUUzNS00RDQyLTlCQjktMEUzNEI3Q0E4NUFF");
    let text = "Hi Ana & co: https://r.example.com/r/x?y=1 \"Bye\"";
    assert_eq!(body, json!({ "messages": [{ "to": "+12075550100", "from": "Bean", "body": text }] }));
}

/// The HTTP status is 200, whatever became of the message.
#[tokio::test]
async fn the_status_of_the_message_decides() {
    let (api, base) = start().await;
    let ours = |reason, otherwise| Class::Account { reason, otherwise };
    for (status, class) in [
        ("INVALID_RECIPIENT", Class::Permanent(FailureCode::AddressUnknown)),
        ("INSUFFICIENT_CREDIT", ours(StopReason::Balance, None)),
        ("INVALID_SENDER_ID", ours(StopReason::Sender, Some(FailureCode::Account))),
        ("THROTTLED", Class::Ambiguous),
        ("INTERNAL_ERROR", Class::Ambiguous),
        ("OF_A_LATER_YEAR", Class::Ambiguous),
        ("", Class::Ambiguous),
    ] {
        api.answer(200, of_message(status), None);
        let refusal = send(&base).await.unwrap_err();
        assert_eq!((refusal.class, refusal.code.as_deref()), (class, Some(status)), "{refusal:?}");
        assert_eq!(refusal.text.trim_end(), format!("The SMS provider answered {status}").trim_end());
    }
}

#[tokio::test]
async fn answers_without_a_status_of_the_message_mean_what_they_say() {
    let (api, base) = start().await;
    let later = |retry_after| Class::Transient { owner: Owner::Provider, retry_after };
    let ours = |reason, otherwise| Class::Account { reason, otherwise };
    let envelope = |code: &str, words: &str| json!({ "response_code": code, "response_msg": words, "data": null });
    let cases: [(Answer, Class, &str, &str); 14] = [
        (
            (401, envelope("UNAUTHORIZED", "Authorization failed.").to_string(), None),
            ours(StopReason::SignIn, None),
            "UNAUTHORIZED",
            "Authorization failed.",
        ),
        (
            (403, envelope("FORBIDDEN", "Not\r\npermitted.").to_string(), None),
            ours(StopReason::Refused, Some(FailureCode::Account)),
            "FORBIDDEN",
            "Not  permitted.",
        ),
        (
            (400, envelope("INVALID_RECIPIENT", "No number.").to_string(), None),
            Class::Permanent(FailureCode::AddressUnknown),
            "INVALID_RECIPIENT",
            "No number.",
        ),
        (
            (400, envelope("BAD_REQUEST", "What?").to_string(), None),
            ours(StopReason::Refused, Some(FailureCode::Other)),
            "BAD_REQUEST",
            "What?",
        ),
        (
            (429, envelope("TOO_MANY_REQUESTS", "Too many.").to_string(), Some("17")),
            later(Some(17_000)),
            "TOO_MANY_REQUESTS",
            "Too many.",
        ),
        ((429, "slow down".into(), None), later(None), "429", "429 Too Many Requests"),
        ((503, "{}".into(), Some("5")), later(Some(5_000)), "503", "503 Service Unavailable"),
        ((500, "oops".into(), None), Class::Ambiguous, "500", "500 Internal Server Error"),
        ((502, "<html>".into(), Some("5")), Class::Ambiguous, "502", "502 Bad Gateway"),
        ((404, "<html>".into(), None), ours(StopReason::Refused, Some(FailureCode::Other)), "404", "404 Not Found"),
        ((302, String::new(), None), ours(StopReason::Refused, Some(FailureCode::Other)), "302", "302 Found"),
        (
            (200, envelope("INSUFFICIENT_CREDIT", "No credit.").to_string(), None),
            ours(StopReason::Balance, None),
            "INSUFFICIENT_CREDIT",
            "answered INSUFFICIENT_CREDIT",
        ),
        (
            (200, envelope("SUCCESS", "Queued.").to_string(), None),
            Class::Ambiguous,
            "200",
            "without a status of the message",
        ),
        (
            (200, r#"{"data":{"messages":"x"}}"#.into(), None),
            Class::Ambiguous,
            "200",
            "without a status of the message",
        ),
    ];
    for ((status, body, retry_after), class, code, text) in cases {
        api.answer(status, body.clone(), retry_after);
        let refusal = send(&base).await.unwrap_err();
        assert_eq!((refusal.class, refusal.code.as_deref()), (class, Some(code)), "{status} {body}: {refusal:?}");
        assert!(refusal.text.ends_with(text), "{refusal:?}");
    }
}

#[tokio::test]
async fn once_the_request_is_out_no_answer_is_ambiguous_and_without_a_connection_it_is_tried_later() {
    let (api, base) = start().await;
    api.answer(200, "silence", None);
    let refusal = send(&base).await.unwrap_err();
    assert_eq!(refusal.class, Class::Ambiguous, "{refusal:?}");
    assert_eq!(api.requests().len(), 1);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(send(&nobody).await.unwrap_err().class, Class::LATER);
}

#[test]
fn wrong_settings_are_named_and_the_key_is_not_shown() {
    let good = config("https://rest.clicksend.com");
    for (config, says) in [
        (ClickSendConfig { user: " ".into(), ..good.clone() }, "user name"),
        (ClickSendConfig { api_key: String::new(), ..good.clone() }, "API key"),
        (ClickSendConfig { from: String::new(), ..good.clone() }, "sender"),
        (ClickSendConfig { base_url: "rest.clicksend.com".into(), ..good.clone() }, "ClickSend address"),
    ] {
        assert!(ClickSend::new(&config).err().unwrap().contains(says));
    }
    assert!(!format!("{good:?}").contains(KEY));
}
