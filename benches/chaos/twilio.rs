//! A provider of SMS that speaks Twilio's API, counts requests by recipient, and answers as it is told.

use crate::Result;
use axum::{
    Form, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::RETRY_AFTER},
    routing::post,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{net::TcpListener, time::sleep};

#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: &'static str,
    /// Seconds.
    pub retry_after: Option<u32>,
}

const TAKEN: Answer = Answer { status: 201, body: r#"{"sid":"SM1","status":"queued"}"#, retry_after: None };

#[derive(Default)]
struct Seen {
    requests: HashMap<String, u32>,
    told: Option<Answer>,
    slowness: Duration,
}

#[derive(Clone)]
pub struct Twilio {
    pub base: String,
    seen: Arc<Mutex<Seen>>,
}

impl Twilio {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let twilio = Self { base: format!("http://{}", listener.local_addr()?), seen: Arc::default() };
        let router =
            Router::new().route("/2010-04-01/Accounts/{account}/Messages.json", post(take)).with_state(twilio.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(twilio)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn answer(&self, answer: Answer) {
        self.seen().told = Some(answer);
    }

    pub fn take_time(&self, slowness: Duration) {
        self.seen().slowness = slowness;
    }

    /// How many requests came for this number.
    pub fn times(&self, number: &str) -> u32 {
        self.seen().requests.get(number).copied().unwrap_or_default()
    }

    /// What points the product here.
    pub fn settings(&self) -> [(&str, &str); 4] {
        [
            ("TWILIO_ACCOUNT_SID", "AC42"),
            ("TWILIO_AUTH_TOKEN", "secret"),
            ("TWILIO_FROM", "+12075550199"),
            ("TWILIO_BASE_URL", &self.base),
        ]
    }
}

async fn take(
    State(twilio): State<Twilio>,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, HeaderMap, &'static str) {
    let (answer, slowness) = {
        let mut seen = twilio.seen();
        *seen.requests.entry(form.get("To").cloned().unwrap_or_default()).or_default() += 1;
        (seen.told.unwrap_or(TAKEN), seen.slowness)
    };
    sleep(slowness).await;
    let retry_after = answer.retry_after.map(|seconds| (RETRY_AFTER, seconds.into()));
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    (status, retry_after.into_iter().collect(), answer.body)
}
