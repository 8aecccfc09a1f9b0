//! Files of the site (style sheet, scripts, WebAssembly, icons), and the page for unknown addresses.

use super::page_context;
use crate::{app::shell, server::AppState};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
    },
    response::{IntoResponse, Response},
};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::render_app_async_with_context;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// For files whose name changes with their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Cached, and revalidated each time.
const CHECKED: HeaderValue = HeaderValue::from_static("no-cache");

/// A file that cargo-leptos built.
pub async fn package(State(options): State<LeptosOptions>, request: Request) -> Response {
    let caching = if options.hash_files { FOR_EVER } else { CHECKED };
    match file(&options, request, caching).await {
        Ok(response) => response,
        Err(_) => (StatusCode::NOT_FOUND, "There is no such file.").into_response(),
    }
}

/// Browsers request it on their own.
pub async fn icon(State(options): State<LeptosOptions>, request: Request) -> Response {
    match file(&options, request, FOR_AN_HOUR).await {
        Ok(response) => response,
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

/// Any other file, or the page "Not found".
pub async fn other(State(state): State<AppState>, request: Request) -> Response {
    let request = if matches!(*request.method(), Method::GET | Method::HEAD) {
        match file(&state.leptos_options, request, FOR_AN_HOUR).await {
            Ok(response) => return response,
            Err(request) => request,
        }
    } else {
        request
    };
    let options = state.leptos_options.clone();
    let context = move || {
        provide_context(state.clone());
        page_context();
    };
    let mut page = render_app_async_with_context(context, move || shell(options.clone()))(request).await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}

/// A file of the site's folder, precompressed if the build made such a copy; returns the request if there is no file.
async fn file(options: &LeptosOptions, request: Request, caching: HeaderValue) -> Result<Response, Request> {
    let files = ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let (parts, body) = request.into_parts();
    let found = files.oneshot(Request::from_parts(parts.clone(), Body::empty())).await;
    match found.map(IntoResponse::into_response) {
        Ok(mut found) if found.status().is_success() || found.status() == StatusCode::NOT_MODIFIED => {
            let headers = found.headers_mut();
            headers.insert(CACHE_CONTROL, caching);
            // An SVG may be opened as a document, and has inline styles.
            headers.insert(
                CONTENT_SECURITY_POLICY,
                HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
            );
            Ok(found)
        }
        _ => Err(Request::from_parts(parts, body)),
    }
}
