//! Files that staff take along.

use super::reply;
use crate::{
    domain::{AppError, AppResult, customer::filter::CustomerFilter, role::Role},
    server::{AppState, auth, clock, export, store::customers::Export},
};
use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    http::{
        HeaderMap,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};

/// The customers of a filter, as CSV.
pub async fn customers(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let viewer = auth::access(&state, &headers, &slug, clock::now()).await?;
        let manager = viewer.manager().ok_or_else(|| auth::lacks(Role::Manager))?;
        file(Export::new(manager, filter(query.as_deref().unwrap_or_default())?)).await
    };
    answer.await.unwrap_or_else(|error| reply::error(&state.leptos_options, &error))
}

/// Read strictly: a condition that cannot be read must not become "all".
fn filter(query: &str) -> AppResult<CustomerFilter> {
    let sentence = "The filter in this address cannot be read. Go back to the list, and export it again.";
    CustomerFilter::parse_strict(query).ok_or_else(|| AppError::invalid("", sentence))
}

async fn file(export: Export) -> AppResult<Response> {
    let name = format!("customers-{}-{}.csv", export.viewer().slug, export.viewer().today(clock::now()));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    let parts = export::customers(export).await?;
    Ok((headers, Body::from_stream(parts)).into_response())
}
