//! Keys: made, listed and revoked on their page, and what each lets in.

use super::Client;
use crate::{
    domain::{
        AppError,
        api_key::{ApiKeysPage, Scope},
        done::Done,
        role::Role,
    },
    server::limits::Limits,
    tests::support::{BASE, Browser, TestApp},
    web::access::{ACCESS, Needs},
};
use axum::http::{Method, StatusCode};

const PAGE: &str = "/projects/cup/settings/api-keys";

async fn page(browser: &Browser) -> ApiKeysPage {
    let answer = browser.get("/api/load_api_keys?slug=cup").await;
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
}

#[tokio::test]
async fn a_key_is_shown_once_and_lets_in_until_it_is_revoked() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    assert!(admin.get(PAGE).await.body.contains("This project has no API key yet."));
    let form = "slug=cup&form[name]=Web+shop&form[read]=true&form[write]=true";
    let made: Done = serde_json::from_str(&admin.post("/api/create_api_key", form).await.body).unwrap();
    let key = made.link.unwrap();
    assert!(key.starts_with("rm_") && key.len() == 46, "{key}");
    assert_eq!(app.count("select count(*) from api_key where length(key_hash) = 32").await, 1, "only its hash");
    let shown = admin.get(PAGE).await.body.replace("<!>", "");
    for words in ["Web shop", "read, write", "by Pat Person", "Never", "/api/v1/docs/"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    assert!(!shown.contains(&key) && !shown.contains(&key[3..]), "it is shown once");

    let client = Client::with(&app, &key);
    assert_eq!(client.get("/customers").await.status(), 200);
    // It is written down aside.
    for _ in 0..100 {
        if page(&admin).await.keys[0].used.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let listed = page(&admin).await.keys;
    assert!(listed[0].used.is_some() && listed[0].scopes.words() == "read, write", "{listed:?}");

    let dialog = format!("{PAGE}?do=revoke-{}", listed[0].id);
    assert!(admin.get(&dialog).await.body.replace("<!>", "").contains("Revoke Web shop"));
    let revoke = format!("slug=cup&id={}", listed[0].id);
    assert!(admin.post("/api/revoke_api_key", &revoke).await.body.contains("The API key Web shop is revoked"));
    assert_eq!(client.get("/customers").await.status(), 401);
    assert_eq!(admin.post("/api/revoke_api_key", &revoke).await.status, StatusCode::NOT_FOUND);
    assert!(page(&admin).await.keys.is_empty());
}

#[tokio::test]
async fn without_scripts_the_next_page_shows_the_key_or_what_was_entered() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    let form = "slug=cup&form[name]=Till&form[write]=true";
    let made = admin.submit("/api/create_api_key", form, PAGE).await;
    assert_eq!(made.header("location"), format!("{BASE}{PAGE}"));
    let cookie = format!("{}; {}", admin.cookie.clone().unwrap(), made.cookie("notice").unwrap());
    let next = Browser { cookie: Some(cookie), ..admin.clone() }.get(PAGE).await.body;
    assert!(next.contains("<code>rm_") && next.contains("it is not shown again"), "{next}");

    let refused = admin.submit("/api/create_api_key", "slug=cup&form[name]=Till", PAGE).await;
    let cookie = format!("{}; {}", admin.cookie.clone().unwrap(), refused.cookie("entered").unwrap());
    let to = refused.header("location").trim_start_matches(BASE).to_owned();
    let next = Browser { cookie: Some(cookie), ..admin.clone() }.get(&to).await.body;
    assert!(next.contains("Choose at least one thing") && next.contains("value=\"Till\""), "{next}");
    let error = admin.post("/api/create_api_key", "slug=cup&form[read]=true").await;
    let error: AppError = serde_json::from_str(&error.body).unwrap();
    assert!(error.for_field("name").is_some());
}

/// A path with an id in the place of its parameter.
fn filled(path: &str) -> String {
    path.trim_start_matches("/api/v1").replace("{id}", crate::tests::support::NOWHERE)
}

#[tokio::test]
async fn each_operation_lets_in_keys_with_its_scope_alone() {
    let app = TestApp::new().await;
    let nobody = Client::with(&app, "");
    let mut keys = Vec::new();
    for scope in Scope::ALL {
        keys.push((scope, Client::new(&app, &[scope]).await));
    }
    for (method, path, needs) in ACCESS {
        let Needs::Key(wanted) = needs else { continue };
        let what = format!("{method} {path}");
        let method: Method = method.parse().unwrap();
        let path = filled(path);
        let json = [("content-type", "application/json")];
        let refused = nobody.send(method.clone(), &path, &json, "{}").await;
        assert_eq!((refused.status(), refused.answer.header("www-authenticate").is_empty()), (401, false), "{what}");
        for (scope, client) in &keys {
            let said = client.send(method.clone(), &path, &json, "{}").await;
            if scope == wanted {
                assert!(![401, 403].contains(&said.status()) && said.status() < 500, "{what}: {}", said.json);
            } else {
                assert_eq!(said.status(), 403, "{what} with {scope:?}");
                assert!(said.text("/detail").contains(&format!("lacks the scope {}", wanted.name())), "{}", said.json);
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_key_lets_nobody_in() {
    let app = TestApp::new().await;
    let key = Client::new(&app, &Scope::ALL).await.key;
    for wrong in ["rm_", "rm_abc", &key[3..], &key.replace("rm_", "rm-"), &format!("{key}x"), "é"] {
        assert_eq!(Client::with(&app, wrong).get("/customers").await.status(), 401, "{wrong}");
    }
    let unknown = format!("rm_{}", "a".repeat(43));
    assert_eq!(Client::with(&app, &unknown).get("/customers").await.status(), 401);
    // A session is no key.
    let admin = app.member(Role::Admin).await;
    assert_eq!(admin.get("/api/v1/customers").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_sees_its_own_project_alone() {
    let app = TestApp::new().await;
    app.project("bean").await;
    let sent = app.sent("Ana Ruiz", crate::domain::message::Channel::Email, 1).await;
    let other = Client::of(&app, "bean", &Scope::ALL).await;
    for list in ["/customers", "/messages", "/charges", "/reviews"] {
        assert!(other.get(list).await.ids().is_empty(), "{list}");
    }
    let (customer, message) = (sent.customer, sent.message);
    for path in [format!("/customers/{customer}"), format!("/messages/{message}")] {
        assert_eq!(other.get(&path).await.status(), 404, "{path}");
    }
    let json = serde_json::json!({});
    for path in ["unsubscribe", "resubscribe"].map(|what| format!("/customers/{customer}/{what}")) {
        assert_eq!(other.post(&path, &json).await.status(), 404, "{path}");
    }
    for path in ["cancel", "send-now", "resend"].map(|what| format!("/messages/{message}/{what}")) {
        assert_eq!(other.post(&path, &json).await.status(), 404, "{path}");
    }
    let ask = serde_json::json!({ "customer_id": customer, "channels": ["email"] });
    assert_eq!(other.post("/asks", &ask).await.status(), 404);
    assert_eq!(other.send(Method::DELETE, &format!("/messages/{message}"), &[], "").await.status(), 404);
    assert_eq!(app.count("select count(*) from message").await, 2);
}

#[tokio::test]
async fn a_key_has_so_many_requests_a_minute() {
    let mut app = TestApp::new().await;
    app.state.limits = Limits::new(3).into();
    app.serve_anew().await;
    let (client, other) = (Client::new(&app, &[Scope::Read]).await, Client::new(&app, &[Scope::Read]).await);
    for left in ["2", "1", "0"] {
        let said = client.get("/reviews").await;
        let headers = ["ratelimit-limit", "ratelimit-remaining"].map(|name| said.answer.header(name).to_owned());
        assert_eq!((said.status(), headers), (200, ["3".to_owned(), left.to_owned()]));
        assert!(said.answer.header("ratelimit-reset").parse::<u64>().unwrap() <= 60);
    }
    let refused = client.get("/reviews").await;
    assert_eq!((refused.status(), refused.answer.header("ratelimit-remaining")), (429, "0"));
    let wait: u64 = refused.answer.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    assert_eq!(other.get("/reviews").await.status(), 200, "each key for itself");
}
