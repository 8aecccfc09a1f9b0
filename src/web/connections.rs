//! The connections of strangers: how many there may be, how long each may keep the server waiting, and how they end.

use crate::server::{limits::Connections, peer::network};
use axum::{
    BoxError, Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
};
use http_body_util::BodyExt;
use hyper::{Request, body::Body as _, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::{
    convert::Infallible,
    io::ErrorKind,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{Instant, sleep},
};
use tokio_util::io::InspectReader;
use tower::ServiceExt;

/// The files that the process may need beside its connections: the database's, the transports', those that are served.
const OTHER_FILES: u64 = 200;
/// The most connections, however many files there may be.
const MOST: u64 = 10_000;
/// How long a request may take to come when the process stops.
const LAST_WORD: Duration = Duration::from_millis(500);
/// How long to wait after a connection could not be accepted, for want of files or memory.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a proxy may keep a connection without a request. Longer than proxies do, so that none sends into one that ends.
const PROXY_IDLE: Duration = Duration::from_secs(15 * 60);
/// The most of an answer that waits for its reader in our memory, in bytes.
const BUFFER: usize = 64 * 1024;
/// After how many milliseconds the system ends a connection whose client acknowledges nothing, or takes nothing of what is
/// sent. A live stream sends something every 15 s.
#[cfg(target_os = "linux")]
const UNREAD: u32 = 30_000;
/// How often the log says that connections are refused.
const WARNING_PAUSE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For the head of a request.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// For the body of a request that [`LongBody`] allows more time.
    pub long_body: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// For answers under way when the process stops.
    pub stop: Duration,
    /// Connections from one network, unless it is trusted.
    pub per_network: usize,
    /// All connections.
    pub total: usize,
}

impl Bounds {
    /// Raises the process's limit of open files to the highest that is allowed, and stays below it.
    pub fn of_this_process() -> Self {
        let given = getrlimit(Resource::Nofile);
        let highest = Rlimit { current: given.maximum, ..given };
        let files = if setrlimit(Resource::Nofile, highest).is_ok() { highest.current } else { given.current };
        let total = files.unwrap_or(u64::MAX).saturating_sub(OTHER_FILES).clamp(16, MOST);
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            long_body: Duration::from_secs(30 * 60),
            idle: Duration::from_secs(65),
            stop: Duration::from_secs(10),
            per_network: 100,
            total: usize::try_from(total).unwrap_or(usize::MAX),
        }
    }
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The rest of a request's head; the first one, from connecting on.
    Head,
    /// The rest of a request's body.
    Body,
    /// The answer, or that the client reads it. A live stream stays here.
    Answer,
    /// The next request.
    Idle,
}

/// Allows a request more time to come. It is in each request's extensions; whoever takes files uses it once the person is known.
#[derive(Clone)]
pub struct LongBody(watch::Sender<Phase>, Arc<AtomicBool>);

impl LongBody {
    pub fn allow(&self) {
        self.1.store(true, Ordering::Relaxed);
        // Whoever waits for the end of the phase looks again.
        self.0.send_modify(|_| {});
    }
}

/// Serves until `stop`; returns when the last connection has ended.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    is_trusted: impl Fn(IpAddr) -> bool,
    bounds: Bounds,
    mut stop: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(bounds.total));
    let networks = Connections::default();
    let mut is_failing = false;
    let mut warned = None::<Instant>;
    loop {
        // Where there is no room, further connections wait in the system's queue.
        let accepted = async { (room.clone().acquire_owned().await, listener.accept().await) };
        let (permit, accepted) = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = accepted => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            // The client is gone already.
            Err(e) if matches!(e.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => continue,
            Err(error) => {
                if !is_failing {
                    tracing::error!(%error, "connections can't be accepted at the moment");
                }
                is_failing = true;
                sleep(PAUSE).await;
                continue;
            }
        };
        is_failing = false;
        let bounds = match is_trusted(peer.ip()) {
            true => Bounds { per_network: bounds.total, idle: PROXY_IDLE.max(bounds.idle), ..bounds },
            false => bounds,
        };
        let network = network(peer.ip()).to_string();
        let Some(place) = networks.open(&network, bounds.per_network) else {
            if warned.is_none_or(|at| at.elapsed() > WARNING_PAUSE) {
                warned = Some(Instant::now());
                tracing::warn!(
                    "too many connections of one network: more are refused. A proxy must be named in TRUSTED_PROXIES"
                );
            }
            continue;
        };
        let answering = answer(stream, peer, router.clone(), bounds, stop.clone());
        tokio::spawn(async move {
            answering.await;
            drop((permit, place));
        });
    }
    drop(listener);
    let _ = room.acquire_many(u32::try_from(bounds.total).unwrap_or(u32::MAX)).await;
}

/// Answers the requests of one connection, until it has taken longer over one of its phases than it may.
async fn answer(stream: TcpStream, peer: SocketAddr, router: Router, bounds: Bounds, mut stop: watch::Receiver<bool>) {
    // Otherwise Nagle's algorithm delays an answer's last packet by 40 ms.
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    let _ = rustix::net::sockopt::set_tcp_user_timeout(&stream, UNREAD);
    let (phase, mut changed) = watch::channel(Phase::Head);
    let heard = phase.clone();
    let is_long = Arc::new(AtomicBool::new(false));
    let longer = is_long.clone();
    let stream = InspectReader::new(stream, move |_: &[u8]| enter(&heard, Phase::Idle, Phase::Head));
    let service = service_fn(move |request: Request<Incoming>| {
        phase.send_replace(if request.body().is_end_stream() { Phase::Answer } else { Phase::Body });
        let (router, phase) = (router.clone(), phase.clone());
        // A body is dropped once it has been read, or nobody wants the rest.
        let mut request = request.map(|body| with(Step(phase.clone(), Phase::Body, Phase::Answer), body));
        request.extensions_mut().insert(ConnectInfo(peer));
        longer.store(false, Ordering::Relaxed);
        request.extensions_mut().insert(LongBody(phase.clone(), longer.clone()));
        async move {
            let response = router.oneshot(request).await?;
            enter(&phase, Phase::Body, Phase::Answer);
            Ok::<_, Infallible>(response.map(|body| with(Step(phase, Phase::Answer, Phase::Idle), body)))
        }
    });
    let mut http = http1::Builder::new();
    http.max_buf_size(BUFFER);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut stop_at = None;
    loop {
        let limit = match (*changed.borrow_and_update(), stop_at) {
            (Phase::Answer, None) => Duration::MAX,
            // hyper ends what is idle by itself; what it keeps still has a piece of an answer to send.
            (Phase::Answer | Phase::Idle, Some(at)) => Instant::saturating_duration_since(&at, Instant::now()),
            (_, Some(_)) => LAST_WORD,
            (Phase::Head, None) => bounds.head,
            (Phase::Body, None) if is_long.load(Ordering::Relaxed) => bounds.long_body,
            (Phase::Body, None) => bounds.body,
            (Phase::Idle, None) => bounds.idle,
        };
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = changed.changed() => {}
            () = sleep(limit) => return,
            _ = stop.wait_for(|stop| *stop), if stop_at.is_none() => {
                connection.as_mut().graceful_shutdown();
                stop_at = Some(Instant::now() + bounds.stop);
            }
        }
    }
}

/// The phase after `from`, where the connection is in `from`.
fn enter(phase: &watch::Sender<Phase>, from: Phase, to: Phase) {
    phase.send_if_modified(|phase| {
        let is_next = *phase == from;
        if is_next {
            *phase = to;
        }
        is_next
    });
}

/// Enters the next phase when it is dropped.
struct Step(watch::Sender<Phase>, Phase, Phase);

impl Drop for Step {
    fn drop(&mut self) {
        enter(&self.0, self.1, self.2);
    }
}

/// The same body, which drops `step` when it is dropped.
fn with<B>(step: Step, body: B) -> Body
where
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    Body::new(body.map_err(move |error| {
        // So that it is the closure's, which the body owns.
        let _ = &step;
        error
    }))
}
