//! Asking a customer for a review.

use super::sending::world::{BASE, NOW, World};
use crate::{
    domain::{
        AppError, CustomerId, Timestamp,
        ask::Ask,
        message::{
            Channel::{Email, Sms},
            Template,
        },
        schedule::parse_wall,
    },
    server::{
        requests::create,
        store::{db::Query, id::NewId},
    },
};
use std::collections::HashSet;

fn ask() -> Ask {
    Ask { channels: vec![Email], reminders: vec![], at: None }
}

async fn ana(w: &World) -> CustomerId {
    w.customer("Ana <b>Ruiz", "ana@example.com", "+12075550100").await
}

async fn set(w: &World, sql: &'static str) {
    let mut tx = w.db.begin().await.unwrap();
    Query::new(sql).build().execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn each_channel_gets_the_request_and_its_reminders() {
    let w = World::new().await;
    let customer = ana(&w).await;
    let both = Ask { channels: vec![Email, Sms], reminders: vec![5, 5], at: None };
    let request = create(&w.manager, customer, &both, BASE, NOW).await.unwrap().id;
    let rows: Vec<(i16, Template, i16, Timestamp, Timestamp, i32, String)> = sqlx::query_as(
        "select channel, template, reminder, scheduled_at, due_at, day, recipient from message
         where request_id = $1 order by channel, reminder",
    )
    .bind(request)
    .fetch_all(w.db.read())
    .await
    .unwrap();
    assert_eq!(rows.len(), 6);
    for (n, (channel, template, reminder, scheduled, due, day, recipient)) in rows.into_iter().enumerate() {
        let step = (n % 3) as i64;
        assert_eq!(channel, (n / 3) as i16);
        assert_eq!(template, if step == 0 { Template::Request } else { Template::Reminder });
        assert_eq!(i64::from(reminder), step);
        assert_eq!(scheduled, NOW.plus(step * 5 * Timestamp::DAY));
        assert_eq!((due, day), (scheduled, w.manager.day(scheduled)));
        assert_eq!(recipient, if channel == 0 { "ana@example.com" } else { "+12075550100" });
    }
    let tokens: Vec<String> =
        sqlx::query_scalar("select token from tracking_token").fetch_all(w.db.read()).await.unwrap();
    assert_eq!(tokens.iter().collect::<HashSet<_>>().len(), 6);
    assert!(tokens.iter().all(|t| t.len() == 24 && t.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))));
    assert_eq!(w.count("seq between 1099511627777 and 1099511627782").await, 6);
    let found: i64 = sqlx::query_scalar("select count(*) from message_search").fetch_one(w.db.read()).await.unwrap();
    assert_eq!(found, 6);
    let counted: i64 = sqlx::query_scalar("select cast(sum(n) as bigint) from counter where day = 0 and status = 0")
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(counted, 6);
}

#[tokio::test]
async fn content_is_fixed_and_its_links_are_its_own() {
    let w = World::new().await;
    let customer = ana(&w).await;
    let request = create(&w.manager, customer, &ask(), BASE, NOW).await.unwrap().id;
    let (subject, text, html, token): (String, String, String, String) = sqlx::query_as(
        "select k.subject, k.text, k.html, t.token from message_content k
         join tracking_token t on t.message_id = k.message_id
         join message m on m.id = k.message_id where m.request_id = $1",
    )
    .bind(request)
    .fetch_one(w.db.read())
    .await
    .unwrap();
    assert_eq!(subject, "How was your visit to Cup & Saucer?");
    assert!(text.starts_with("Hi Ana,\n"));
    assert!(html.contains("Cup &amp; Saucer") && !html.contains("<b>"));
    for link in [format!("{BASE}/r/{token}"), format!("{BASE}/u/{token}")] {
        assert!(text.contains(&link) && html.contains(&link), "{link}");
    }
    assert!(html.contains(&format!("{BASE}/o/{token}")) && !text.contains("/o/"));
    // A template that changes afterwards changes later messages only.
    let change = "insert into template (project_id, template, channel, subject, body, number)
        select id, 0, 0, 'New {{ first_name }}', '{{ review_link }}', 1 from project";
    set(&w, change).await;
    create(&w.manager, customer, &ask(), BASE, NOW).await.unwrap();
    let subjects: Vec<String> = sqlx::query_scalar("select subject from message_content order by subject")
        .fetch_all(w.db.read())
        .await
        .unwrap();
    assert_eq!(subjects, ["How was your visit to Cup & Saucer?", "New Ana"]);
}

#[tokio::test]
async fn requests_are_numbered_by_customer() {
    let w = World::new().await;
    let (a, b) = (ana(&w).await, ana(&w).await);
    for customer in [a, a, b, a] {
        create(&w.manager, customer, &ask(), BASE, NOW).await.unwrap();
    }
    let numbers: Vec<i32> = sqlx::query_scalar("select number from request where customer_id = $1 order by number")
        .bind(a)
        .fetch_all(w.db.read())
        .await
        .unwrap();
    assert_eq!(numbers, [1, 2, 3]);
}

#[tokio::test]
async fn a_time_that_was_chosen_is_kept_and_the_window_moves_it() {
    let w = World::new().await;
    let customer = ana(&w).await;
    let evening = Ask { at: parse_wall("at", "2026-11-24T21:30").ok(), reminders: vec![3], ..ask() };
    let first = create(&w.manager, customer, &evening, BASE, NOW).await.unwrap();
    let local = |t: Timestamp| w.manager.local(t).input();
    assert_eq!(local(first.first), "2026-11-24T21:30");
    let ids = w.messages(first.id).await;
    assert_eq!(local(w.stored(ids[0]).await.due_at), "2026-11-24T21:30");
    set(&w, "update project set week = '540-1080 540-1080 540-1080 540-1080 540-1080 540-1080 540-1080'").await;
    let second = create(&w.manager, customer, &evening, BASE, NOW).await.unwrap();
    assert_eq!(local(second.first), "2026-11-25T09:00");
    let ids = w.messages(second.id).await;
    assert_eq!(local(w.stored(ids[0]).await.due_at), "2026-11-25T09:00");
    assert_eq!(local(w.stored(ids[1]).await.due_at), "2026-11-28T09:00");
}

#[tokio::test]
async fn who_may_not_or_cannot_be_asked_is_refused_with_the_reason() {
    let w = World::new().await;
    let refused = |e: AppError, says: &str| assert!(e.to_string().contains(says), "{e}");
    let nobody = create(&w.manager, CustomerId::new(), &ask(), BASE, NOW).await.unwrap_err();
    assert!(matches!(nobody, AppError::NotFound(_)));

    let silent = w.customer("Bo", "", "").await;
    refused(create(&w.manager, silent, &ask(), BASE, NOW).await.unwrap_err(), "no email address");
    let by_sms = Ask { channels: vec![Sms], ..ask() };
    refused(create(&w.manager, silent, &by_sms, BASE, NOW).await.unwrap_err(), "no phone number");

    let customer = ana(&w).await;
    let late = Ask { at: parse_wall("at", "2026-11-22T12:00").ok(), ..ask() };
    assert!(create(&w.manager, customer, &late, BASE, NOW).await.unwrap_err().for_field("at").is_some());
    set(&w, "update customer set archived_at = 1").await;
    refused(create(&w.manager, customer, &ask(), BASE, NOW).await.unwrap_err(), "archived");
    set(&w, "update customer set unsubscribed_at = 1").await;
    let error = create(&w.manager, customer, &ask(), BASE, NOW).await.unwrap_err();
    assert!(matches!(error, AppError::Conflict(_)));
    refused(error, "unsubscribed");

    assert_eq!(w.count("1 = 1").await, 0);
    let requests: i64 = sqlx::query_scalar("select count(*) from request").fetch_one(w.db.read()).await.unwrap();
    assert_eq!(requests, 0);
    let numbers: i64 = sqlx::query_scalar("select cast(max(last_number) as bigint) from customer")
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(numbers, 0);
}
