//! The REST API: `/api/v1`, by keys of projects. Its document is made from the handlers (`openapi.json`), and read and tried at `docs`.

mod answers;
mod asks;
pub mod caller;
mod charges;
pub mod customers;
mod docs;
pub mod document;
mod input;
pub mod messages;
pub mod paging;
pub mod problem;
mod reviews;
pub mod words;

use crate::{
    domain::{AppError, api_key::Scope},
    server::AppState,
};
use axum::{
    Json, Router,
    http::{HeaderValue, header::CACHE_CONTROL},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::get,
};
use document::DOCUMENT;
use problem::Problem;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Where the API is.
pub const PREFIX: &str = "/api/v1";

/// What answers without a key.
pub const OPEN: [&str; 4] = ["/openapi.json", "/docs", "/docs/", "/docs/{*file}"];

/// What answers, with its part of the document.
fn resources() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(OpenApi::default())
        .routes(routes!(customers::list, customers::put))
        .routes(routes!(customers::get))
        .routes(routes!(customers::unsubscribe))
        .routes(routes!(customers::resubscribe))
        .routes(routes!(asks::create))
        .routes(routes!(asks::get))
        .routes(routes!(charges::list, charges::create))
        .routes(routes!(messages::list))
        .routes(routes!(messages::get, messages::delete))
        .routes(routes!(messages::cancel))
        .routes(routes!(messages::reschedule))
        .routes(routes!(messages::send_now))
        .routes(routes!(messages::resend))
        .routes(routes!(reviews::list))
        .routes(routes!(reviews::get))
}

/// The API, without its prefix.
pub fn router(state: &AppState) -> Router<AppState> {
    let (router, _) = resources().split_for_parts();
    let open = [get(document), get(docs::to_page), get(docs::page), get(docs::one)];
    OPEN.into_iter()
        .zip(open)
        .fold(router, |router, (path, method)| router.route(path, method))
        .fallback(nothing)
        .layer(from_fn_with_state(state.clone(), caller::know))
}

/// Method, path and scope of everything that needs a key.
pub fn operations() -> Vec<(String, String, Scope)> {
    document::operations(&DOCUMENT)
}

async fn document() -> Response {
    ([(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))], Json(&*DOCUMENT)).into_response()
}

async fn nothing() -> Problem {
    AppError::NotFound("There is nothing at this address.".into()).into()
}
