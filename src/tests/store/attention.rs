//! Needs attention: what is listed, counted, dismissed and resent.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::{
        AppError, MessageId, Timestamp,
        attention::{AttentionQuery, COUNTED_MOST, Cause, Group, SHOWN_MOST},
        bulk::{Outcome, Skip},
        customer::CustomerForm,
        message::{Channel, FailureCode},
        refusal::Refusal,
        status::Status,
    },
    server::{
        demo::chance::Chance,
        store::{
            attention, customers,
            db::Query,
            guard::Manager,
            messages,
            new_message::{NewMessage, Past},
            steering,
        },
    },
};
use std::collections::BTreeMap;

const UNKNOWN: Cause = Cause { channel: Channel::Email, code: FailureCode::AddressUnknown };

/// Failed emails of these customers, the later ones later.
async fn failed(shop: &Shop, customers: &[usize], code: FailureCode) -> Vec<MessageId> {
    let message = |(n, customer): (usize, &usize)| {
        let at = NOW.plus(n as i64 * Timestamp::MINUTE);
        let facts = crate::domain::status::Facts { failed: Some(at), ..Default::default() };
        let past = Past { facts, failure: Some((code, "550 no".into())), ..Past::default() };
        NewMessage { past, ..shop.message(*customer, Channel::Email, NOW) }
    };
    let new: Vec<NewMessage> = customers.iter().enumerate().map(message).collect();
    shop.insert(&new).await;
    new.into_iter().map(|message| message.id).collect()
}

async fn groups(shop: &Shop) -> Vec<Group> {
    attention::groups(&shop.manager, AttentionQuery::default()).await.unwrap()
}

/// All that a cause lists, page after page.
async fn listed(manager: &Manager, cause: Cause) -> Vec<MessageId> {
    let (mut ids, mut query) = (Vec::new(), Some(AttentionQuery::of(cause)));
    while let Some(next) = query {
        let group = attention::groups(manager, next).await.unwrap().remove(0);
        ids.extend(group.rows.iter().map(|row| row.id));
        query = group.next;
    }
    ids
}

async fn number(shop: &Shop) -> u32 {
    attention::number(&shop.db, shop.manager.project).await.unwrap()
}

fn form(name: &str, email: &str) -> CustomerForm {
    CustomerForm { name: name.into(), email: email.into(), ..CustomerForm::default() }
}

#[tokio::test]
async fn each_failure_is_listed_once_under_its_cause_and_the_numbers_are_those_of_the_rows() {
    let mut chance = Chance::new(3);
    let shop = Shop::full(8, 600, &mut chance).await;
    let known: Vec<(MessageId, Channel, String, i64)> = sqlx::query_as(
        "select id, channel, failure_code, failed_at from message where project_id = $1 and status = 4 order by failed_at desc, id desc",
    )
    .bind(shop.manager.project)
    .fetch_all(shop.db.read())
    .await
    .unwrap();
    let mut expected: BTreeMap<String, Vec<MessageId>> = BTreeMap::new();
    for (id, channel, code, _) in &known {
        let cause = Cause { channel: *channel, code: FailureCode::from_code(code) };
        expected.entry(cause.to_string()).or_default().push(*id);
    }
    let groups = groups(&shop).await;
    assert_eq!(groups.len(), expected.len());
    let order = Cause::all();
    let places: Vec<_> = groups.iter().map(|group| order.iter().position(|cause| *cause == group.cause)).collect();
    assert!(places.is_sorted(), "{places:?}");
    for group in &groups {
        let all = &expected[&group.cause.to_string()];
        let rows: Vec<MessageId> = group.rows.iter().map(|row| row.id).collect();
        assert_eq!(rows, all[..all.len().min(5)], "{}", group.cause);
        assert_eq!(group.count as usize, all.len(), "{}", group.cause);
        assert_eq!(group.next, (all.len() > 5).then(|| AttentionQuery::of(group.cause)));
        assert!(group.rows.iter().all(|row| row.failure == Some(group.cause.code)));
        assert_eq!(&listed(&shop.manager, group.cause).await, all, "{}", group.cause);
    }
    assert_eq!(number(&shop).await as usize, known.len().min(SHOWN_MOST as usize + 1));
    let elsewhere = project(&shop.db, "elsewhere").await;
    assert!(attention::groups(&elsewhere, AttentionQuery::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn many_are_paged_without_gaps_and_counted_up_to_a_limit() {
    let shop = Shop::empty(2).await;
    let ids = failed(&shop, &[0; COUNTED_MOST as usize + 20], FailureCode::Other).await;
    let cause = Cause { channel: Channel::Email, code: FailureCode::Other };
    let mut all = listed(&shop.manager, cause).await;
    assert_eq!(all.len(), ids.len());
    all.reverse();
    assert_eq!(all, ids);
    assert_eq!(groups(&shop).await[0].count, COUNTED_MOST + 1);
    assert_eq!(number(&shop).await, SHOWN_MOST + 1);
    let outcome = attention::dismiss_cause(&shop.manager, cause, NOW).await.unwrap();
    assert_eq!(outcome.done as usize, ids.len());
    assert!(groups(&shop).await.is_empty() && number(&shop).await == 0);
}

#[tokio::test]
async fn what_is_dismissed_stays_away_until_undo_or_a_new_failure() {
    let shop = Shop::empty(2).await;
    let ids = failed(&shop, &[0, 0, 1], FailureCode::MailboxFull).await;
    let cause = Cause { channel: Channel::Email, code: FailureCode::MailboxFull };
    let batch = attention::dismiss(&shop.manager, ids[1], NOW).await.unwrap();
    assert_eq!(listed(&shop.manager, cause).await, [ids[2], ids[0]]);
    assert_eq!(number(&shop).await, 2);
    assert_eq!(messages::row(&shop.manager, ids[1]).await.unwrap().status, Status::Failed, "it failed all the same");
    let again = attention::dismiss(&shop.manager, ids[1], NOW).await;
    assert_eq!(again, Err(AppError::from(Refusal::Dismissed)));
    let undone = steering::undo(&shop.manager, batch, NOW).await.unwrap();
    assert_eq!(undone, Outcome { done: 1, ..Outcome::default() });
    assert_eq!(listed(&shop.manager, cause).await, [ids[2], ids[1], ids[0]]);
    assert!(steering::undo(&shop.manager, batch, NOW).await.is_err(), "once");

    let all = attention::dismiss_cause(&shop.manager, cause, NOW).await.unwrap();
    assert_eq!((all.done, listed(&shop.manager, cause).await.len()), (3, 0));
    assert_eq!(attention::dismiss_cause(&shop.manager, cause, NOW).await.unwrap(), Outcome::default());
    // Sent again, and failed again: that is news. Undo leaves it as it is.
    steering::resend(&shop.manager, ids[0], NOW).await.unwrap();
    assert!(listed(&shop.manager, cause).await.is_empty(), "it waits");
    shop.execute("update message set state = 3, status = 4, failed_at = 7, failure_code = 'rejected' where state = 0")
        .await;
    let rejected = Cause { channel: Channel::Email, code: FailureCode::Rejected };
    assert_eq!(listed(&shop.manager, rejected).await, [ids[0]]);
    assert_eq!(steering::undo(&shop.manager, all.undo.unwrap(), NOW).await.unwrap().done, 2);
    assert_eq!(number(&shop).await, 3);
    // The same failure, written once more, is no news; a later one is.
    attention::dismiss_cause(&shop.manager, rejected, NOW).await.unwrap();
    shop.execute("update message set failed_at = 7 where failed_at = 7").await;
    assert_eq!(number(&shop).await, 2);
    shop.execute("update message set failed_at = 8 where failed_at = 7").await;
    assert_eq!(number(&shop).await, 3);
}

#[tokio::test]
async fn only_failures_are_dismissed_and_only_ones_own() {
    let shop = Shop::empty(1).await;
    let id = failed(&shop, &[0], FailureCode::Rejected).await[0];
    let waiting = shop.message(0, Channel::Email, NOW.plus(Timestamp::HOUR));
    shop.insert(std::slice::from_ref(&waiting)).await;
    let refused = attention::dismiss(&shop.manager, waiting.id, NOW).await.unwrap_err().to_string();
    assert_eq!(refused, "This message is waiting to be sent, so it can't be dismissed.");
    let other = project(&shop.db, "other").await;
    let cause = Cause { channel: Channel::Email, code: FailureCode::Rejected };
    assert!(matches!(attention::dismiss(&other, id, NOW).await, Err(AppError::NotFound(_))));
    assert_eq!(attention::dismiss_cause(&other, cause, NOW).await.unwrap().done, 0);
    assert_eq!(steering::resend_cause(&other, cause, NOW).await.unwrap(), Outcome::default());
    let batch = attention::dismiss(&shop.manager, id, NOW).await.unwrap();
    assert!(steering::undo(&other, batch, NOW).await.is_err());
    assert_eq!(number(&shop).await, 0);
}

#[tokio::test]
async fn all_of_a_cause_are_sent_again_as_far_as_each_may_be() {
    let shop = Shop::empty(6).await;
    let ids = failed(&shop, &[0, 1, 2, 3, 4, 4], FailureCode::AddressUnknown).await;
    let others = failed(&shop, &[5], FailureCode::MailboxFull).await;
    let preview = steering::preview_resend(&shop.manager, UNKNOWN).await.unwrap();
    assert_eq!((preview.done, &preview.skipped[..]), (0, &[(Skip::UnknownAddress, 6)][..]));
    for (customer, email) in [(1, "b@example.com"), (2, "c@example.com"), (3, ""), (4, "e@example.com")] {
        customers::edit(&shop.manager, shop.customers[customer], &form("Ana", email), NOW).await.unwrap();
    }
    customers::set_unsubscribed(&shop.manager, shop.customers[2], true, NOW).await.unwrap();
    let group = groups(&shop).await.into_iter().find(|group| group.cause == UNKNOWN).unwrap();
    let mut readdressed = group.readdressed.clone();
    readdressed.sort_unstable();
    // The five newest are shown.
    assert_eq!(readdressed, [ids[1], ids[2], ids[4], ids[5]]);

    let preview = steering::preview_resend(&shop.manager, UNKNOWN).await.unwrap();
    let before = shop.number("select count(*) from message_event").await;
    let outcome = steering::resend_cause(&shop.manager, UNKNOWN, NOW).await.unwrap();
    assert_eq!(outcome, preview);
    assert_eq!(outcome.done, 3);
    let mut skipped = outcome.skipped.clone();
    skipped.sort_by_key(|(skip, _)| skip.reason());
    assert_eq!(skipped, [(Skip::UnknownAddress, 1), (Skip::Unsubscribed, 1), (Skip::NoAddress, 1)]);
    assert_eq!(shop.number("select count(*) from message_event").await, before + 3);
    for (id, address) in [(ids[1], "b@example.com"), (ids[4], "e@example.com"), (ids[5], "e@example.com")] {
        let seen = messages::detail(&shop.manager, id).await.unwrap();
        assert_eq!((seen.row.status, seen.row.recipient.as_str()), (Status::Scheduled, address));
        let last = seen.timeline.last().unwrap();
        assert_eq!((last.actor.as_deref(), last.detail.clone()), (Some("Mia"), Some(format!("to {address}"))));
    }
    let mut left = listed(&shop.manager, UNKNOWN).await;
    left.sort_unstable();
    assert_eq!(left, [ids[0], ids[2], ids[3]]);
    // What was dismissed is not sent again with the others.
    attention::dismiss(&shop.manager, others[0], NOW).await.unwrap();
    let full = Cause { code: FailureCode::MailboxFull, ..UNKNOWN };
    assert_eq!(steering::resend_cause(&shop.manager, full, NOW).await.unwrap(), Outcome::default());
}

#[tokio::test]
async fn a_message_that_is_deleted_or_was_read_after_all_is_gone() {
    let shop = Shop::empty(1).await;
    let ids = failed(&shop, &[0, 0, 0], FailureCode::Unconfirmed).await;
    steering::delete(&shop.manager, ids[0]).await.unwrap();
    assert_eq!(number(&shop).await, 2);
    let mut tx = shop.db.begin_in(shop.manager.project).await.unwrap();
    let mut query = Query::new("update message set status = 2, opened_at = 9 where id = ");
    query.push_bind(ids[1]).build().execute(&mut *tx).await.unwrap();
    shop.db.commit(tx, shop.manager.project).await.unwrap();
    let cause = Cause { channel: Channel::Email, code: FailureCode::Unconfirmed };
    assert_eq!(listed(&shop.manager, cause).await, [ids[2]]);
}
