//! What this process counts for monitoring, for all projects together. Labels are words of ours, so that there are few of them:
//! never a project, an address or a token.

use crate::domain::{connection::Owner, message::Channel, status::Signal};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode_registry},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use std::{fmt, sync::LazyLock};

/// Names of labels and their values.
pub type Labels<const N: usize> = [(&'static str, &'static str); N];

/// The limits of the histograms' buckets, in seconds.
const SECONDS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

static COUNTED: LazyLock<Counted> = LazyLock::new(Counted::new);

struct Counted {
    registry: Registry,
    results: Family<Labels<3>, Counter>,
    refusals: Family<Labels<3>, Counter>,
    calls: Family<Labels<1>, Gauge>,
    hits_dropped: Family<Labels<1>, Counter>,
    webhooks: Family<Labels<2>, Counter>,
    requests: Family<Request, Histogram, fn() -> Histogram>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    route: String,
    status: &'static str,
}

impl Counted {
    fn new() -> Self {
        let mut registry = Registry::default();
        let results = Family::default();
        let name = "review_messages_results";
        registry.register(name, "Attempts to send that have ended, by what became of the message", results.clone());
        let refusals = Family::default();
        let name = "review_messages_refusals";
        registry.register(name, "Attempts that were not taken, by who must act and why", refusals.clone());
        let calls = Family::default();
        registry.register("review_messages_in_flight", "Calls to providers under way", calls.clone());
        let hits_dropped = Family::default();
        let name = "review_messages_hits_dropped";
        registry.register(name, "Opens and clicks not recorded because too many waited", hits_dropped.clone());
        let webhooks = Family::default();
        registry.register("review_messages_webhooks", "Webhooks received, by what became of them", webhooks.clone());
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let requests = Family::new_with_constructor(histogram);
        let name = "http_request_duration_seconds";
        registry.register(name, "From a request's head to its answer's head, by route and status", requests.clone());
        Self { registry, results, refusals, calls, hits_dropped, webhooks, requests }
    }
}

/// What became of a message by an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Sent,
    /// It is tried again later.
    Deferred,
    Failed,
    /// It waits as if nothing had happened, because the fault is our account's.
    Returned,
}

/// Counts an attempt that has ended.
pub fn ended(channel: Channel, provider: &'static str, ended: Ended) {
    let result = match ended {
        Ended::Sent => "sent",
        Ended::Deferred => "deferred",
        Ended::Failed => "failed",
        Ended::Returned => "returned",
    };
    COUNTED.results.get_or_create(&[("channel", channel.slug()), ("provider", provider), ("result", result)]).inc();
}

/// Counts an attempt that was not taken. `class` is the code of a failure or of a stop, `later` or `unconfirmed`.
pub fn refusal(channel: Channel, owner: Owner, class: &'static str) {
    COUNTED.refusals.get_or_create(&[("channel", channel.slug()), ("owner", owner.code()), ("class", class)]).inc();
}

/// A call to a provider; it ends when this is dropped.
pub struct Calling(Gauge);

pub fn calling(channel: Channel) -> Calling {
    let calls = COUNTED.calls.get_or_create_owned(&[("channel", channel.slug())]);
    calls.inc();
    Calling(calls)
}

impl Drop for Calling {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts an open or a click that was not recorded.
pub fn hit_dropped(signal: Signal) {
    let signal = if signal == Signal::Clicked { "clicked" } else { "opened" };
    COUNTED.hits_dropped.get_or_create(&[("signal", signal)]).inc();
}

/// Counts a webhook. Both labels must be of a short list: whatever the request says may be made up.
pub fn webhook(provider: &'static str, outcome: &'static str) {
    COUNTED.webhooks.get_or_create(&[("provider", provider), ("outcome", outcome)]).inc();
}

/// Counts an answer. `route` is the template of its address, as registered.
pub fn answered(route: &str, status: u16, seconds: f64) {
    let status = match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    COUNTED.requests.get_or_create(&Request { route: route.to_owned(), status }).observe(seconds);
}

/// Appends everything that was counted, in the OpenMetrics text format and without its end.
pub fn write(out: &mut String) -> fmt::Result {
    encode_registry(out, &COUNTED.registry)
}

/// A family of numbers that are read when somebody asks for them.
pub fn gauges<const N: usize>(values: impl IntoIterator<Item = (Labels<N>, i64)>) -> Family<Labels<N>, Gauge> {
    let family: Family<Labels<N>, Gauge> = Family::default();
    for (labels, value) in values {
        family.get_or_create(&labels).set(value);
    }
    family
}
