//! SMS, against a local fake of Twilio's API.

use super::world::{NOW, World};
use crate::{
    domain::{
        connection::{Owner, StopReason},
        content::Outgoing,
        message::{AttemptOutcome, Channel::Sms, FailureCode},
        status::State,
    },
    server::{
        delivery::{
            Receipt, Refusal, Transports, TwilioConfig, evidence::Evidence, retry::Class, sms::Sms as SmsTransport,
            sms::Twilio, worker::step,
        },
        store::messages,
    },
};
use axum::{
    Form, Router,
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::sleep,
};

type Answer = (u16, &'static str, Option<&'static str>);

#[derive(Clone, Default)]
pub struct Api(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    answers: VecDeque<Answer>,
    requests: Vec<(String, String, HashMap<String, String>)>,
}

impl Api {
    /// What was to be sent, in order.
    pub fn texts(&self) -> Vec<String> {
        self.0.lock().unwrap().requests.iter().map(|(.., form)| form["Body"].clone()).collect()
    }
}

const TAKEN: Answer = (201, r#"{"sid":"SM123","status":"queued","error_code":null}"#, None);

async fn take(
    Shared(api): Shared<Api>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, HeaderMap, &'static str) {
    let auth = headers["authorization"].to_str().unwrap().to_owned();
    let (status, body, retry_after) = {
        let mut inner = api.0.lock().unwrap();
        inner.requests.push((account, auth, form));
        inner.answers.pop_front().unwrap_or(TAKEN)
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
    let router =
        Router::new().route("/2010-04-01/Accounts/{account}/Messages.json", post(take)).with_state(api.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (api, base)
}

fn sms(base_url: &str) -> SmsTransport {
    // As the server does: installs the provider of TLS.
    let _ = Transports::memory("http://localhost").unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = TwilioConfig {
        account_sid: "AC42".into(),
        auth_token: "s3cret".into(),
        from: "+12075550199".into(),
        base_url: base_url.into(),
    };
    SmsTransport::twilio(Twilio::new(&config).unwrap().with_patience(Duration::from_millis(400)))
}

async fn send(base_url: &str) -> Result<Receipt, Refusal> {
    attempt_at(base_url, &mut Evidence::default()).await
}

async fn attempt_at(base_url: &str, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
    let message = Outgoing {
        recipient: "+12075550100".into(),
        text: "Hi Ana & co: https://r.example.com/r/x?y=1 Reply STOP to opt out.".into(),
        ..Outgoing::default()
    };
    sms(base_url).attempt(&message, NOW, evidence).await
}

#[tokio::test]
async fn an_sms_is_handed_over_as_the_api_wants_it() {
    let (api, base) = start().await;
    let receipt = send(&base).await.unwrap();
    assert_eq!(receipt, Receipt { provider_id: Some("SM123".into()), text: "queued".into() });
    let requests = &api.0.lock().unwrap().requests;
    let (account, auth, form) = &requests[0];
    assert_eq!(account, "AC42");
    assert_eq!(auth, "Basic QUM0MjpzM2NyZXQ=");
    assert_eq!(form["To"], "+12075550100");
    assert_eq!(form["From"], "+12075550199");
    assert_eq!(form["Body"], "Hi Ana & co: https://r.example.com/r/x?y=1 Reply STOP to opt out.");
}

#[tokio::test]
async fn refusals_mean_what_they_say() {
    let (api, base) = start().await;
    let later = |retry_after| Class::Transient { owner: Owner::Provider, retry_after };
    let ours = |reason, otherwise| Class::Account { reason, otherwise };
    let cases: [(Answer, Class, &str, &str); 8] = [
        (
            (400, r#"{"code":21211,"message":"Invalid 'To' number","status":400}"#, None),
            Class::Permanent(FailureCode::AddressUnknown),
            "21211",
            "Invalid 'To' number",
        ),
        (
            (400, r#"{"code":21610,"message":"Unsubscribed\r\nrecipient","status":400}"#, None),
            Class::Permanent(FailureCode::OptedOut),
            "21610",
            "Unsubscribed  recipient",
        ),
        (
            (401, r#"{"code":20003,"message":"Authenticate"}"#, None),
            ours(StopReason::SignIn, None),
            "20003",
            "Authenticate",
        ),
        ((429, r#"{"code":20429,"message":"Too many"}"#, Some("17")), later(Some(17_000)), "20429", "Too many"),
        ((429, "slow down", None), later(None), "429", "429 Too Many Requests"),
        ((500, "oops", None), later(None), "500", "500 Internal Server Error"),
        ((503, "{}", Some("Wed, 21 Oct 2026 07:28:00 GMT")), later(None), "503", "503 Service Unavailable"),
        ((404, "<html>", None), ours(StopReason::Refused, Some(FailureCode::Other)), "404", "404 Not Found"),
    ];
    for (answer, class, code, text) in cases {
        api.0.lock().unwrap().answers.push_back(answer);
        let refusal = send(&base).await.unwrap_err();
        assert_eq!((refusal.class, refusal.code.as_deref()), (class, Some(code)), "{refusal:?}");
        assert!(refusal.text.ends_with(text), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_yes_without_a_body_is_a_yes() {
    let (api, base) = start().await;
    api.0.lock().unwrap().answers.push_back((201, "", None));
    assert_eq!(send(&base).await.unwrap().provider_id, None);
}

#[tokio::test]
async fn once_the_request_is_out_no_answer_is_ambiguous() {
    let (api, base) = start().await;
    api.0.lock().unwrap().answers.push_back((201, "silence", None));
    let refusal = send(&base).await.unwrap_err();
    assert_eq!(refusal.class, Class::Ambiguous, "{refusal:?}");
    assert_eq!(api.0.lock().unwrap().requests.len(), 1);

    // Reads the request and hangs up.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.shutdown().await;
    });
    let refusal = send(&base).await.unwrap_err();
    assert_eq!(refusal.class, Class::Ambiguous, "{refusal:?}");
    assert!(!refusal.text.contains("AC42"), "{refusal:?}");
}

#[tokio::test]
async fn without_a_connection_it_is_tried_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(send(&base).await.unwrap_err().class, Class::LATER);
}

/// From the queue to Twilio and back.
#[tokio::test]
async fn an_unconfirmed_sms_is_shown_and_not_repeated() {
    let (api, base) = start().await;
    let mut w = World::new().await;
    w.transports.sms = sms(&base);
    api.0.lock().unwrap().answers.push_back((201, "silence", None));
    let id = w.due(Sms).await;
    step(&w.db, &w.transports, NOW).await.unwrap();
    let m = w.stored(id).await;
    assert_eq!((m.state, m.failure_code.as_deref()), (State::Failed, Some("unconfirmed")));
    assert_eq!(step(&w.db, &w.transports, NOW.plus(86_400_000)).await, Ok(0));
    assert_eq!(api.0.lock().unwrap().requests.len(), 1);
}

#[tokio::test]
async fn the_answer_is_kept_without_what_is_the_customers() {
    let (api, base) = start().await;
    let mut w = World::new().await;
    w.transports.sms = sms(&base);
    let answer =
        r#"{"code":21211,"message":"Invalid 'To' number +12075550100","account":"AC42","more":[{"Body":"Hi Ana"}]}"#;
    api.0.lock().unwrap().answers.push_back((400, answer, None));
    let id = w.due(Sms).await;
    step(&w.db, &w.transports, NOW).await.unwrap();
    let attempt = &messages::detail(&w.manager, id).await.unwrap().attempts[0];
    let host = base.strip_prefix("http://").unwrap();
    assert_eq!((attempt.server.as_deref(), attempt.code.as_deref()), (Some(host), Some("21211")));
    assert_eq!(attempt.outcome, AttemptOutcome::Failed);
    let dialogue = attempt.dialogue.as_deref().unwrap();
    let words: Vec<_> = dialogue.lines().map(|line| line.split_once(" ms  ").unwrap().1).collect();
    assert_eq!(words[0], format!("POST {host}/2010-04-01/Accounts/AC…/Messages.json"));
    assert_eq!(words[1], "HTTP 400 Bad Request");
    assert!(words[2].contains(r#""code":21211"#) && words[2].contains("Invalid 'To' number +1…00"), "{dialogue}");
    for secret in ["AC42", "s3cret", "2075550100", "Hi Ana", "UUM0M"] {
        assert!(!attempt.for_provider(id).contains(secret), "{secret}: {dialogue}");
    }

    for (answer, last) in [((500, "Hi Ana", None), "(no JSON, 6 bytes)"), ((201, "silence", None), "No answer in time")]
    {
        let mut evidence = Evidence::default();
        api.0.lock().unwrap().answers.push_back(answer);
        let _ = attempt_at(&base, &mut evidence).await;
        let dialogue = evidence.finish().unwrap().dialogue;
        assert!(dialogue.lines().last().unwrap().contains(last), "{dialogue}");
    }
}

#[test]
fn wrong_settings_are_named() {
    let good = TwilioConfig {
        account_sid: "AC42".into(),
        auth_token: "s3cret".into(),
        from: "+12075550199".into(),
        base_url: "https://api.twilio.com".into(),
    };
    for (config, says) in [
        (TwilioConfig { account_sid: "AC/../42".into(), ..good.clone() }, "account SID"),
        (TwilioConfig { auth_token: String::new(), ..good.clone() }, "auth token"),
        (TwilioConfig { from: " ".into(), ..good.clone() }, "sender"),
        (TwilioConfig { base_url: "api.twilio.com".into(), ..good.clone() }, "Twilio address"),
    ] {
        assert!(Twilio::new(&config).err().unwrap().contains(says));
    }
    assert!(!format!("{good:?}").contains("s3cret"));
}
