//! What pages show in a frame: a message as it was sent, a mail of the demo's outbox. Whatever stands in them, they run no
//! scripts and read no cookies.

use super::reply;
use crate::{
    domain::{AppError, AppResult, Timestamp},
    server::{AppState, auth, delivery::template::without_pixel, outbox, store::messages},
};
use axum::{
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue, Uri,
        header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS},
    },
    response::{Html, IntoResponse, Response},
};

const MESSAGE: &str = "sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; frame-ancestors 'self'; \
     base-uri 'none'; form-action 'none'";

/// The customer's own view: links open, and images load, the pixel among them.
const OUTBOX: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
     img-src 'self' http: https: data:; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// What became of the message meanwhile is told in the frame too.
const ERROR: &str = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'; frame-ancestors 'self'; base-uri 'none'; \
     form-action 'none'";

pub async fn message(
    State(state): State<AppState>,
    Path((slug, id)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let html = async {
        let viewer = auth::access(&state, &headers, &slug, Timestamp::now()).await?;
        let id = id.parse().map_err(|_| AppError::no_such("message"))?;
        let content = messages::content(&viewer, id).await?;
        Ok(without_pixel(&content.html))
    };
    framed(&state, &uri, html.await, MESSAGE)
}

pub async fn outbox(
    State(state): State<AppState>,
    Path((slug, file)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let html = async {
        let viewer = auth::access(&state, &headers, &slug, Timestamp::now()).await?;
        let html = outbox::html(&state.config, &viewer, &file).await?;
        Ok(with_links_outside(&html))
    };
    framed(&state, &uri, html.await, OUTBOX)
}

/// Links open in a window of their own: the frame itself leads nowhere.
fn with_links_outside(html: &str) -> String {
    const BASE: &str = "<base target=\"_blank\">";
    match html.find("<head>") {
        Some(at) => {
            let (before, after) = html.split_at(at + "<head>".len());
            format!("{before}{BASE}{after}")
        }
        None => format!("{BASE}{html}"),
    }
}

fn framed(state: &AppState, uri: &Uri, html: AppResult<String>, policy: &'static str) -> Response {
    let (policy, answer) = match html {
        Ok(html) => (policy, Html(html).into_response()),
        Err(error) => (ERROR, reply::error(&state.leptos_options, uri, &error)),
    };
    let headers = [
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    (headers, answer).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_leave_the_frame() {
        assert_eq!(
            with_links_outside("<html><head><title>x</title></head></html>"),
            "<html><head><base target=\"_blank\"><title>x</title></head></html>"
        );
        assert_eq!(with_links_outside("<p>x"), "<base target=\"_blank\"><p>x");
    }
}
