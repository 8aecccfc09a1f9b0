//! The numbers for monitoring, read as a scraper reads them.

use crate::{
    domain::{
        ConnectionId,
        ask::Ask,
        connection::StopReason,
        message::{Channel, FailureCode},
    },
    server::{
        clock,
        delivery::{Refusal, retry::Class, worker},
        metrics, requests,
        store::queue::stops::{self, Stop},
    },
    tests::support::{Browser, TestApp},
    web,
};
use axum::http::StatusCode;
use std::collections::{BTreeMap, BTreeSet};

/// The samples of a text in the OpenMetrics format: name with labels, and value.
///
/// # Panics
/// Where the text is not of that format.
fn parse(text: &str) -> BTreeMap<String, f64> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let mut samples = BTreeMap::new();
    let mut families = BTreeSet::new();
    let (mut family, mut kind) = (String::new(), String::new());
    let body = text.strip_suffix("# EOF\n").expect("the end is marked");
    for line in body.lines() {
        if let Some(meta) = line.strip_prefix("# ") {
            let mut words = meta.splitn(3, ' ');
            let (what, name, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            assert!(is_name(name), "{line}");
            match what {
                "HELP" => {
                    assert!(families.insert(name.to_owned()), "a family comes twice: {line}");
                    (family, kind) = (name.to_owned(), String::new());
                }
                "TYPE" => {
                    assert!(name == family && ["counter", "gauge", "histogram"].contains(&rest), "{line}");
                    kind = rest.to_owned();
                }
                _ => panic!("{line}"),
            }
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        let suffix = name.strip_prefix(family.as_str()).unwrap_or_else(|| panic!("{line} is not of {family}"));
        match kind.as_str() {
            "counter" => assert_eq!(suffix, "_total", "{line}"),
            "gauge" => assert_eq!(suffix, "", "{line}"),
            _ => assert!(["_bucket", "_sum", "_count"].contains(&suffix), "{line}"),
        }
        if let Some(labels) = series.strip_prefix(name).and_then(|rest| rest.strip_prefix('{')) {
            let labels = labels.strip_suffix('}').unwrap();
            for label in labels.split("\",").map(|label| label.trim_end_matches('"')) {
                let (label, _) = label.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
                assert!(is_name(label), "{line}");
            }
        }
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(samples.insert(series.to_owned(), value).is_none(), "a sample comes twice: {line}");
    }
    samples
}

#[tokio::test]
async fn a_scraper_can_read_them() {
    let app = TestApp::new().await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 1).await;
    app.stranger().get(&format!("/r/{}", sent.token)).await;
    app.stranger().get("/no/such/page").await;
    metrics::webhook("twilio", "applied");
    let stop = Stop {
        connection: ConnectionId::of_deployment(Channel::Sms),
        channel: Channel::Sms,
        project: None,
        since: clock::now(),
        reason: StopReason::Balance,
        code: None,
        words: "no balance of +1 207 555 0100".into(),
        tries: 0,
        next_probe: clock::now(),
    };
    stops::save(&app.db, &stop, 0).await.unwrap();
    let answer = app.stranger().get("/metrics").await;
    assert_eq!(answer.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    let samples = parse(&answer.body);
    for (series, least) in [
        ("review_messages{status=\"sent\"}", 1.0),
        ("review_messages{status=\"scheduled\"}", 1.0),
        ("review_messages_due", 0.0),
        ("review_messages_lag_seconds", 0.0),
        ("review_messages_connections_paused{channel=\"sms\",reason=\"balance\"}", 1.0),
        ("review_messages_hits_waiting", 0.0),
        ("review_messages_results_total{channel=\"email\",provider=\"memory\",result=\"sent\"}", 1.0),
        ("review_messages_webhooks_total{provider=\"twilio\",outcome=\"applied\"}", 1.0),
        ("http_request_duration_seconds_count{route=\"/r/{token}\",status=\"2xx\"}", 1.0),
        ("http_request_duration_seconds_bucket{le=\"+Inf\",route=\"/r/{token}\",status=\"2xx\"}", 1.0),
    ] {
        let value = samples.get(series).unwrap_or_else(|| panic!("{series} in\n{}", answer.body));
        assert!(*value >= least, "{series} {value}");
    }
    let used: f64 =
        samples.iter().filter(|(s, _)| s.starts_with("review_messages_database_connections")).map(|s| s.1).sum();
    assert!(used >= 1.0, "{}", answer.body);
    // All tests of this process count into them.
    assert!(samples.len() < 8_000, "{} series", samples.len());
    for secret in [sent.token.as_str(), "ana.ruiz", "555 0100", "cup", "no/such"] {
        assert!(!answer.body.contains(secret), "{secret} in\n{}", answer.body);
    }
}

#[tokio::test]
async fn what_is_due_and_what_was_refused_is_counted() {
    let app = TestApp::new().await;
    let system = app.system("cup").await;
    let customer = app.customer("Ana Ruiz").await;
    let ask = Ask { channels: vec![Channel::Email], reminders: vec![], at: None };
    let then = clock::now().plus(-90_000);
    requests::create(&system, customer, &ask, "https://reviews.example.com", then).await.unwrap();
    let read = async || parse(&app.stranger().get("/metrics").await.body);
    let before = read().await;
    assert_eq!(before["review_messages_due"], 1.0);
    assert!((89.0..100.0).contains(&before["review_messages_lag_seconds"]), "{before:?}");
    let class = Class::Permanent(FailureCode::AddressUnknown);
    app.memory.refuse(Refusal { class, code: Some("550".into()), text: "no such user".into() });
    let now = clock::now();
    while worker::step(&app.db, &app.state.transports, now).await.unwrap() > 0 {}
    let after = read().await;
    assert_eq!(after["review_messages_due"], 0.0);
    let series = "review_messages_refusals_total{channel=\"email\",owner=\"recipient\",class=\"address-unknown\"}";
    assert!(after[series] > before.get(series).copied().unwrap_or_default(), "{after:?}");
    let failed = "review_messages_results_total{channel=\"email\",provider=\"memory\",result=\"failed\"}";
    assert!(after[failed] > before.get(failed).copied().unwrap_or_default(), "{after:?}");
}

/// `work` with MONITOR_ADDR.
#[tokio::test]
async fn a_process_without_pages_answers_monitoring_alone() {
    let app = TestApp::new().await;
    let browser = Browser { router: web::monitoring(app.state.clone()), ..app.stranger() };
    for path in ["/health", "/health/live", "/health/ready"] {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert!(browser.get("/metrics").await.body.ends_with("# EOF\n"));
    for path in ["/", "/sign-in", "/projects/cup/messages", "/api/load_frame?slug=cup", "/r/x", "/webhooks/twilio/x"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
