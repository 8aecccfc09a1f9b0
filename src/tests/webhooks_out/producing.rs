//! What is put into the queue: in the transaction of what happened, and for whom it is meant.

use super::{Shop, receiver::Receiver};
use crate::{
    domain::{
        message::{Channel, EventKind},
        role::Role,
        webhook::WebhookEvent,
    },
    server::{
        clock,
        store::{
            customers,
            timeline::{self, Event},
        },
    },
    tests::support::Sent,
};

const EVERYTHING: [&str; 9] = [
    "message.sent",
    "message.delivered",
    "message.opened",
    "message.clicked",
    "message.failed",
    "message.complained",
    "message.canceled",
    "review.created",
    "customer.unsubscribed",
];

/// Writes an event into the timeline; commits it or not.
async fn happens(shop: &Shop, sent: &Sent, kind: EventKind, machine: bool, commit: bool) {
    let project = shop.app.system("cup").await.project;
    let event = Event { machine, ..Event::new((project, sent.message), kind, clock::now()) };
    let mut tx = shop.app.db.begin().await.unwrap();
    timeline::append(&mut tx, &[event]).await.unwrap();
    match commit {
        true => tx.commit().await.unwrap(),
        false => tx.rollback().await.unwrap(),
    }
}

#[tokio::test]
async fn everything_that_happens_is_told_as_it_happens() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    assert_eq!(WebhookEvent::CHOICES.map(WebhookEvent::name), EVERYTHING);
    shop.add(&receiver.url(), &EVERYTHING).await;
    let sent = shop.app.sent("Ana Ruiz", Channel::Email, 1).await;
    shop.step_in(0).await;
    assert_eq!(receiver.types(), ["message.sent"]);
    for kind in [EventKind::Delivered, EventKind::Failed, EventKind::Complained] {
        happens(&shop, &sent, kind, false, true).await;
    }
    let customer = app_customer(&shop, &sent).await;
    customer.post(&format!("/r/{}", sent.token), "rating=5").await;
    shop.app.state.hits.flush().await;
    shop.admin.post("/api/set_unsubscribed", &format!("slug=cup&id={}&on=true", sent.customer)).await;
    shop.step_in(0).await;
    let mut types = receiver.types();
    types.sort();
    types.dedup();
    let mut all = EVERYTHING.to_vec();
    all.sort();
    assert_eq!(types, all);
    assert_eq!(shop.waiting().await, 0);
}

/// A customer who opened the email and followed its link.
async fn app_customer(shop: &Shop, sent: &Sent) -> crate::tests::support::Browser {
    let browser = shop.app.stranger();
    browser.get(&format!("/o/{}", sent.token)).await;
    browser.get(&format!("/r/{}", sent.token)).await;
    shop.app.state.hits.flush().await;
    browser
}

#[tokio::test]
async fn what_is_rolled_back_tells_nothing() {
    let shop = Shop::new().await;
    shop.add("http://127.0.0.1:9/hook", &EVERYTHING).await;
    let sent = shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    let before = shop.waiting().await;
    happens(&shop, &sent, EventKind::Delivered, false, false).await;
    assert_eq!(shop.waiting().await, before);
    let mut tx = shop.app.db.begin().await.unwrap();
    let unsubscribe = "update customer set unsubscribed_at = 1";
    sqlx::query(unsubscribe).execute(&mut *tx).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(shop.waiting().await, before);
    happens(&shop, &sent, EventKind::Delivered, false, true).await;
    shop.change(unsubscribe).await;
    assert_eq!(shop.waiting().await, before + 2);
    shop.change("update customer set unsubscribed_at = 2").await;
    assert_eq!(shop.waiting().await, before + 2, "they were unsubscribed already");
}

#[tokio::test]
async fn only_what_was_chosen_is_told_and_only_while_the_webhook_is_on() {
    let shop = Shop::new().await;
    shop.app.project("bean").await;
    let (failed, _) = shop.add("http://127.0.0.1:9/failed", &["message.failed"]).await;
    let sent = shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    assert_eq!(shop.waiting().await, 0);
    happens(&shop, &sent, EventKind::Failed, false, true).await;
    assert_eq!(shop.waiting().await, 1);
    shop.post("switch_webhook", &format!("id={failed}&on=false")).await;
    happens(&shop, &sent, EventKind::Failed, false, true).await;
    assert_eq!(shop.waiting().await, 1, "it is off");
    let bean = shop.app.system("bean").await;
    let form = crate::domain::customer::CustomerForm {
        name: "Ben Ode".into(),
        email: "ben@example.com".into(),
        ..Default::default()
    };
    let other = customers::add(&bean, &form, clock::now()).await.unwrap();
    shop.add("http://127.0.0.1:9/all", &EVERYTHING).await;
    customers::set_unsubscribed(&bean, other, true, clock::now()).await.unwrap();
    assert_eq!(shop.waiting().await, 1, "it happened in another project");
}

#[tokio::test]
async fn machines_tell_nothing_also_where_that_turns_out_later() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    shop.add(&receiver.url(), &["message.opened", "message.clicked"]).await;
    let sent = shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    happens(&shop, &sent, EventKind::Opened, true, true).await;
    assert_eq!(shop.waiting().await, 0);
    happens(&shop, &sent, EventKind::Opened, false, true).await;
    happens(&shop, &sent, EventKind::Clicked, false, true).await;
    shop.change("update message_event set machine = 1 where kind = 5").await;
    assert_eq!(shop.step_in(1_000).await, 2);
    assert_eq!(receiver.types(), ["message.clicked"]);
    assert_eq!(shop.app.count("select count(*) from webhook_delivery").await, 1);
}

#[tokio::test]
async fn what_is_deleted_tells_nothing() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    shop.add(&receiver.url(), &EVERYTHING).await;
    let owner = shop.app.member(Role::Owner).await;
    let sent = shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    assert_eq!(shop.waiting().await, 1);
    let deleted = owner.post("/api/delete_customer", &format!("slug=cup&id={}", sent.customer)).await;
    assert!(deleted.status.is_success(), "{}", deleted.body);
    assert_eq!(shop.step_in(0).await, 1);
    assert!(receiver.got().is_empty());
    assert_eq!(shop.app.count("select count(*) from webhook_delivery").await, 0);
}
