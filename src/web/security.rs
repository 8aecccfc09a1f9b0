//! The headers of every answer, and protection against requests from other sites.

use super::{BODY_MAX, imports, reply, v1};
use crate::{
    domain::{AppError, AppResult},
    server::{AppState, config::Config},
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{
            CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
            STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

const DEFAULTS: [(HeaderName, &str); 8] = [
    // For answers without a policy of their own: those are not pages.
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    // Forms without scripts redirect to their own page by it; other sites must not see addresses, which can contain tokens.
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (CACHE_CONTROL, "no-store"),
];

/// Adds the default headers that an answer has not set itself.
pub async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if state.config.is_secure() {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Allows a page's own scripts by their nonce.
pub fn allow_scripts() {
    let (Some(nonce), Some(answer)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    // `cargo leptos watch` reloads the page over a socket of its own.
    let reload = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws: 'unsafe-inline'" } else { "" };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'{reload}; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
         form-action 'self'; object-src 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        answer.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Refuses requests that another site makes a browser send, and request bodies that are too large.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if let Err(error) = same_origin(&state.config, request.method(), request.uri(), request.headers()) {
        return reply::error(&state.leptos_options, &error);
    }
    match within_limit(request).await {
        Some(request) => next.run(request).await,
        None => {
            let mut answer = reply::error(&state.leptos_options, &too_large());
            *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            answer
        }
    }
}

pub fn too_large() -> AppError {
    AppError::invalid("", format!("This is too large: at most {} kB can be sent at a time.", BODY_MAX / 1024))
}

/// The request; None if its body is too large. A body without a declared length is read here, because server functions
/// read bodies without a limit.
async fn within_limit(request: Request) -> Option<Request> {
    let declared = request.headers().get(CONTENT_LENGTH).map(|n| n.to_str().ok()?.parse().ok());
    let is_upload = imports::is_upload(request.method(), request.uri().path());
    let most = if is_upload { imports::REQUEST_MAX } else { BODY_MAX };
    match declared {
        Some(length) => length.is_some_and(|n: usize| n <= most).then_some(request),
        // It is counted as it comes.
        None if is_upload => Some(request),
        None if request.method().is_safe() => Some(request),
        None => {
            let (parts, body) = request.into_parts();
            // If the error is not the size, the client has disconnected, and nobody reads the answer.
            let bytes = to_bytes(body, BODY_MAX).await.ok()?;
            Some(Request::from_parts(parts, Body::from(bytes)))
        }
    }
}

/// Checks that a request that may change something comes from our own pages, or not from a browser.
///
/// Browsers say where a POST comes from in `Sec-Fetch-Site`, and older ones in `Origin`; none lets a page leave out both.
/// A request with neither comes from a program, which has no browser's cookies.
fn same_origin(config: &Config, method: &Method, uri: &Uri, headers: &HeaderMap) -> AppResult<()> {
    // These read no cookie: they are authorized by the token in the address (RFC 8058 for the first), or by a key.
    let path = uri.path();
    let by_token = path.starts_with("/u/") || path.starts_with("/webhooks/") || v1::problem::is_ours(path);
    if method.is_safe() || by_token {
        return Ok(());
    }
    let text = |name: &HeaderName| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    let is_ours = match (text(&HeaderName::from_static("sec-fetch-site")), text(&ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text(&HOST).unwrap_or_default();
            origin == config.base_url
                || origin.split_once("://").is_some_and(|(_, rest)| !rest.is_empty() && rest == host)
        }
        (None, None) => true,
    };
    if is_ours {
        return Ok(());
    }
    Err(AppError::Forbidden(
        "This was sent from another site, and nothing was changed. Open the page here and try again.".into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::config::Settings;

    #[test]
    fn only_our_own_pages_change_anything() {
        let config = Config::new(&Settings {
            addr: "127.0.0.1:3000".into(),
            data_dir: "data".into(),
            base_url: Some("https://reviews.example.com".into()),
            twilio_base_url: "https://api.twilio.com".into(),
            database_url: cfg!(feature = "postgres").then(|| "postgres://localhost/x".into()),
            ..Settings::default()
        })
        .unwrap();
        let ask = |method: Method, path: &str, site: Option<&str>, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("127.0.0.1:3000"));
            for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                if let Some(value) = value {
                    headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
                }
            }
            same_origin(&config, &method, &path.parse().unwrap(), &headers).is_ok()
        };
        let post = |site, origin| ask(Method::POST, "/api/send_now", site, origin);
        assert!(post(Some("same-origin"), None) && post(Some("none"), None));
        assert!(!post(Some("cross-site"), None) && !post(Some("same-site"), None) && !post(Some("x"), None));
        assert!(!post(Some("cross-site"), Some("https://reviews.example.com")));
        assert!(post(None, Some("https://reviews.example.com")) && post(None, Some("http://127.0.0.1:3000")));
        assert!(!post(None, Some("https://evil.example")) && !post(None, Some("null")) && !post(None, Some("")));
        assert!(!post(None, Some("https://reviews.example.com.evil.example")));
        assert!(post(None, None));
        assert!(ask(Method::GET, "/api/load_frame", Some("cross-site"), None));
        assert!(ask(Method::POST, "/u/abc", Some("cross-site"), Some("null")));
        assert!(ask(Method::POST, "/api/v1/asks", Some("cross-site"), Some("https://evil.example")));
        // It looks at Host and Origin itself.
        assert!(ask(Method::POST, "/api/mcp", Some("cross-site"), Some("https://evil.example")));
        assert!(!ask(Method::POST, "/api/v1x", Some("cross-site"), None));
        assert!(!ask(Method::POST, "/r/abc", Some("cross-site"), None));
        assert!(!ask(Method::DELETE, "/api/send_now", Some("cross-site"), None));
    }
}
