//! Answers for load balancers and crawlers.

use crate::server::AppState;
use axum::{extract::State, http::StatusCode};

/// 200 while the process answers at all.
pub async fn live() -> &'static str {
    "ok"
}

/// 200 if the database accepts writes and the worker turns, else 503 with the reason.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.health.ready(&state.db, &state.pulse).await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}

/// Keeps search engines away from every page.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
