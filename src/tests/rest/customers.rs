//! Customers and their charges by the API.

use super::Client;
use crate::{
    domain::{api_key::Scope, message::Channel, role::Role},
    tests::support::TestApp,
};
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test]
async fn a_customer_is_added_and_then_changed_by_either_address() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read, Scope::Write]).await;
    let owner = app.member(Role::Owner).await;
    owner.post("/api/add_location", "slug=cup&name=Berlin").await;
    let location: crate::domain::LocationId =
        sqlx::query_scalar("select id from location").fetch_one(app.db.read()).await.unwrap();
    let body = json!({
        "name": " Ana Ruiz ", "email": "ANA@Example.com", "phone": "(201) 555-0123", "company": "Cup",
        "tags": ["vip", "new"], "visited_on": "2026-11-24", "location_id": location,
    });
    let added = client.post("/customers", &body).await;
    assert_eq!(added.status(), 201, "{}", added.json);
    assert_eq!((added.text("/name"), added.text("/email")), ("Ana Ruiz", "ana@example.com"));
    assert_eq!((added.text("/phone"), added.text("/visited_on")), ("+12015550123", "2026-11-24"));
    assert_eq!((&added.json["tags"], added.text("/location_id")), (&json!(["new", "vip"]), &*location.to_string()));
    let id = added.text("/id");

    let changed = client.post("/customers", &json!({ "phone": "+1 201 555 0123", "company": "Saucer" })).await;
    assert_eq!((changed.status(), changed.text("/id")), (200, id));
    assert_eq!((changed.text("/name"), changed.text("/company")), ("Ana Ruiz", "Saucer"));
    let again = client.post("/customers", &json!({ "email": "ana@example.com", "name": null, "tags": [] })).await;
    assert_eq!((again.status(), again.json), (200, changed.json));
    assert_eq!(client.get(&format!("/customers/{id}")).await.text("/company"), "Saucer");

    client.post("/customers", &json!({ "name": "Ben Ode", "email": "ben@example.com" })).await;
    let two = client.post("/customers", &json!({ "email": "ben@example.com", "phone": "+12015550123" })).await;
    assert_eq!(two.status(), 409, "{}", two.json);
    for (body, field) in [
        (json!({}), "email"),
        (json!({ "name": "Nobody" }), "email"),
        (json!({ "name": "X", "email": "nothing" }), "email"),
        (json!({ "name": "X", "phone": "12" }), "phone"),
        (json!({ "name": "x".repeat(121), "email": "x@example.com" }), "name"),
        (json!({ "name": "X", "email": "x@example.com", "tags": ["x".repeat(31)] }), "tags"),
    ] {
        let refused = client.post("/customers", &body).await;
        assert_eq!((refused.status(), refused.fields()), (422, vec![field]), "{body}: {}", refused.json);
    }
    for (body, status) in [
        (json!({ "email": "new@example.com" }), 404),
        (json!({ "name": "X", "email": "x@example.com", "location_id": id }), 404),
        (json!({ "email": "ana@example.com", "tags": (0..19).map(|n| n.to_string()).collect::<Vec<_>>() }), 409),
    ] {
        let refused = client.post("/customers", &body).await;
        assert_eq!(refused.status(), status, "{body}: {}", refused.json);
    }
    assert_eq!(app.count("select count(*) from customer").await, 2);
}

#[tokio::test]
async fn the_list_comes_in_parts_and_is_filtered() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read, Scope::Write]).await;
    for n in 0..7 {
        app.customer(&format!("Person {n}")).await;
    }
    let mut seen = Vec::new();
    let mut path = "/customers?limit=3".to_owned();
    loop {
        let part = client.get(&path).await;
        seen.extend(part.ids());
        match part.json["next_cursor"].as_str() {
            Some(cursor) => path = format!("/customers?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (7, 7));
    let by_name = client.get("/customers?limit=1&sort=name&dir=desc").await;
    assert_eq!(by_name.text("/data/0/name"), "Person 6");
    // Whoever stands beyond the end sees nothing, and not the beginning again.
    let cursor = by_name.text("/next_cursor").to_owned();
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query("delete from customer where name < 'Person 6'").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let beyond = client.get(&format!("/customers?limit=1&sort=name&dir=desc&cursor={cursor}")).await;
    assert_eq!((beyond.ids().len(), beyond.json["next_cursor"].is_null()), (0, true));

    assert_eq!(client.get("/customers?q=person").await.ids().len(), 1);
    assert!(client.get("/customers?status=unsubscribed").await.ids().is_empty());
    for (query, status) in [
        ("limit=0", 400),
        ("limit=101", 400),
        ("limit=many", 400),
        ("sort=height", 400),
        ("status=", 400),
        ("from=soon", 400),
        ("person=x", 400),
        ("rating=6", 422),
        ("cursor=x", 404),
    ] {
        assert_eq!(client.get(&format!("/customers?{query}")).await.status(), status, "{query}");
    }
}

#[tokio::test]
async fn unsubscribing_cancels_what_waits() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read, Scope::Write]).await;
    let sent = app.sent("Ana Ruiz", Channel::Email, 2).await;
    let path = format!("/customers/{}", sent.customer);
    let said = client.post(&format!("{path}/unsubscribe"), &json!({})).await;
    assert!(said.status() == 200 && said.json["unsubscribed_at"].is_string(), "{}", said.json);
    assert_eq!(app.count("select count(*) from message where status = 6").await, 2);
    let ask = client.post("/asks", &json!({ "email": "ana.ruiz@example.com", "channels": ["email"] })).await;
    assert!(ask.status() == 409 && ask.text("/detail").contains("has unsubscribed"), "{}", ask.json);
    let said = client.post(&format!("{path}/resubscribe"), &json!({})).await;
    assert!(said.status() == 200 && said.json["unsubscribed_at"].is_null(), "{}", said.json);
    let gone = client.get(&format!("/customers/{}", crate::tests::support::NOWHERE)).await;
    assert_eq!((gone.status(), client.get("/customers/x").await.status()), (404, 404));
}

#[tokio::test]
async fn charges_are_added_and_listed() {
    let app = TestApp::new().await;
    let client = Client::new(&app, &[Scope::Read, Scope::Write]).await;
    let ana = app.customer("Ana Ruiz").await;
    let body = json!({
        "customer_id": ana, "amount": "1234.5", "currency": "EUR", "charged_on": "2026-11-24", "external_id": "A-1",
        "subscription": true,
    });
    let added = client.post("/charges", &body).await;
    assert_eq!((added.status(), added.text("/amount")), (201, "1234.50"), "{}", added.json);
    assert_eq!((added.text("/currency"), added.text("/external_id")), ("EUR", "A-1"));
    let by_address =
        json!({ "email": "ben@example.com", "name": "Ben Ode", "amount": "5", "charged_on": "2026-11-25" });
    let second = client.post("/charges", &by_address).await;
    assert_eq!((second.status(), second.text("/currency")), (201, "USD"), "{}", second.json);
    assert_eq!(app.count("select count(*) from charge_sum").await, 2, "conditions of the strategy see them");

    assert_eq!(client.get("/charges").await.ids(), [second.text("/id"), added.text("/id")]);
    let first = client.get("/charges?limit=1").await;
    let rest = client.get(&format!("/charges?limit=1&cursor={}", first.text("/next_cursor"))).await;
    assert_eq!((rest.ids(), rest.json["next_cursor"].is_null()), (vec![added.text("/id").to_owned()], true));
    let mine = client.get(&format!("/charges?customer_id={ana}")).await;
    assert_eq!((mine.ids().len(), &mine.json["data"][0]), (1, &added.json));
    for (body, status, fields) in [
        (body.clone(), 422, vec!["external_id"]),
        (json!({ "customer_id": ana, "amount": "much", "charged_on": "2026-11-24" }), 422, vec!["amount"]),
        (json!({ "customer_id": ana, "amount": "5", "charged_on": "1066-10-14" }), 422, vec!["charged_on"]),
        (
            json!({ "customer_id": ana, "email": "a@example.com", "amount": "5", "charged_on": "2026-11-24" }),
            422,
            vec!["customer_id"],
        ),
        (json!({ "customer_id": ana, "amount": "5" }), 422, vec![]),
        (
            json!({ "customer_id": crate::tests::support::NOWHERE, "amount": "5", "charged_on": "2026-11-24" }),
            404,
            vec![],
        ),
    ] {
        let refused = client.post("/charges", &body).await;
        assert_eq!((refused.status(), refused.fields()), (status, fields), "{body}: {}", refused.json);
    }
}
