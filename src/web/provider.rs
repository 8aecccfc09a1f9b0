//! The way to the identity provider, and back.

use super::reply;
use crate::{
    domain::AppError,
    server::{
        AppState,
        auth::provider::{self, Led},
    },
};
use axum::{
    extract::{Query, Request, State},
    http::{HeaderValue, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Begin {
    next: String,
}

/// Leads to the provider.
pub async fn begin(State(state): State<AppState>, Query(query): Query<Begin>, request: Request) -> Response {
    let led = provider::begin(&state, request.into_parts().0, &query.next).await;
    answer(&state, led)
}

/// What the provider sends the browser back with; without a code where it did not sign the person in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Back {
    code: String,
    state: String,
}

/// Signs in who comes back from the provider.
pub async fn back(State(state): State<AppState>, Query(query): Query<Back>, request: Request) -> Response {
    let led = provider::finish(&state, request.into_parts().0, &query.code, &query.state).await;
    answer(&state, led)
}

fn answer(state: &AppState, led: Option<Led>) -> Response {
    let no_provider = AppError::NotFound("This server signs in by no identity provider.".into());
    let Some(Led { to, headers }) = led else { return reply::error(&state.leptos_options, &no_provider) };
    match HeaderValue::from_str(&to) {
        Ok(to) => (StatusCode::SEE_OTHER, headers, [(LOCATION, to)]).into_response(),
        Err(_) => reply::error(&state.leptos_options, &no_provider),
    }
}
