//! Taking a cancel back.

use super::shop::{NOW, Shop};
use crate::{
    domain::{
        AppError, BatchId, MessageId, Timestamp,
        bulk::{Selection, Skip},
        message::{Channel, EventKind},
        review::Rating,
        status::{State, Status},
    },
    server::store::{
        customers, messages,
        reviews::{self, NewReview},
        steering,
    },
};

const HOUR: i64 = Timestamp::HOUR;

/// Four customers with a message each, at NOW + 1 h … NOW + 4 h, all canceled at once.
async fn canceled() -> (Shop, Vec<MessageId>, BatchId) {
    let shop = Shop::empty(4).await;
    let new: Vec<_> = (0..4).map(|n| shop.message(n, Channel::Email, NOW.plus((n as i64 + 1) * HOUR))).collect();
    shop.insert(&new).await;
    let ids: Vec<_> = new.iter().map(|m| m.id).collect();
    let outcome = steering::cancel_selection(&shop.manager, &Selection::These(ids.clone()), "", NOW).await.unwrap();
    assert_eq!((outcome.done, outcome.skipped.len()), (4, 0));
    (shop, ids, outcome.undo.unwrap())
}

#[tokio::test]
async fn messages_return_to_their_times_and_a_time_that_has_passed_becomes_now() {
    let (shop, ids, batch) = canceled().await;
    let now = NOW.plus(2 * HOUR);
    let undone = steering::undo(&shop.manager, batch, now).await.unwrap();
    assert_eq!((undone.done, undone.skipped, undone.undo), (4, vec![], None));
    for (id, at) in ids.iter().zip([now, now, NOW.plus(3 * HOUR), NOW.plus(4 * HOUR)]) {
        let seen = messages::detail(&shop.manager, *id).await.unwrap();
        assert_eq!((seen.row.status, seen.row.state), (Status::Scheduled, State::Scheduled));
        assert_eq!((seen.row.scheduled.at, seen.undo), (at, None));
        let last = seen.timeline.last().unwrap();
        assert_eq!((last.kind, last.actor.as_deref()), (EventKind::Restored, Some("Mia")));
    }
    assert_eq!(
        shop.number("select count(*) from message where due_at <> scheduled_at or canceled_at is not null").await,
        0
    );
    let again = steering::undo(&shop.manager, batch, now).await;
    assert!(matches!(again, Err(AppError::NotFound(_))), "{again:?}");
}

#[tokio::test]
async fn now_is_within_the_sending_window() {
    let (shop, _, batch) = canceled().await;
    shop.execute("update project set week = '540-660 540-660 540-660 540-660 540-660 540-660 540-660'").await;
    // Tuesday, 1:00 in Berlin: the window opens at 9:00.
    let night = NOW.plus(13 * HOUR);
    assert_eq!(steering::undo(&shop.manager, batch, night).await.unwrap().done, 4);
    assert_eq!(shop.number("select min(due_at) from message").await, night.plus(8 * HOUR).0);
    assert_eq!(shop.number("select max(due_at) from message").await, night.plus(8 * HOUR).0);
}

#[tokio::test]
async fn what_forbids_it_since_is_told_by_reason() {
    let (shop, ids, batch) = canceled().await;
    customers::set_unsubscribed(&shop.manager, shop.customers[0], true, NOW).await.unwrap();
    customers::set_archived(&shop.manager, shop.customers[1], true, NOW).await.unwrap();
    let review = NewReview {
        customer: shop.customers[2],
        rating: Rating::new(5).unwrap(),
        text: String::new(),
        source: Some((ids[2], shop.requests[2])),
    };
    reviews::add(&shop.manager, &review, NOW).await.unwrap();
    let undone = steering::undo(&shop.manager, batch, NOW).await.unwrap();
    assert_eq!(undone.done, 1);
    let mut skipped = undone.skipped;
    skipped.sort_by_key(|(s, _)| s.reason());
    assert_eq!(skipped, [(Skip::Reviewed, 1), (Skip::Archived, 1), (Skip::Unsubscribed, 1)]);
    assert_eq!(shop.number("select count(*) from message where state = 4").await, 3);
    assert_eq!(messages::row(&shop.manager, ids[3]).await.unwrap().status, Status::Scheduled);
}

#[tokio::test]
async fn a_message_that_went_its_own_way_is_left_alone() {
    let (shop, ids, batch) = canceled().await;
    let later = NOW.plus(90 * HOUR);
    steering::reschedule(&shop.manager, ids[0], later, NOW).await.unwrap();
    let other = steering::cancel(&shop.manager, ids[0], false, NOW).await.unwrap().undo.unwrap();
    steering::delete(&shop.manager, ids[1]).await.unwrap();
    assert_eq!(steering::undo(&shop.manager, batch, NOW).await.unwrap().done, 2);
    assert_eq!(messages::row(&shop.manager, ids[0]).await.unwrap().status, Status::Canceled);
    assert_eq!(steering::undo(&shop.manager, other, NOW).await.unwrap().done, 1);
    assert_eq!(messages::row(&shop.manager, ids[0]).await.unwrap().scheduled.at, later);
}

#[tokio::test]
async fn what_an_unsubscribe_canceled_cannot_be_undone() {
    let shop = Shop::empty(1).await;
    let new = shop.message(0, Channel::Email, NOW.plus(HOUR));
    shop.insert(std::slice::from_ref(&new)).await;
    let outcome = customers::set_unsubscribed(&shop.manager, shop.customers[0], true, NOW).await.unwrap();
    assert_eq!((outcome.done, outcome.undo), (1, None));
    assert_eq!(messages::detail(&shop.manager, new.id).await.unwrap().undo, None);
    let all = customers::cancel_unsent(&shop.manager, shop.customers[0], NOW).await.unwrap();
    assert_eq!((all.done, all.undo), (0, None));
}
