//! What staff are told of what disturbs sending: on each page, and live.

use crate::{
    domain::{
        ConnectionId, CustomerId, Timestamp,
        ask::Ask,
        connection::StopReason,
        message::Channel,
        project::{Alert, Frame},
        role::Role,
        schedule::{Week, Window},
    },
    server::{
        clock,
        delivery::worker,
        requests,
        store::queue::stops::{self, Stop},
    },
    tests::support::{Browser, TestApp},
};
use axum::{body::Body, http::Method};
use futures::StreamExt;
use std::time::Duration;
use tokio::time::timeout;

fn sentences(alerts: Vec<Alert>) -> Vec<String> {
    alerts.into_iter().map(|alert| alert.sentence).collect()
}

async fn told(staff: &Browser, slug: &str) -> Vec<String> {
    let answer = staff.get(&format!("/api/load_frame?slug={slug}")).await;
    let frame: Frame = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body));
    sentences(frame.alerts)
}

/// An email that has been due for so long.
async fn due(app: &TestApp, customer: CustomerId, ago: i64) {
    let ask = Ask { channels: vec![Channel::Email], reminders: vec![], at: None };
    let system = app.system("cup").await;
    requests::create(&system, customer, &ask, "https://reviews.example.com", clock::now().plus(-ago)).await.unwrap();
}

async fn change(app: &TestApp, sql: &'static str) {
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

fn paused(channel: Channel) -> Stop {
    Stop {
        connection: ConnectionId::of_deployment(channel),
        channel,
        project: None,
        since: clock::now(),
        reason: StopReason::SignIn,
        code: Some("535".into()),
        words: "535 5.7.8 bad credentials".into(),
        tries: 0,
        next_probe: clock::now().plus(Timestamp::MINUTE),
    }
}

#[tokio::test]
async fn messages_that_nothing_holds_up_and_nobody_sends() {
    let app = TestApp::new().await;
    app.project("bean").await;
    let (staff, others) = (app.member(Role::Viewer).await, app.member_of("bean", Role::Viewer).await);
    let ana = app.customer("Ana Ruiz").await;
    due(&app, ana, 4 * Timestamp::MINUTE).await;
    assert_eq!(told(&staff, "cup").await, [""; 0], "not for long");
    due(&app, ana, 6 * Timestamp::MINUTE).await;
    let alerts = told(&staff, "cup").await;
    assert!(alerts.len() == 1 && alerts[0].starts_with("1 message is due since today "), "{alerts:?}");
    assert!(alerts[0].contains("none has gone out for five minutes"), "{alerts:?}");
    let page = staff.get("/projects/cup/customers").await.body;
    assert!(page.contains("1 message is due since") && page.contains("1 alert"), "{page}");
    assert_eq!(told(&others, "bean").await, [""; 0], "it is none of theirs");

    // Email is paused: that says enough.
    stops::save(&app.db, &paused(Channel::Email), 0).await.unwrap();
    let alerts = told(&staff, "cup").await;
    assert!(alerts.len() == 1 && alerts[0].starts_with("Email is paused since"), "{alerts:?}");
    stops::resume(&app.db, ConnectionId::of_deployment(Channel::Email)).await.unwrap();

    // Outside of the window nothing is sent.
    let hour = clock::now().local(&chrono_tz::Europe::Berlin).input()[11..13].parse::<u16>().unwrap();
    let (from, to) = ((hour + 2) % 24 * 60, (hour + 3) % 24 * 60);
    let week = Week::daily(Window::Between { start: from, end: to });
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("update project set week = $1").bind(week.to_string()).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(told(&staff, "cup").await, [""; 0]);
    change(&app, "update project set week = ''").await;
    assert_eq!(told(&staff, "cup").await.len(), 1);

    // A worker comes.
    while worker::step(&app.db, &app.state.transports, clock::now()).await.unwrap() > 0 {}
    assert_eq!(told(&staff, "cup").await, [""; 0]);
    // What is late while others go out is in a long queue.
    due(&app, ana, 6 * Timestamp::MINUTE).await;
    assert_eq!(told(&staff, "cup").await, [""; 0]);
}

#[tokio::test]
async fn a_claim_whose_worker_died_waits_too() {
    let app = TestApp::new().await;
    let staff = app.member(Role::Viewer).await;
    let ana = app.customer("Ana Ruiz").await;
    due(&app, ana, 10 * Timestamp::MINUTE).await;
    let mut tx = app.db.begin().await.unwrap();
    let lost = clock::now().plus(-8 * Timestamp::MINUTE);
    sqlx::query("update message set state = 1, lease_until = $1").bind(lost).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let alerts = told(&staff, "cup").await;
    assert!(alerts.len() == 1 && alerts[0].starts_with("1 message is due since today "), "{alerts:?}");
}

#[tokio::test]
async fn they_come_and_go_without_a_reload() {
    let app = TestApp::new().await;
    let staff = app.member(Role::Viewer).await;
    let request = staff.request(Method::GET, "/projects/cup/live").body(Body::empty()).unwrap();
    let mut stream = staff.open(request).await.into_body().into_data_stream();
    let mut next = async || loop {
        let chunk = timeout(Duration::from_secs(9), stream.next()).await.unwrap().unwrap().unwrap();
        let event = String::from_utf8(chunk.to_vec()).unwrap();
        if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: "))
            && event.contains("event: alerts")
        {
            return sentences(serde_json::from_str(data).unwrap());
        }
    };
    assert_eq!(next().await, [""; 0], "the page may show what is over");
    stops::save(&app.db, &paused(Channel::Sms), 0).await.unwrap();
    let alerts = next().await;
    assert!(alerts.len() == 1 && alerts[0].starts_with("SMS is paused since today"), "{alerts:?}");
    stops::resume(&app.db, ConnectionId::of_deployment(Channel::Sms)).await.unwrap();
    assert_eq!(next().await, [""; 0]);
}

/// On PostgreSQL nobody can hold the whole database.
#[cfg(not(feature = "postgres"))]
#[tokio::test]
async fn a_database_that_takes_no_writes() {
    let app = TestApp::new().await;
    let staff = app.member(Role::Viewer).await;
    let writer = app.db.begin().await.unwrap();
    assert!(app.state.health.check(&app.db).await.is_err());
    assert_eq!(told(&staff, "cup").await, [""; 0], "one attempt may have met a long writer");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(app.state.health.check(&app.db).await.is_err());
    let alerts = told(&staff, "cup").await;
    assert!(alerts.len() == 1 && alerts[0].contains("its database takes no writes"), "{alerts:?}");
    writer.rollback().await.unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(app.state.health.check(&app.db).await.is_ok());
    assert_eq!(told(&staff, "cup").await, [""; 0]);
}
