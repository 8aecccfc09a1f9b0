//! The log: it names requests and messages, and holds neither addresses nor tokens, whatever customers, staff and servers send.

use crate::{
    domain::{AppError, Timestamp, message::Channel, role::Role},
    server::{
        auth, clock,
        delivery::{
            Transports,
            email::{Email, Sender},
            smtp::Smtp,
            worker,
        },
        telemetry::{self, LogFormat},
    },
    tests::{
        sending::smtp_server::{Answer, At, SmtpServer},
        support::{Browser, PASSWORD, TestApp},
    },
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use serde_json::Value;
use std::{
    io,
    sync::{Mutex, Once},
};

/// What was logged by all tests of this process.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From now on everything is kept, down to what libraries say when somebody looks for a fault.
fn keep() {
    static ONCE: Once = Once::new();
    let filter = "debug,review_messages=trace".parse().unwrap();
    ONCE.call_once(|| telemetry::write_to(|| Log, filter, LogFormat::Json));
}

fn logged() -> String {
    String::from_utf8(LOGGED.lock().unwrap().clone()).unwrap()
}

/// The lines of the request with this id.
fn of_request(id: &str) -> Vec<Value> {
    let lines = logged().lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
    lines.into_iter().filter(|line| line["span"]["id"] == id).collect()
}

#[tokio::test]
async fn each_request_has_an_id() {
    keep();
    let app = TestApp::new().await;
    let mut browser = app.stranger();
    let id_of = async |browser: &Browser, given: Option<&str>| {
        let mut request = browser.request(Method::GET, "/r/abcdefghijklmnopqrstuvwx?q=1").body(Body::empty()).unwrap();
        if let Some(given) = given {
            request.headers_mut().insert("x-request-id", given.parse().unwrap());
        }
        browser.send(request).await.header("x-request-id").to_owned()
    };
    let made = id_of(&browser, None).await;
    assert!(made.len() == 16 && made != id_of(&browser, None).await, "{made}");
    let lines = of_request(&made);
    let answered = lines.iter().find(|line| line["message"] == "answered").unwrap_or_else(|| panic!("{lines:?}"));
    let span = &answered["span"];
    assert_eq!((&span["method"], &span["route"], &span["status"]), (&"GET".into(), &"/r/{token}".into(), &404.into()));
    assert!(span["ms"].as_f64().is_some_and(|ms| ms > 0.0), "{span}");

    assert_eq!(id_of(&browser, Some("edge-7.x")).await, "edge-7.x", "from a proxy on this machine");
    for wrong in ["", "a b", "<b>", &"7".repeat(65)] {
        assert_ne!(id_of(&browser, Some(wrong)).await, wrong);
    }
    browser.peer = "192.0.2.7:1234".parse().unwrap();
    assert_ne!(id_of(&browser, Some("edge-7.x")).await, "edge-7.x", "from a stranger");
}

#[tokio::test]
async fn who_sees_an_error_can_name_its_request() {
    keep();
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let operator = app.member(Role::Operator).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("alter table note rename to lost").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();

    let add = format!("slug=cup&id={}&text=x", sent.customer);
    let answer = operator.post("/api/add_note", &add).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let id = answer.header("x-request-id");
    let error: AppError = serde_json::from_str(&answer.body).unwrap();
    assert!(error.to_string().ends_with(&format!("Reference: {id}")), "{error}");
    assert!(of_request(id).iter().any(|line| line["level"] == "ERROR" && line["reference"] == id), "the cause");
    assert!(of_request(id).iter().any(|line| line["level"] == "WARN" && line["message"] == "answered"));

    // A page is rendered by several tasks.
    let page = operator.get(&format!("/projects/cup/customers/{}", sent.customer)).await;
    let id = page.header("x-request-id");
    assert!(page.body.contains(&format!("Reference: {id}")), "{id} in {}", page.body);
    assert!(of_request(id).iter().any(|line| line["level"] == "ERROR" && line["reference"] == id), "the cause");
}

#[tokio::test]
async fn it_has_no_addresses_and_no_tokens() {
    keep();
    let app = TestApp::new().await;
    let mut secrets = vec![PASSWORD.to_owned()];

    // A server that repeats all it knows of the customer, at each step.
    for (n, (at, code)) in (0..).zip([
        (At::Rcpt, "451 4.2.1"),
        (At::Rcpt, "550 5.1.1"),
        (At::Mail, "550 5.7.1"),
        (At::End, "554 5.7.9"),
        (At::SignIn, "535 5.7.8"),
    ]) {
        let customer = app.sent(&format!("Zyx{n} Wvut"), Channel::Email, 1).await;
        let (name, address) = (format!("zyx{n}.wvut"), format!("zyx{n}.wvut@example.com"));
        secrets.extend([name.clone(), address.clone(), customer.token.clone(), "zyx.password".to_owned()]);
        let server = SmtpServer::start().await;
        server.offer_sign_in();
        let words = format!("{code} <{address}> {name}: no http://x/r/{} for +12025550143 today", customer.token);
        server.answer(at, Answer::Reply(words.leak()));
        let sender = Sender::new("reviews@mail.example.com", "https://reviews.example.com").unwrap();
        let url = server.url.replace("://", "://staff%40mail.example.com:zyx.password@");
        let email = Email::smtp(sender, Smtp::new(&url).unwrap());
        let (mut transports, _) = Transports::memory("https://reviews.example.com").unwrap();
        transports.email = email;
        // The reminder.
        let due = clock::now().plus(4 * Timestamp::DAY);
        while worker::step(&app.db, &transports, due).await.unwrap() > 0 {}
        assert!(server.seen().commands.iter().any(|command| command.starts_with("AUTH")), "{at:?}");
    }

    // What customers do.
    let sent = app.sent("Qrs Ponm", Channel::Sms, 0).await;
    let other = app.sent("Lkj Ihgf", Channel::Email, 0).await;
    let stranger = app.stranger();
    for token in [&sent.token, &other.token, &"unknownunknownunknown".to_owned()] {
        secrets.push(token.clone());
        for path in ["o", "r", "u"] {
            stranger.get(&format!("/{path}/{token}?mail=qrs.ponm@example.com")).await;
            stranger.head(&format!("/{path}/{token}/x")).await;
        }
        stranger.post(&format!("/r/{token}"), "rating=nine&text=qrs.ponm@example.com").await;
        stranger.post(&format!("/r/{token}"), "rating=5&text=qrs.ponm@example.com").await;
        stranger.post(&format!("/u/{token}"), "List-Unsubscribe=One-Click").await;
    }
    secrets.push("qrs.ponm@example.com".into());

    // How staff sign in, and what they type.
    let (person, mail) = app.person(Role::Manager).await;
    let link = auth::new_link(&app.db, person, clock::now()).await.unwrap();
    for password in ["not+it+at+all", "a+long+password+of+2026"] {
        stranger.post("/api/sign_in", &format!("email={mail}&password={password}")).await;
    }
    stranger.get(&format!("/sign-in?token={link}")).await;
    let signed_in = stranger.post("/api/sign_in_by_link", &format!("token={link}")).await;
    let session = signed_in.cookie("session").unwrap();
    stranger.post("/api/sign_in_by_link", &format!("token={link}")).await;
    secrets.extend([mail, link, session.trim_start_matches("session=").to_owned(), "not it at all".to_owned()]);
    let manager = Browser { cookie: Some(session), ..stranger.clone() };
    for path in ["messages?q=edc.ba@example.com", "customers?q=%2B12025550188", "customers/edc.ba@example.com"] {
        manager.get(&format!("/projects/cup/{path}")).await;
    }
    for form in [
        "form[name]=Edc+Ba&form[email]=edc.ba@example.com&form[phone]=%2B12025550188",
        "form[name]=Edc+Ba&form[email]=edc.ba@example.com&form[phone]=zzz",
        "form[name]=Edc+Ba&form[email]=edc.ba@example.com&form[location]=edc.ba@example.com",
        "form=edc.ba@example.com",
    ] {
        manager.post("/api/add_customer", &format!("slug=cup&{form}")).await;
    }
    manager.post("/api/cancel_message", "slug=cup&id=edc.ba@example.com").await;
    manager.post("/api/cancel_messages", "slug=cup&selection[filter]=location%3Dedc.ba@example.com").await;
    secrets.extend(["edc.ba@example.com".into(), "12025550188".into(), "12025550143".into()]);
    app.state.hits.flush().await;

    let log = logged();
    for line in log.lines() {
        let line_in_small = line.to_lowercase();
        for secret in &secrets {
            assert!(!line_in_small.contains(&secret.to_lowercase()), "{secret} in {line}");
        }
    }
    for said in ["a connection is paused", "an attempt has ended", "answered"] {
        assert!(log.contains(said), "{said}");
    }
}
