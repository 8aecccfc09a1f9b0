//! Where webhooks may lead: to the internet alone, however an address is written.

use super::{Shop, receiver::Receiver};
use crate::{
    domain::{message::Channel, role::Role, webhook::DeliveryState},
    server::{
        clock,
        delivery::hosts::Hosts,
        webhooks_out::{courier::Courier, round},
    },
    tests::support::TestApp,
};
use axum::http::StatusCode;

#[tokio::test]
async fn an_internal_address_is_refused_in_each_spelling() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    for host in [
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "%E2%91%A0%E2%91%A1%E2%91%A6.0.0.1",
        "0.0.0.0",
        "0",
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::1]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[fe80::1]",
        "[ff02::1]",
        "[2001:db8::1]",
    ] {
        let url = form_urlencoded::byte_serialize(format!("https://{host}:8443/hook").as_bytes()).collect::<String>();
        let form = format!("slug=cup&form[url]={url}&form[events][message.sent]=true");
        let answer = admin.post("/api/add_webhook", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{host}");
        assert!(answer.body.contains("an address of an internal network"), "{host}: {}", answer.body);
    }
    for (url, words) in [
        ("http://1.1.1.1/hook", "begins with https://"),
        ("https://user:word@1.1.1.1/hook", "Leave the user and the password out"),
        ("https://1.1.1.1:99999/hook", "cannot be read"),
    ] {
        let form = format!("slug=cup&form[url]={url}&form[events][message.sent]=true");
        let answer = admin.post("/api/add_webhook", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert!(answer.body.contains(words), "{url}: {}", answer.body);
    }
    assert_eq!(app.count("select count(*) from webhook").await, 0);
    let form = "slug=cup&form[url]=https://1.1.1.1/hook&form[events][message.sent]=true";
    assert_eq!(admin.post("/api/add_webhook", form).await.status, StatusCode::OK);
}

/// What was permitted when it was saved may lead elsewhere later.
#[tokio::test]
async fn addresses_are_judged_again_whenever_something_is_sent() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    let port = receiver.base.rsplit_once(':').unwrap().1.to_owned();
    shop.add(&receiver.url(), &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    let state = &shop.app.state;
    let strict = Courier::new(shop.app.db.clone(), state.transports.clone(), Hosts::Public).unwrap();
    for (n, host) in ["127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"].into_iter().enumerate() {
        let mut tx = shop.app.db.begin().await.unwrap();
        let url = format!("https://{host}:{port}/hook");
        sqlx::query("update webhook set url = $1").bind(url).execute(&mut *tx).await.unwrap();
        sqlx::query("update webhook_delivery set due_at = 0, attempts = 0").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(round::step(&shop.app.db, &strict, clock::now()).await.unwrap(), 1);
        let row = shop.page().await.rows[0].deliveries[0].clone();
        assert_eq!((row.state, row.answer), (DeliveryState::Waiting, None), "{n}");
        assert!(row.error.starts_with("Not sent. It leads to "), "{host}: {}", row.error);
    }
    // By http, which only trials permit.
    shop.change("update webhook_delivery set due_at = 0, attempts = 0").await;
    let mut tx = shop.app.db.begin().await.unwrap();
    sqlx::query("update webhook set url = 'http://1.1.1.1/hook'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(round::step(&shop.app.db, &strict, clock::now()).await.unwrap(), 1);
    assert_eq!(shop.page().await.rows[0].deliveries[0].answer, None);
    assert!(receiver.got().is_empty());
}
