//! Live updates: the version on connecting, an event when the project changes, and none otherwise.

use super::support::{Browser, TestApp};
use crate::domain::{message::Channel, role::Role};
use axum::{
    body::{Body, BodyDataStream},
    http::{Method, StatusCode},
};
use futures::StreamExt;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// A new connection.
async fn follow(browser: &Browser) -> BodyDataStream {
    let request = browser.request(Method::GET, "/projects/cup/live");
    let answer = browser.open(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert!(!answer.headers().contains_key("content-encoding"));
    answer.into_body().into_data_stream()
}

/// A connection whose first event was read.
async fn follow_changes(browser: &Browser) -> BodyDataStream {
    let mut stream = follow(browser).await;
    assert!(event(&mut stream, Duration::from_secs(2)).await.is_some());
    stream
}

async fn event(stream: &mut BodyDataStream, within: Duration) -> Option<String> {
    let chunk = timeout(within, stream.next()).await.ok()??.unwrap();
    Some(String::from_utf8(chunk.to_vec()).unwrap())
}

#[tokio::test]
async fn a_change_is_told_within_a_second_and_many_are_told_as_one() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let mut stream = follow_changes(&viewer).await;
    assert!(event(&mut stream, Duration::from_millis(300)).await.is_none(), "nothing has changed");
    app.customer("Ana Ruiz").await;
    let first = event(&mut stream, Duration::from_secs(2)).await.unwrap();
    assert!(first.contains("event: changed") && first.contains("data: "), "{first}");
    let id = first.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    assert!(id.ends_with(".0"), "nothing needs attention: {id}");
    let began = Instant::now();
    for n in 0..20 {
        app.customer(&format!("Customer {n}")).await;
    }
    assert!(event(&mut stream, Duration::from_secs(2)).await.is_some());
    assert!(began.elapsed() > Duration::from_millis(700), "events are a second apart");
    let more = event(&mut stream, Duration::from_millis(1_500)).await;
    assert!(
        more.is_none() || event(&mut stream, Duration::from_millis(1_500)).await.is_none(),
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
    while event(&mut stream, Duration::from_millis(1_500)).await.is_some() {}
    app.sent("Ana Ruiz", Channel::Email, 0).await;
    assert!(event(&mut stream, Duration::from_millis(1_500)).await.is_none());
}

#[tokio::test]
async fn the_present_version_is_told_on_connecting() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let field = |event: &str, name: &str| -> i64 {
        let found = event.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
        // The id ends in how many failed messages need attention.
        found.split('.').next().unwrap().parse().unwrap()
    };
    let mut versions = Vec::new();
    for name in ["Ana Ruiz", "Ben Okafor"] {
        // A change between the page and the connection.
        app.customer(name).await;
        let mut stream = follow(&viewer).await;
        let first = event(&mut stream, Duration::from_secs(2)).await.unwrap();
        let version = app.count("select version from project_change").await;
        assert!(first.contains("event: changed"), "{first}");
        assert_eq!((field(&first, "data:"), field(&first, "id:")), (version, version), "{first}");
        assert!(event(&mut stream, Duration::from_millis(1_300)).await.is_none(), "it is told once");
        versions.push(version);
    }
    assert!(versions[0] < versions[1], "{versions:?}");
}

#[tokio::test]
async fn it_ends_with_the_session_and_with_the_server() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let mut stream = follow_changes(&viewer).await;
    viewer.post("/api/sign_out", "").await;
    app.customer("Ana Ruiz").await;
    assert!(timeout(Duration::from_secs(3), stream.next()).await.unwrap().is_none(), "the session is over");

    let other = app.member(Role::Viewer).await;
    let mut stream = follow_changes(&other).await;
    app.stop.send(true).unwrap();
    assert!(timeout(Duration::from_secs(3), stream.next()).await.unwrap().is_none(), "the server stops");
}

#[tokio::test]
async fn a_person_has_a_few_connections_at_a_time() {
    let app = TestApp::new().await;
    let viewer = app.member(Role::Viewer).await;
    let mut open = Vec::new();
    for _ in 0..6 {
        open.push(follow_changes(&viewer).await);
    }
    let seventh = viewer.get("/projects/cup/live").await;
    assert_eq!(seventh.status, StatusCode::TOO_MANY_REQUESTS);
    open.pop();
    drop(follow_changes(&viewer).await);
    drop(follow_changes(&app.member(Role::Viewer).await).await);
}
