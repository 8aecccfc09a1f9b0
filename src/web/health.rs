//! For load balancers and crawlers.

use crate::server::{AppState, auth, store::observe};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};

/// 200 as soon as the database answers.
pub async fn health(State(state): State<AppState>) -> Response {
    match observe::ping(&state.db).await {
        Ok(()) => "ok".into_response(),
        Err(error) => (auth::status(&error), error.to_string()).into_response(),
    }
}

/// Nothing here is for search engines.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
