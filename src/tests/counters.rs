//! Counters against the truth, and what staff do to messages.

use super::{
    sending::world::{NOW, World},
    support::all_of,
};
use crate::{
    domain::{
        MessageId, Timestamp,
        bulk::{Selection, Skip},
        filter::MessageFilter,
        message::Channel::{Email, Sms},
        status::Status,
    },
    server::{
        delivery::worker,
        store::{
            counters::audit,
            customers,
            db::Query,
            id::NewId,
            steering::{cancel, cancel_selection, delete, reschedule, resend, send_now, undo},
        },
    },
};

async fn any_message(w: &World, random: &mut fastrand::Rng) -> MessageId {
    let ids: Vec<MessageId> =
        sqlx::query_scalar("select id from message order by id").fetch_all(w.db.read()).await.unwrap();
    ids[random.usize(..ids.len())]
}

/// An open, a click, a complaint or a failure, as reports bring them.
const REPORTS: [&str; 4] = [
    "opened_at = 1795431700000, status = 2 where status = 1 and state = 2",
    "clicked_at = 1795431800000, status = 3 where status in (1, 2) and state = 2",
    "complained_at = 1795431900000, status = 5 where status in (1, 2, 3) and state = 2",
    "failed_at = 1795431900000, failure_code = 'rejected', status = 4, state = 3 where status = 1 and state = 2",
];

#[tokio::test]
async fn after_thousands_of_changes_the_counters_are_the_truth() {
    let w = World::new().await;
    let mut random = fastrand::Rng::with_seed(42);
    let mut batches = Vec::new();
    for n in 0..12 {
        let customer =
            w.customer(&format!("Customer {n}"), &format!("c{n}@example.com"), &format!("+1207555010{}", n % 10)).await;
        w.ask(customer, &[Email, Sms], 3).await;
    }
    for n in 0..2_000_i64 {
        let now = NOW.plus(n * Timestamp::HOUR);
        let id = any_message(&w, &mut random).await;
        match random.usize(..10) {
            0 => batches.extend(cancel(&w.manager, id, random.usize(..2) == 0, now).await.ok().and_then(|o| o.undo)),
            1 => {
                if let Some(batch) = batches.pop() {
                    drop(undo(&w.manager, batch, now).await);
                }
            }
            2 => drop(reschedule(&w.manager, id, now.plus(Timestamp::DAY * random.usize(..9) as i64), now).await),
            3 => drop(send_now(&w.manager, id, now).await),
            4 => drop(resend(&w.manager, id, now).await),
            5 if n % 100 == 0 => drop(delete(&w.manager, id).await),
            6 => drop(worker::step(&w.db, &w.transports, now).await),
            _ => drop(w.change(id, REPORTS[random.usize(..REPORTS.len())]).await),
        }
    }
    assert_eq!(audit(&w.db, false).await.unwrap(), []);
    let kinds: Vec<Status> =
        sqlx::query_scalar("select distinct status from message").fetch_all(w.db.read()).await.unwrap();
    assert!(kinds.len() >= 5, "the changes reached {kinds:?} only");
}

#[tokio::test]
async fn an_audit_finds_a_drift_and_repairs_it() {
    let w = World::new().await;
    w.due(Email).await;
    let mut tx = w.db.begin().await.unwrap();
    sqlx::query("update counter set n = n + 5 where day = 0").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let found = audit(&w.db, true).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kept.0, found[0].counted.0), (6, 1));
    assert_eq!(audit(&w.db, false).await.unwrap(), []);
}

#[tokio::test]
async fn a_cancel_by_filter_takes_what_matches_and_says_what_it_left() {
    let w = World::new().await;
    for n in 0..40 {
        let customer = w.customer(&format!("Customer {n}"), &format!("c{n}@example.com"), "").await;
        w.ask(customer, &[Email], 1).await;
    }
    // The requests go out; their reminders wait.
    while worker::step(&w.db, &w.transports, NOW).await.unwrap() > 0 {}
    let all = all_of(MessageFilter::default());
    let outcome = cancel_selection(&w.manager, &all, "", NOW).await.unwrap();
    assert_eq!((outcome.done, outcome.skipped.clone()), (40, vec![(Skip::AlreadySent, 40)]));
    let again = cancel_selection(&w.manager, &all, "", NOW).await.unwrap();
    assert_eq!((again.done, again.undo), (0, None));
    assert_eq!(again.skipped, [(Skip::AlreadySent, 40), (Skip::AlreadyCanceled, 40)]);

    // One unsubscribes meanwhile; the rest returns to its time, or to now where that has passed.
    let customer =
        sqlx::query_scalar("select id from customer order by id limit 1").fetch_one(w.db.read()).await.unwrap();
    customers::set_unsubscribed(&w.manager, customer, true, NOW).await.unwrap();
    let later = NOW.plus(10 * Timestamp::DAY);
    let back = undo(&w.manager, outcome.undo.unwrap(), later).await.unwrap();
    assert_eq!((back.done, back.skipped), (39, vec![(Skip::Unsubscribed, 1)]));
    let mut late = Query::new("select count(*) from message where state = 0 and scheduled_at <> ");
    late.push_bind(later);
    assert_eq!(late.build_query_scalar::<i64>().fetch_one(w.db.read()).await.unwrap(), 0);
    assert_eq!(audit(&w.db, false).await.unwrap(), []);
}

#[tokio::test]
async fn a_cancel_by_filter_leaves_what_does_not_match() {
    let w = World::new().await;
    let ana = w.customer("Ana", "ana@example.com", "+12075550100").await;
    w.ask(ana, &[Email, Sms], 1).await;
    let filter = MessageFilter { channel: Some(Sms), ..MessageFilter::default() };
    let outcome = cancel_selection(&w.manager, &all_of(filter), "", NOW).await.unwrap();
    assert_eq!(outcome.done, 2);
    assert_eq!(w.count("state = 0 and channel = 0").await, 2);
    let of_sent = MessageFilter { status: Some(Status::Sent.into()), ..MessageFilter::default() };
    assert_eq!(cancel_selection(&w.manager, &all_of(of_sent), "", NOW).await.unwrap().done, 0);
    let gone = Selection::These(vec![MessageId::new()]);
    assert_eq!(cancel_selection(&w.manager, &gone, "", NOW).await.unwrap().skipped, [(Skip::Gone, 1)]);
}

#[tokio::test]
async fn a_message_that_failed_is_resent_to_the_new_address_only() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let fail = "state = 3, status = 4, failed_at = 1795431700000, failure_code = 'address-unknown'";
    w.change(id, fail).await;
    let refused = resend(&w.manager, id, NOW).await.unwrap_err();
    assert!(refused.to_string().contains("does not exist"), "{refused}");
    let customer = sqlx::query_scalar("select customer_id from message where id = $1")
        .bind(id)
        .fetch_one(w.db.read())
        .await
        .unwrap();
    let form = crate::domain::customer::CustomerForm {
        name: "Ana Ruiz".into(),
        email: "ana.ruiz@example.com".into(),
        ..Default::default()
    };
    customers::edit(&w.manager, customer, &form, NOW).await.unwrap();
    resend(&w.manager, id, NOW).await.unwrap();
    assert_eq!(w.stored(id).await.status, Status::Scheduled);
    while worker::step(&w.db, &w.transports, NOW).await.unwrap() > 0 {}
    assert_eq!(w.stored(id).await.status, Status::Sent);
    let recipient: String = sqlx::query_scalar("select recipient from message where id = $1")
        .bind(id)
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(recipient, "ana.ruiz@example.com");
    let sent = resend(&w.manager, id, NOW).await.unwrap_err();
    assert_eq!(sent.to_string(), "This message was already sent, so it can't be resent.");

    w.change(id, fail).await;
    customers::set_unsubscribed(&w.manager, customer, true, NOW).await.unwrap();
    assert!(resend(&w.manager, id, NOW).await.unwrap_err().to_string().contains("unsubscribed"));
    assert!(send_now(&w.manager, id, NOW).await.is_err());
}

#[tokio::test]
async fn every_change_is_told_to_who_follows() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let mut news = w.db.changes();
    cancel(&w.manager, id, false, NOW).await.unwrap();
    assert_eq!(news.recv().await.unwrap(), w.project);
}
