//! Numbers for monitoring, in the OpenMetrics text format that Prometheus reads: what this process has counted, and what the
//! database says of the queue.

use crate::{
    domain::{AppError, AppResult, Timestamp},
    server::{
        AppState, auth, clock,
        metrics::{self, gauges},
        request_id,
        store::{
            observe::{self, Queue},
            queue::stops,
        },
    },
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::text::{encode_eof, encode_registry},
    metrics::gauge::Gauge,
    registry::Registry,
};
use std::{collections::BTreeMap, net::SocketAddr, sync::atomic::AtomicU64};

const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub async fn metrics(State(state): State<AppState>, request: Request) -> Response {
    if !state.config.public_metrics && !is_local(&request) {
        let sentence = "Metrics are for this machine only; METRICS=public opens them.";
        return refused(&AppError::Forbidden(sentence.into()));
    }
    match text(&state, clock::now()).await {
        Ok(text) => ([(CONTENT_TYPE, HeaderValue::from_static(FORMAT))], text).into_response(),
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
    let registry = read(state, now).await?;
    let mut out = String::new();
    let written = encode_registry(&mut out, &registry)
        .and_then(|()| metrics::write(&mut out))
        .and_then(|()| encode_eof(&mut out));
    written.map_err(|error| {
        let reference = request_id::reference();
        tracing::error!(%error, reference, "the numbers could not be written");
        AppError::Internal(reference)
    })?;
    Ok(out)
}

/// What is true at this moment.
async fn read(state: &AppState, now: Timestamp) -> AppResult<Registry> {
    let mut registry = Registry::default();
    let messages = observe::messages(&state.db).await?;
    let messages = gauges(messages.into_iter().map(|(status, n)| ([("status", status.slug())], n)));
    registry.register("review_messages", "Messages by status", messages);

    let Queue { due, oldest } = observe::queue(&state.db, now).await?;
    registry.register("review_messages_due", "Messages that are due and not sent", number(due as f64));
    let lag = oldest.map_or(0.0, |at| (now.0 - at.0) as f64 / 1000.0);
    registry.register("review_messages_lag_seconds", "How long the oldest of them has been due", number(lag));

    let mut paused = BTreeMap::new();
    for stop in stops::stopped(&state.db).await? {
        *paused.entry([("channel", stop.channel.slug()), ("reason", stop.reason.code())]).or_insert(0) += 1;
    }
    registry.register("review_messages_connections_paused", "Connections over which nothing is sent", gauges(paused));

    if let Some(since) = state.pulse.since() {
        let name = "review_messages_worker_turned_seconds";
        registry.register(name, "How long ago the worker last turned", number(since.as_secs_f64()));
    }
    let waiting = number(state.hits.waiting() as f64);
    registry.register("review_messages_hits_waiting", "Opens and clicks that wait for being written", waiting);

    let of_pool = |(pool, open, idle): (&'static str, u32, usize)| {
        let idle = i64::try_from(idle).unwrap_or(i64::MAX);
        let used = (i64::from(open) - idle).max(0);
        [([("pool", pool), ("state", "used")], used), ([("pool", pool), ("state", "idle")], idle)]
    };
    let connections = gauges(state.db.connections().into_iter().flat_map(of_pool));
    registry.register("review_messages_database_connections", "Connections to the database", connections);
    Ok(registry)
}

fn number(value: f64) -> Gauge<f64, AtomicU64> {
    let gauge = Gauge::default();
    gauge.set(value);
    gauge
}
