//! A receiver of webhooks on this machine, which answers as it is told.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::post,
};
use futures::stream;
use serde_json::Value;
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, time::sleep};

#[derive(Clone, Debug, Default)]
pub enum Reply {
    #[default]
    Taken,
    Status(u16),
    /// This status, with this Retry-After.
    Busy(u16, String),
    /// To another path of its own.
    Redirect,
    /// No answer within a minute.
    Silence,
    /// 200, with a body that never ends.
    Endless,
}

/// What was received.
#[derive(Clone, Debug)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub text: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

#[derive(Clone, Default)]
pub struct Receiver {
    reply: Arc<Mutex<Reply>>,
    got: Arc<Mutex<Vec<Got>>>,
    pub base: String,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let this = Self { base, ..Self::default() };
        let router = Router::new().route("/hook", post(take)).route("/elsewhere", post(take)).with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        this
    }

    pub fn url(&self) -> String {
        format!("{}/hook", self.base)
    }

    pub fn reply(&self, reply: Reply) {
        *self.reply.lock().unwrap() = reply;
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// The types of what was received, in order.
    pub fn types(&self) -> Vec<String> {
        self.got().iter().map(|got| got.json()["type"].as_str().unwrap().to_owned()).collect()
    }
}

async fn take(State(receiver): State<Receiver>, uri: axum::http::Uri, headers: HeaderMap, text: String) -> Response {
    receiver.got.lock().unwrap().push(Got { path: uri.path().to_owned(), headers, text });
    let reply = receiver.reply.lock().unwrap().clone();
    let (status, body) = match &reply {
        Reply::Taken => (204, Body::empty()),
        Reply::Status(status) | Reply::Busy(status, _) => (*status, Body::from("whatever")),
        Reply::Redirect => (307, Body::empty()),
        Reply::Silence => {
            sleep(Duration::from_secs(60)).await;
            (204, Body::empty())
        }
        Reply::Endless => {
            let chunk = Bytes::from(vec![b'x'; 8 * 1024]);
            (200, Body::from_stream(stream::repeat_with(move || Ok::<_, Infallible>(chunk.clone()))))
        }
    };
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    if let Reply::Busy(_, after) = &reply {
        answer.headers_mut().insert("retry-after", after.parse().unwrap());
    }
    if status == 307 {
        answer.headers_mut().insert("location", format!("{}/elsewhere", receiver.base).parse().unwrap());
    }
    answer
}
