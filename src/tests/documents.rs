//! What a browser gets before any script has run: each page whole, with its data.

use super::support::TestApp;
use crate::domain::{message::Channel, role::Role};

#[tokio::test]
async fn each_page_is_whole_without_scripts() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let owner = app.member(Role::Owner).await;
    for (path, words) in [
        (
            "/projects/cup/messages".to_owned(),
            &["<h1 tabindex=\"-1\">Messages", "Ana Ruiz", "1–2 of 2", "Reminder 1"][..],
        ),
        ("/projects/cup/messages?q=ruiz&status=scheduled".into(), &["Ana Ruiz", "1–1 of 1"]),
        ("/projects/cup/messages?q=nobody".into(), &["No message matches these filters"]),
        (
            format!("/projects/cup/messages/{}", sent.message),
            &["<h1", "Ana Ruiz", "Timeline", "Attempts", " · outbox · "],
        ),
        ("/projects/cup/connections".into(), &["<h1", "Email", "SMS", "Working", "Set up an own connection"]),
        (
            "/projects/cup/connections?email=ses".into(),
            &["SMTP credentials", "ARN of the SNS topic", "Save connection"],
        ),
        ("/projects/cup/connections?do=remove-email".into(), &["Remove the Email connection"]),
        ("/projects/cup/customers".into(), &["<h1", "Ana Ruiz"]),
        (format!("/projects/cup/customers/{}", sent.customer), &["<h1", "Ana Ruiz", "Reminder 1"]),
        (format!("/projects/cup/customers/{}?view=list", sent.customer), &["<h1", "Ana Ruiz", "Reminder 1"]),
    ] {
        let answer = owner.get(&path).await;
        // Leptos marks where texts end.
        let text = answer.body.replace("<!>", "");
        for word in words {
            assert!(text.contains(word), "{path}: {word}\n{text}");
        }
        assert!(!text.contains("aria-busy=\"true\""), "{path}");
    }
}
