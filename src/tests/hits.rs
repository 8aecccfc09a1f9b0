//! Opens and clicks are written together, after the answer.

use super::support::TestApp;
use crate::{
    domain::{
        Timestamp,
        message::{Channel, EventKind},
        status::{Signal, State, Status},
    },
    server::{
        clock,
        store::tracking::{self, Hit},
    },
};
use std::time::{Duration, Instant};

async fn hit(app: &TestApp, token: &str, signal: Signal, at: Timestamp) -> Hit {
    let letter = tracking::letter(&app.db, token).await.unwrap().unwrap();
    Hit { letter, signal, machine: None, name: None, at }
}

#[tokio::test]
async fn the_review_page_does_not_wait_for_the_write() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    // On SQLite, nobody else writes meanwhile; on PostgreSQL, nobody in this project.
    let busy = app.db.begin_in(app.system("cup").await.project).await.unwrap();
    let started = Instant::now();
    for path in ["/o/", "/r/"] {
        let answer = app.stranger().get(&format!("{path}{}", sent.token)).await;
        assert!(answer.status.is_success());
    }
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    tokio::time::sleep(Duration::from_millis(200)).await;
    busy.rollback().await.unwrap();
    assert_eq!(app.status(sent.message).await, (Status::Clicked, State::Sent));
}

#[tokio::test]
async fn many_hits_are_one_change_of_each_project() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.sent("Ana Ruiz", Channel::Email, 0).await, app.sent("Ben Adler", Channel::Email, 0).await);
    let version = "select version from project_change";
    let before = app.count(version).await;
    let now = clock::now();
    for n in 0..20 {
        let (token, signal) = if n % 2 == 0 { (&ana.token, Signal::Opened) } else { (&ben.token, Signal::Clicked) };
        app.state.hits.take(hit(&app, token, signal, now.plus(n)).await).await;
    }
    assert!(app.count(version).await - before <= 10, "few transactions");
    assert_eq!(app.status(ana.message).await.0, Status::Opened);
    assert_eq!(app.status(ben.message).await.0, Status::Clicked);
    let of = |kind| move |events: Vec<(EventKind, bool)>| events.iter().filter(|event| event.0 == kind).count();
    assert_eq!(of(EventKind::Opened)(app.timeline(ana.message).await), 10);
    assert_eq!(of(EventKind::Clicked)(app.timeline(ben.message).await), 10);
}

#[tokio::test]
async fn a_message_keeps_so_many_hits_and_the_first_of_each_kind() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let now = clock::now();
    let open = hit(&app, &sent.token, Signal::Opened, now).await;
    tracking::record(&app.db, &vec![open.clone(); 80]).await.unwrap();
    let kept = app.timeline(sent.message).await.len();
    let version = app.count("select version from project_change").await;
    tracking::record(&app.db, &[open.clone(), open]).await.unwrap();
    assert_eq!(app.count("select version from project_change").await, version, "nobody needs to hear of it");
    assert_eq!(app.timeline(sent.message).await.len(), kept);
    let click = hit(&app, &sent.token, Signal::Clicked, now).await;
    tracking::record(&app.db, &[click]).await.unwrap();
    assert_eq!(app.status(sent.message).await.0, Status::Clicked);
}

#[tokio::test]
async fn a_deleted_message_takes_only_its_own_hits_along() {
    let app = TestApp::new().await;
    let (gone, stays) = (app.sent("Ana Ruiz", Channel::Email, 0).await, app.sent("Ben Adler", Channel::Email, 0).await);
    let now = clock::now();
    let hits = [hit(&app, &gone.token, Signal::Opened, now).await, hit(&app, &stays.token, Signal::Opened, now).await];
    let operator = app.member(crate::domain::role::Role::Operator).await;
    let deleted = operator.post("/api/delete_message", &format!("slug=cup&id={}", gone.message)).await;
    assert!(deleted.status.is_success());
    for hit in hits {
        app.state.hits.take(hit).await;
    }
    assert_eq!(app.status(stays.message).await.0, Status::Opened);
}

#[tokio::test]
async fn the_flood_of_one_message_is_not_recorded() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    let before = app.timeline(sent.message).await.len();
    for _ in 0..45 {
        assert!(app.stranger().get(&format!("/o/{}", sent.token)).await.status.is_success());
    }
    let kept = app.timeline(sent.message).await.len() - before;
    assert!((30..40).contains(&kept), "30 a minute: {kept}");
    // Clicks, and what machines do, are counted apart.
    app.stranger().get(&format!("/r/{}", sent.token)).await;
    assert_eq!(app.status(sent.message).await.0, Status::Clicked);
}
