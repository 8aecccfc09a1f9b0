//! Files that staff take along.

use super::reply;
use crate::{
    domain::{AppError, AppResult, customer::filter::CustomerFilter, filter::MessageFilter, role::Role},
    server::{
        AppState, auth, clock, export,
        store::{
            bulk, customers,
            guard::{Manager, Viewer},
            messages,
        },
    },
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
use futures::Stream;

/// The customers of a filter, as CSV.
pub async fn customers(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let manager = manager(&state, &headers, &slug).await?;
        let filter = CustomerFilter::parse_strict(query.as_deref().unwrap_or_default()).ok_or_else(unreadable)?;
        let export = customers::Export::new(manager, filter);
        let name = name("customers", export.viewer());
        Ok(file(&name, export::customers(export).await?))
    };
    answer.await.unwrap_or_else(|error| reply::error(&state.leptos_options, &error))
}

/// The messages of a filter, as CSV.
pub async fn messages(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let manager = manager(&state, &headers, &slug).await?;
        let filter = MessageFilter::parse_strict(query.as_deref().unwrap_or_default()).ok_or_else(unreadable)?;
        let export = messages::Export::new(manager, filter).await?;
        let name = name("messages", export.viewer());
        Ok(file(&name, export::messages(export)))
    };
    answer.await.unwrap_or_else(|error| reply::error(&state.leptos_options, &error))
}

/// What became of each message of a bulk action, as CSV.
pub async fn bulk_rows(
    State(state): State<AppState>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let manager = manager(&state, &headers, &slug).await?;
        let id = id.parse().map_err(|_| AppError::no_such("bulk action"))?;
        let rows = bulk::Rows::new(manager, id).await?;
        let name = name(&format!("bulk-{}", rows.kind().slug()), rows.viewer());
        Ok(file(&name, export::bulk_rows(rows)))
    };
    answer.await.unwrap_or_else(|error| reply::error(&state.leptos_options, &error))
}

async fn manager(state: &AppState, headers: &HeaderMap, slug: &str) -> AppResult<Manager> {
    let viewer = auth::access(state, headers, slug, clock::now()).await?;
    viewer.manager().ok_or_else(|| auth::lacks(Role::Manager))
}

/// Filters are read strictly: a condition that cannot be read must not become "all".
fn unreadable() -> AppError {
    AppError::invalid("", "The filter in this address cannot be read. Go back to the list, and export it again.")
}

fn name(what: &str, viewer: &Viewer) -> String {
    format!("{what}-{}-{}.csv", viewer.slug, viewer.today(clock::now()))
}

fn file(name: &str, parts: impl Stream<Item = AppResult<String>> + Send + 'static) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, Body::from_stream(parts)).into_response()
}
