//! Changing one message before it goes, through HTTP.

use super::support::{Answer, Browser, TestApp};
use crate::domain::{
    MessageId,
    message::{Channel, EventKind, MessageDetail},
    role::Role,
};
use axum::http::StatusCode;

async fn detail(browser: &Browser, id: MessageId) -> MessageDetail {
    let answer = browser.get(&format!("/api/load_message?slug=cup&id={id}")).await;
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
}

async fn edit(browser: &Browser, id: MessageId, address: &str, subject: &str, body: &str) -> Answer {
    let id = id.to_string();
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("slug", "cup"),
            ("id", &id),
            ("form[address]", address),
            ("form[wording][subject]", subject),
            ("form[wording][body]", body),
        ])
        .finish();
    browser.post("/api/edit_message", &form).await
}

/// A message that waits.
async fn waiting(app: &TestApp, browser: &Browser) -> MessageId {
    let customer = app.customer("Ana Ruiz").await;
    let form = format!("slug=cup&id={customer}&form[email]=true&form[when]=later&form[at]=2027-11-24T10:00");
    let answer = browser.post("/api/request_review", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    sqlx::query_scalar("select id from message where state = 0").fetch_one(app.db.read()).await.unwrap()
}

#[tokio::test]
async fn a_message_that_waits_gets_another_text_and_address_and_its_template_stays() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let id = waiting(&app, &operator).await;
    let before = detail(&operator, id).await;
    let form = before.edit.unwrap();
    assert!(form.wording.body.contains("{{review_link}}") && form.wording.body.contains("{{unsubscribe_link}}"));
    // What the form begins with can be saved as it is.
    let same = edit(&operator, id, &form.address, &form.wording.subject, &form.wording.body).await;
    assert_eq!(same.status, StatusCode::OK, "{}", same.body);
    assert_eq!(detail(&operator, id).await.text, before.text);

    let body = "Dear {{first_name}}, <b>come</b> back: {{review_link}} or leave: {{unsubscribe_link}}";
    let answer = edit(&operator, id, "Other@Example.com", "Just for you", body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let after = detail(&operator, id).await;
    assert_eq!((after.subject.as_str(), after.row.recipient.as_str()), ("Just for you", "other@example.com"));
    assert!(after.text.starts_with("Dear Ana, <b>come</b> back: http"), "{}", after.text);
    assert!(after.html.contains("&lt;b&gt;come&lt;/b&gt;"), "{}", after.html);
    assert_eq!(after.row.scheduled, before.row.scheduled);
    assert!(after.timeline.iter().any(|entry| entry.kind == EventKind::Edited));
    let found = operator.get("/api/load_messages?slug=cup&query=q%3DJust%2Bfor").await.body;
    assert!(found.contains(&id.to_string()), "the search knows the new subject");
    let page = operator.get(&format!("/projects/cup/messages/{id}")).await.body;
    assert!(page.contains("Edit this message"));
    // Another time changes no address.
    operator.post("/api/reschedule_message", &format!("slug=cup&id={id}&at=2027-11-25T10:00")).await;
    assert_eq!(detail(&operator, id).await.row.recipient, "other@example.com");
    let viewer = app.member(Role::Viewer).await;
    assert_eq!(detail(&viewer, id).await.edit, None);
    assert_eq!(edit(&viewer, id, "a@example.com", "s", body).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_field_and_changes_nothing() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let id = waiting(&app, &operator).await;
    let before = detail(&operator, id).await;
    let manager = app.system("cup").await;
    let blocked = "blocked@example.com";
    crate::server::store::suppressions::add(&manager, Channel::Email, blocked, "", crate::server::clock::now())
        .await
        .unwrap();
    let good = "{{review_link}} {{unsubscribe_link}}";
    for (address, subject, body, words) in [
        ("", "s", good, "Write"),
        ("nobody", "s", good, "such as ana@example.com"),
        (blocked, "s", good, "This address is suppressed"),
        ("a@example.com", "", good, "Write a subject"),
        ("a@example.com", "s", "{{unsubscribe_link}}", "{{review_link}} is missing"),
        ("a@example.com", "s", "{{review_link}}", "{{unsubscribe_link}} is missing"),
        ("a@example.com", "s", "{{password}}", "is not a placeholder"),
    ] {
        let answer = edit(&operator, id, address, subject, body).await;
        assert!(answer.status.is_client_error() && answer.body.contains(words), "{words}: {}", answer.body);
    }
    let after = detail(&operator, id).await;
    assert_eq!((after.text, after.subject, after.row.recipient), (before.text, before.subject, before.row.recipient));
    operator.post("/api/cancel_message", &format!("slug=cup&id={id}")).await;
    let late = edit(&operator, id, "a@example.com", "s", good).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
    assert_eq!(detail(&operator, id).await.edit, None);
}
