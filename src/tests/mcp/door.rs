//! Who is let in: keys, hosts and origins, and what a request may be.

use crate::{
    domain::{api_key::Scope, message::Channel},
    server::limits::Limits,
    tests::{
        rest::Client,
        support::{Answer, TestApp},
    },
};
use axum::{body::Body, http::Method};
use serde_json::{Value, json};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// Sends `body` with these headers beside or instead of the usual ones; an empty one is left out.
async fn send(app: &TestApp, key: &str, changed: &[(&str, &str)], body: &str) -> Answer {
    let bearer = format!("Bearer {key}");
    let usual = [
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("authorization", &bearer),
    ];
    let browser = app.stranger();
    let mut request = browser.request(Method::POST, "/api/mcp");
    let kept = usual.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    for (name, value) in kept.chain(changed).filter(|(_, value)| !value.is_empty()) {
        if *name == "host" {
            request.headers_mut().unwrap().remove("host");
        }
        request = request.header(*name, *value);
    }
    let answer = browser.send(request.body(Body::from(body.to_owned())).unwrap()).await;
    if answer.status.is_client_error() {
        let problem: Value = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {answer:?}"));
        assert_eq!(answer.header("content-type"), "application/problem+json", "{answer:?}");
        assert_eq!(problem["status"], answer.status.as_u16());
    }
    answer
}

fn detail(answer: &Answer) -> String {
    serde_json::from_str::<Value>(&answer.body).unwrap()["detail"].as_str().unwrap().to_owned()
}

async fn keyed() -> (TestApp, String) {
    let app = TestApp::new().await;
    let key = Client::new(&app, &[Scope::Read]).await.key;
    (app, key)
}

#[tokio::test]
async fn a_key_lets_in_until_it_is_revoked_and_its_use_is_noted() {
    let (app, key) = keyed().await;
    for wrong in ["", "rm_abc", &format!("rm_{}", "a".repeat(43))] {
        let refused = send(&app, wrong, &[], LIST).await;
        assert_eq!((refused.status.as_u16(), refused.header("www-authenticate").is_empty()), (401, false), "{wrong}");
        assert!(detail(&refused).contains("Authorization: Bearer rm_"), "{}", refused.body);
    }
    // A session is no key.
    let admin = app.member(crate::domain::role::Role::Admin).await;
    let cookie = admin.cookie.unwrap();
    assert_eq!(send(&app, "", &[("authorization", ""), ("cookie", &cookie)], LIST).await.status.as_u16(), 401);

    let answer = send(&app, &key, &[], LIST).await;
    let tools: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status.as_u16(), tools["result"]["tools"].as_array().unwrap().len()), (200, 5));
    assert!(answer.header("mcp-session-id").is_empty(), "it keeps no sessions");
    // It is written down aside.
    for _ in 0..100 {
        if app.count("select count(*) from api_key where used_at is not null").await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(app.count("select count(*) from api_key where used_at is not null").await, 1);

    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("delete from api_key").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(send(&app, &key, &[], LIST).await.status.as_u16(), 401);
}

#[tokio::test]
async fn only_the_public_address_leads_in() {
    let app =
        TestApp::configured(|settings| settings.base_url = Some("https://reviews.example.com".into()), |_| {}).await;
    let key = Client::new(&app, &[Scope::Read]).await.key;
    let ask = async |changed: &[(&str, &str)]| send(&app, &key, changed, LIST).await;
    let host = ("host", "reviews.example.com");
    assert_eq!(ask(&[host]).await.status.as_u16(), 200);
    assert_eq!(ask(&[host, ("origin", "https://reviews.example.com")]).await.status.as_u16(), 200);
    for foreign in ["evil.example", "127.0.0.1:3000", "localhost", "reviews.example.com.evil.example"] {
        let refused = ask(&[("host", foreign)]).await;
        assert_eq!(refused.status.as_u16(), 403, "{foreign}");
        assert!(detail(&refused).contains("reached at https://reviews.example.com/api/mcp alone"), "{}", refused.body);
    }
    for foreign in [
        "https://evil.example",
        "http://reviews.example.com",
        "https://reviews.example.com:8443",
        "https://reviews.example.com.evil.example",
        "null",
        "x",
    ] {
        assert_eq!(ask(&[host, ("origin", foreign)]).await.status.as_u16(), 403, "{foreign}");
    }
    // Where somebody's name leads to our address.
    assert_eq!(ask(&[("host", "evil.example"), ("origin", "http://evil.example")]).await.status.as_u16(), 403);
}

#[tokio::test]
async fn what_is_no_request_of_the_protocol_is_refused_with_what_to_do() {
    let (app, key) = keyed().await;
    for (changed, body, status, words) in [
        (&[("accept", "application/json")][..], LIST.to_owned(), 406, "text/event-stream"),
        (&[("content-type", "text/plain")], LIST.to_owned(), 415, "Content-Type: application/json"),
        (&[("mcp-protocol-version", "1999-01-01")], LIST.to_owned(), 400, "can be 2024-11-05, "),
        (&[], "{".to_owned(), 415, "one JSON-RPC message"),
        (&[], format!("[{LIST}]"), 415, "one JSON-RPC message"),
        (&[], " ".repeat(1024 * 1024 + 1), 413, "1024 kB"),
    ] {
        let refused = send(&app, &key, changed, &body).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        assert!(detail(&refused).contains(words), "{}", refused.body);
    }
    for method in [Method::GET, Method::DELETE] {
        let request = app.stranger().request(method, "/api/mcp").header("authorization", format!("Bearer {key}"));
        let refused = app.stranger().send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, "POST"), "{}", refused.body);
    }
    // An error of the protocol itself stays as the protocol has it.
    let unknown = json!({ "jsonrpc": "2.0", "id": 7, "method": "lists/tool" }).to_string();
    let answer = send(&app, &key, &[], &unknown).await;
    let error: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((&error["id"], &error["error"]["code"]), (&json!(7), &json!(-32601)), "{}", answer.body);
    let reply = json!({ "jsonrpc": "2.0", "id": 7, "result": {} }).to_string();
    let browser = app.stranger();
    let request = browser.request(Method::POST, "/api/mcp").header("authorization", format!("Bearer {key}"));
    let request =
        request.header("content-type", "application/json").header("accept", "application/json, text/event-stream");
    let answer = browser.send(request.body(Body::from(reply)).unwrap()).await;
    let error: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (400, "application/json"));
    assert!(error["error"]["message"].as_str().unwrap().contains("does not accept JSON-RPC responses"), "{error}");
}

#[tokio::test]
async fn a_key_has_so_many_requests_a_minute_at_both_doors() {
    let (mut app, key) = keyed().await;
    app.state.limits = Limits::new(2).into();
    app.serve_anew().await;
    app.sent("Ana Ruiz", Channel::Email, 0).await;
    let first = send(&app, &key, &[], LIST).await;
    assert_eq!((first.status.as_u16(), first.header("ratelimit-remaining")), (200, "1"));
    assert_eq!(Client::with(&app, &key).get("/messages").await.status(), 200);
    let refused = send(&app, &key, &[], LIST).await;
    assert_eq!(refused.status.as_u16(), 429);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
}
