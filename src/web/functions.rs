//! Gives the errors of server functions their own HTTP status: Leptos answers all of them with 500.

use super::{security, v1};
use crate::{
    domain::AppError,
    server::{auth, request_id},
};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION},
        response::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

/// The largest error that is read, in bytes; an error is a sentence or two.
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
        StatusCode::FOUND => redirected_to_ours(response, host),
        _ => response,
    }
}

async fn with_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, ERROR_MAX).await else { return parts.status.into_response() };
    match serde_json::from_slice(&bytes) {
        // This sentence is for the browser, when it cannot reach the server; here, the request could not be read.
        Ok(AppError::Transport(_)) => {
            tracing::debug!("a server function's input was not readable");
            json(parts, StatusCode::BAD_REQUEST, &of_status(StatusCode::BAD_REQUEST))
        }
        Ok(error) => {
            parts.status = auth::status(&error);
            Response::from_parts(parts, Body::from(bytes))
        }
        Err(_) => Response::from_parts(parts, Body::from(bytes)),
    }
}

/// Answers every failure under `/api/` with the JSON of an [`AppError`], whichever layer it comes from, because the caller
/// shows its sentence. Only a form that a browser submitted without scripts gets a page.
pub async fn errors_as_json(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let reads_json = path.starts_with("/api/") && !v1::problem::is_ours(path) && !auth::wants_html(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    if !reads_json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    if let Some(error) = parts.extensions.remove::<AppError>() {
        return json(parts, status, &error);
    }
    match to_bytes(body, ERROR_MAX).await {
        Ok(bytes) if serde_json::from_slice::<AppError>(&bytes).is_ok() => {
            Response::from_parts(parts, Body::from(bytes))
        }
        _ => json(parts, status, &of_status(status)),
    }
}

/// The answer, with the JSON of `error` as its body.
fn json(mut parts: Parts, status: StatusCode, error: &AppError) -> Response {
    parts.status = status;
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(CONTENT_SECURITY_POLICY);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Body::from(serde_json::to_vec(error).unwrap_or_default()))
}

/// The error for a status, if the answer has no sentence for the person.
fn of_status(status: StatusCode) -> AppError {
    match status {
        StatusCode::UNAUTHORIZED => AppError::Unauthorized,
        StatusCode::FORBIDDEN => AppError::Forbidden("This is not allowed.".into()),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
            AppError::NotFound("This page belongs to another version of the program. Load it again.".into())
        }
        StatusCode::PAYLOAD_TOO_LARGE => security::too_large(),
        StatusCode::TOO_MANY_REQUESTS => AppError::TooMany("Too many requests. Wait a moment, then try again.".into()),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            AppError::Unavailable("The server is busy, and nothing was changed. Try again in a moment.".into())
        }
        status if status.is_server_error() => {
            let reference = request_id::reference();
            tracing::error!(%status, reference, "a server function failed without an error of its own");
            AppError::Internal(reference)
        }
        _ => AppError::invalid("", "The form could not be read. Load the page again, then try once more."),
    }
}

/// Removes the dialog from the address, unless its form was refused: then the dialog shows the error.
fn without_dialog(to: &str) -> String {
    let Some((path, query)) = to.split_once('?').filter(|(_, query)| !query.contains("__err=")) else {
        return to.to_owned();
    };
    let rest: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("do=")).collect();
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

/// After a form without scripts, Leptos redirects to the `Referer`: allowed only if that address is ours.
fn redirected_to_ours(mut response: Response, host: Option<HeaderValue>) -> Response {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::reply;
    use axum::{Router, middleware::from_fn, routing::get};
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    async fn panics() -> StatusCode {
        panic!("a fault of the test")
    }

    async fn ask(path: &str, accept: &str) -> (StatusCode, Option<AppError>) {
        let failing = |status: u16, body: &'static str| {
            get(move || async move { (StatusCode::from_u16(status).unwrap(), body).into_response() })
        };
        let router = Router::new()
            .route("/api/fine", failing(200, "fine"))
            .route("/api/large", failing(413, "length limit exceeded"))
            .route("/api/busy", failing(503, ""))
            .route("/api/often", failing(429, "slow down"))
            .route("/api/unreadable", failing(400, "Failed to buffer the request body"))
            .route("/api/told", failing(409, r#"{"Conflict":"It was sent already."}"#))
            .route("/api/panics", get(panics))
            .route("/elsewhere", failing(503, "busy"))
            .route("/api/v1/busy", failing(503, "busy"))
            .layer(CatchPanicLayer::custom(reply::panicked))
            .layer(from_fn(errors_as_json));
        let request = Request::get(path).header("accept", accept).body(Body::empty()).unwrap();
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let error = serde_json::from_slice(&to_bytes(body, ERROR_MAX).await.unwrap()).ok();
        assert_eq!(error.is_some() && path != "/api/told", parts.headers[CONTENT_TYPE] == "application/json", "{path}");
        (parts.status, error)
    }

    #[tokio::test]
    async fn every_failure_of_a_server_function_is_an_error_in_json() {
        for (path, status, sentence) in [
            ("/api/large", 413, "at most 1024 kB"),
            ("/api/busy", 503, "Try again in a moment."),
            ("/api/often", 429, "Wait a moment"),
            ("/api/unreadable", 400, "could not be read"),
            ("/api/nowhere", 404, "another version"),
            ("/api/told", 409, "It was sent already."),
            ("/api/panics", 500, "Reference: "),
        ] {
            let (found, error) = ask(path, "application/json").await;
            let error = error.unwrap().to_string();
            assert!(found.as_u16() == status && error.contains(sentence), "{path}: {found} {error}");
        }
    }

    #[tokio::test]
    async fn other_answers_stay_as_they_are() {
        assert_eq!(ask("/api/fine", "application/json").await, (StatusCode::OK, None));
        assert_eq!(ask("/api/busy", "text/html,*/*").await, (StatusCode::SERVICE_UNAVAILABLE, None));
        for other in ["/elsewhere", "/api/v1/busy"] {
            assert_eq!(ask(other, "application/json").await, (StatusCode::SERVICE_UNAVAILABLE, None));
        }
    }
}
