//! Asking by the API, once for each Idempotency-Key.

use super::Client;
use crate::{
    domain::{Timestamp, api_key::Scope, role::Role, time::LocalTime},
    server::{clock, store::answers},
    tests::support::TestApp,
};
use serde_json::json;

async fn run(app: &TestApp, sql: &'static str) {
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_customer_is_asked_by_id_or_address() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read, Scope::Write]).await;
    let ana = app.customer("Ana Ruiz").await;
    let body = json!({ "customer_id": ana, "channels": ["email", "sms"], "reminders_count": 2, "reminder_days": 4 });
    let asked = client.post("/asks", &body).await;
    assert_eq!(asked.status(), 201, "{}", asked.json);
    let messages = asked.json["messages"].as_array().unwrap();
    assert_eq!((messages.len(), &asked.json["number"]), (6, &json!(1)));
    let listed = client.get(&format!("/messages/{}", asked.text("/messages/1/id"))).await;
    assert_eq!(listed.text("/message/scheduled_at"), asked.text("/messages/1/scheduled_at"));
    assert_eq!(listed.text("/timeline/0/actor"), "API key Web shop");
    assert_eq!(listed.text("/message/request_id"), asked.text("/id"));

    // It is read by its id, with what has become of its messages.
    let path = format!("/asks/{}", asked.text("/id"));
    client.post(&format!("/messages/{}/cancel", asked.text("/messages/5/id")), &json!({})).await;
    let standing = client.get(&path).await;
    for field in ["id", "customer_id", "number", "created_at"] {
        assert_eq!(standing.json[field], asked.json[field], "{field}");
    }
    let ids = |json: &serde_json::Value| -> std::collections::BTreeSet<String> {
        json["messages"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&standing.json), ids(&asked.json));
    let states: Vec<_> = standing.json["messages"].as_array().unwrap().iter().map(|one| &one["status"]).collect();
    assert_eq!(states.iter().filter(|status| **status == "canceled").count(), 1, "{states:?}");
    app.project("bean").await;
    let other = Client::of(&app, "bean", &[Scope::Read]).await;
    assert_eq!(other.get(&path).await.status(), 404);

    // By the strategy: email alone, and no reminder that nobody chose.
    let again = client.post("/asks", &json!({ "email": "Ana.Ruiz@example.com" })).await;
    assert_eq!((again.status(), &again.json["number"]), (201, &json!(2)), "{}", again.json);
    let fresh = client.post("/asks", &json!({ "phone": "+12015550199", "name": "Cem", "channels": ["sms"] })).await;
    assert_eq!((fresh.status(), fresh.text("/messages/0/channel")), (201, "sms"), "{}", fresh.json);
    assert_eq!(app.count("select count(*) from customer").await, 2);

    let later = LocalTime { at: clock::now().plus(3 * Timestamp::DAY), offset: 3600 }.machine();
    let at = client.post("/asks", &json!({ "customer_id": ana, "channels": ["email"], "asked_at": later })).await;
    assert_eq!(at.status(), 201, "{}", at.json);
    let shown = chrono::DateTime::parse_from_rfc3339(at.text("/messages/0/scheduled_at")).unwrap();
    assert_eq!(shown, chrono::DateTime::parse_from_rfc3339(&later).unwrap());
}

#[tokio::test]
async fn what_is_wrong_is_said_of_its_field_and_nothing_is_kept() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Write]).await;
    let ana = app.customer("Ana Ruiz").await;
    for (body, status, fields) in [
        (json!({}), 422, vec!["email"]),
        (json!({ "customer_id": ana, "channels": [] }), 422, vec!["channels"]),
        (json!({ "customer_id": ana, "channels": ["fax"] }), 422, vec![]),
        (json!({ "customer_id": ana, "channels": ["email"], "reminders_count": 4 }), 422, vec!["reminders_count"]),
        (
            json!({ "customer_id": ana, "channels": ["email"], "reminders_count": 1, "reminder_days": 91 }),
            422,
            vec!["reminder_days"],
        ),
        (
            json!({ "customer_id": ana, "channels": ["email"], "asked_at": "2020-01-01T00:00:00Z" }),
            422,
            vec!["asked_at"],
        ),
        (json!({ "customer_id": ana, "channels": ["email"], "asked_at": "soon" }), 422, vec![]),
        (json!({ "customer_id": ana, "channels": ["email"], "when": "now" }), 422, vec![]),
        (json!({ "customer_id": ana, "name": "Ana" }), 422, vec!["customer_id"]),
        (json!({ "email": "new@example.com", "channels": ["email"] }), 404, vec![]),
        (json!({ "email": "new@example.com", "name": "New", "channels": ["sms"] }), 422, vec!["channels"]),
        (json!({ "customer_id": crate::tests::support::NOWHERE, "channels": ["email"] }), 404, vec![]),
    ] {
        let refused = client.post("/asks", &body).await;
        assert_eq!((refused.status(), refused.fields()), (status, fields), "{body}: {}", refused.json);
    }
    assert_eq!(app.count("select count(*) from request").await, 0);
    assert_eq!(app.count("select count(*) from customer").await, 1, "nor is who was to be asked");
}

#[tokio::test]
async fn a_request_that_comes_again_has_one_effect() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Write]).await;
    let ana = app.customer("Ana Ruiz").await;
    let body = json!({ "customer_id": ana, "channels": ["email"] });
    let first = client.once("order-1", "/asks", &body).await;
    assert_eq!((first.status(), first.answer.header("idempotency-replayed")), (201, ""), "{}", first.json);
    let again = client.once("order-1", "/asks", &body).await;
    assert_eq!((again.status(), again.answer.header("idempotency-replayed")), (201, "true"));
    assert_eq!(again.answer.body, first.answer.body);
    for other in [
        client.once("order-1", "/asks", &json!({ "customer_id": ana, "channels": ["sms"] })).await,
        client.once("order-1", "/customers", &body).await,
        client.once("order-1", "/customers", &json!({ "email": "ana.ruiz@example.com" })).await,
    ] {
        assert_eq!(other.status(), 422, "{}", other.json);
    }
    assert_eq!(app.count("select count(*) from request").await, 1);
    // The keys of another client are its own.
    let other = Client::new(&app, &[Scope::Write]).await;
    assert_eq!(other.once("order-1", "/asks", &body).await.status(), 201);
    assert_eq!(app.count("select count(*) from request").await, 2);
    for wrong in ["", "a b", &"x".repeat(256)] {
        let refused = client.once(wrong, "/asks", &body).await;
        assert_eq!((refused.status(), refused.fields()), (422, vec!["Idempotency-Key"]), "{wrong:?}");
    }
    // What was refused is not kept.
    let refused = client.once("order-2", "/asks", &json!({ "customer_id": ana, "channels": [] })).await;
    assert_eq!((refused.status(), client.once("order-2", "/asks", &body).await.status()), (422, 201));
}

#[tokio::test]
async fn two_at_once_have_one_effect_and_one_answer() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Write]).await;
    let body = json!({ "email": "ana@example.com", "name": "Ana Ruiz", "channels": ["email"], "reminders_count": 1 });
    let charge = json!({ "email": "ana@example.com", "name": "Ana Ruiz", "amount": "5", "charged_on": "2026-11-24" });
    for n in 0..5 {
        let name = format!("order-{n}");
        let (first, second) = futures::join!(client.once(&name, "/asks", &body), client.once(&name, "/asks", &body));
        assert_eq!((first.status(), second.status()), (201, 201), "{}\n{}", first.json, second.json);
        assert_eq!(first.answer.body, second.answer.body);
        let name = format!("charge-{n}");
        let (first, second) =
            futures::join!(client.once(&name, "/charges", &charge), client.once(&name, "/charges", &charge));
        assert_eq!((first.status(), first.answer.body), (201, second.answer.body));
    }
    assert_eq!(app.count("select count(*) from request").await, 5);
    assert_eq!(app.count("select count(*) from charge").await, 5);
    assert_eq!(app.count("select count(*) from customer").await, 1);
}

#[tokio::test]
async fn answers_are_kept_for_a_day_and_not_of_who_was_erased() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Write]).await;
    let body = json!({ "email": "ana@example.com", "name": "Ana Ruiz" });
    assert_eq!(client.once("one", "/customers", &body).await.status(), 201);
    assert_eq!(client.once("one", "/customers", &body).await.status(), 201);
    run(&app, "update api_answer set answered_at = answered_at - 86400001").await;
    // Too old to be repeated: the customer is known by now.
    assert_eq!(client.once("one", "/customers", &body).await.status(), 200);
    assert_eq!(answers::forget(&app.db, clock::now()).await, Ok(0), "it was kept anew");
    client.once("two", "/customers", &body).await;
    run(&app, "update api_answer set answered_at = answered_at - 86400001 where name = 'two'").await;
    assert_eq!(answers::forget(&app.db, clock::now()).await, Ok(1));
    assert_eq!(app.count("select count(*) from api_answer").await, 1);

    let id: crate::domain::CustomerId =
        sqlx::query_scalar("select id from customer").fetch_one(app.db.read()).await.unwrap();
    let admin = app.member(Role::Admin).await;
    let erased = admin.post("/api/erase_customer", &format!("slug=cup&id={id}&confirm=ERASE")).await;
    assert!(erased.status.is_success(), "{}", erased.body);
    assert_eq!(app.count("select count(*) from api_answer").await, 0);
    let again = client.once("one", "/customers", &body).await;
    assert_eq!((again.status(), again.fields()), (422, vec!["email"]), "{}", again.json);
}
