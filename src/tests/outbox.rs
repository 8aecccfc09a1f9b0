//! The demo's outbox: sent messages as their customers see them.

use super::support::{NOWHERE, TestApp};
use crate::domain::{
    message::Channel,
    outbox::{OutboxItem, OutboxMail},
    project::Frame,
    role::Role,
    status::Status,
};
use axum::http::StatusCode;

#[tokio::test]
async fn what_is_sent_can_be_opened_and_its_links_followed() {
    let app = TestApp::demo().await;
    let email = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let sms = app.sent("Ben Okafor", Channel::Sms, 0).await;
    let viewer = app.member(Role::Viewer).await;
    let items: Vec<OutboxItem> = serde_json::from_str(&viewer.get("/api/load_outbox?slug=cup").await.body).unwrap();
    assert_eq!(items.len(), 2);
    let item = items.iter().find(|i| i.message == Some(email.message)).unwrap();
    assert!(item.to.contains("ana.ruiz@example.com") && !item.subject.is_empty(), "{item:?}");
    let mail = viewer.get(&format!("/api/open_outbox_mail?slug=cup&file={}", item.file)).await;
    let mail: OutboxMail = serde_json::from_str(&mail.body).unwrap();
    assert!(mail.has_html && mail.text.contains(&format!("/r/{}", email.token)), "{}", mail.text);
    let text = items.iter().find(|i| i.message == Some(sms.message)).unwrap();
    assert!(text.channel == Channel::Sms && text.to.starts_with("+120155501"), "{text:?}");

    let body = viewer.get(&format!("/projects/cup/outbox/{}/body", item.file)).await;
    assert_eq!(body.status, StatusCode::OK);
    let policy = body.header("content-security-policy");
    assert!(policy.starts_with("sandbox allow-popups") && policy.contains("default-src 'none'"), "{policy}");
    assert!(policy.contains("img-src 'self' http://127.0.0.1:3000 data:;"), "{policy}");
    assert_eq!(body.header("x-frame-options"), "SAMEORIGIN");
    assert!(body.body.contains("<base target=\"_blank\">") && body.body.contains(&format!("/o/{}", email.token)));
    viewer.get(&format!("/o/{}", email.token)).await;
    assert_eq!(app.status(email.message).await.0, Status::Opened);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_a_row_that_says_so() {
    let app = TestApp::demo().await;
    app.sent("Ana Ruiz", Channel::Email, 0).await;
    let file = format!("1-{NOWHERE}.eml");
    std::fs::write(app.state.config.outbox_dir().join("cup").join(&file), "").unwrap();
    let viewer = app.member(Role::Viewer).await;
    let items: Vec<OutboxItem> = serde_json::from_str(&viewer.get("/api/load_outbox?slug=cup").await.body).unwrap();
    assert_eq!(items.iter().map(|item| item.is_readable).collect::<Vec<_>>(), [true, false]);
    let page = viewer.get("/projects/cup/outbox").await;
    assert!(page.status == StatusCode::OK && page.body.contains("Unreadable file"), "{}", page.body);
    let mail = viewer.get(&format!("/api/open_outbox_mail?slug=cup&file={file}")).await;
    assert!(mail.status == StatusCode::CONFLICT && mail.body.contains("empty or damaged"), "{}", mail.body);
}

#[tokio::test]
async fn no_name_leads_out_of_the_projects_folder() {
    let app = TestApp::demo().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    app.project("bean").await;
    let (viewer, elsewhere) = (app.member(Role::Viewer).await, app.member_of("bean", Role::Owner).await);
    let items: Vec<OutboxItem> = serde_json::from_str(&viewer.get("/api/load_outbox?slug=cup").await.body).unwrap();
    let file = &items[0].file;
    assert_eq!(items[0].message, Some(sent.message));
    for name in [format!("../cup/{file}"), format!("..%2fcup%2f{file}"), file.clone(), "..".into(), "%2e%2e%2f".into()]
    {
        let path = format!("/api/open_outbox_mail?slug=bean&file={name}");
        assert_eq!(elsewhere.get(&path).await.status, StatusCode::NOT_FOUND, "{name}");
        let body = elsewhere.get(&format!("/projects/bean/outbox/{name}/body")).await;
        assert_eq!(body.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn without_the_demo_there_is_none() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Owner).await;
    for path in [
        "/api/load_outbox?slug=cup",
        "/projects/cup/outbox",
        "/projects/cup/outbox/1-0190163d-8694-739b-aea5-966c26f8ad91.eml/body",
    ] {
        assert_eq!(viewer.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let frame: Frame = serde_json::from_str(&viewer.get("/api/load_frame?slug=cup").await.body).unwrap();
    assert!(!frame.demo);
}
