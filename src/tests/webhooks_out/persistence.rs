//! When a webhook is switched off by itself, what is said then, and what is forgotten.

use super::{
    Shop,
    receiver::{Receiver, Reply},
};
use crate::{
    domain::{
        Timestamp,
        message::Channel,
        project::Frame,
        role::Role,
        webhook::{DeliveryState, OffCause},
    },
    server::{clock, store::webhooks_out::queue},
};

/// The pages' alerts, as somebody of this role sees them: sentence and page.
async fn alerts(shop: &Shop, role: Role) -> Vec<(String, String)> {
    let answer = shop.app.member(role).await.get("/api/load_frame?slug=cup").await;
    let frame: Frame = serde_json::from_str(&answer.body).unwrap();
    frame.alerts.into_iter().map(|alert| (alert.sentence, alert.page)).collect()
}

#[tokio::test]
async fn gone_switches_off_at_once_and_each_page_says_so() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    let (id, _) = shop.add(&receiver.url(), &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    receiver.reply(Reply::Status(410));
    assert_eq!(shop.step_in(0).await, 1);
    let row = shop.page().await.rows.remove(0);
    assert_eq!(row.off.unwrap().cause, OffCause::Gone);
    let told = alerts(&shop, Role::Admin).await;
    assert!(told[0].0.starts_with("The webhook to 127.0.0.1 is switched off since today "), "{told:?}");
    assert!(told[0].0.contains("it wants nothing more") && !told[0].0.contains("/hook"), "{told:?}");
    assert_eq!(told[0].1, "settings/webhooks");
    assert_eq!(alerts(&shop, Role::Viewer).await[0].1, "", "they cannot open the page");
    let page = shop.admin.get("/projects/cup/messages").await.body.replace("<!>", "");
    assert!(page.contains("The webhook to 127.0.0.1 is switched off"), "{page}");
    shop.app.sent("Ben Ode", Channel::Email, 0).await;
    assert_eq!((shop.waiting().await, shop.step_in(Timestamp::DAY).await), (1, 0), "it is told nothing");

    // Staff know it: the notice goes, and what waits goes out once it is on again.
    shop.post("switch_webhook", &format!("id={id}&on=false")).await;
    assert!(alerts(&shop, Role::Admin).await.is_empty());
    receiver.reply(Reply::Taken);
    shop.post("switch_webhook", &format!("id={id}&on=true")).await;
    assert_eq!(shop.step_in(10_000).await, 1);
    assert_eq!(shop.page().await.rows[0].deliveries[0].state, DeliveryState::Delivered);
}

#[tokio::test]
async fn ten_deliveries_that_were_given_up_in_a_row_switch_off() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    shop.add(&receiver.url(), &["message.sent"]).await;
    receiver.reply(Reply::Status(500));
    for n in 0..11 {
        shop.app.sent(&format!("Customer {n}"), Channel::Email, 0).await;
    }
    shop.change("update webhook_delivery set attempts = 6").await;
    assert_eq!(shop.step_in(0).await, 10, "the eleventh waits for who mends it");
    let row = shop.page().await.rows.remove(0);
    assert_eq!(row.off.unwrap().cause, OffCause::Failing);
    assert_eq!(shop.waiting().await, 1);
    assert!(alerts(&shop, Role::Operator).await[0].0.contains("nothing got through to it for long"));
}

#[tokio::test]
async fn three_days_without_success_switch_off_and_one_success_does_not() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    shop.add(&receiver.url(), &["message.sent"]).await;
    receiver.reply(Reply::Status(500));
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    assert_eq!(shop.step_in(0).await, 1);
    let four_days_ago = clock::now().plus(-4 * Timestamp::DAY);
    let mut tx = shop.app.db.begin().await.unwrap();
    sqlx::query("update webhook set failing_since = $1").bind(four_days_ago).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    shop.step_in(10_000).await;
    assert!(shop.page().await.rows[0].off.is_none(), "it is tried further");
    receiver.reply(Reply::Taken);
    shop.step_in(6 * Timestamp::MINUTE).await;
    receiver.reply(Reply::Status(500));
    shop.app.sent("Ben Ode", Channel::Email, 0).await;
    shop.change("update webhook_delivery set attempts = 6 where state = 0").await;
    shop.step_in(0).await;
    assert!(shop.page().await.rows[0].off.is_none(), "it worked meanwhile");
    let mut tx = shop.app.db.begin().await.unwrap();
    sqlx::query("update webhook set failing_since = $1").bind(four_days_ago).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    shop.app.sent("Cleo Fox", Channel::Email, 0).await;
    shop.change("update webhook_delivery set attempts = 6 where state = 0").await;
    shop.step_in(0).await;
    assert_eq!(shop.page().await.rows[0].off.clone().unwrap().cause, OffCause::Failing);
}

#[tokio::test]
async fn deliveries_are_forgotten_after_thirty_days() {
    let shop = Shop::new().await;
    shop.add("http://127.0.0.1:9/hook", &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    let now = clock::now();
    assert_eq!(queue::forget(&shop.app.db, now.plus(29 * Timestamp::DAY)).await.unwrap(), 0);
    assert_eq!(queue::forget(&shop.app.db, now.plus(31 * Timestamp::DAY)).await.unwrap(), 1);
    assert!(shop.page().await.rows[0].deliveries.is_empty());
}
