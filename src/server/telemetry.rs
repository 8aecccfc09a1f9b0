//! The log, and what it says of each request: by its route, because addresses hold tokens, which no log may keep.

use super::{
    AppState,
    delivery::evidence,
    metrics,
    peer::is_trusted,
    request_id::{self, answering},
};
use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use std::{
    backtrace::{Backtrace, BacktraceStatus},
    io::IsTerminal,
    net::SocketAddr,
    panic,
    sync::Arc,
    time::Instant,
};
use tower_http::request_id::{MakeRequestId, RequestId};
use tracing::{Instrument, Span, field::Empty};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter, util::SubscriberInitExt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl LogFormat {
    /// # Errors
    /// A sentence that names LOG_FORMAT.
    pub fn new(given: &str) -> Result<Self, String> {
        match given.trim() {
            "text" | "" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("LOG_FORMAT is {other:?}; it can be text or json.")),
        }
    }
}

/// Writes the log to standard error: standard output is for results.
///
/// # Errors
/// A sentence that names LOG.
pub fn init(filter: &str, format: LogFormat) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|e| format!("LOG {filter:?} is not a filter such as info, or review_messages=debug,warn: {e}."))?;
    write_to(std::io::stderr, filter, format);
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let words = info.payload_as_str().unwrap_or("unknown");
        let trace = Backtrace::capture();
        let backtrace = (trace.status() == BacktraceStatus::Captured).then(|| trace.to_string());
        tracing::error!(place, panic = evidence::impersonal(words), backtrace, "a panic");
    }));
    Ok(())
}

/// The same to another writer. A second call in one process changes nothing.
pub fn write_to<W>(writer: W, filter: EnvFilter, format: LogFormat)
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // What cannot be written (standard error may be a file on a disk that is full) is left out. The default would try to say so on
    // standard error, and panic.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).log_internal_errors(false);
    let _ = match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).finish().try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).finish().try_init(),
    };
}

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Removes the id of a request that does not come from a trusted proxy, or is no plain word.
pub async fn distrust(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_trusted = peer.is_some_and(|ConnectInfo(addr)| is_trusted(addr.ip(), &state.config.trusted_proxies));
    let mut given = request.headers().get_all(HEADER).iter();
    let is_one_word =
        given.next().is_some_and(|id| id.to_str().is_ok_and(request_id::is_valid)) && given.next().is_none();
    if !(is_trusted && is_one_word) {
        request.headers_mut().remove(HEADER);
    }
    next.run(request).await
}

/// Makes ids for requests without one.
#[derive(Clone, Copy)]
pub struct NewId;

impl MakeRequestId for NewId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&request_id::new()).ok().map(RequestId::new)
    }
}

/// Answers under the request's id, counts the answer and logs it.
pub async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let id: Arc<str> = id.unwrap_or_default().into();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    // At the highest level, so that it is there whatever is logged.
    let span =
        tracing::error_span!("request", id = &*id, method = %request.method(), route, status = Empty, ms = Empty);
    let response = answering(id, next.run(request)).instrument(span.clone()).await;
    let (status, seconds) = (response.status().as_u16(), started.elapsed().as_secs_f64());
    metrics::answered(route, status, seconds);
    span.record("status", status).record("ms", seconds * 1000.0);
    span.in_scope(|| match status {
        500.. => tracing::warn!("answered"),
        _ => tracing::debug!("answered"),
    });
    response
}

/// Has the tasks that Leptos starts while it renders a page belong to the request, too. Once for the process, before Leptos.
pub fn follow_tasks() {
    let _ = Executor::init_custom_executor(Followed);
}

struct Followed;

impl CustomExecutor for Followed {
    fn spawn(&self, task: PinnedFuture<()>) {
        let task = task.instrument(Span::current());
        match request_id::current() {
            Some(id) => drop(tokio::spawn(answering(id, task))),
            None => drop(tokio::spawn(task)),
        }
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(task);
    }

    fn poll_local(&self) {}
}

#[cfg(test)]
mod tests {
    use super::LogFormat;

    #[test]
    fn a_wrong_format_is_named() {
        assert_eq!(LogFormat::new(" json "), Ok(LogFormat::Json));
        assert_eq!(LogFormat::new("xml").unwrap_err(), "LOG_FORMAT is \"xml\"; it can be text or json.");
    }
}
