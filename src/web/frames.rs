//! What pages show in a frame: a message's HTML, and a mail of the demo's outbox. Neither can run scripts or read cookies.

use super::reply;
use crate::{
    domain::{AppError, AppResult},
    server::{AppState, auth, clock, outbox, store::messages},
};
use axum::{
    extract::{Path, State},
    http::{
        HeaderMap, HeaderValue,
        header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS},
    },
    response::{Html, IntoResponse, Response},
};

const MESSAGE: &str = "sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'; frame-ancestors 'self'; \
     base-uri 'none'; form-action 'none'";

/// The customer's own view: links open, and images load, including the pixel.
const OUTBOX: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
     img-src 'self' http: https: data:; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";

/// An error, such as that the message was deleted, is shown in the frame, too.
const ERROR: &str = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'; frame-ancestors 'self'; base-uri 'none'; \
     form-action 'none'";

pub async fn message(
    State(state): State<AppState>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let html = async {
        let viewer = auth::access(&state, &headers, &slug, clock::now()).await?;
        let id = id.parse().map_err(|_| AppError::no_such("message"))?;
        Ok(messages::content(&viewer, id).await?.html)
    };
    framed(&state, html.await, MESSAGE)
}

pub async fn outbox(
    State(state): State<AppState>,
    Path((slug, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let html = async {
        let viewer = auth::access(&state, &headers, &slug, clock::now()).await?;
        let html = outbox::html(&state.config, &viewer, &file).await?;
        Ok(with_links_outside(&html))
    };
    framed(&state, html.await, OUTBOX)
}

/// Makes links open in a new window, not in the frame.
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

fn framed(state: &AppState, html: AppResult<String>, policy: &'static str) -> Response {
    let (policy, answer) = match html {
        Ok(html) => (policy, Html(html).into_response()),
        Err(error) => (ERROR, reply::error(&state.leptos_options, &error)),
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
