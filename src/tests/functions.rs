//! Server functions over HTTP: what staff do with scripts and without, and how bad input is answered.

use super::support::{BASE, Browser, NOWHERE, TestApp};
use crate::{
    domain::{
        Timestamp,
        attention::AttentionPage,
        bulk::{Outcome, Skip},
        done::Done,
        message::{Channel, EventKind, FailureCode, MessageDetail},
        messages_page::MessagesPage,
        role::Role,
        status::Status,
    },
    server::{
        clock,
        delivery::{Refusal, retry::Class, worker},
    },
};
use axum::{body::Body, http::StatusCode};

#[tokio::test]
async fn a_cancel_says_what_it_did_and_is_taken_back() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 2).await;
    let operator = app.member(Role::Operator).await;
    let answer = operator.post("/api/cancel_unsent", &format!("slug=cup&id={}", sent.customer)).await;
    let done: Done = serde_json::from_str(&answer.body).unwrap();
    assert!(done.sentence.starts_with("Canceled 2 messages."), "{}", done.sentence);
    assert_eq!(app.count("select count(*) from message where status = 6").await, 2);
    let undo = format!("slug=cup&batch={}", done.undo.unwrap());
    let back = operator.post("/api/undo_cancel", &undo).await;
    assert!(back.body.contains("Restored 2 messages."), "{}", back.body);
    assert_eq!(app.count("select count(*) from message where status = 6").await, 0);
}

#[tokio::test]
async fn an_answer_brings_the_changed_row_and_the_version_that_pages_have_from_then_on() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let operator = app.member(Role::Operator).await;
    let page = async || -> MessagesPage {
        serde_json::from_str(&operator.get("/api/load_messages?slug=cup&query=").await.body).unwrap()
    };
    let before = page().await;
    let waiting = before.rows.iter().find(|row| row.status == Status::Scheduled).unwrap().id;
    let done = async |path: &str, form: String| -> Done {
        let answer = operator.post(&format!("/api/{path}"), &format!("slug=cup&id={form}")).await;
        serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{path}: {e}: {}", answer.body))
    };
    let canceled = done("cancel_message", waiting.to_string()).await;
    assert!(canceled.version > before.version, "{canceled:?}");
    assert_eq!(page().await.version, canceled.version);
    let row = canceled.row.unwrap();
    assert_eq!((row.id, row.status), (waiting, Status::Canceled));
    let later = clock::now().plus(30 * Timestamp::DAY).local(&chrono_tz::Europe::Berlin).input();
    let moved = done("reschedule_message", format!("{waiting}&at={later}")).await;
    assert_eq!(moved.row.as_ref().map(|row| row.status), Some(Status::Scheduled));
    assert!(moved.sentence.starts_with("Rescheduled for "), "{}", moved.sentence);
    let asked = format!("{}&form[email]=true&form[at]={later}", sent.customer);
    assert!(done("request_review", asked).await.sentence.starts_with("Review request scheduled for "));
    assert!(moved.version > canceled.version);
    let note = done("add_note", format!("{}&text=x", sent.customer)).await;
    assert!(note.row.is_none() && note.version > 0);
    let seen: MessageDetail =
        serde_json::from_str(&operator.get(&format!("/api/load_message?slug=cup&id={waiting}")).await.body).unwrap();
    assert_eq!(seen.version, note.version);
    assert!(done("delete_message", waiting.to_string()).await.row.is_none());
}

#[tokio::test]
async fn a_bulk_cancel_is_counted_before_and_takes_the_boxes_of_a_form() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 3).await;
    let manager = app.member(Role::Manager).await;
    let page: MessagesPage = serde_json::from_str(&manager.get("/api/load_messages?slug=cup").await.body).unwrap();
    let waiting: Vec<_> = page.rows.iter().filter(|row| row.status == Status::Scheduled).map(|row| row.id).collect();
    let post = async |path: &str, form: String| manager.post(path, &format!("slug=cup&{form}")).await.body;
    let preview =
        async |form: String| -> Outcome { serde_json::from_str(&post("/api/preview_cancel", form).await).unwrap() };
    let all = "selection[all]=true&selection[filter]=channel%3Demail";
    let but_one = format!("{all}&selection[except]={}", waiting[0]);
    assert_eq!(preview(all.into()).await, Outcome { done: 3, skipped: vec![(Skip::AlreadySent, 1)], undo: None });
    assert_eq!(preview(but_one.clone()).await.done, 2);
    let boxes = format!("selection%5Bids%5D%5B%5D={}&selection%5Bids%5D%5B%5D={}", waiting[1], sent.message);
    let counted = preview(boxes.clone()).await;
    assert_eq!(
        counted.preview_sentence(2),
        "1 of 2 selected messages is unsent and will be canceled. 1 was already sent."
    );
    assert_eq!(app.count("select count(*) from message where status = 6").await, 0);
    let done: Done = serde_json::from_str(&post("/api/cancel_messages", boxes).await).unwrap();
    assert_eq!(done.sentence, "Canceled 1 message. 1 skipped: 1 already sent.");
    assert!(done.undo.is_some() && done.row.is_none());
    let done: Done = serde_json::from_str(&post("/api/cancel_messages", but_one).await).unwrap();
    assert!(done.sentence.starts_with("Canceled 1 message. 2 skipped:"), "{}", done.sentence);
    assert_eq!(app.count("select count(*) from message where status = 0").await, 1);
}

#[tokio::test]
async fn without_scripts_the_next_page_says_what_was_done_once() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let mut operator = app.member(Role::Operator).await;
    let from = format!("/projects/cup/customers/{}", sent.customer);
    let answer =
        operator.submit("/api/add_note", &format!("slug=cup&id={}&text=Likes+tea", sent.customer), &from).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, format!("{BASE}{from}").as_str()));
    let notice = answer.cookie("notice").unwrap();
    let session = operator.cookie.clone().unwrap();
    operator.cookie = Some(format!("{session}; {notice}"));
    let page = operator.get(&from).await;
    assert!(page.body.contains("Note added.") && page.body.contains("Likes tea"), "{}", page.body);
    let removed = page.header("set-cookie");
    assert!(
        removed.starts_with("notice=;") && removed.contains("Path=/") && removed.contains("Max-Age=0"),
        "{removed}"
    );
    operator.cookie = Some(session);
    assert!(!operator.get(&from).await.body.contains("Note added."));
}

#[tokio::test]
async fn statuses_are_those_of_the_errors() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let manager = app.member(Role::Manager).await;
    let (id, customer) = (sent.message, sent.customer);
    for (path, form, status, sentence) in [
        ("cancel_message", format!("id={id}"), 409, "just sent"),
        ("send_now", format!("id={NOWHERE}"), 404, "no such message"),
        ("send_now", "id=nonsense".into(), 422, "could not be read"),
        ("send_now", String::new(), 422, "missing field"),
        ("reschedule_message", format!("id={id}&at=yesterday"), 422, "date and time"),
        ("cancel_messages", "selection[ids]=nonsense".into(), 422, "messages cannot be read. Load"),
        ("cancel_messages", "selection[ids][]=nonsense".into(), 422, "messages cannot be read. Load"),
        (
            "cancel_messages",
            "selection[all]=true&selection[filter]=status%3Dall".into(),
            422,
            "filter cannot be read. Load",
        ),
        ("cancel_messages", String::new(), 422, "Select the messages"),
        ("preview_cancel", "selection[filter]=status%3Dsent".into(), 422, "Select the messages"),
        ("add_customer", "form[name]=".into(), 422, "name"),
        ("add_customer", "form[name]=Ana&form[email]=nonsense".into(), 422, "email address"),
        ("add_customer", "form[name]=Ana&form[phone]=123".into(), 422, "phone number"),
        ("add_customer", "form[name]=Ana&form[location]=nonsense".into(), 422, "locations"),
        ("add_note", format!("id={customer}&text="), 422, "Write something"),
        ("add_review", format!("id={customer}&rating=9"), 422, "from 1 to 5"),
        ("set_tags", format!("id={customer}&tags={}", "x".repeat(31)), 422, "at most 30"),
        ("request_review", format!("id={customer}"), 422, "at least one channel"),
    ] {
        let answer = manager.post(&format!("/api/{path}"), &format!("slug=cup&{form}")).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {form}: {}", answer.body);
        assert!(answer.body.contains(sentence), "{path} {form}: {}", answer.body);
    }
}

#[tokio::test]
async fn an_edit_changes_only_what_was_changed_in_its_form() {
    let app = TestApp::new().await;
    let ana = app.customer("Ana Ruiz").await;
    let operator = app.member(Role::Operator).await;
    let edit = async |name: &str, company: &str| {
        // Both forms were opened when she had no company.
        let was = "&was[name]=Ana+Ruiz&was[company]=&was[email]=ana.ruiz@example.com&was[location]=&was[visited]=";
        let form =
            format!("slug=cup&id={ana}&form[name]={name}&form[company]={company}&form[email]=ana.ruiz@example.com");
        let answer = operator.post("/api/edit_customer", &format!("{form}{was}")).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    };
    edit("Ana+Ruiz", "Harbor").await;
    edit("Ana+Lopez", "").await;
    let held: (String, String) = sqlx::query_as("select name, company from customer where id = $1")
        .bind(ana)
        .fetch_one(app.db.read())
        .await
        .unwrap();
    assert_eq!(held, ("Ana Lopez".to_owned(), "Harbor".to_owned()));
}

#[tokio::test]
async fn an_edit_offers_to_resend_the_message_that_it_mends() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    app.fail(sent.message, "address-unknown").await;
    let operator = app.member(Role::Operator).await;
    let edit = async |email: &str, message: &str| {
        let form = format!("slug=cup&id={}&form[name]=Ana&form[email]={email}{message}", sent.customer);
        operator.post("/api/edit_customer", &form).await
    };
    let named = format!("&message={}", sent.message);
    let done =
        async |email: &str, message: &str| -> Done { serde_json::from_str(&edit(email, message).await.body).unwrap() };
    assert_eq!(done("ana.ruiz@example.com", &named).await.resend, None, "it would fail again");
    assert_eq!(done("new@example.com", &format!("&message={NOWHERE}")).await.resend, None);
    assert_eq!(done("new@example.com", "").await.resend, None);
    assert_eq!(edit("new@example.com", "&message=nonsense").await.status.as_u16(), 422);
    assert_eq!(done("new@example.com", &named).await.resend, Some(sent.message));

    // Without scripts the next page has the button.
    let from = format!("/projects/cup/customers/{}?message={}", sent.customer, sent.message);
    let form = format!("slug=cup&id={}&form[name]=Ana&form[email]=new@example.com{named}", sent.customer);
    let answer = operator.submit("/api/edit_customer", &form, &format!("{from}&do=edit-email")).await;
    assert!(answer.header("location").ends_with(&from), "{}", answer.header("location"));
    let cookies = format!("{}; {}", operator.cookie.clone().unwrap(), answer.cookie("notice").unwrap());
    let page = Browser { cookie: Some(cookies), ..operator.clone() }.get(&from).await.body;
    assert!(page.contains("Customer saved.") && page.contains(">Resend message<"), "{page}");
    let again = operator.submit("/api/resend_message", &format!("slug=cup&id={}", sent.message), &from).await;
    assert_eq!(again.status, StatusCode::FOUND);
    assert_eq!(app.status(sent.message).await.0, Status::Scheduled);
}

#[tokio::test]
async fn a_failure_is_listed_dismissed_and_listed_anew_once_it_fails_again() {
    let app = TestApp::new().await;
    let refuse = || {
        let class = Class::Permanent(FailureCode::AddressUnknown);
        app.memory.refuse(Refusal { class, code: Some("550".into()), text: "550 5.1.1 no such user".into() });
    };
    refuse();
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let manager = app.member(Role::Manager).await;
    let page = async |query: &str| -> AttentionPage {
        let path = format!("/api/load_attention?slug=cup&query={query}");
        serde_json::from_str(&manager.get(&path).await.body).unwrap()
    };
    let done = async |path: &str, form: String| -> Done {
        let answer = manager.post(&format!("/api/{path}"), &format!("slug=cup&{form}")).await;
        serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{path}: {e}: {}", answer.body))
    };
    let listed = page("").await;
    assert_eq!((listed.groups.len(), listed.groups[0].rows[0].id), (1, sent.message));
    let asked = page("cause%3Demail-address-unknown%26do%3Dresend").await;
    assert_eq!(asked.resend.map(|outcome| outcome.skipped), Some(vec![(Skip::UnknownAddress, 1)]));
    let operator = app.member(Role::Operator).await;
    let answer = operator.get("/api/load_attention?slug=cup&query=cause%3Demail-address-unknown%26do%3Dresend").await;
    assert!(answer.body.contains("\"resend\":null"), "only who may resend all is told: {}", answer.body);

    let dismissed = done("dismiss_message", format!("id={}", sent.message)).await;
    assert_eq!(
        (dismissed.sentence.as_str(), dismissed.row.map(|row| row.id)),
        ("Dismissed 1 message.", Some(sent.message))
    );
    assert!(page("").await.groups.is_empty());
    let undone = done("undo_cancel", format!("batch={}", dismissed.undo.unwrap())).await;
    assert_eq!(undone.sentence, "Restored 1 message.");
    let timeline = app.timeline(sent.message).await;
    for kind in [EventKind::Dismissed, EventKind::DismissalUndone] {
        assert!(timeline.contains(&(kind, false)), "{timeline:?}");
    }
    let dismissed = done("dismiss_cause", "cause=email-address-unknown".into()).await;
    assert_eq!(dismissed.sentence, "Dismissed 1 message.");
    let answer = manager.post("/api/dismiss_cause", "slug=cup&cause=email-nonsense").await;
    assert_eq!(answer.status.as_u16(), 422, "{}", answer.body);

    done("edit_customer", format!("id={}&form[name]=Ana&form[email]=new@example.com", sent.customer)).await;
    done("undo_cancel", format!("batch={}", dismissed.undo.unwrap())).await;
    let dismissed = done("dismiss_message", format!("id={}", sent.message)).await;
    done("resend_message", format!("id={}", sent.message)).await;
    refuse();
    while worker::step(&app.db, &app.state.transports, clock::now()).await.unwrap() > 0 {}
    let listed = page("").await;
    assert_eq!(listed.groups[0].rows[0].recipient, "new@example.com");
    let late = manager.post("/api/undo_cancel", &format!("slug=cup&batch={}", dismissed.undo.unwrap())).await;
    assert_eq!(late.status.as_u16(), 404, "{}", late.body);
    done("edit_customer", format!("id={}&form[name]=Ana&form[email]=third@example.com", sent.customer)).await;
    assert_eq!(done("resend_cause", "cause=email-address-unknown".into()).await.sentence, "Queued 1 message.");
    assert!(page("").await.groups.is_empty());
    assert_eq!(done("resend_cause", "cause=email-address-unknown".into()).await.sentence, "Queued 0 messages.");
}

#[tokio::test]
async fn a_customer_is_added_with_a_phone_number_in_e164() {
    let app = TestApp::new().await;
    let operator = app.member(Role::Operator).await;
    let answer = operator.post("/api/add_customer", "slug=cup&form[name]=Ben&form[phone]=(201)+555-0199").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.header("location").starts_with("/projects/cup/customers/"));
    let phone: String = sqlx::query_scalar("select phone from customer").fetch_one(app.db.read()).await.unwrap();
    assert_eq!(phone, "+12015550199");
}

/// Values that no field expects.
fn hostile() -> Vec<String> {
    [
        "",
        "%00",
        "%ff%fe",
        "%0d%0aSet-Cookie:%20x=y",
        "'; drop table message; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "-1",
        "99999999999999999999",
        "NaN",
        "null",
        "true",
        "%F0%9F%92%A9",
        "%E2%80%AE",
        "{{7*7}}",
        "a,b,c,,,",
        "2026-02-30T25:61",
    ]
    .iter()
    .map(|s| (*s).to_owned())
    .chain([NOWHERE.to_owned(), "x".repeat(200_000), "%25".repeat(50_000)])
    .collect()
}

#[tokio::test]
async fn no_input_is_the_servers_fault() {
    const FIELDS: [&str; 26] = [
        "slug",
        "id",
        "batch",
        "note",
        "selection[ids]",
        "selection[ids][]",
        "selection[all]",
        "selection[filter]",
        "selection[except]",
        "query",
        "at",
        "file",
        "text",
        "tags",
        "rating",
        "on",
        "also_request",
        "cause",
        "message",
        "email",
        "password",
        "next",
        "form[name]",
        "form[email]",
        "form[at]",
        "form[x][y][z][a][b][c][d]",
    ];
    let app = TestApp::demo().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let owner = app.member(Role::Owner).await;
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() > 20);
    for (path, method) in functions {
        // Signing out would end this session, and deleting would remove the test's data.
        if path.ends_with("sign_out") || path.contains("delete_") {
            continue;
        }
        for value in hostile() {
            let all: Vec<String> = FIELDS.iter().skip(1).map(|field| format!("{field}={value}")).collect();
            let one = format!("slug=cup&id={}&{}", sent.customer, &all[1..].join("&"));
            for form in [format!("slug={value}"), format!("slug=cup&id={value}"), one] {
                // hyper refuses longer addresses.
                if method == "GET" && form.len() > 60_000 {
                    continue;
                }
                let answer = if method == "GET" {
                    let Ok(uri) = format!("{path}?{form}").parse::<axum::http::Uri>() else { continue };
                    owner.get(&uri.to_string()).await
                } else {
                    owner.post(path, &form).await
                };
                let (status, body) = (answer.status, &answer.body);
                assert!(!status.is_server_error(), "{path} {form:.200}: {status} {body:.500}");
            }
        }
        if method == "POST" {
            for kind in [
                "application/json",
                "text/plain",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded",
            ] {
                let mut request = owner.form(path).body(Body::from(vec![0xff, 0xfe, 0x00, b'=', b'&', b'%'])).unwrap();
                request.headers_mut().insert("content-type", kind.parse().unwrap());
                let answer = owner.send(request).await;
                assert!(!answer.status.is_server_error(), "{path} as {kind}: {} {}", answer.status, answer.body);
            }
        }
    }
    assert_eq!(
        app.count("select count(*) from message where reminder = 0 and status = 1").await,
        1,
        "the sent one stands"
    );
}

#[tokio::test]
async fn no_address_is_the_servers_fault() {
    let app = TestApp::demo().await;
    let viewer = app.member(Role::Viewer).await;
    let pages = [
        "messages",
        "customers",
        "attention",
        "outbox",
        "messages/x",
        "customers/x",
        "outbox/x",
        "outbox/x/body",
        "messages/x/preview",
        "live/x",
    ];
    for page in pages {
        for value in hostile().into_iter().filter(|v| v.len() < 60_000) {
            let query = [
                "q", "location", "channel", "template", "status", "sort", "dir", "from", "to", "after", "before",
                "per", "page", "message", "view", "cause", "do",
            ]
            .map(|name| format!("{name}={value}"))
            .join("&");
            for path in [format!("/projects/cup/{page}?{query}"), format!("/projects/{value}/{page}")] {
                let path = path.replace([' ', '<', '>', '{', '}'], "+");
                if path.len() > 60_000 {
                    continue;
                }
                let Ok(uri) = path.parse::<axum::http::Uri>() else { continue };
                let answer = viewer.get(&uri.to_string()).await;
                assert!(!answer.status.is_server_error(), "{path:.200}: {} {:.500}", answer.status, answer.body);
            }
        }
    }
}
