//! The headers of every answer, and requests from other sites.

use super::support::{NOWHERE, TestApp};
use crate::domain::{AppError, message::Channel, role::Role};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let app = TestApp::demo().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let member = app.member(Role::Viewer).await;
    for path in [
        "/".to_owned(),
        "/sign-in".into(),
        "/sign-in?token=x".into(),
        "/nowhere".into(),
        "/projects/cup/messages".into(),
        "/projects/nope/messages".into(),
        format!("/projects/cup/messages/{}/preview", sent.message),
        "/projects/cup/outbox/x/body".into(),
        "/api/load_frame?slug=cup".into(),
        "/api/load_frame".into(),
        "/api/send_now".into(),
        "/api/nothing".into(),
        format!("/o/{}", sent.token),
        format!("/r/{}", sent.token),
        format!("/u/{}", sent.token),
        "/r/unknown".into(),
        "/health".into(),
        "/metrics".into(),
        "/robots.txt".into(),
        "/pkg/nothing.js".into(),
        "/favicon.ico".into(),
    ] {
        let answer = member.get(&path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src") && policy.contains("frame-ancestors"), "{path}: {policy}");
        let script_part = policy.split("script-src").nth(1).unwrap_or_default().split(';').next().unwrap_or_default();
        assert!(!script_part.contains("unsafe-inline") && !policy.contains("unsafe-eval'; script"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        let frames = if path.ends_with("/preview") || path.ends_with("/body") { "SAMEORIGIN" } else { "DENY" };
        assert_eq!(answer.header("x-frame-options"), frames, "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_pages_scripts_are_let_run_by_a_nonce_of_its_own() {
    let app = TestApp::new().await;
    let member = app.member(Role::Viewer).await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let answer = member.get("/projects/cup/messages").await;
        let policy = answer.header("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
        assert_eq!(answer.headers.get_all("content-security-policy").iter().count(), 1);
        for script in answer.body.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains(" src="), "<script{tag}>");
        }
        let inline = [" style=\"", " onclick=", " onload=", "javascript:"];
        assert!(inline.iter().all(|s| !answer.body.contains(s)), "the policy would block it");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn another_site_changes_nothing() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let operator = app.member(Role::Operator).await;
    let forms = [
        ("/api/cancel_unsent", format!("slug=cup&id={}", sent.customer)),
        ("/api/delete_message", format!("slug=cup&id={}", sent.message)),
        ("/api/sign_out", String::new()),
        ("/api/sign_in", String::new()),
        (&*format!("/r/{}", sent.token), "rating=1".into()),
    ];
    let from: [&[(&str, &str)]; 7] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:3000")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:3001")],
        &[("origin", "http://127.0.0.1:3000.evil.example")],
    ];
    for (path, form) in &forms {
        for headers in from {
            let mut request =
                operator.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let answer = operator.send(request.body(Body::from(form.clone())).unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(answer.body.contains("another site"), "{}", answer.body);
        }
        let got = operator.get(&format!("{path}?{form}")).await;
        assert!(got.status == StatusCode::METHOD_NOT_ALLOWED || path.starts_with("/r/"), "GET {path}: {}", got.status);
    }
    assert_eq!(app.count("select count(*) from message where status = 6").await, 0);
    assert_eq!(app.count("select count(*) from message").await, 2);
    assert_eq!(app.count("select count(*) from review").await, 0);
    assert_eq!(operator.get("/api/load_frame?slug=cup").await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn our_own_pages_and_programs_may() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let from: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", "http://127.0.0.1:3000")],
        &[],
    ];
    for headers in from {
        let mut request =
            operator.request(Method::POST, "/api/send_now").header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = operator.send(request.body(Body::from(format!("slug=cup&id={NOWHERE}"))).unwrap()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{headers:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_a_sentence() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let huge = format!("slug=cup&id={NOWHERE}&text={}", "x".repeat(2_000_000));
    let told =
        operator.form("/api/add_note").header("content-length", huge.len()).body(Body::from(huge.clone())).unwrap();
    let answer = operator.send(told).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("at most 1024 kB"), "{}", answer.body);
    // Without a declared length.
    let chunks = futures::stream::iter(
        huge.into_bytes().chunks(8_192).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>(),
    );
    let untold: Request<Body> = operator.form("/api/add_note").body(Body::from_stream(chunks)).unwrap();
    let answer = operator.send(untold).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", answer.body);
    let error: AppError = serde_json::from_str(&answer.body).unwrap();
    assert!(error.to_string().contains("at most 1024 kB"), "{error}");
    // A browser without scripts gets a page.
    let by_itself = operator.form("/api/add_note").header("accept", "text/html,*/*");
    let answer = operator.send(by_itself.body(Body::from("x".repeat(2_000_000))).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.body.contains("<h1") && answer.body.contains("at most 1024 kB"), "{}", answer.body);
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let review = operator.form(&format!("/r/{}", sent.token)).body(Body::from("x".repeat(2_000_000))).unwrap();
    assert_eq!(operator.send(review).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(app.count("select count(*) from note").await, 0);
}

#[tokio::test]
async fn a_form_without_scripts_leads_back_to_our_pages_only() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    for referer in
        ["https://evil.example/x", "//evil.example", "javascript:alert(1)", "http://127.0.0.1:3000.evil.example/"]
    {
        let request = operator.form("/api/cancel_message").header("accept", "text/html").header("referer", referer);
        let answer = operator.send(request.body(Body::from(format!("slug=cup&id={NOWHERE}"))).unwrap()).await;
        assert!(
            answer.header("location").starts_with('/') && !answer.header("location").starts_with("//"),
            "{referer}: {:?}",
            answer.headers
        );
    }
}

#[tokio::test]
async fn numbers_are_for_this_machine_alone() {
    let app = TestApp::new().await;
    app.sent("Ana Ruiz", Channel::Email, 1).await;
    let local = app.stranger();
    let answer = local.get("/metrics").await;
    assert_eq!(answer.status, StatusCode::OK);
    let mut far = app.stranger();
    far.peer = "192.0.2.7:1234".parse().unwrap();
    assert_eq!(far.get("/metrics").await.status, StatusCode::FORBIDDEN);
    let through_proxy =
        local.request(Method::GET, "/metrics").header("x-forwarded-for", "192.0.2.7").body(Body::empty()).unwrap();
    assert_eq!(local.send(through_proxy).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn it_is_healthy_and_not_for_search_engines() {
    let app = TestApp::new().await;
    let answer = app.stranger().get("/health").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ok"));
    assert!(app.stranger().get("/robots.txt").await.body.contains("Disallow: /"));
    let nowhere = app.stranger().get("/nowhere").await;
    assert!(nowhere.status == StatusCode::NOT_FOUND && nowhere.body.contains("<h1"), "{}", nowhere.body);
    // The result of one attempt to write is shared for five seconds.
    app.db.close().await;
    assert_eq!(app.stranger().get("/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn it_is_not_healthy_without_a_database_that_takes_writes() {
    let app = TestApp::new().await;
    app.db.close().await;
    let answer = app.stranger().get("/health").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("cannot be written to"), "{}", answer.body);
}

#[cfg(not(feature = "postgres"))]
#[tokio::test]
async fn it_is_not_healthy_while_another_writer_holds_the_database() {
    let app = TestApp::new().await;
    let writer = app.db.begin().await.unwrap();
    let answer = app.stranger().get("/health").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.body.contains("within 2 seconds"), "{}", answer.body);
    writer.rollback().await.unwrap();
}

#[tokio::test]
async fn a_name_stays_text_in_the_title_too() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let name = "%3C/title%3E%3Cmeta%20http-equiv=refresh%20content=0%3E%20%26%20Sons";
    let added =
        operator.post("/api/add_customer", &format!("slug=cup&form[name]={name}&form[email]=x@example.com")).await;
    let page = operator.get(added.header("location")).await;
    assert!(page.body.contains("<title>&lt;/title>&lt;meta http-equiv=refresh content=0> &amp; Sons"), "{}", page.body);
    assert!(!page.body.contains("<meta http-equiv"), "{}", page.body);
}
