//! Two thousand events a second (T30): measured in a release build by `cargo test --release … flood -- --ignored --nocapture`; the
//! short form only sees to it that each is taken.

use super::{Call, Hook, effects::simple};
use crate::{
    domain::{MessageId, connection::settings::Provider},
    server::clock,
};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval};

/// Sends one-event requests at this rate; returns how long each took, sorted.
async fn flood(hook: Arc<Hook>, calls: Vec<Call>, per_second: u64) -> Vec<Duration> {
    let mut tick = interval(Duration::from_millis(5));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut running = Vec::new();
    let at_once = usize::try_from(per_second / 200).unwrap().max(1);
    for (number, call) in calls.into_iter().enumerate() {
        if number % at_once == 0 {
            tick.tick().await;
        }
        let hook = hook.clone();
        running.push(tokio::spawn(async move {
            let began = Instant::now();
            hook.take(&call).await;
            began.elapsed()
        }));
    }
    let mut times = Vec::new();
    for one in running {
        times.push(one.await.unwrap());
    }
    times.sort_unstable();
    times
}

async fn measured(count: usize, per_second: u64) -> Vec<Duration> {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 0).await;
    let hook = Arc::new(hook);
    let mut messages: Vec<MessageId> = vec![sent.message];
    for n in 0..20 {
        messages.push(super::order::another(&hook, 1_000 + n).await.0);
    }
    let event = |n: usize| {
        let message = messages[n % messages.len()];
        json!([simple(
            if n < messages.len() { "delivered" } else { "deferred" },
            &format!("e{n}"),
            message,
            clock::now()
        )])
    };
    let calls = (0..count).map(|n| hook.signed(&event(n))).collect();
    let times = flood(hook.clone(), calls, per_second).await;
    assert_eq!(hook.app.count("select count(*) from feedback_event").await, count as i64);
    times
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_of_a_flood_is_taken() {
    assert_eq!(measured(400, 400).await.len(), 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, for a release build"]
async fn two_thousand_events_a_second() {
    let times = measured(20_000, 2_000).await;
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("p50 {:?}, p99 {:?}, longest {:?}", at(0.5), at(0.99), at(1.0));
    assert!(at(0.99) < Duration::from_millis(50));
}
