//! Server functions answer with the status of their error: Leptos gives all of them 500.

use crate::{domain::AppError, server::auth};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header::LOCATION},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

/// An error is a sentence or two.
const ERROR_MAX: usize = 64 * 1024;

pub async fn status(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let host = request.headers().get("host").cloned();
    let response = next.run(request).await;
    match response.status() {
        StatusCode::INTERNAL_SERVER_ERROR if response.headers().contains_key(SERVER_FN_ERROR_HEADER) => {
            with_status(response).await
        }
        StatusCode::FOUND => staying_here(response, host),
        _ => response,
    }
}

async fn with_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ERROR_MAX).await else { return parts.status.into_response() };
    if let Ok(error) = serde_json::from_slice::<AppError>(&bytes) {
        parts.status = match error {
            // Here it is the request that could not be read.
            AppError::Transport(_) => StatusCode::BAD_REQUEST,
            other => auth::status(&other),
        };
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// The dialog that the address had opened is done with, unless its form was refused: then it shows the error.
fn without_dialog(to: &str) -> String {
    let Some((path, query)) = to.split_once('?').filter(|(_, query)| !query.contains("__err=")) else {
        return to.to_owned();
    };
    let rest: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("do=")).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

/// After a form without scripts, Leptos leads back to the address in `Referer`: only where that is one of ours.
fn staying_here(mut response: Response, host: Option<HeaderValue>) -> Response {
    let host = host.as_ref().and_then(|h| h.to_str().ok()).unwrap_or_default();
    let to = response.headers().get(LOCATION).and_then(|l| l.to_str().ok()).unwrap_or_default();
    let is_path = to.starts_with('/') && !to.starts_with("//") && !to.contains('\\');
    let rest = to.strip_prefix("http://").or_else(|| to.strip_prefix("https://"));
    let is_ours = rest.is_some_and(|rest| rest.split(['/', '?', '#']).next() == Some(host));
    let to = if is_path || is_ours { without_dialog(to.trim_end_matches('?')) } else { "/".into() };
    if let Ok(to) = HeaderValue::from_str(&to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response.headers_mut().remove(HeaderName::from_static(SERVER_FN_ERROR_HEADER));
    response
}
