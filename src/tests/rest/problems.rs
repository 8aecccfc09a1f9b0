//! Every error of the API is a problem (RFC 9457), whichever layer it comes from: `Client::send` checks that.

use super::Client;
use crate::{domain::api_key::Scope, tests::support::TestApp};
use axum::http::Method;

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn errors_of_every_layer_are_problems() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &Scope::ALL).await;
    let post = |headers: &'static [(&'static str, &'static str)], body: &'static str| {
        client.send(Method::POST, "/customers", headers, body)
    };
    assert_eq!(post(&[JSON], "{").await.status(), 400);
    assert_eq!(post(&[JSON], "").await.status(), 400);
    assert_eq!(post(&[JSON], "[]").await.status(), 422);
    assert_eq!(post(&[JSON], "{\"name\":7}").await.status(), 422);
    assert_eq!(post(&[JSON], "{\"nam\":\"x\"}").await.status(), 422);
    assert_eq!(post(&[], "{}").await.status(), 415);
    assert_eq!(post(&[("content-type", "text/plain")], "{}").await.status(), 415);
    assert_eq!(post(&[("content-type", "application/problem+json; charset=utf-8")], "{}").await.status(), 422);
    assert_eq!(post(&[JSON, ("content-length", "99999999")], "{}").await.status(), 413);
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(2_000_000));
    assert_eq!(client.send(Method::POST, "/customers", &[JSON], &large).await.status(), 413);

    for path in ["", "/", "/nothing", "/customers/x/y", "/docs/nothing.css", "/customers/", "/customers/%ff"] {
        assert_eq!(client.get(path).await.status(), 404, "{path}");
    }
    for (method, path, allow) in [
        (Method::PUT, "/customers", "GET,HEAD,POST"),
        (Method::GET, "/asks", "POST"),
        (Method::PATCH, "/messages/x", "GET,HEAD,DELETE"),
        (Method::OPTIONS, "/reviews", "GET,HEAD"),
    ] {
        let said = client.send(method, path, &[], "").await;
        assert_eq!((said.status(), said.answer.header("allow")), (405, allow), "{path}");
        assert_eq!(said.text("/title"), "Method Not Allowed");
    }
    let several = client.post("/customers", &serde_json::json!({ "email": "x", "phone": "y" })).await;
    assert_eq!((several.status(), several.fields()), (422, vec!["email", "phone"]), "{}", several.json);
    assert_eq!((several.text("/type"), several.text("/title")), ("about:blank", "Unprocessable Entity"));
}

#[tokio::test]
async fn other_addresses_keep_their_errors() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    let answer = stranger.get("/api/v1x").await;
    assert!(!answer.header("content-type").contains("problem"), "{answer:?}");
    let answer = stranger.post("/api/send_now", "slug=cup").await;
    assert_eq!(answer.header("content-type"), "application/json");
}
