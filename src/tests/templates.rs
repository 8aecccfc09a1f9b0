//! The Templates page, through HTTP: what is shown, saved, refused, restored and sent.

use super::support::{Answer, BASE, Browser, TestApp};
use crate::{
    domain::{AppError, ask::Ask, message::Channel, role::Role},
    server::{clock, requests},
};
use axum::http::StatusCode;

const PAGE: &str = "/projects/cup/templates";
const GOOD: &str = "Dear {{first_name}}, {{review_link}}\n\nOut: {{unsubscribe_link}}";

fn form(query: &str, subject: &str, body: &str, follows: i32) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("slug", "cup")
        .append_pair("query", query)
        .append_pair("wording[subject]", subject)
        .append_pair("wording[body]", body)
        .append_pair("follows", &follows.to_string())
        .finish()
}

async fn save(browser: &Browser, body: &str, follows: i32) -> Answer {
    browser.post("/api/save_template", &form("", "Hello {{first_name}}", body, follows)).await
}

/// Without the marks of Leptos.
async fn page(browser: &Browser, address: &str) -> String {
    browser.get(address).await.body.replace("<!>", "")
}

#[tokio::test]
async fn each_template_has_an_address_and_viewers_only_read_it() {
    let app = TestApp::new().await;
    app.customer("Ben Ode").await;
    app.customer("Ana Ruiz").await;
    let (manager, operator) = (app.member(Role::Manager).await, app.member(Role::Operator).await);
    for (query, words) in [
        ("", &["Request by Email", "How was your visit to {{project_name}}?", "Save template", "data of Ana Ruiz"][..]),
        ("?template=reminder", &["Reminder by Email", "If you would rather not"]),
        (
            "?template=thanks-positive&channel=sms",
            &["Thanks (positive) by SMS", "1 SMS segment", "made our day. Cup &amp; Saucer"],
        ),
        ("?template=nonsense", &["Request by Email"]),
    ] {
        let shown = page(&manager, &format!("{PAGE}{query}")).await;
        for words in words {
            assert!(shown.contains(words), "{query}: {words}\n{shown}");
        }
        assert!(shown.contains("Nobody has changed this template yet"), "{shown}");
    }
    let read = page(&operator, PAGE).await;
    assert!(
        read.contains("How was your visit") && !read.contains("Save template") && !read.contains("<textarea"),
        "{read}"
    );
}

#[tokio::test]
async fn what_is_saved_is_for_later_messages_only() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let manager = app.member(Role::Manager).await;
    let saved = save(&manager, GOOD, 0).await;
    assert!(saved.body.contains("Request by Email is saved."), "{}", saved.body);
    let written = "select count(*) from message_content where text like 'Dear Ana, http%/r/%'";
    assert_eq!(app.count(written).await, 0, "what was created before stays as it was");
    let ask = Ask { channels: vec![Channel::Email], reminders: vec![], at: None };
    let base = app.state.config.base_url.clone();
    requests::create(&*app.system("cup").await, sent.customer, &ask, &base, clock::now()).await.unwrap();
    assert_eq!(app.count(written).await, 1);
    let shown = page(&manager, PAGE).await;
    for words in ["Dear {{first_name}}", "Version 1", "by Pat Person", "In use", "Restore the default"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    let again = save(&manager, GOOD, 1).await;
    assert!(again.body.contains("says this already"), "{}", again.body);
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_place_and_nothing_is_lost() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    for (subject, body, field, words) in [
        ("", GOOD, "subject", "Write a subject."),
        ("Hi {{nobody}}", GOOD, "subject", "Line 1, column 4: {{nobody}} is not a placeholder."),
        ("Hi\r\nBcc: x@example.com", GOOD, "subject", "one line"),
        ("Hi", "Hi\n  {{ first_nmae }}", "body", "Line 2, column 3: {{first_nmae}} is not a placeholder."),
        ("Hi", "{{unsubscribe_link}}", "body", "{{review_link}} is missing"),
        ("Hi", "{{review_link}}", "body", "{{unsubscribe_link}} is missing"),
        ("Hi", "{% include \"/etc/passwd\" %}", "body", "no instruction {%."),
    ] {
        let answer = manager.post("/api/save_template", &form("", subject, body, 0)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        let error: AppError = serde_json::from_str(&answer.body).unwrap();
        assert!(error.for_field(field).is_some_and(|said| said.contains(words)), "{error}");
    }
    let huge = manager.post("/api/save_template", &form("", "s", &"{{".repeat(50_000), 0)).await;
    assert_eq!(huge.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", huge.body);
    assert_eq!(app.count("select count(*) from template_version").await, 0);

    // Without scripts the page shows what was typed, with the sentence by its field.
    let typed = "Hello </textarea><b>{{nobody}}";
    let refused = manager.submit("/api/save_template", &form("", "Hi", typed, 0), PAGE).await;
    assert_eq!(refused.status, StatusCode::FOUND);
    let cookie = format!("{}; {}", manager.cookie.clone().unwrap(), refused.cookie("entered").unwrap());
    let after = Browser { cookie: Some(cookie), ..manager.clone() };
    let to = refused.header("location").replace(BASE, "");
    let shown = page(&after, &to).await;
    assert!(shown.contains("Hello &lt;/textarea&gt;&lt;b&gt;{{nobody}}</textarea>"), "{shown}");
    assert!(shown.contains("Line 1, column 21: {{nobody}} is not a placeholder."), "{shown}");
    let long = format!("{GOOD} {{{{x}}}} {}", "lorem ".repeat(1_000));
    let refused = manager.submit("/api/save_template", &form("", "Hi", &long, 0), PAGE).await;
    assert!(refused.cookie("entered").is_none());
    let said = page(&manager, &refused.header("location").replace(BASE, "")).await;
    assert!(said.contains("too long to be shown here again: go back in the browser."), "{said}");
    let other = page(&after, &to.replace('?', "?template=reminder&")).await;
    assert!(!other.contains("{{nobody}}</textarea>"), "{other}");
}

#[tokio::test]
async fn of_two_tabs_the_second_is_told_who_was_first() {
    let app = TestApp::new().await;
    let (first, second) = (app.member(Role::Manager).await, app.member(Role::Owner).await);
    assert_eq!(save(&first, GOOD, 0).await.status, StatusCode::OK);
    let other = GOOD.replace("Dear", "Hello");
    let third = GOOD.replace("Dear", "Hi");
    let late = save(&second, &other, 0).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("Pat Person saved this template today"), "{}", late.body);
    assert!(page(&second, PAGE).await.contains("Dear {{first_name}}"));
    let (a, b) = tokio::join!(save(&first, &other, 1), save(&second, &third, 1));
    let mut both = [a.status, b.status];
    both.sort();
    assert_eq!(both, [StatusCode::OK, StatusCode::CONFLICT], "one of two at once");
    let restored = second.post("/api/restore_template", "slug=cup&query=&number=0&follows=0").await;
    assert_eq!(restored.status, StatusCode::CONFLICT, "{}", restored.body);
}

#[tokio::test]
async fn earlier_versions_and_the_default_are_restored() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    save(&manager, GOOD, 0).await;
    save(&manager, &GOOD.replace("Dear", "Hello"), 1).await;
    let restored = manager.submit("/api/restore_template", "slug=cup&query=&number=1&follows=2", PAGE).await;
    assert_eq!(restored.status, StatusCode::FOUND);
    let shown = page(&manager, PAGE).await;
    assert!(shown.contains("Version 3 restores version 1") && shown.contains(">Dear {{first_name}}"), "{shown}");
    let restored = manager.post("/api/restore_template", "slug=cup&query=&number=0&follows=3").await;
    assert!(restored.body.contains("The default is restored."), "{}", restored.body);
    let shown = page(&manager, PAGE).await;
    assert!(shown.contains("Version 4 restores the default") && shown.contains("How was your visit"), "{shown}");
    let gone = manager.post("/api/restore_template", "slug=cup&query=&number=99&follows=4").await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    for n in 4..40 {
        save(&manager, &format!("{n} {GOOD}"), n).await;
    }
    assert_eq!(app.count("select count(*) from template_version").await, 30, "the last versions are kept");
    assert_eq!(app.count("select count(*) from template where number = 40").await, 1);
}

#[tokio::test]
async fn the_preview_has_the_newest_customers_data_and_dead_links() {
    let app = TestApp::new().await;
    app.customer("Ana <img src=x onerror=alert(1)> Ruiz").await;
    let (manager, viewer) = (app.member(Role::Manager).await, app.member(Role::Viewer).await);
    let shown = viewer.get(&format!("{PAGE}/preview?template=reminder")).await;
    assert!(shown.body.contains("Hi Ana,") && shown.body.contains("Leave a review"), "{}", shown.body);
    let policy = shown.header("content-security-policy");
    assert!(policy.starts_with("sandbox; default-src 'none'") && policy.contains("frame-ancestors 'self'"), "{policy}");
    assert!(!shown.body.contains("href=") && !shown.body.contains("/o/"), "{}", shown.body);

    let draft = format!("<script>alert(1)</script> {GOOD}");
    let shown = manager.post(&format!("{PAGE}/preview"), &form("", "s", &draft, 0)).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert!(shown.body.contains("&lt;script&gt;alert(1)&lt;/script&gt; Dear Ana"), "{}", shown.body);
    assert!(!shown.body.contains("<script") && !shown.body.contains("<img"), "{}", shown.body);
    let refused = manager.post(&format!("{PAGE}/preview"), &form("", "s", "{{env}}", 0)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("{{env}} is not a placeholder"), "{}", refused.body);
}

#[tokio::test]
async fn a_test_goes_to_the_person_who_asks() {
    let app = TestApp::new().await;
    app.customer("Ana Ruiz").await;
    let manager = app.member(Role::Manager).await;
    let sent = manager.post("/api/send_template_test", &form("", "Hello {{first_name}}", GOOD, 0)).await;
    assert!(sent.body.contains("A test is on its way to person-"), "{}", sent.body);
    let mail = app.memory.sent().pop().unwrap();
    assert_eq!((mail.subject.as_str(), mail.message), ("Test: Hello Ana", None));
    assert!(mail.html.contains("Dear Ana") && mail.text.contains("/r/hidden") && !mail.html.contains("href="));
    let query = "template=thanks-negative&channel=sms";
    let sent = manager.post("/api/send_template_test", &form(query, "", "Sorry, {{first_name}}", 0)).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.body);
    let mail = app.memory.sent().pop().unwrap();
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("Test: Thanks (negative) by SMS", "Sorry, Ana"));
    let refused = manager.post("/api/send_template_test", &form("", "Hi", "{{x}}", 0)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..4 {
        manager.post("/api/send_template_test", &form("", "Hello", GOOD, 0)).await;
    }
    let many = manager.post("/api/send_template_test", &form("", "Hello", GOOD, 0)).await;
    assert_eq!(many.status, StatusCode::TOO_MANY_REQUESTS, "{}", many.body);
    assert_eq!(app.count("select count(*) from template_version").await, 0, "nothing is saved by it");
}
