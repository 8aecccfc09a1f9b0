//! What the operator sees: numbers for monitoring, health, and a log that names requests and no customers.

mod alerts;
mod logs;
mod numbers;

use super::support::TestApp;
use crate::server::delivery::worker::{self, Clock};
use axum::http::StatusCode;
use std::time::{Duration, Instant};
use tokio::sync::watch;

#[tokio::test]
async fn it_is_ready_while_the_worker_turns() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    for path in ["/health", "/health/live", "/health/ready"] {
        let answer = stranger.get(path).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ok"), "{path}, without a worker");
    }
    let long_ago = Instant::now().checked_sub(Duration::from_secs(61)).unwrap();
    app.state.pulse.beat(long_ago);
    for path in ["/health", "/health/ready"] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.body.contains("The worker has not turned for a minute"), "{}", answer.body);
    }
    assert_eq!(stranger.get("/health/live").await.status, StatusCode::OK);
    let (db, transports) = (app.db.clone(), app.state.transports.clone());
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker::run_by(Clock::system(), db, transports, stopped, app.state.pulse.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(app.state.pulse.since().is_some_and(|since| since < Duration::from_millis(400)), "it turns");
    assert_eq!(stranger.get("/health/ready").await.status, StatusCode::OK);
    stop.send(true).unwrap();
    worker.await.unwrap();
}

#[tokio::test]
async fn it_lives_without_a_database() {
    let app = TestApp::new().await;
    app.db.close().await;
    assert_eq!(app.stranger().get("/health/live").await.status, StatusCode::OK);
    assert_eq!(app.stranger().get("/health/ready").await.status, StatusCode::SERVICE_UNAVAILABLE);
}
