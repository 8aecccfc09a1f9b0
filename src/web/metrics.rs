//! Numbers for monitoring, in Prometheus' text format.

use crate::{
    domain::{AppError, AppResult, Timestamp},
    server::{
        AppState, auth, clock,
        store::observe::{self, Queue},
    },
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use std::{fmt::Write, net::SocketAddr};

pub async fn metrics(State(state): State<AppState>, request: Request) -> Response {
    if !state.config.public_metrics && !is_local(&request) {
        let sentence = "Metrics are for this machine only; METRICS=public opens them.";
        return refused(&AppError::Forbidden(sentence.into()));
    }
    match text(&state, clock::now()).await {
        Ok(text) => ([(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"))], text).into_response(),
        Err(error) => refused(&error),
    }
}

fn refused(error: &AppError) -> Response {
    (auth::status(error), error.to_string()).into_response()
}

/// Whether the request comes from this machine, and not through a proxy on it.
fn is_local(request: &Request) -> bool {
    let through_proxy =
        ["x-forwarded-for", "forwarded", "x-real-ip", "via"].iter().any(|h| request.headers().contains_key(*h));
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    !through_proxy && peer.is_some_and(|ConnectInfo(addr)| addr.ip().is_loopback())
}

async fn text(state: &AppState, now: Timestamp) -> AppResult<String> {
    let messages = observe::messages(&state.db).await?;
    let Queue { due, oldest } = observe::queue(&state.db, now).await?;
    let age = oldest.map_or(0.0, |at| (now.0 - at.0) as f64 / 1000.0);
    let mut out = String::from("# HELP review_messages Messages by status.\n# TYPE review_messages gauge\n");
    // Writing into a string cannot fail.
    for (status, n) in messages {
        let _ = writeln!(out, "review_messages{{status=\"{}\"}} {n}", status.slug());
    }
    let _ = write!(
        out,
        "# HELP review_messages_due Messages that are due and not sent, up to 10000.\n\
         # TYPE review_messages_due gauge\nreview_messages_due {due}\n\
         # HELP review_messages_due_oldest_seconds How long the first of them has been due.\n\
         # TYPE review_messages_due_oldest_seconds gauge\nreview_messages_due_oldest_seconds {age}\n\
         # HELP http_requests_total Requests answered, by the first digit of their status.\n\
         # TYPE http_requests_total counter\n"
    );
    for (class, n) in state.traffic.by_class() {
        let _ = writeln!(out, "http_requests_total{{status=\"{class}xx\"}} {n}");
    }
    Ok(out)
}
