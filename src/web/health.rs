//! Answers for load balancers and crawlers.

use crate::server::AppState;
use axum::{extract::State, http::StatusCode};

/// 200 if the database accepts writes, else 503 with the reason.
pub async fn health(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.health.check(&state.db).await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}

/// Keeps search engines away from every page.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
