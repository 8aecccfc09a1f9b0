//! The log, and the count of answered requests.

use super::AppState;
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use std::{
    io::IsTerminal,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};
use tracing_subscriber::EnvFilter;

/// Writes the log to standard error: standard output is for results.
///
/// # Errors
/// A sentence that names LOG.
pub fn init(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|e| format!("LOG {filter:?} is not a filter such as info, or review_messages=debug,warn: {e}."))?;
    let is_terminal = std::io::stderr().is_terminal();
    // A second call in one process, as in tests, changes nothing.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(is_terminal)
        .try_init();
    Ok(())
}

/// Requests answered since the start, by the first digit of their status.
#[derive(Debug, Default)]
pub struct Traffic([AtomicU64; 5]);

impl Traffic {
    fn count(&self, status: u16) {
        if let Some(class) = self.0.get(usize::from(status / 100).wrapping_sub(1)) {
            class.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The first digit, and how many.
    pub fn by_class(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        (1..).zip(self.0.iter().map(|n| n.load(Ordering::Relaxed)))
    }
}

/// Counts each answer, and logs it by its route: addresses hold tokens, which no log may keep.
pub async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    state.traffic.count(status);
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    tracing::debug!(%method, route, status, ms = started.elapsed().as_secs_f64() * 1000.0, "answered");
    response
}
