//! The demo project.

use super::sending::world::{BASE, NOW, World};
use crate::{
    domain::{AppError, Timestamp, message::FailureCode},
    server::{
        demo,
        store::{Db, counters, db::Query},
    },
};

/// Recipient, status, template, channel, scheduled, sent, subject.
type Seen = (String, i16, i16, i16, i64, Option<i64>, String);

async fn number(db: &Db, sql: &'static str) -> i64 {
    Query::new(sql).build_query_scalar().fetch_one(db.read()).await.unwrap()
}

async fn numbers(db: &Db, sql: &'static str) -> Vec<i64> {
    Query::new(sql).build_query_scalar().fetch_all(db.read()).await.unwrap()
}

#[tokio::test]
async fn it_looks_like_a_business_at_work() {
    let w = World::new().await;
    let made = std::time::Instant::now();
    let demo = demo::create(&w.db, BASE, NOW).await.unwrap();
    eprintln!("made in {:?}", made.elapsed());
    let db = &w.db;
    assert_eq!(number(db, "select count(*) from location").await, 3);
    assert_eq!(number(db, "select count(*) from customer").await, 400);
    let messages = number(db, "select count(*) from message").await;
    assert!((2_800..=3_200).contains(&messages), "{messages}");
    assert_eq!(
        numbers(db, "select distinct cast(status as bigint) from message order by 1").await,
        [0, 1, 2, 3, 4, 5, 6]
    );
    assert_eq!(numbers(db, "select distinct cast(template as bigint) from message order by 1").await, [0, 1, 2, 3]);
    assert_eq!(numbers(db, "select distinct cast(channel as bigint) from message order by 1").await, [0, 1]);
    assert_eq!(numbers(db, "select distinct cast(reminder as bigint) from message order by 1").await, [0, 1, 2, 3]);
    assert_eq!(
        numbers(
            db,
            "select distinct cast(cancel_cause as bigint) from message where cancel_cause is not null order by 1"
        )
        .await,
        [0, 1, 2, 3]
    );
    let codes: Vec<String> =
        sqlx::query_scalar("select distinct failure_code from message where failed_at is not null")
            .fetch_all(db.read())
            .await
            .unwrap();
    assert_eq!(codes.len(), FailureCode::ALL.len(), "{codes:?}");
    let reviews = number(db, "select count(*) from review").await;
    assert!((400..=600).contains(&reviews), "{reviews}");
    let scheduled = number(db, "select count(*) from message where status = 0").await;
    assert!((80..=300).contains(&scheduled), "{scheduled}");
    for (what, least, sql) in [
        ("complaints", 3, "select count(*) from message where status = 5"),
        ("notes", 20, "select count(*) from note"),
        ("tags", 80, "select count(*) from customer_tag"),
        ("unsubscribed", 10, "select count(*) from customer where unsubscribed_at is not null"),
        ("archived", 8, "select count(*) from customer where archived_at is not null"),
        ("companies", 60, "select count(*) from customer where company <> ''"),
        ("machine opens", 50, "select count(*) from message_event where machine = 1"),
        ("canceled", 100, "select count(*) from message where status = 6"),
        ("the regular", 60, "select max(n) from (select count(*) as n from message group by customer_id) x"),
        (
            "never asked, by email and SMS",
            12,
            "select count(*) from customer c where last_number = 0 and email <> '' and phone <> ''
             and unsubscribed_at is null and archived_at is null",
        ),
    ] {
        let found = number(db, sql).await;
        assert!(found >= least, "{what}: {found}");
    }
    let role: i64 =
        sqlx::query_scalar("select cast(role as bigint) from membership where project_id = $1 and person_id = $2")
            .bind(demo.project)
            .bind(demo.owner)
            .fetch_one(db.read())
            .await
            .unwrap();
    assert_eq!(role, 4);
    assert_eq!(number(db, "select count(*) from person where password_hash is not null").await, 0);
    assert!(matches!(demo::create(db, BASE, NOW).await, Err(AppError::Conflict(_))));
}

#[tokio::test]
async fn what_it_tells_hangs_together() {
    let w = World::new().await;
    demo::create(&w.db, BASE, NOW).await.unwrap();
    let soon = NOW.plus(20 * Timestamp::HOUR).0;
    let early: i64 = sqlx::query_scalar("select count(*) from message where state = 0 and due_at < $1")
        .bind(soon)
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(early, 0, "nothing is due soon");
    let late: i64 = sqlx::query_scalar("select count(*) from message where state = 0 and due_at > $1")
        .bind(NOW.plus(24 * Timestamp::DAY))
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(late, 0, "and nothing much later than two weeks and the reminders");
    let ahead: i64 = sqlx::query_scalar("select count(*) from message_event where at > $1")
        .bind(NOW)
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(ahead, 0, "nothing has happened in the future");
    for (what, sql) in [
        (
            "sent without an event",
            "select count(*) from message m where sent_at is not null and not exists (select 1 from message_event e where e.message_id = m.id and e.kind = 3 and e.at = m.sent_at)",
        ),
        (
            "opened without an event",
            "select count(*) from message m where opened_at is not null and not exists (select 1 from message_event e where e.message_id = m.id and e.kind = 5 and e.at = m.opened_at and e.machine = 0)",
        ),
        (
            "clicked without an event",
            "select count(*) from message m where clicked_at is not null and not exists (select 1 from message_event e where e.message_id = m.id and e.kind = 6 and e.at = m.clicked_at)",
        ),
        (
            "failed without an event",
            "select count(*) from message m where failed_at is not null and not exists (select 1 from message_event e where e.message_id = m.id and e.kind = 7 and e.at = m.failed_at)",
        ),
        (
            "canceled without an event",
            "select count(*) from message m where canceled_at is not null and not exists (select 1 from message_event e where e.message_id = m.id and e.kind = 9 and e.at = m.canceled_at)",
        ),
        (
            "without a beginning",
            "select count(*) from message m where not exists (select 1 from message_event e where e.message_id = m.id and e.kind = 0 and e.at = m.created_at)",
        ),
        ("sent and canceled", "select count(*) from message where sent_at is not null and canceled_at is not null"),
        ("opened before sent", "select count(*) from message where opened_at < sent_at or clicked_at < opened_at"),
        (
            "sent after the customer left",
            "select count(*) from message m join customer c on c.id = m.customer_id where m.sent_at > c.unsubscribed_at or m.sent_at > c.archived_at",
        ),
        (
            "scheduled for somebody who left",
            "select count(*) from message m join customer c on c.id = m.customer_id where m.state = 0 and (c.unsubscribed_at is not null or c.archived_at is not null)",
        ),
        (
            "reminded after a review",
            "select count(*) from message m join review r on r.request_id = m.request_id where m.template < 2 and m.sent_at > r.created_at + 60000",
        ),
        (
            "a review without a click",
            "select count(*) from review r join message m on m.id = r.message_id where m.clicked_at is null or m.clicked_at > r.created_at",
        ),
        (
            "sent without an attempt",
            "select count(*) from message m where m.sent_at is not null and m.attempts <> (select count(*) from send_attempt a where a.message_id = m.id)",
        ),
        (
            "an attempt without evidence",
            "select count(*) from send_attempt where server is null or dialogue not like '% ms  %'",
        ),
        ("SMS opened", "select count(*) from message where channel = 1 and opened_at is not null"),
        (
            "without content",
            "select count(*) from message m where not exists (select 1 from message_content k where k.message_id = m.id and k.text like '%Hi %' or k.message_id = m.id and k.text like 'Thank you%')",
        ),
        (
            "numbers that skip",
            "select count(*) from customer c where last_number <> (select count(*) from request r where r.customer_id = c.id)",
        ),
        (
            "counted wrongly",
            "select count(*) from (select status, count(*) as n from message group by status) m join (select status, sum(n) as n from counter where day = 0 group by status) c on c.status = m.status where c.n <> m.n",
        ),
        ("names that repeat", "select 400 - count(distinct name) from customer"),
        ("addresses that repeat", "select count(email) - count(distinct email) from customer where email <> ''"),
        ("numbers that repeat", "select count(phone) - count(distinct phone) from customer where phone <> ''"),
        (
            "addresses of real people",
            "select count(*) from customer where email <> '' and email not like '%@example.com' and email not like '%@example.net' and email not like '%@example.org'",
        ),
    ] {
        assert_eq!(number(&w.db, sql).await, 0, "{what}");
    }
    assert_eq!(counters::audit(&w.db, false).await.unwrap().len(), 0, "counters that drifted");
    let phones: Vec<String> =
        sqlx::query_scalar("select phone from customer where phone <> ''").fetch_all(w.db.read()).await.unwrap();
    for phone in phones {
        let parsed = phonenumber::parse(None, &phone).unwrap();
        assert!(phonenumber::is_valid(&parsed), "{phone}");
        assert_eq!(phone.len(), 12, "{phone}");
    }
}

#[tokio::test]
async fn the_same_moment_gives_the_same_demo() {
    let mut seen = Vec::new();
    for _ in 0..2 {
        let w = World::new().await;
        demo::create(&w.db, BASE, NOW).await.unwrap();
        let messages: Vec<Seen> = sqlx::query_as(
            "select m.recipient, m.status, m.template, m.channel, m.scheduled_at, m.sent_at, k.subject
             from message m join message_content k on k.message_id = m.id order by m.seq",
        )
        .fetch_all(w.db.read())
        .await
        .unwrap();
        let reviews: Vec<(i16, String, i64)> =
            sqlx::query_as("select rating, text, created_at from review order by id")
                .fetch_all(w.db.read())
                .await
                .unwrap();
        seen.push((messages, reviews));
    }
    assert!(seen[0] == seen[1]);
}

/// It is made at any time of day, in any season.
#[tokio::test]
async fn the_moment_does_not_matter() {
    for hours in [5, 9, 26 * 24 + 3, 100 * 24 + 11, 250 * 24 + 20] {
        let w = World::new().await;
        let now = NOW.plus(hours * Timestamp::HOUR);
        demo::create(&w.db, BASE, now).await.unwrap();
        let messages = w.count("1 = 1").await;
        assert!((2_800..=3_200).contains(&messages), "{messages}");
        let early: i64 = sqlx::query_scalar("select count(*) from message where state = 0 and due_at < $1")
            .bind(now.plus(20 * Timestamp::HOUR))
            .fetch_one(w.db.read())
            .await
            .unwrap();
        assert_eq!(early, 0);
    }
}
