//! The page Webhooks, through HTTP: what admins see and do, and what others can't.

use super::{
    Shop,
    receiver::{Receiver, Reply},
};
use crate::{
    domain::{
        message::Channel,
        role::Role,
        webhook::{WEBHOOKS_MOST, WebhookEvent},
    },
    tests::support::Browser,
};
use axum::http::StatusCode;

const PAGE: &str = "/projects/cup/settings/webhooks";

#[tokio::test]
async fn the_secret_is_shown_once_also_without_scripts() {
    let shop = Shop::new().await;
    let form = "slug=cup&form[url]=http://127.0.0.1:9/hook&form[events][review.created]=true";
    let answer = shop.admin.submit("/api/add_webhook", form, PAGE).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let cookies = format!("{}; {}", shop.admin.cookie.clone().unwrap(), answer.cookie("notice").unwrap());
    let shown = Browser { cookie: Some(cookies), ..shop.admin.clone() }.get(PAGE).await.body.replace("<!>", "");
    assert!(shown.contains("whsec_") && shown.contains("It is shown only now"), "{shown}");
    for words in ["http://127.0.0.1:9/hook", "review.created", "On.", "Send a test", "New secret", "Switch off"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let again = shop.admin.get(PAGE).await.body;
    assert!(again.contains("127.0.0.1:9") && !again.contains("whsec_"), "{again}");
    let stored: Vec<u8> = sqlx::query_scalar("select secret from webhook").fetch_one(shop.app.db.read()).await.unwrap();
    assert!(stored.len() > 24, "it is encrypted");
}

#[tokio::test]
async fn what_was_entered_comes_back_with_what_is_wrong() {
    let shop = Shop::new().await;
    let form = "slug=cup&form[url]=ftp://example.com/x&form[events][message.failed]=true";
    let refused = shop.admin.submit("/api/add_webhook", form, PAGE).await;
    let cookies = format!("{}; {}", shop.admin.cookie.clone().unwrap(), refused.cookie("entered").unwrap());
    let to = refused.header("location").split_once("3000").unwrap().1.to_owned();
    let shown = Browser { cookie: Some(cookies), ..shop.admin.clone() }.get(&to).await.body;
    assert!(shown.contains("begins with https://") && shown.contains("value=\"ftp://example.com/x\""), "{shown}");
    let ticked = shown.split("<input").find(|input| input.contains("form[events][message.failed]")).unwrap();
    assert!(ticked.split('>').next().unwrap().contains("checked"), "{ticked}");
    let none = shop.admin.post("/api/add_webhook", "slug=cup&form[url]=http://127.0.0.1/x").await;
    assert!(none.body.contains("Choose at least one event."), "{}", none.body);
}

#[tokio::test]
async fn webhooks_are_changed_tested_switched_and_removed() {
    let shop = Shop::new().await;
    let receiver = Receiver::start().await;
    let (id, _) = shop.add("http://127.0.0.1:9/hook", &["message.sent"]).await;
    let dialog = shop.admin.get(&format!("{PAGE}?do=change-{id}")).await.body;
    assert!(dialog.contains("<dialog") && dialog.contains("Save webhook"), "{dialog}");
    let refused = shop.post("test_webhook", &format!("id={id}")).await;
    assert!(refused.starts_with("The test did not get through. No connection: "), "{refused}");
    let url = receiver.url();
    shop.post("change_webhook", &format!("id={id}&form[url]={url}&form[events][message.failed]=true")).await;
    let row = shop.page().await.rows.remove(0);
    assert_eq!((row.url, row.events), (url, vec![WebhookEvent::Failed]));
    assert!(row.failing_since.is_none(), "a test that fails is no failure");
    let said = shop.post("test_webhook", &format!("id={id}")).await;
    assert!(said.starts_with("The test was taken: 204 in "), "{said}");
    assert_eq!(receiver.types(), ["webhook.test"]);
    receiver.reply(Reply::Status(500));
    shop.post("switch_webhook", &format!("id={id}&on=false")).await;
    let said = shop.post("test_webhook", &format!("id={id}")).await;
    assert!(said.starts_with("The test was not taken: the receiver answered 500."), "{said}");
    let off = shop.page().await.rows[0].off.clone().unwrap();
    assert_eq!(off.by, "Pat Person");
    let shown = shop.admin.get(PAGE).await.body.replace("<!>", "");
    for words in ["Off since today", "Switch on", "webhook.test", "500 in ", "Given up.", "Send again"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let page = shop.page().await;
    assert_eq!(page.rows[0].deliveries.len(), 3);
    let removed = shop.post("remove_webhook", &format!("id={id}")).await;
    assert!(removed.contains("is removed"), "{removed}");
    assert!(shop.page().await.rows.is_empty());
    assert_eq!(shop.app.count("select count(*) from webhook_delivery").await, 0);
}

#[tokio::test]
async fn a_project_has_ten_at_most() {
    let shop = Shop::new().await;
    for n in 0..WEBHOOKS_MOST {
        shop.add(&format!("http://127.0.0.1:9/{n}"), &["message.sent"]).await;
    }
    let form = "slug=cup&form[url]=http://127.0.0.1:9/more&form[events][message.sent]=true";
    let answer = shop.admin.post("/api/add_webhook", form).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
}

#[tokio::test]
async fn only_admins_of_the_project_come_to_its_webhooks() {
    let shop = Shop::new().await;
    let (id, _) = shop.add("http://127.0.0.1:9/hook", &["message.sent"]).await;
    shop.app.sent("Ana Ruiz", Channel::Email, 0).await;
    let delivery = shop.page().await.rows[0].deliveries[0].id;
    shop.app.project("bean").await;
    let other = shop.app.member_of("bean", Role::Owner).await;
    for (function, form) in [
        ("change_webhook", format!("id={id}&form[url]=http://127.0.0.1:9/x&form[events][message.sent]=true")),
        ("new_webhook_secret", format!("id={id}")),
        ("switch_webhook", format!("id={id}&on=false")),
        ("remove_webhook", format!("id={id}")),
        ("test_webhook", format!("id={id}")),
        ("resend_delivery", format!("webhook={id}&id={delivery}")),
    ] {
        let answer = other.post(&format!("/api/{function}"), &format!("slug=bean&{form}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{function}: {}", answer.body);
    }
    let page = other.get("/api/load_webhooks?slug=bean").await.body;
    assert!(page.contains("\"rows\":[]"), "{page}");
    assert!(shop.page().await.rows[0].off.is_none());
    assert_eq!(shop.app.count("select count(*) from webhook_delivery").await, 1, "no test was added");
    let manager = shop.app.member(Role::Manager).await;
    assert_eq!(manager.get(PAGE).await.status, StatusCode::FORBIDDEN);
    let settings = manager.get("/projects/cup/settings").await.body;
    assert!(!settings.contains("settings/webhooks") && settings.contains("settings/tags"), "{settings}");
    assert!(shop.admin.get("/projects/cup/settings").await.body.contains("settings/webhooks"));
}
