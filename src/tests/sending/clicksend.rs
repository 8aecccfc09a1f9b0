//! SMS over a project's own connection to ClickSend, against a local fake of its API.

use super::{
    own_connections::admin,
    world::{NOW, World},
};
use crate::{
    domain::{
        Timestamp,
        connection::{Owner, StopReason, form::ConnectionForm},
        content::Outgoing,
        message::{Channel::Sms, FailureCode},
        status::State,
    },
    server::{
        delivery::{
            Receipt, Refusal, Transports,
            evidence::Evidence,
            retry::Class,
            sms::{
                Sms as SmsTransport,
                clicksend::{ClickSend, ClickSendConfig},
            },
        },
        store::{guard::Manager, messages, queue::stops::stopped},
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

fn form() -> ConnectionForm {
    ConnectionForm {
        provider: "clicksend".into(),
        user: "bean-api".into(),
        api_key: KEY.into(),
        from: "Bean".into(),
        ..ConnectionForm::default()
    }
}

/// A project whose SMS leave by ClickSend.
async fn connected() -> (World, Manager, Api) {
    let (api, base) = start().await;
    let mut w = World::new().await;
    w.transports.clicksend_url = base;
    let bean = w.shop("bean").await;
    w.connect(&admin(&bean), &form()).await;
    (w, bean, api)
}

#[tokio::test]
async fn a_projects_sms_leave_by_its_connection_with_our_id_and_leave_no_secret_behind() {
    let (w, bean, api) = connected().await;
    let (own, shared) = (w.due_in(&bean, Sms, 1).await, w.due(Sms).await);
    let answer = of_message("INVALID_RECIPIENT").replace("queued", "for +12075550188 of bean-api queued");
    api.answer(200, answer, None);
    w.send_all_at(NOW).await;
    assert_eq!(w.stored(shared).await.state, State::Sent, "over the server's own");
    let (_, body) = api.requests().remove(0);
    assert_eq!(body["messages"][0]["custom_string"], own[0].to_string());
    assert_eq!(api.requests().len(), 1);

    let detail = messages::detail(&bean, own[0]).await.unwrap();
    let attempt = &detail.attempts[0];
    assert_eq!(attempt.code.as_deref(), Some("INVALID_RECIPIENT"));
    let dialogue = attempt.dialogue.as_deref().unwrap();
    let words: Vec<_> = dialogue.lines().map(|line| line.split_once(" ms  ").unwrap().1).collect();
    assert!(words[0].starts_with("POST 127.0.0.1:") && words[0].ends_with("/v3/sms/send"), "{dialogue}");
    assert_eq!(words[1], "HTTP 200 OK");
    assert!(words[2].contains(r#""status":"INVALID_RECIPIENT""#) && words[2].contains("of b… queued"), "{dialogue}");
    for secret in [KEY, "bean-api", "2075550188", "Hi Ana", "Basic"] {
        assert!(!attempt.for_provider(own[0]).contains(secret), "{secret}: {dialogue}");
    }
    let provider: String = sqlx::query_scalar("select provider from send_attempt where message_id = $1")
        .bind(own[0])
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(provider, "clicksend");
}

/// What becomes of the message and of the connection.
#[tokio::test]
async fn each_answer_has_its_consequence_for_message_and_connection() {
    let failed = |code: &'static str| (State::Failed, Some(code));
    let waits = (State::Scheduled, None);
    for (status, body, message, stop) in [
        (200, of_message("SUCCESS"), (State::Sent, None), None),
        (200, of_message("INVALID_RECIPIENT"), failed("address-unknown"), None),
        (200, of_message("EMPTY_MESSAGE"), failed("rejected"), None),
        (200, of_message("THROTTLED"), failed("unconfirmed"), None),
        (200, of_message("SOMETHING_IS_WRONG"), failed("unconfirmed"), None),
        (200, of_message("INSUFFICIENT_CREDIT"), waits, Some(StopReason::Balance)),
        (200, of_message("INVALID_CREDENTIALS"), waits, Some(StopReason::SignIn)),
        (200, of_message("ACCOUNT_NOT_ACTIVATED"), waits, Some(StopReason::Refused)),
        // Perhaps of this message: the connection is not paused for one.
        (200, of_message("INVALID_SENDER_ID"), waits, None),
        (200, of_message("COUNTRY_NOT_ENABLED"), waits, None),
        (200, "silence is golden".into(), failed("unconfirmed"), None),
        (401, "{}".into(), waits, Some(StopReason::SignIn)),
        (402, "{}".into(), waits, Some(StopReason::Balance)),
        (429, "{}".into(), waits, None),
        (500, "{}".into(), failed("unconfirmed"), None),
        (503, "{}".into(), waits, None),
    ] {
        let (w, bean, api) = connected().await;
        let id = w.due_in(&bean, Sms, 1).await[0];
        api.answer(status, body.clone(), None);
        w.send_all_at(NOW).await;
        let stored = w.stored_of(&bean, id).await;
        assert_eq!((stored.state, stored.failure_code.as_deref()), message, "{status} {body}");
        let stops = stopped(&w.db).await.unwrap();
        assert_eq!(stops.first().map(|stop| stop.reason), stop, "{status} {body}");
        assert!(stops.iter().all(|stop| stop.project == Some(bean.project)));
        assert_eq!(api.requests().len(), 1, "{status} {body}");
    }
}

#[tokio::test]
async fn an_empty_account_pauses_it_until_it_is_topped_up() {
    let (w, bean, api) = connected().await;
    let own = w.due_in(&bean, Sms, 4).await;
    api.answer(200, of_message("INSUFFICIENT_CREDIT"), None);
    w.send_all_at(NOW).await;
    let sent = w.states(&own).await.into_iter().filter(|state| *state == State::Sent).count();
    assert!(stopped(&w.db).await.unwrap().iter().all(|stop| stop.reason == StopReason::Balance));
    let asked = api.requests().len();
    assert!(asked < 4 + 1 && sent < 4, "{asked} asked, {sent} sent");
    assert_eq!(w.count("attempts > 0 and state = 0").await, 0, "no message lost an attempt");
    for minute in 1..20 {
        w.send_all_at(NOW.plus(minute * Timestamp::MINUTE)).await;
    }
    assert_eq!(w.states(&own).await, [State::Sent; 4]);
    assert!(stopped(&w.db).await.unwrap().is_empty());
}

#[tokio::test]
async fn ten_times_unavailable_pauses_it_and_no_message_is_lost() {
    let (w, bean, api) = connected().await;
    let own = w.due_in(&bean, Sms, 12).await;
    for _ in 0..200 {
        api.answer(503, "{}", None);
    }
    for second in 0..60 {
        w.send_all_at(NOW.plus(second * Timestamp::SECOND)).await;
    }
    assert_eq!(w.states(&own).await, [State::Scheduled; 12]);
    assert_eq!(stopped(&w.db).await.unwrap()[0].reason, StopReason::Down);
    assert!(api.requests().len() <= 16, "{}", api.requests().len());
}

#[tokio::test]
async fn its_pace_is_kept() {
    let (w, bean, api) = connected().await;
    w.connect(&admin(&bean), &ConnectionForm { per_day: "3".into(), ..form() }).await;
    let own = w.due_in(&bean, Sms, 5).await;
    for second in 0..10 {
        w.send_all_at(NOW.plus(second * Timestamp::SECOND)).await;
    }
    assert_eq!(api.requests().len(), 3);
    assert_eq!(w.states(&own).await.into_iter().filter(|state| *state == State::Sent).count(), 3);
}
