//! What customers do (open, click, review, unsubscribe), and what machines do on their links.

use super::support::{BASE, TestApp};
use crate::domain::{
    Timestamp,
    message::{Channel, EventKind, MessageDetail},
    role::Role,
    status::{State, Status},
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};

const OPENED: (EventKind, bool) = (EventKind::Opened, false);

#[tokio::test]
async fn the_first_open_and_click_of_a_person_count() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let browser = app.stranger();
    let pixel = browser.get(&format!("/o/{}", sent.token)).await;
    assert_eq!((pixel.status, pixel.header("content-type")), (StatusCode::OK, "image/gif"));
    assert_eq!(pixel.header("cross-origin-resource-policy"), "cross-origin", "mail is read on other sites");
    assert_eq!(app.status(sent.message).await, (Status::Opened, State::Sent));
    browser.get(&format!("/o/{}", sent.token)).await;
    let page = browser.get(&format!("/r/{}", sent.token)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("Ana") && page.body.contains("<form") && !page.body.contains("<script"),
        "{}",
        page.body
    );
    assert_eq!(app.status(sent.message).await, (Status::Clicked, State::Sent));
    let events = app.timeline(sent.message).await;
    assert!(events.ends_with(&[OPENED, OPENED, (EventKind::Clicked, false)]), "{events:?}");
    assert_eq!(
        app.count("select count(*) from message where opened_at is not null and clicked_at is not null").await,
        1
    );
    assert_eq!(app.count("select cast(sum(opened) as bigint) from counter where day = 0").await, 1);
    assert_eq!(app.count("select count(*) from review").await, 0, "a GET records no rating");
}

#[tokio::test]
async fn a_review_link_works_as_long_as_the_project_wants() {
    let app = TestApp::new().await;
    let manager = app.member(Role::Manager).await;
    let wrong = manager.post("/api/save_link_days", "slug=cup&days=31").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let saved = manager.post("/api/save_link_days", "slug=cup&days=3").await;
    assert!(saved.body.contains("Review links work for 3 days after their message was sent."), "{}", saved.body);
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let (browser, link) = (app.stranger(), format!("/r/{}", sent.token));
    let sent_ago = async |ago: i64| {
        let mut tx = app.db.begin().await.unwrap();
        let at = crate::server::clock::now().plus(-ago);
        sqlx::query("update message set sent_at = $1").bind(at).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    sent_ago(3 * Timestamp::DAY - Timestamp::HOUR).await;
    assert_eq!(browser.get(&link).await.status, StatusCode::OK);
    sent_ago(5 * Timestamp::DAY).await;
    let late = browser.get(&link).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert!(late.body.contains("This link has expired") && !late.body.contains("<form"), "{}", late.body);
    let refused = browser.submit(&link, "rating=5&text=", &link).await;
    assert_eq!((refused.status, app.count("select count(*) from review").await), (StatusCode::GONE, 0));
    assert_eq!(browser.get(&format!("/u/{}", sent.token)).await.status, StatusCode::OK, "this one always works");
    // What was written on a page that was opened in time is not lost.
    sent_ago(3 * Timestamp::DAY + Timestamp::HOUR).await;
    assert_eq!(browser.submit(&link, "rating=5&text=", &link).await.status, StatusCode::OK);
    sent_ago(50 * Timestamp::DAY).await;
    assert!(browser.get(&link).await.body.contains("You have already left a review"));
    let forever = manager.post("/api/save_link_days", "slug=cup&days=").await;
    assert!(forever.body.contains("Review links work for ever."));
}

#[tokio::test]
async fn machines_are_kept_and_not_counted() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let browser = app.stranger();
    for (path, agents) in [("/o/", ["Mozilla/5.0", "curl/8.5.0"]), ("/r/", ["Googlebot/2.1", "curl/8.5.0"])] {
        let path = format!("{path}{}", sent.token);
        browser.head(&path).await;
        for agent in agents {
            let mut request = browser.request(Method::GET, &path).body(Body::empty()).unwrap();
            request.headers_mut().insert("user-agent", agent.parse().unwrap());
            assert_eq!(browser.send(request).await.status, StatusCode::OK);
        }
    }
    assert_eq!(app.status(sent.message).await, (Status::Sent, State::Sent));
    let machines = app.timeline(sent.message).await.into_iter().filter(|(_, machine)| *machine).count();
    assert_eq!(machines, 6);
    for _ in 0..100 {
        browser.head(&format!("/o/{}", sent.token)).await;
    }
    assert!(app.timeline(sent.message).await.len() <= 60, "more hits say nothing new");
    // A later visit by a person still counts, once.
    browser.get(&format!("/r/{}", sent.token)).await;
    assert_eq!(app.status(sent.message).await, (Status::Clicked, State::Sent));
}

#[tokio::test]
async fn nobody_reads_within_a_second_of_the_sending() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let mut tx = app.db.begin().await.unwrap();
    let now = crate::server::clock::now();
    sqlx::query("update message set sent_at = $1").bind(now).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    app.stranger().get(&format!("/r/{}", sent.token)).await;
    assert_eq!(app.status(sent.message).await.0, Status::Sent);
    // But a review proves a click.
    app.stranger().post(&format!("/r/{}", sent.token), "rating=5").await;
    assert_eq!(app.status(sent.message).await.0, Status::Clicked);
}

#[tokio::test]
async fn what_was_read_has_arrived_whatever_was_reported() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update message set failed_at = sent_at, state = $1, status = $2")
        .bind(State::Failed)
        .bind(Status::Failed)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.stranger().get(&format!("/o/{}", sent.token)).await;
    assert_eq!(app.status(sent.message).await, (Status::Opened, State::Sent));
}

#[tokio::test]
async fn an_unknown_token_tells_nothing() {
    let app = TestApp::new().await;
    let browser = app.stranger();
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let known = browser.get(&format!("/o/{}", sent.token)).await;
    for token in ["x", "abcdefghijklmnopqrstuvwx", "%00%ff", "'--", &"x".repeat(3_000)] {
        let pixel = browser.get(&format!("/o/{token}")).await;
        assert_eq!((pixel.status, &pixel.body, pixel.headers.len()), (known.status, &known.body, known.headers.len()));
        for path in [format!("/r/{token}"), format!("/r/{token}?url=https://evil.example"), format!("/u/{token}")] {
            for answer in [browser.get(&path).await, browser.post(&path, "rating=5").await] {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
                assert!(answer.header("location").is_empty() && answer.body.contains("<h1"), "{path}");
            }
        }
    }
    let guesses = futures::future::join_all((0..130).map(|_| browser.post("/r/abcdefghijklmnopqrstuvwx", ""))).await;
    assert!(guesses.iter().any(|g| g.status == StatusCode::TOO_MANY_REQUESTS), "guessing is slowed down");
}

#[tokio::test]
async fn a_review_is_kept_once_and_cancels_what_is_unsent() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 2).await;
    let (browser, path) = (app.stranger(), format!("/r/{}", sent.token));
    let thanks = browser.post(&path, "rating=4&text=Quick+%26+friendly.%0D%0A%3Cb%3EThanks%3C%2Fb%3E").await;
    assert_eq!(thanks.status, StatusCode::OK);
    assert!(thanks.body.contains("Thank you") && thanks.body.contains("4 of 5 stars"), "{}", thanks.body);
    assert_eq!(app.status(sent.message).await.0, Status::Clicked);
    assert!(app.timeline(sent.message).await.contains(&(EventKind::Reviewed, false)));
    let reasons = app.count("select count(*) from message where status = 6 and cancel_cause = 2").await;
    assert_eq!(reasons, 2, "both reminders: a review came first");

    let again = browser.post(&path, "rating=1&text=again").await;
    assert!(again.status == StatusCode::OK && again.body.contains("4 of 5 stars"), "{}", again.body);
    assert!(browser.get(&path).await.body.contains("already"));
    let (text, message): (String, String) = {
        let (text, id): (String, crate::domain::MessageId) =
            sqlx::query_as("select text, message_id from review").fetch_one(app.db.read()).await.unwrap();
        (text, id.to_string())
    };
    assert_eq!((text.as_str(), message), ("Quick & friendly.\n<b>Thanks</b>", sent.message.to_string()));
}

#[tokio::test]
async fn two_reviews_at_once_are_one() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Sms, 0).await;
    let (browser, path) = (app.stranger(), format!("/r/{}", sent.token));
    let answers = futures::future::join_all((0..8).map(|_| browser.post(&path, "rating=5"))).await;
    assert!(answers.iter().all(|a| a.status == StatusCode::OK), "{answers:?}");
    assert_eq!(app.count("select count(*) from review").await, 1);
    assert_eq!(app.timeline(sent.message).await.iter().filter(|(kind, _)| *kind == EventKind::Clicked).count(), 1);
}

#[tokio::test]
async fn a_wrong_review_is_said_by_its_field_and_keeps_the_text() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let (browser, path) = (app.stranger(), format!("/r/{}", sent.token));
    let long = format!("rating=5&text={}", "x".repeat(4_001));
    for (form, sentence) in [
        ("text=No+stars+from+me", "from 1 to 5"),
        ("rating=0&text=No+stars+from+me", "from 1 to 5"),
        ("rating=6", "from 1 to 5"),
        ("rating=five", "from 1 to 5"),
        ("rating=-1", "from 1 to 5"),
        ("rating=99999999999999999999", "from 1 to 5"),
        ("", "from 1 to 5"),
        ("rating=5&text=a%00b", "plain text"),
        (&long, "at most 4000"),
    ] {
        let answer = browser.post(&path, form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:.40}");
        assert!(answer.body.contains(sentence), "{form:.40}: {}", answer.body);
        assert_eq!(answer.body.contains("No stars from me"), form.contains("No+stars"), "{form:.40}");
    }
    assert_eq!(app.count("select count(*) from review").await, 0);
    assert_eq!(app.count("select count(*) from message where status = 0").await, 1, "the reminder waits");
}

#[tokio::test]
async fn looking_at_the_way_out_changes_nothing() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let (browser, path) = (app.stranger(), format!("/u/{}", sent.token));
    for _ in 0..100 {
        assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    }
    browser.head(&path).await;
    assert_eq!(app.count("select count(*) from customer where unsubscribed_at is not null").await, 0);
    assert_eq!(app.count("select count(*) from message where status = 0").await, 1);
}

#[tokio::test]
async fn one_click_unsubscribes_without_cookies_from_anywhere() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 2).await;
    let (browser, path) = (app.stranger(), format!("/u/{}", sent.token));
    for _ in 0..3 {
        let request = browser
            .request(Method::POST, &path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", "null")
            .header("sec-fetch-site", "cross-site");
        let answer = browser.send(request.body(Body::from("List-Unsubscribe=One-Click")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("You are unsubscribed") && answer.header("set-cookie").is_empty());
    }
    assert_eq!(app.count("select count(*) from customer where unsubscribed_at is not null").await, 1);
    assert_eq!(app.count("select count(*) from message where status = 6 and cancel_cause = 1").await, 2);
    let said =
        app.timeline(sent.message).await.into_iter().filter(|(kind, _)| *kind == EventKind::Unsubscribed).count();
    assert_eq!(said, 1);
    assert!(browser.get(&path).await.body.contains("You are unsubscribed"));

    let operator = app.member(Role::Operator).await;
    let form = format!("slug=cup&id={}&form[email]=true", sent.customer);
    let refused = operator.post("/api/request_review", &form).await;
    assert!(refused.status == StatusCode::CONFLICT && refused.body.contains("unsubscribed"), "{}", refused.body);
}

#[tokio::test]
async fn what_staff_see_is_nobodys_open() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let operator = app.member(Role::Operator).await;
    let preview = operator.get(&format!("/projects/cup/messages/{}/preview", sent.message)).await;
    assert_eq!(preview.status, StatusCode::OK);
    assert!(preview.body.contains("Leave a review") && !preview.body.contains("href="), "{}", preview.body);
    assert!(!preview.body.contains("/o/"), "{}", preview.body);
    assert!(preview.header("content-security-policy").contains("img-src data:;"));
    let policy = preview.header("content-security-policy");
    assert!(policy.starts_with("sandbox; default-src 'none'") && policy.contains("frame-ancestors 'self'"), "{policy}");

    let copy = operator.post("/api/send_copy", &format!("slug=cup&id={}", sent.message)).await;
    assert_eq!(copy.status, StatusCode::OK, "{}", copy.body);
    let mail = app.memory.sent().pop().unwrap();
    assert!(mail.subject.starts_with("Copy: ") && mail.recipient.starts_with("person-") && mail.message.is_none());
    assert!(!mail.html.contains(&sent.token) && !mail.text.contains(&sent.token) && mail.text.contains("/r/hidden"));
    assert!(mail.html.contains("Leave a review") && !mail.html.contains("href="), "{}", mail.html);
    assert!(app.timeline(sent.message).await.contains(&(EventKind::CopySent, false)));
    assert_eq!(app.status(sent.message).await.0, Status::Sent);

    // The frame of a deleted message shows an error.
    let deleted = operator.post("/api/delete_message", &format!("slug=cup&id={}", sent.message)).await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.body);
    let gone = operator.get(&format!("/projects/cup/messages/{}/preview", sent.message)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    let policy = gone.header("content-security-policy");
    assert!(policy.starts_with("sandbox; default-src 'none'") && policy.contains("frame-ancestors 'self'"), "{policy}");
    assert_eq!(gone.header("x-frame-options"), "SAMEORIGIN");
}

/// The token in the links is the customer's key: it must not reach the staff.
#[tokio::test]
async fn staff_see_no_link_that_acts_as_the_customer() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    for (name, channel) in [("Ana Ruiz", Channel::Email), ("Ben Adler", Channel::Sms)] {
        let sent = app.sent(name, channel, 1).await;
        let loaded = viewer.get(&format!("/api/load_message?slug=cup&id={}", sent.message)).await;
        let detail: MessageDetail = serde_json::from_str(&loaded.body).unwrap();
        let preview = viewer.get(&format!("/projects/cup/messages/{}/preview", sent.message)).await;
        let page = viewer.get(&format!("/projects/cup/messages/{}", sent.message)).await;
        assert!(detail.text.contains("/r/hidden"), "{}", detail.text);
        for shown in [&loaded.body, &preview.body, &page.body] {
            assert!(!shown.contains(&sent.token), "{shown}");
        }
        assert!(!preview.body.contains("href="), "{}", preview.body);

        let before = (app.status(sent.message).await, app.timeline(sent.message).await);
        let words =
            [&detail.text, &detail.html, &preview.body].map(|text| text.replace(['"', '<', '>', '(', ')'], " "));
        let links: Vec<&str> =
            words.iter().flat_map(|w| w.split_whitespace()).filter_map(|word| word.strip_prefix(BASE)).collect();
        assert!(!links.is_empty());
        for link in links {
            assert_eq!(viewer.get(link).await.status, StatusCode::NOT_FOUND, "{link}");
            assert_eq!(viewer.post(link, "rating=1").await.status, StatusCode::NOT_FOUND, "{link}");
        }
        assert_eq!((app.status(sent.message).await, app.timeline(sent.message).await), before);
    }
    assert_eq!(app.count("select count(*) from review").await, 0);
    assert_eq!(app.count("select count(*) from customer where unsubscribed_at is not null").await, 0);
}

#[tokio::test]
async fn who_follows_the_link_of_an_email_has_opened_it() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    app.stranger().get(&format!("/r/{}", sent.token)).await;
    assert_eq!(app.status(sent.message).await, (Status::Clicked, State::Sent));
    assert_eq!(app.count("select count(*) from message where opened_at = clicked_at").await, 1);
    let events = app.timeline(sent.message).await;
    assert!(events.ends_with(&[OPENED, (EventKind::Clicked, false)]), "{events:?}");
    let sms = app.sent("Ben Adler", Channel::Sms, 0).await;
    app.stranger().get(&format!("/r/{}", sms.token)).await;
    assert_eq!(app.count("select count(*) from message where opened_at is not null").await, 1);
}

/// Mail gateways scan all links while they receive a mail.
#[tokio::test]
async fn nobody_reads_what_is_still_on_its_way() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update message set state = 1, status = 0, sent_at = null").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    for path in ["/o/", "/r/"] {
        app.stranger().get(&format!("{path}{}", sent.token)).await;
    }
    assert_eq!(app.status(sent.message).await, (Status::Scheduled, State::Sending));
    assert!(app.timeline(sent.message).await.iter().rev().take(2).all(|(_, machine)| *machine));
}

/// The outcome of the attempt is unknown: the message waits for another one, was given up, or was canceled.
#[tokio::test]
async fn who_reads_a_message_in_doubt_has_got_it() {
    for state in [
        "state = 0, status = 0",
        "state = 3, status = 4, failed_at = 5, failure_code = 'unconfirmed'",
        "state = 4, status = 6, canceled_at = 5",
    ] {
        let app = TestApp::new().await;
        let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
        let mut tx = app.db.begin().await.unwrap();
        let mut query = crate::server::store::db::Query::new("update message set sent_at = null, ");
        query.push(state).build().execute(&mut *tx).await.unwrap();
        sqlx::query("update send_attempt set outcome = 'ambiguous'").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        app.stranger().get(&format!("/o/{}", sent.token)).await;
        assert_eq!(app.status(sent.message).await, (Status::Opened, State::Sent), "{state}");
        let whole = "select count(*) from message m join send_attempt a on a.message_id = m.id
            where m.sent_at = a.started_at and m.failed_at is null and m.canceled_at is null";
        assert_eq!(app.count(whole).await, 1, "{state}");
    }
}
