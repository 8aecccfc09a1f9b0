//! What a project keeps only for some time goes for good, and its numbers stay.

use super::{
    store::shop::Shop,
    support::{Browser, TestApp},
};
use crate::{
    domain::{
        MessageId, Timestamp,
        filter::MessagesQuery,
        message::{Channel, MessageDetail},
        project_settings::ProjectSettingsPage,
        retention::Kept,
        role::Role,
    },
    server::{
        clock,
        demo::chance::Chance,
        requests, retention,
        store::{Db, attention, counters::audit, customers, guard::Viewer, messages},
    },
};
use axum::http::StatusCode;
use std::time::Duration;

const CONTENT: Kept = Kept { content: Some(12), events: None };
const EVENTS: Kept = Kept { content: None, events: Some(12) };

/// More than twelve months from now.
fn later() -> Timestamp {
    clock::now().plus(400 * Timestamp::DAY)
}

async fn remove(db: &Db, viewer: &Viewer, kept: Kept, now: Timestamp) -> u64 {
    retention::remove(db, viewer.project, kept, now, Duration::ZERO).await.unwrap()
}

async fn load(browser: &Browser, message: MessageId) -> MessageDetail {
    let answer = browser.get(&format!("/api/load_message?slug=cup&id={message}")).await;
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
}

async fn rows(db: &Db, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db.read()).await.unwrap()
}

#[tokio::test]
async fn contents_go_after_their_time_and_the_numbers_stay() {
    let shop = Shop::full(20, 700, &mut Chance::new(5)).await;
    let (db, viewer) = (&shop.db, &shop.manager);
    let all = MessagesQuery::default();
    let before = messages::page(viewer, &all).await.unwrap();
    let ended = rows(db, "select count(*) from message where state in (2, 3, 4)").await;
    assert!(ended > 400, "more than two chunks: {ended}");
    assert_eq!(remove(db, viewer, CONTENT, clock::now().plus(-1_000 * Timestamp::DAY)).await, 0, "it is not time yet");
    assert_eq!(remove(db, viewer, CONTENT, later()).await, ended.unsigned_abs());
    assert_eq!(remove(db, viewer, CONTENT, later()).await, 0, "once");

    let after = messages::page(viewer, &all).await.unwrap();
    assert_eq!((after.stats, after.place.total), (before.stats, before.place.total));
    assert_eq!(audit(db, false).await.unwrap(), []);
    let left = rows(
        db,
        "select count(*) from message m join message_content k on k.project_id = m.project_id and k.message_id = m.id
         where m.state in (2, 3, 4) and (m.recipient <> '' or k.text <> '' or k.subject <> '' or k.html <> '' or m.failure_text is not null)",
    );
    assert_eq!(left.await, 0);
    let untouched = rows(
        db,
        "select count(*) from message m join message_content k on k.project_id = m.project_id and k.message_id = m.id
         where m.state not in (2, 3, 4) and (m.recipient = '' or k.text = '' or k.removed_after is not null)",
    );
    assert_eq!(untouched.await, 0, "what waits is not touched");
    assert_eq!(attention::number(db, viewer.project).await.unwrap(), 0);
}

#[tokio::test]
async fn timelines_go_after_their_time() {
    let shop = Shop::full(20, 700, &mut Chance::new(5)).await;
    let (db, viewer) = (&shop.db, &shop.manager);
    let mut tx = db.begin().await.unwrap();
    for sql in [
        "insert into message_event (project_id, message_id, id, at, kind) select project_id, id, id, created_at, 0 from message",
        "insert into send_attempt (project_id, message_id, generation, started_at, provider) select project_id, id, 99, created_at, 'smtp' from message",
    ] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let ended = rows(db, "select count(*) from message where state in (2, 3, 4)").await;
    let waiting = rows(db, "select count(*) from message where state not in (2, 3, 4)").await;
    let before = messages::page(viewer, &MessagesQuery::default()).await.unwrap();
    assert_eq!(remove(db, viewer, EVENTS, later()).await, ended.unsigned_abs());
    for sql in
        ["select count(distinct message_id) from message_event", "select count(distinct message_id) from send_attempt"]
    {
        assert_eq!(rows(db, sql).await, waiting, "{sql}");
    }
    assert_eq!(messages::page(viewer, &MessagesQuery::default()).await.unwrap().stats, before.stats);
    assert_eq!(audit(db, false).await.unwrap(), []);
}

#[tokio::test]
async fn a_message_whose_content_is_gone_says_so_and_is_not_sent_again() {
    let app = TestApp::new().await;
    let (owner, system) = (app.member(Role::Owner).await, app.system("cup").await);
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    let failed = app.sent("Bo Berg", Channel::Email, 0).await;
    app.fail(failed.message, "mailbox-full").await;
    let kept = load(&owner, sent.message).await;
    assert!(kept.removed_after.is_none() && !kept.text.is_empty());
    assert_eq!(remove(&app.db, &system, CONTENT, later()).await, 2, "the reminder waits");

    let gone = load(&owner, sent.message).await;
    assert_eq!((gone.removed_after, gone.text.as_str(), gone.row.recipient.as_str()), (Some(12), "", ""));
    assert!(!gone.timeline.is_empty() && gone.timeline.iter().all(|entry| entry.detail.is_none()));
    let page = owner.get(&format!("/projects/cup/messages/{}", sent.message)).await.body.replace("<!>", "");
    assert!(page.contains("The content was removed 12 months after"), "{page}");
    for (function, id) in
        [("send_copy", sent.message), ("resend_message", failed.message), ("send_copy", failed.message)]
    {
        let answer = owner.post(&format!("/api/{function}"), &format!("slug=cup&id={id}")).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{function}");
        assert!(answer.body.contains("removed 12 months after"), "{function}: {}", answer.body);
    }
    assert_eq!(
        owner.get(&format!("/projects/cup/messages/{}/preview", sent.message)).await.status,
        StatusCode::CONFLICT
    );

    // Another address of the customer does not come into the old message.
    let form = crate::domain::customer::CustomerForm {
        name: "Ana Ruiz".into(),
        email: "ana.new@example.com".into(),
        ..Default::default()
    };
    customers::edit(&system, sent.customer, &form, clock::now()).await.unwrap();
    assert_eq!(load(&owner, sent.message).await.row.recipient, "");
    // Its link still works: that is the customer's.
    assert_eq!(app.stranger().get(&format!("/u/{}", sent.token)).await.status, StatusCode::OK);

    assert_eq!(remove(&app.db, &system, EVENTS, later()).await, 2);
    let page = owner.get(&format!("/projects/cup/messages/{}", sent.message)).await.body.replace("<!>", "");
    assert!(page.contains("It was removed, as the settings of the project ask."), "{page}");
}

#[tokio::test]
async fn a_canceled_message_without_content_is_neither_sent_nor_brought_back() {
    let app = TestApp::new().await;
    let (owner, system) = (app.member(Role::Owner).await, app.system("cup").await);
    let customer = app.customer("Ana Ruiz").await;
    let ask = crate::domain::ask::Ask { channels: vec![Channel::Email], reminders: vec![3], at: None };
    let base = app.state.config.base_url.clone();
    requests::create(&system, customer, &ask, &base, clock::now()).await.unwrap();
    let id: MessageId =
        sqlx::query_scalar("select id from message where reminder = 1").fetch_one(app.db.read()).await.unwrap();
    let canceled = owner.post("/api/cancel_message", &format!("slug=cup&id={id}")).await;
    let batch = serde_json::from_str::<crate::domain::done::Done>(&canceled.body).unwrap().undo.unwrap();
    assert_eq!(remove(&app.db, &system, CONTENT, later()).await, 1);
    let at = system.local(clock::now().plus(Timestamp::DAY)).input();
    for function in ["send_now", "reschedule_message"] {
        let answer = owner.post(&format!("/api/{function}"), &format!("slug=cup&id={id}&at={at}")).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{function}: {}", answer.body);
        assert!(answer.body.contains("removed 12 months after"), "{function}: {}", answer.body);
    }
    let undone = owner.post("/api/undo_cancel", &format!("slug=cup&batch={batch}")).await;
    assert_eq!(undone.status, StatusCode::NOT_FOUND, "{}", undone.body);
}

#[tokio::test]
async fn admins_choose_how_long() {
    let app = TestApp::new().await;
    let (admin, viewer) = (app.member(Role::Admin).await, app.member(Role::Viewer).await);
    let wrong = admin.post("/api/save_kept", "slug=cup&form[content]=2&form[events]=x").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("content") && wrong.body.contains("events"), "{}", wrong.body);
    let saved = admin.post("/api/save_kept", "slug=cup&form[content]=12&form[events]=").await;
    assert!(saved.body.contains("removed 12 months after") && saved.body.contains("kept for ever"), "{}", saved.body);
    let answer = viewer.get("/api/load_project_settings?slug=cup").await;
    let page: ProjectSettingsPage = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(page.kept, CONTENT);
    let seen = viewer.get("/projects/cup/settings/project").await.body.replace("<!>", "");
    assert!(seen.contains("removed 12 months after") && !seen.contains("Save how long"), "{seen}");
    let shown = admin.get("/projects/cup/settings/project").await.body.replace("<!>", "");
    assert!(shown.contains("Save how long") && shown.contains("Keep timelines"), "{shown}");
}
