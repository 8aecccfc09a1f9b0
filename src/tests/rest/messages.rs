//! Messages and reviews by the API.

use super::Client;
use crate::{
    domain::{Timestamp, api_key::Scope, message::Channel, messages_page::MessagesPage, role::Role, time::LocalTime},
    server::{
        clock,
        store::reviews::{self, NewReview},
    },
    tests::support::{NOWHERE, TestApp},
};
use axum::http::Method;
use serde_json::json;

async fn walk(client: &Client<'_>, query: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut path = format!("/messages?{query}");
    loop {
        let part = client.get(&path).await;
        assert_eq!(part.status(), 200, "{path}: {}", part.json);
        seen.extend(part.ids());
        match part.json["next_cursor"].as_str() {
            Some(cursor) => path = format!("/messages?{query}&cursor={cursor}"),
            None => return seen,
        }
    }
}

#[tokio::test]
async fn the_list_has_what_the_page_has_in_its_order() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read]).await;
    let viewer = app.member(Role::Viewer).await;
    for n in 0..4 {
        app.sent(&format!("Person {n}"), if n % 2 == 0 { Channel::Email } else { Channel::Sms }, 3).await;
    }
    for query in [
        "",
        "status=scheduled",
        "status=sent&sort=sent&dir=asc",
        "channel=sms&template=reminder&sort=scheduled",
        "q=person+1",
        "from=2020-01-01&to=2099-01-01&sort=opened",
    ] {
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("query", query).finish();
        let page = viewer.get(&format!("/api/load_messages?slug=cup&{form}")).await;
        let page: MessagesPage = serde_json::from_str(&page.body).unwrap();
        let shown: Vec<String> = page.rows.iter().map(|row| row.id.to_string()).collect();
        let joint = if query.is_empty() { "limit=3".to_owned() } else { format!("{query}&limit=3") };
        assert_eq!(walk(&client, &joint).await, shown, "{query}");
        assert!(!shown.is_empty(), "{query}");
    }
    for wrong in
        ["status=opened2", "channel=fax", "sort=", "dir=up", "machines=maybe", "page=last", "per=25", "after=x"]
    {
        assert_eq!(client.get(&format!("/messages?{wrong}")).await.status(), 400, "{wrong}");
    }
}

#[tokio::test]
async fn nothing_is_shown_beyond_the_end() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read]).await;
    app.sent("Ana Ruiz", Channel::Email, 3).await;
    let first = client.get("/messages?limit=2&sort=scheduled").await;
    let mut tx = app.db.begin().await.unwrap();
    let seen = first.ids();
    for id in client.get("/messages").await.ids().into_iter().filter(|id| !seen.contains(id)) {
        let id: crate::domain::MessageId = id.parse().unwrap();
        sqlx::query("delete from message where id = $1").bind(id).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let cursor = first.text("/next_cursor");
    let beyond = client.get(&format!("/messages?limit=2&sort=scheduled&cursor={cursor}")).await;
    assert_eq!((beyond.ids().len(), beyond.json["next_cursor"].is_null()), (0, true));
    assert_eq!(client.get("/messages?cursor=bm90aGluZw").await.status(), 404);
}

#[tokio::test]
async fn a_message_is_read_and_steered() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &Scope::ALL).await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 3).await;
    let waiting = client.get("/messages?status=scheduled&sort=scheduled&dir=asc").await.ids();
    let path = |id: &str, what: &str| format!("/messages/{id}/{what}");
    let whole = client.get(&format!("/messages/{}", sent.message)).await;
    assert_eq!((whole.text("/message/status"), whole.text("/message/customer_name")), ("sent", "Ana Ruiz"));
    assert!(whole.text("/html").contains("<") && !whole.text("/html").contains(&sent.token), "links are inert");
    let kinds: Vec<_> =
        whole.json["timeline"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert!(kinds.starts_with(&["created"]) && kinds.contains(&"sent"), "{kinds:?}");

    let canceled = client.send(Method::POST, &path(&waiting[0], "cancel"), &[], "").await;
    assert_eq!((canceled.status(), canceled.text("/message/status")), (200, "canceled"), "{}", canceled.json);
    assert_eq!((canceled.text("/message/cancel_cause"), canceled.text("/sentence")), ("staff", "Canceled 1 message."));
    let twice = client.post(&path(&waiting[0], "cancel"), &json!({})).await;
    assert!(twice.status() == 409 && twice.text("/detail").contains("already canceled"), "{}", twice.json);
    let rest = client.post(&path(&waiting[1], "cancel"), &json!({ "also_request": true })).await;
    assert_eq!(rest.text("/sentence"), "Canceled 2 messages.");

    let later = LocalTime { at: clock::now().plus(2 * Timestamp::DAY), offset: 0 }.machine();
    let moved = client.post(&path(&waiting[0], "reschedule"), &json!({ "scheduled_at": later })).await;
    assert_eq!((moved.status(), moved.text("/message/status")), (200, "scheduled"), "{}", moved.json);
    let past = client.post(&path(&waiting[0], "reschedule"), &json!({ "scheduled_at": "2020-01-01T00:00:00Z" })).await;
    assert_eq!((past.status(), past.fields()), (422, vec!["scheduled_at"]));
    let now = client.post(&path(&waiting[0], "send-now"), &json!({})).await;
    assert_eq!((now.status(), now.text("/message/state")), (200, "scheduled"), "{}", now.json);
    assert_eq!(client.post(&path(&sent.message.to_string(), "send-now"), &json!({})).await.status(), 409);
    assert_eq!(client.post(&path(&sent.message.to_string(), "resend"), &json!({})).await.status(), 409);
    app.fail(sent.message, "mailbox-full").await;
    let failed = client.get(&format!("/messages/{}", sent.message)).await;
    assert_eq!((failed.text("/message/failure/code"), failed.text("/failure_text")), ("mailbox-full", "550 no"));
    let resent = client.post(&path(&sent.message.to_string(), "resend"), &json!({})).await;
    assert_eq!((resent.status(), resent.text("/message/status")), (200, "scheduled"), "{}", resent.json);
    let actors = client.get(&format!("/messages/{}", sent.message)).await.json["timeline"].to_string();
    assert!(actors.contains("API key Web shop"), "{actors}");

    let gone = client.send(Method::DELETE, &format!("/messages/{}", waiting[1]), &[], "").await;
    assert_eq!((gone.status(), gone.answer.body.as_str()), (204, ""));
    assert_eq!(client.get(&format!("/messages/{}", waiting[1])).await.status(), 404);
    for what in ["cancel", "send-now", "resend"] {
        assert_eq!(client.post(&path(NOWHERE, what), &json!({})).await.status(), 404, "{what}");
    }
}

#[tokio::test]
async fn a_message_that_led_to_a_review_has_its_stars() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read]).await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 0).await;
    app.sent("Ben Ode", Channel::Email, 0).await;
    assert_eq!(client.get("/messages?status=reviewed").await.ids().len(), 0);
    let review = app.review(&sent, 2).await;
    let list = client.get("/messages?status=reviewed").await;
    assert_eq!(list.ids(), [sent.message.to_string()]);
    assert_eq!((&list.json["data"][0]["rating"], list.text("/data/0/status")), (&json!(2), "sent"));
    let whole = client.get(&format!("/messages/{}", sent.message)).await;
    assert_eq!(whole.text("/review_id"), review.to_string());
    let viewer = app.member(Role::Viewer).await;
    let page = viewer.get(&format!("/projects/cup/messages/{}", sent.message)).await.body;
    let link = format!("/projects/cup/customers/{}#review-{review}", sent.customer);
    assert!(page.contains("Earned a review") && page.contains(&link) && page.contains("2 stars on "), "{page}");
    let profile = viewer.get(&format!("/projects/cup/customers/{}", sent.customer)).await.body;
    assert!(profile.contains(&format!("id=\"review-{review}\"")), "{profile}");
    let file = app.member(Role::Manager).await.get("/projects/cup/messages/export.csv?status=reviewed").await.body;
    assert!(file.lines().count() == 2 && file.trim_end().ends_with(",2"), "{file}");
}

#[tokio::test]
async fn reviews_are_listed_and_read() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read]).await;
    let system = app.system("cup").await;
    let (ana, ben) = (app.customer("Ana Ruiz").await, app.customer("Ben Ode").await);
    for (customer, stars, text) in [(ana, 5, "Lovely"), (ben, 2, ""), (ana, 2, "Cold")] {
        let rating = crate::domain::review::Rating::new(stars).unwrap();
        let review = NewReview { customer, rating, text: text.into(), source: None };
        reviews::add(&system, &review, clock::now()).await.unwrap();
    }
    let all = client.get("/reviews").await;
    assert_eq!((all.ids().len(), all.text("/data/0/text"), &all.json["data"][0]["rating"]), (3, "Cold", &json!(2)));
    let first = client.get("/reviews?limit=2").await;
    let rest = client.get(&format!("/reviews?limit=2&cursor={}", first.text("/next_cursor"))).await;
    assert_eq!([first.ids(), rest.ids()].concat(), all.ids());
    assert_eq!(client.get(&format!("/reviews?customer_id={ana}&rating=2")).await.ids(), all.ids()[..1]);
    let one = client.get(&format!("/reviews/{}", all.ids()[2])).await;
    assert_eq!((one.text("/text"), one.text("/customer_id")), ("Lovely", &*ana.to_string()));
    assert_eq!(client.get(&format!("/reviews/{NOWHERE}")).await.status(), 404);
    assert_eq!(client.get("/reviews?rating=0").await.fields(), ["rating"]);
}
