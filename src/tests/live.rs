//! Live updates: ticks when a project changes, and only then.

use super::support::{Browser, TestApp};
use crate::domain::{message::Channel, role::Role};
use axum::{
    body::{Body, BodyDataStream},
    http::{Method, StatusCode},
};
use futures::StreamExt;
use std::time::{Duration, Instant};
use tokio::time::timeout;

async fn follow(browser: &Browser, seen: Option<&str>) -> BodyDataStream {
    let mut request = browser.request(Method::GET, "/projects/cup/live");
    if let Some(seen) = seen {
        request = request.header("last-event-id", seen);
    }
    let answer = browser.open(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert!(!answer.headers().contains_key("content-encoding"));
    answer.into_body().into_data_stream()
}

async fn tick(stream: &mut BodyDataStream, within: Duration) -> Option<String> {
    let chunk = timeout(within, stream.next()).await.ok()??.unwrap();
    Some(String::from_utf8(chunk.to_vec()).unwrap())
}

#[tokio::test]
async fn a_change_is_told_within_a_second_and_many_are_told_as_one() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let mut stream = follow(&viewer, None).await;
    assert!(tick(&mut stream, Duration::from_millis(300)).await.is_none(), "nothing has changed");
    app.customer("Ana Ruiz").await;
    let first = tick(&mut stream, Duration::from_secs(2)).await.unwrap();
    assert!(first.contains("event: changed") && first.contains("data: "), "{first}");
    let began = Instant::now();
    for n in 0..20 {
        app.customer(&format!("Customer {n}")).await;
    }
    assert!(tick(&mut stream, Duration::from_secs(2)).await.is_some());
    assert!(began.elapsed() > Duration::from_millis(700), "ticks are a second apart");
    let more = tick(&mut stream, Duration::from_millis(1_500)).await;
    assert!(
        more.is_none() || tick(&mut stream, Duration::from_millis(1_500)).await.is_none(),
        "twenty changes were told as two at most"
    );
}

#[tokio::test]
async fn another_projects_changes_are_none() {
    let app = TestApp::new().await;
    let bean = app
        .member_of(
            {
                app.project("bean").await;
                "bean"
            },
            Role::Viewer,
        )
        .await;
    let request = bean.request(Method::GET, "/projects/bean/live").body(Body::empty()).unwrap();
    let mut stream = bean.open(request).await.into_body().into_data_stream();
    // Its own beginnings may be told late.
    while tick(&mut stream, Duration::from_millis(1_500)).await.is_some() {}
    app.sent("Ana Ruiz", Channel::Email, 0).await;
    assert!(tick(&mut stream, Duration::from_millis(1_500)).await.is_none());
}

#[tokio::test]
async fn what_was_missed_is_told_on_coming_back() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let mut stream = follow(&viewer, None).await;
    app.customer("Ana Ruiz").await;
    let told = tick(&mut stream, Duration::from_secs(2)).await.unwrap();
    let id = told.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(stream);
    let mut same = follow(&viewer, Some(&id)).await;
    assert!(tick(&mut same, Duration::from_millis(300)).await.is_none());
    app.customer("Ben Okafor").await;
    assert!(tick(&mut follow(&viewer, Some(&id)).await, Duration::from_secs(2)).await.is_some());
}

#[tokio::test]
async fn it_ends_with_the_session_and_with_the_server() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let mut stream = follow(&viewer, None).await;
    viewer.post("/api/sign_out", "").await;
    app.customer("Ana Ruiz").await;
    assert!(timeout(Duration::from_secs(3), stream.next()).await.unwrap().is_none(), "the session is over");

    let other = app.member(Role::Viewer).await;
    let mut stream = follow(&other, None).await;
    app.stop.send(true).unwrap();
    assert!(timeout(Duration::from_secs(3), stream.next()).await.unwrap().is_none(), "the server stops");
}

#[tokio::test]
async fn a_person_has_a_few_connections_at_a_time() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(follow(&viewer, None).await);
    }
    let seventh = viewer.get("/projects/cup/live").await;
    assert_eq!(seventh.status, StatusCode::TOO_MANY_REQUESTS);
    open.pop();
    drop(follow(&viewer, None).await);
    drop(follow(&app.member(Role::Viewer).await, None).await);
}
