//! One delivery: what it holds, how it is signed, and when it is tried again.

use super::{
    Shop,
    receiver::{Receiver, Reply},
};
use crate::{
    domain::{
        Timestamp,
        message::Channel,
        webhook::{DeliveryState, SECRET_START, schedule::RETRIES},
    },
    server::{
        clock,
        store::webhooks_out::{
            queue::{self, LEASE},
            results::{self, Attempt},
        },
        webhooks_out::{courier::Courier, round, signing},
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::time::{Duration, Instant};

fn bytes(secret: &str) -> Vec<u8> {
    STANDARD.decode(secret.strip_prefix(SECRET_START).unwrap()).unwrap()
}

#[tokio::test]
async fn a_delivery_is_signed_and_has_ids_status_and_times_alone() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    let (id, secret) = shop.add(&receiver.url(), &["message.sent", "review.created"]).await;
    let sent = shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    assert_eq!(shop.step_in(0).await, 1);
    let got = receiver.got().remove(0);
    let at: i64 = got.header("webhook-timestamp").parse().unwrap();
    assert!((clock::now().0 / 1_000 - at).abs() < 10, "{at}");
    let at = Timestamp(at * 1_000);
    let signature = signing::signatures(&[bytes(&secret)], got.header("webhook-id"), at, &got.text);
    assert_eq!(got.header("webhook-signature"), signature);
    assert_eq!(got.header("content-type"), "application/json");
    let body = got.json();
    assert_eq!(body["type"], "message.sent");
    assert!(chrono::DateTime::parse_from_rfc3339(body["timestamp"].as_str().unwrap()).is_ok());
    let data = &body["data"];
    assert_eq!(data["message_id"], sent.message.to_string());
    assert_eq!(data["customer_id"], sent.customer.to_string());
    for (name, value) in [("channel", "email"), ("template", "request"), ("status", "sent")] {
        assert_eq!(data[name], value);
    }
    let sent_at = data["sent_at"].as_str().unwrap();
    assert!(sent_at.ends_with('Z') && data["opened_at"].is_null(), "{data}");
    for private in ["ana", "ruiz", "example.com", "saucer", &sent.token] {
        assert!(!got.text.to_lowercase().contains(private), "{private}: {}", got.text);
    }

    // A day long, both secrets sign.
    let renewed = shop.post("new_webhook_secret", &format!("id={id}")).await;
    assert!(renewed.contains("For 24 hours"), "{renewed}");
    shop.app.stranger().post(&format!("/r/{}", sent.token), "rating=4").await;
    assert_eq!(shop.step_in(0).await, 1);
    let got = receiver.got().remove(1);
    assert_eq!((got.json()["type"].as_str(), got.json()["data"]["rating"].as_i64()), (Some("review.created"), Some(4)));
    let at = Timestamp(got.header("webhook-timestamp").parse::<i64>().unwrap() * 1_000);
    let former = signing::signatures(&[bytes(&secret)], got.header("webhook-id"), at, &got.text);
    let (new, old) = got.header("webhook-signature").split_once(' ').unwrap();
    assert!(old == former && new != former && new.starts_with("v1,"), "{}", got.header("webhook-signature"));
    shop.change("update webhook set former_until = 1").await;
    shop.post("test_webhook", &format!("id={id}")).await;
    assert!(!receiver.got()[2].header("webhook-signature").contains(' '));
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_by_the_schedule_and_then_given_up() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    shop.add(&receiver.url(), &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    receiver.reply(Reply::Status(503));
    let mut wait = 0;
    for (attempt, next) in RETRIES.iter().enumerate() {
        assert_eq!(shop.step_in(wait - 2_000).await, usize::from(attempt == 0), "attempt {attempt} is not early");
        shop.step_in(wait).await;
        assert_eq!(receiver.got().len(), attempt + 1);
        let row = shop.page().await.rows[0].deliveries[0].clone();
        assert_eq!((row.state, row.answer, row.attempts), (DeliveryState::Waiting, Some(503), attempt as i32 + 1));
        wait = row.next.unwrap().at.0 - clock::now().0;
        assert!((next - wait).abs() < 2_000, "{next} {wait}");
    }
    assert_eq!(shop.step_in(wait).await, 1);
    let page = shop.page().await;
    let row = &page.rows[0].deliveries[0];
    assert_eq!((row.state, row.attempts, row.next), (DeliveryState::GivenUp, 7, None));
    assert!(page.rows[0].off.is_none() && page.rows[0].failing_since.is_some());
    assert_eq!(shop.step_in(30 * Timestamp::DAY).await, 0);
    let ids: Vec<_> = receiver.got().iter().map(|got| got.header("webhook-id").to_owned()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "each attempt has the same id: {ids:?}");

    // Staff send it again.
    receiver.reply(Reply::Taken);
    let form = format!("webhook={}&id={}", page.rows[0].id, row.id);
    let said = shop.post("resend_delivery", &form).await;
    assert!(said.starts_with("It was taken: 204 in "), "{said}");
    let page = shop.page().await;
    assert_eq!(page.rows[0].deliveries[0].state, DeliveryState::Delivered);
    assert!(page.rows[0].failing_since.is_none());
}

#[tokio::test]
async fn a_busy_receiver_says_when_it_wants_the_next_attempt() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    shop.add(&receiver.url(), &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    let date = clock::now().plus(2 * Timestamp::HOUR).utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (status, asked, next) in [
        (429, "600", 10 * Timestamp::MINUTE),
        (503, &date, 2 * Timestamp::HOUR),
        (429, "31536000", Timestamp::DAY),
        (503, "soon", RETRIES[0]),
        (500, "600", RETRIES[0]),
    ] {
        shop.change("update webhook_delivery set attempts = 0, due_at = 0, state = 0").await;
        receiver.reply(Reply::Busy(status, asked.to_owned()));
        assert_eq!(shop.step_in(0).await, 1, "{status} {asked}");
        let row = shop.page().await.rows[0].deliveries[0].clone();
        assert_eq!((row.state, row.answer), (DeliveryState::Waiting, Some(i32::from(status))));
        let wait = row.next.unwrap().at.0 - clock::now().0;
        assert!((next - wait).abs() < 3_000, "{status} {asked}: {next} {wait}");
        assert_eq!(shop.step_in(wait - 3_000).await, 0, "it is not early");
    }
    receiver.reply(Reply::Taken);
    assert_eq!(shop.step_in(RETRIES[0] + 1_000).await, 1);
    assert_eq!(shop.page().await.rows[0].deliveries[0].state, DeliveryState::Delivered);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    shop.add(&receiver.url(), &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    receiver.reply(Reply::Redirect);
    assert_eq!(shop.step_in(0).await, 1);
    let row = shop.page().await.rows[0].deliveries[0].clone();
    assert_eq!((row.state, row.answer), (DeliveryState::Waiting, Some(307)));
    assert!(row.error.starts_with("Redirects are not followed"), "{}", row.error);
    assert_eq!(receiver.got().iter().map(|got| got.path.as_str()).collect::<Vec<_>>(), ["/hook"]);
}

#[tokio::test]
async fn neither_silence_nor_an_endless_answer_is_waited_for() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    shop.add(&receiver.url(), &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    let courier = shop.app.state.courier.clone().with_patience(Duration::from_secs(2));
    receiver.reply(Reply::Silence);
    let began = Instant::now();
    assert_eq!(round::step(&shop.app.db, &courier, clock::now()).await.unwrap(), 1);
    assert!(began.elapsed() < Duration::from_secs(10));
    let row = shop.page().await.rows[0].deliveries[0].clone();
    assert_eq!((row.answer, row.error.as_str()), (None, "No answer within 2 seconds."));
    receiver.reply(Reply::Endless);
    assert_eq!(shop.step_in(6_000).await, 1);
    let row = shop.page().await.rows[0].deliveries[0].clone();
    assert_eq!((row.state, row.answer), (DeliveryState::Delivered, Some(200)));
}

#[tokio::test]
async fn after_a_crash_another_tries_and_a_late_result_changes_nothing() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    let (id, _) = shop.add(&receiver.url(), &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    let project = shop.app.system("cup").await.project;
    let lost = queue::claim(&shop.app.db, (project, id), 4, clock::now()).await.unwrap().remove(0);
    assert_eq!(shop.step_in(0).await, 0, "it is claimed");
    assert_eq!(shop.step_in(LEASE + 1_000).await, 1);
    assert_eq!(receiver.got().len(), 1);
    let late = Attempt { answer: Some(500), error: "The receiver did not take it.".into(), took: 1, not_before: None };
    assert!(!results::record(&shop.app.db, &lost, &late, clock::now()).await.unwrap());
    let row = shop.page().await.rows[0].deliveries[0].clone();
    assert_eq!((row.state, row.answer, row.attempts), (DeliveryState::Delivered, Some(204), 2));
}

#[tokio::test]
async fn two_claims_at_once_share_what_is_due() {
    let shop = Shop::new().await;
    let (id, _) = shop.add("http://127.0.0.1:9/hook", &["message.sent"]).await;
    for name in ["Ana Ruiz", "Ben Ode", "Cleo Fox"] {
        shop.app.sent(name, Channel::Email, 0).await;
    }
    let key = (shop.app.system("cup").await.project, id);
    let now = clock::now();
    let (one, other) = tokio::join!(queue::claim(&shop.app.db, key, 2, now), queue::claim(&shop.app.db, key, 2, now));
    let mut ids: Vec<_> = one.unwrap().into_iter().chain(other.unwrap()).map(|job| job.id).collect();
    ids.extend(queue::claim(&shop.app.db, key, 4, now).await.unwrap().into_iter().map(|job| job.id));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(queue::claim(&shop.app.db, key, 4, now).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_does_not_answer_holds_up_nobody_else() {
    let shop = Shop::new().await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.reply(Reply::Silence);
    shop.add(&slow.url(), &["message.sent"]).await;
    shop.add(&quick.url(), &["message.sent"]).await;
    for n in 0..12 {
        shop.app.sent(&format!("Customer {n}"), Channel::Email, 0).await;
    }
    let courier: Courier = shop.app.state.courier.clone();
    let loops = tokio::spawn(round::run(shop.app.db.clone(), courier, shop.app.state.stop.clone()));
    let began = Instant::now();
    while quick.got().len() < 12 && began.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(quick.got().len(), 12);
    assert_eq!(slow.got().len(), 4, "as many as may run at a time");
    loops.abort();
}
