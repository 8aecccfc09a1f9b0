//! What a browser gets before any script has run: each page whole, with its data.

use super::support::{NOWHERE, TestApp};
use crate::{
    domain::{message::Channel, role::Role, suppression::SuppressedQuery},
    server::store::suppressions,
};

#[tokio::test]
async fn a_failure_has_what_helps_wherever_it_is_shown() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    app.fail(sent.message, "address-unknown").await;
    let (operator, viewer) = (app.member(Role::Operator).await, app.member(Role::Viewer).await);
    let edit = format!("/projects/cup/customers/{}?message={}&amp;do=edit-email", sent.customer, sent.message);
    for (path, times) in [
        ("/projects/cup/messages".to_owned(), 1),
        (format!("/projects/cup/customers/{}", sent.customer), 1),
        // By the reason, and in the timeline if the failure is there.
        (format!("/projects/cup/messages/{}", sent.message), 1),
    ] {
        let page = operator.get(&path).await.body;
        assert_eq!(page.matches(&edit).count(), times, "{path}\n{page}");
        assert!(!viewer.get(&path).await.body.contains(&edit), "{path}");
    }
    let form = operator.get(&edit.replace("&amp;", "&")).await.body;
    let email = form.split("<input").find(|input| input.contains("id=\"customer-email\"")).unwrap();
    assert!(email.split('>').next().unwrap().contains("autofocus"), "{email}");

    app.fail(sent.message, "mailbox-full").await;
    let page = operator.get("/projects/cup/messages").await.body;
    let button = page.split("<button").find(|button| button.contains("form=\"resend\"")).unwrap();
    assert!(button.contains(&sent.message.to_string()) && page.contains("action=\"/api/resend_message\""), "{button}");
    app.fail(sent.message, "opted-out").await;
    let asked = format!("/projects/cup/customers/{}?message={}&do=resubscribe", sent.customer, sent.message);
    let page = operator.get(&asked).await.body;
    assert!(page.contains("Consent is needed") && !page.contains("name=\"on\""), "{page}");
    let unsubscribe = format!("slug=cup&id={}&on=true", sent.customer);
    operator.post("/api/set_unsubscribed", &unsubscribe).await;
    let page = operator.get(&asked).await.body;
    assert!(page.contains("Consent is needed") && page.contains("name=\"on\" value=\"false\""), "{page}");
}

#[tokio::test]
async fn what_needs_attention_is_shown_and_steered_without_scripts() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let other = app.sent("Ben Ode", Channel::Email, 0).await;
    app.fail(sent.message, "mailbox-full").await;
    app.fail(other.message, "mailbox-full").await;
    let (manager, viewer) = (app.member(Role::Manager).await, app.member(Role::Viewer).await);
    let page = manager.get("/projects/cup/attention").await.body.replace("<!>", "");
    for words in ["Mailbox full", "Email · 2", "Ana Ruiz", "Ben Ode", "Resend all", "Dismiss all", "nav-number\">2<"] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    let seen = viewer.get("/projects/cup/attention?cause=email-mailbox-full&do=resend").await.body;
    assert!(seen.contains("Ana Ruiz") && !seen.contains("Dismiss<") && !seen.contains("/api/resend_cause"), "{seen}");
    let asked = "/projects/cup/attention?cause=email-mailbox-full&do=resend";
    let page = manager.get(asked).await.body.replace("<!>", "");
    assert!(page.contains("All 2 messages can be sent again.") && page.contains("Resend 2 messages"), "{page}");
    let form = "slug=cup&cause=email-mailbox-full";
    let answer = manager.submit("/api/resend_cause", form, asked).await;
    assert!(answer.header("location").ends_with("/attention?cause=email-mailbox-full"), "{answer:?}");
    let page = manager.get("/projects/cup/attention?cause=email-mailbox-full").await.body;
    assert!(page.contains("Nothing of this kind is left") && !page.contains("nav-number"), "{page}");
}

#[tokio::test]
async fn each_page_is_whole_without_scripts() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let owner = app.member(Role::Owner).await;
    let added =
        owner.post("/api/add_suppression", "slug=cup&form[address]=gone@example.com&form[note]=By%20phone").await;
    assert!(added.status.is_success(), "{}", added.body);
    let system = app.system("cup").await;
    let suppressed = suppressions::page(&system, &SuppressedQuery::default()).await.unwrap().rows.remove(0);
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
        ("/projects/cup/connections".into(), &["<h1", "Email", "SMS", "Working", "Set up your own connection"]),
        (
            "/projects/cup/connections?email=ses".into(),
            &["SMTP credentials", "ARN of the SNS topic", "Save connection"],
        ),
        ("/projects/cup/connections?do=remove-email".into(), &["Remove the Email connection"]),
        ("/projects/cup/attention".into(), &["<h1", "Nothing needs attention"]),
        ("/projects/cup/bulk-actions".into(), &["<h1 tabindex=\"-1\">Bulk actions", "No bulk actions yet"]),
        ("/projects/cup/customers".into(), &["<h1", "Ana Ruiz"]),
        (format!("/projects/cup/customers/{}", sent.customer), &["<h1", "Ana Ruiz", "Reminder 1"]),
        (
            "/projects/cup/settings".into(),
            &[
                "<h1 tabindex=\"-1\">Settings",
                "Pause sending",
                "Save quiet hours",
                "No message was sent lately",
                "Limit (messages per minute)",
            ],
        ),
        (
            "/projects/cup/templates".into(),
            &["<h1", "Request by Email", "{{first_name}}", "Placeholders", "Save template", "Nobody has changed this"],
        ),
        ("/projects/cup/customers/ask".into(), &["<h1", "Email addresses and phone numbers", "Channels", ">Ask<"]),
        (
            "/projects/cup/templates/review-page".into(),
            &["<h1", "Looks and words", "Trustpilot", "Save review page", "whatever the rating"],
        ),
        (
            "/projects/cup/templates?template=reminder&channel=sms".into(),
            &["Reminder by SMS", "Hi Ana, Cup &amp; Saucer would still love", "1 SMS segment"],
        ),
        (
            "/projects/cup/suppressed".into(),
            &["<h1", "1 suppressed address", "gone@example.com", "Added by hand", "Pat Person", "By phone", "Lift"],
        ),
        ("/projects/cup/suppressed?q=nobody".into(), &["<h1", "No suppressed address matches"]),
        ("/projects/cup/suppressed?do=add".into(), &["<dialog", "Suppress an address", "Email or phone"]),
        (
            format!("/projects/cup/suppressed?do=lift-{}", suppressed.id),
            &["<dialog", "Lift gone@example.com", "it was added by hand", "Keep it"],
        ),
        (format!("/projects/cup/suppressed?do=lift-{NOWHERE}"), &["<dialog", "is not suppressed any more"]),
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
