//! The counters against the truth.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::{
        MessageId, Timestamp,
        filter::MessageFilter,
        message::{CancelCause, Channel},
        status::State,
    },
    server::{
        demo::chance::Chance,
        store::{counters, customers, db::Query, steering},
    },
    tests::support::all_of,
};

/// What staff, the sender and customers do, one after another, to messages that chance picks.
#[tokio::test]
async fn they_hold_after_thousands_of_changes() {
    let mut chance = Chance::new(7);
    let shop = Shop::full(12, 250, &mut chance).await;
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
    let mut batches = Vec::new();
    for n in 0..2_000_i64 {
        let now = NOW.plus(n * Timestamp::MINUTE);
        let known: Vec<MessageId> = ids(&shop).await;
        let id = *chance.pick(&known);
        let manager = &shop.manager;
        // Most are refused now and then, and that is as it should be.
        match chance.between(0, 16) {
            0 => {
                batches.extend(steering::cancel(manager, id, chance.happens(0.5), now).await.ok().and_then(|o| o.undo))
            }
            1 if !batches.is_empty() => drop(steering::undo(manager, *chance.pick(&batches), now).await),
            2 => drop(steering::send_now(manager, id, now).await),
            3 => drop(steering::reschedule(manager, id, now.plus(chance.between(1, 90) * Timestamp::DAY), now).await),
            4 => drop(steering::resend(manager, id, now).await),
            5 => drop(steering::delete(manager, id).await),
            6 | 7 => drop(shop.insert_any(&mut chance).await),
            8 if chance.happens(0.1) => {
                let filter = shop.any_filter(&mut chance);
                let outcome = steering::cancel_selection(manager, &all_of(filter), "", now).await;
                batches.extend(outcome.unwrap().undo);
            }
            9 if chance.happens(0.2) => {
                let customer = *chance.pick(&shop.customers);
                let on = chance.happens(0.5);
                customers::set_unsubscribed(manager, customer, on, now).await.unwrap();
            }
            10 => rate(&shop, id, &mut chance).await,
            _ => seen(&shop, id, now, &mut chance).await,
        }
        if n % 500 == 0 {
            assert_eq!(counters::audit(&shop.db, false).await.unwrap(), [], "after {n} changes");
        }
    }
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
    shop.execute("delete from message").await;
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
    assert_eq!(shop.number("select count(*) from counter where n <> 0 or opened <> 0 or clicked <> 0 or opened_any <> 0 or clicked_any <> 0 or reviewed <> 0").await, 0);
}

async fn ids(shop: &Shop) -> Vec<MessageId> {
    sqlx::query_scalar("select id from message order by id").fetch_all(shop.db.read()).await.unwrap()
}

/// A review that the message leads to comes, changes, or goes.
async fn rate(shop: &Shop, id: MessageId, chance: &mut Chance) {
    let mut tx = shop.db.begin_in(shop.manager.project).await.unwrap();
    let mut query = match chance.between(0, 3) {
        0 => Query::new("delete from review where message_id = "),
        1 => Query::new("update review set rating = 6 - rating where message_id = "),
        _ => Query::new(
            "insert into review (project_id, id, customer_id, message_id, rating, text, created_at)
             select m.project_id, m.id, m.customer_id, m.id, 4, '', 1 from message m where m.rating is null and m.id = ",
        ),
    };
    query.push_bind(id).build().execute(&mut *tx).await.unwrap();
    let kept: (Option<i16>, Option<i16>) = sqlx::query_as(
        "select m.rating, v.rating from message m left join review v on v.project_id = m.project_id and v.message_id = m.id
         where m.id = $1",
    )
    .bind(id)
    .fetch_one(&mut *tx)
    .await
    .unwrap();
    assert_eq!(kept.0, kept.1);
    shop.db.commit(tx, shop.manager.project).await.unwrap();
}

/// What the sender and the customer do, as one statement over the messages around this one.
async fn seen(shop: &Shop, id: MessageId, now: Timestamp, chance: &mut Chance) {
    let mut tx = shop.db.begin_in(shop.manager.project).await.unwrap();
    let mut query = Query::new("update message set version = version + 1, ");
    match chance.between(0, 7) {
        0 => {
            query.push("state = 2, status = 1, sent_at = ").push_bind(now).push(", day = ");
            query.push_bind(shop.manager.day(now)).push(" where state in (0, 1)");
        }
        1 => drop(query.push("status = 2, opened_at = ").push_bind(now).push(" where state = 2")),
        5 => drop(query.push("any_opened_at = ").push_bind(now).push(" where any_opened_at is null")),
        // A machine's after all.
        6 => drop(query.push("opened_at = null, clicked_at = null, status = 1 where status in (2, 3)")),
        2 => drop(query.push("status = 3, clicked_at = ").push_bind(now).push(" where state = 2")),
        3 => drop(query.push("status = 4, state = 3, failed_at = ").push_bind(now).push(" where status = 1")),
        _ => {
            query.push("location_id = ").push_bind(chance.happens(0.7).then(|| *chance.pick(&shop.locations)));
            query.push(" where state in (0, 2)");
        }
    }
    query.push(" and id >= ").push_bind(id);
    query.push(" and id in (select id from message where id >= ").push_bind(id).push(" order by id limit 4)");
    query.build().execute(&mut *tx).await.unwrap();
    shop.db.commit(tx, shop.manager.project).await.unwrap();
}

#[tokio::test]
async fn an_audit_names_what_drifted_and_repairs_it() {
    let mut chance = Chance::new(8);
    let shop = Shop::full(6, 80, &mut chance).await;
    let other = project(&shop.db, "other").await;
    assert_eq!(counters::audit(&shop.db, true).await.unwrap(), []);
    shop.execute("update counter set n = n + 3, opened = opened - 1 where day = 0 and status = 1 and channel = 0 and template = 0").await;
    shop.execute("delete from counter where day = 0 and status = 0 and channel = 1").await;
    sqlx::query("insert into counter values ($1, 7, $2, 0, 0, 0, 5, 0, 0, 0, 0, 0)")
        .bind(other.project)
        .bind(uuid::Uuid::nil())
        .execute(&mut *shop.db.begin().await.unwrap())
        .await
        .unwrap();
    let drifts = counters::audit(&shop.db, false).await.unwrap();
    assert!(drifts.iter().any(|d| d.kept.0 == d.counted.0 + 3 && d.kept.1 == d.counted.1 - 1), "{drifts:?}");
    assert!(drifts.iter().any(|d| d.kept == (0, 0, 0, 0, 0, 0) && d.cell.channel == Channel::Sms), "{drifts:?}");
    assert!(
        drifts.iter().all(|d| d.cell.project_id == shop.manager.project && d.cell.day == 0),
        "a change undone is none"
    );
    assert_eq!(counters::audit(&shop.db, true).await.unwrap().len(), drifts.len());
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
}

#[tokio::test]
async fn a_change_that_is_rolled_back_is_not_counted() {
    let shop = Shop::empty(1).await;
    shop.insert(&[shop.message(0, Channel::Email, NOW)]).await;
    let mut tx = shop.db.begin_in(shop.manager.project).await.unwrap();
    let customer = shop.customers[0];
    let canceled = steering::cancel_customer(&mut tx, &shop.manager, customer, CancelCause::Unsubscribed, NOW).await;
    assert_eq!(canceled.unwrap().done, 1);
    tx.rollback().await.unwrap();
    assert_eq!(counters::audit(&shop.db, false).await.unwrap(), []);
    let state: State = sqlx::query_scalar("select state from message").fetch_one(shop.db.read()).await.unwrap();
    assert_eq!(state, State::Scheduled);
    let filter = MessageFilter::default();
    let tally = crate::server::store::tally::counted(&shop.manager, &filter, false).await.unwrap();
    assert_eq!(tally.total(None), 1);
}
