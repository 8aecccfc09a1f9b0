//! What a stranger's connections may cost: over real sockets, with shorter times.

use crate::web::connections::{Bounds, serve};
use axum::{
    Router,
    body::{Body, Bytes},
    routing::{get, post},
};
use futures::stream;
use std::{convert::Infallible, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn bounds() -> Bounds {
    Bounds {
        head: ms(400),
        body: ms(800),
        long_body: ms(3_000),
        idle: ms(1_600),
        stop: ms(1_500),
        per_network: 100,
        total: 100,
    }
}

/// Sends 20 letters, one each 100 ms.
async fn letters() -> Body {
    Body::from_stream(stream::unfold(0, |sent| async move {
        sleep(ms(100)).await;
        (sent < 20).then(|| (Ok::<_, Infallible>(Bytes::from_static(b"x")), sent + 1))
    }))
}

struct Site {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Site {
    async fn new(bounds: Bounds) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let slow = |time| move || async move { (sleep(time).await, "late").1 };
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/letters", get(letters))
            .route("/slow", get(slow(ms(1_000))))
            .route("/endless", get(slow(Duration::MAX)))
            .route("/length", post(|body: Bytes| async move { body.len().to_string() }));
        Self { addr, stop, serving: tokio::spawn(serve(listener, router, |_| false, bounds, stopped)) }
    }

    /// A connection that has sent `text`.
    async fn send(&self, text: &str) -> Client {
        let mut client = Client(TcpStream::connect(self.addr).await.unwrap());
        client.send(text).await;
        client
    }

    /// Stops the server, and gives how long that took.
    async fn stopped(self) -> Duration {
        let started = Instant::now();
        self.stop.send(true).unwrap();
        self.serving.await.unwrap();
        started.elapsed()
    }
}

struct Client(TcpStream);

impl Client {
    async fn send(&mut self, text: &str) {
        let _ = self.0.write_all(text.as_bytes()).await;
    }

    /// One answer of which the body ends in `end`.
    async fn answer(&mut self, end: &str) -> String {
        let mut all = Vec::new();
        while !all.ends_with(end.as_bytes()) && self.0.read_buf(&mut all).await.is_ok_and(|n| n > 0) {}
        String::from_utf8(all).unwrap()
    }

    /// Everything until the server closes the connection, and how long that took.
    async fn rest(&mut self) -> (String, Duration) {
        let (mut all, started) = (Vec::new(), Instant::now());
        let end = timeout(ms(6_000), async { while self.0.read_buf(&mut all).await.is_ok_and(|n| n > 0) {} }).await;
        assert!(end.is_ok(), "it was not closed");
        (String::from_utf8(all).unwrap(), started.elapsed())
    }
}

const GET: &str = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

fn around(expected: u64, found: Duration) -> bool {
    (ms(expected - 50)..ms(expected + 500)).contains(&found)
}

#[tokio::test]
async fn whoever_sends_no_request_is_let_go() {
    let site = Site::new(bounds()).await;
    let (_, silent) = site.send("").await.rest().await;
    assert!(around(400, silent), "{silent:?}");
    let (_, half) = site.send("GET / HTTP/1.1\r\nhost:").await.rest().await;
    assert!(around(400, half), "{half:?}");
    let mut drop_by_drop = site.send("GET / HTTP/1.1\r\n").await;
    let started = Instant::now();
    while started.elapsed() < ms(1_500) && drop_by_drop.0.write_all(b"a: b\r\n").await.is_ok() {
        sleep(ms(50)).await;
    }
    assert!(around(400, started.elapsed()), "{:?}", started.elapsed());
    let half_a_body = "POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf";
    let (said, body) = site.send(half_a_body).await.rest().await;
    assert!(said.is_empty() && around(800, body), "{body:?}");
}

#[tokio::test]
async fn a_connection_lives_on_between_requests_and_while_it_is_answered() {
    let site = Site::new(bounds()).await;
    let mut client = site.send(GET).await;
    assert!(client.answer("here").await.starts_with("HTTP/1.1 200"));
    // Longer than for a head.
    sleep(ms(800)).await;
    client.send("POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf").await;
    sleep(ms(300)).await;
    client.send("+half").await;
    assert!(client.answer("9").await.starts_with("HTTP/1.1 200"));
    let (_, idle) = client.rest().await;
    assert!(around(1_600, idle), "{idle:?}");

    let mut client = site.send(&GET.replace("/ ", "/letters ")).await;
    let letters = client.answer("0\r\n\r\n").await;
    assert_eq!(letters.matches("\r\nx\r\n").count(), 20, "longer than all other times: {letters}");
    // After the answer, the head of the next request has its time as any other.
    client.send("GET").await;
    let (_, half) = client.rest().await;
    assert!(around(400, half), "{half:?}");
}

#[tokio::test]
async fn one_network_has_so_many_connections_and_no_more() {
    let site = Site::new(Bounds { per_network: 2, ..bounds() }).await;
    let mut first = site.send(GET).await;
    let mut second = site.send(GET).await;
    assert!(first.answer("here").await.contains("here") && second.answer("here").await.contains("here"));
    let (said, _) = site.send(GET).await.rest().await;
    assert!(said.is_empty(), "{said}");
    drop(first);
    sleep(ms(100)).await;
    assert!(site.send(GET).await.answer("here").await.contains("here"));
}

#[tokio::test]
async fn beyond_all_connections_the_next_waits_for_its_turn() {
    let site = Site::new(Bounds { total: 2, ..bounds() }).await;
    let (first, _second) = (site.send("").await, site.send("").await);
    sleep(ms(100)).await;
    let mut third = site.send(GET).await;
    assert!(timeout(ms(100), third.answer("here")).await.is_err());
    drop(first);
    assert!(third.answer("here").await.contains("here"));
}

#[tokio::test]
async fn stopping_waits_for_answers_under_way_and_for_nothing_else() {
    let site = Site::new(bounds()).await;
    let _silent = site.send("").await;
    let _half = site.send("GET / HT").await;
    let _half_a_body = site.send("POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n").await;
    let mut idle = site.send(GET).await;
    idle.answer("here").await;
    let long = Bounds { head: ms(60_000), body: ms(60_000), idle: ms(60_000), ..bounds() };
    let other = Site::new(long).await;
    let (_silent, _half, _body) = (
        other.send("").await,
        other.send("GET / HT").await,
        other.send("POST /length HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n").await,
    );
    sleep(ms(100)).await;
    let took = other.stopped().await;
    assert!(took < ms(1_000), "{took:?}");

    let mut slow = site.send(&GET.replace("/ ", "/slow ")).await;
    sleep(ms(100)).await;
    let took = site.stopped().await;
    assert!(took < ms(1_400), "{took:?}");
    assert!(slow.rest().await.0.ends_with("late"));
}

#[tokio::test]
async fn stopping_waits_only_so_long() {
    let site = Site::new(bounds()).await;
    let _endless = site.send(&GET.replace("/ ", "/endless ")).await;
    sleep(ms(100)).await;
    let took = site.stopped().await;
    assert!(around(1_500, took), "{took:?}");
}
