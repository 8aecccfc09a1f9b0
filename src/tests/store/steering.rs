//! What staff change about messages: cancel, send now, reschedule, resend, delete.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::{
        AppError, AppResult, MessageId, Timestamp,
        bulk::{Outcome, Selection, Skip},
        filter::MessageFilter,
        message::{CancelCause, Channel, EventKind, FailureCode, MessageDetail, Template},
        status::{State, Status},
    },
    server::store::{customers, id::NewId, messages, new_message::NewMessage, steering},
    tests::support::all_of,
};
use Channel::{Email, Sms};

const HOUR: i64 = Timestamp::HOUR;

/// Messages that wait for the hours after now, of the first customer.
async fn waiting(shop: &Shop, n: i64) -> Vec<MessageId> {
    let new: Vec<NewMessage> = (1..=n).map(|h| shop.message(0, Email, NOW.plus(h * HOUR))).collect();
    shop.insert(&new).await;
    new.into_iter().map(|m| m.id).collect()
}

/// One in each state: waiting, being sent, sent, failed, canceled.
async fn each(shop: &Shop) -> Vec<MessageId> {
    let ids = waiting(shop, 5).await;
    for (id, set) in ids.iter().zip([
        "attempts = 0",
        "state = 1, lease_until = 1, generation = 1",
        "state = 2, status = 1, sent_at = 1",
        "state = 3, status = 4, failed_at = 1, failure_code = 'address-unknown', failure_text = '550 no'",
        "state = 4, status = 6, canceled_at = 1, cancel_cause = 0",
    ]) {
        set_one(shop, *id, set).await;
    }
    ids
}

async fn set_one(shop: &Shop, id: MessageId, set: &'static str) {
    let mut tx = shop.db.begin_in(shop.manager.project).await.unwrap();
    let mut query = crate::server::store::db::Query::new("update message set ");
    query.push(set).push(" where id = ").push_bind(id);
    assert_eq!(query.build().execute(&mut *tx).await.unwrap().rows_affected(), 1);
    shop.db.commit(tx, shop.manager.project).await.unwrap();
}

async fn detail(shop: &Shop, id: MessageId) -> MessageDetail {
    messages::detail(&shop.manager, id).await.unwrap()
}

fn refused<T: std::fmt::Debug>(result: AppResult<T>) -> String {
    match result.unwrap_err() {
        AppError::Conflict(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}

fn is_missing<T: std::fmt::Debug>(result: AppResult<T>) -> bool {
    matches!(result, Err(AppError::NotFound(_)))
}

#[tokio::test]
async fn a_cancel_says_who_and_takes_the_request_along_where_asked() {
    let shop = Shop::empty(1).await;
    let ids = waiting(&shop, 3).await;
    let one = steering::cancel(&shop.manager, ids[0], false, NOW).await.unwrap();
    assert_eq!((one.done, one.skipped.len()), (1, 0));
    let seen = detail(&shop, ids[0]).await;
    assert_eq!(
        (seen.row.status, seen.row.state, seen.row.cancel_cause),
        (Status::Canceled, State::Canceled, Some(CancelCause::Staff))
    );
    assert_eq!((seen.undo, seen.unsent_siblings), (one.undo, 2));
    let last = seen.timeline.last().unwrap();
    assert_eq!((last.kind, last.actor.as_deref(), last.at.at), (EventKind::Canceled, Some("Mia"), NOW));
    assert_eq!(detail(&shop, ids[1]).await.row.status, Status::Scheduled);

    let rest = steering::cancel(&shop.manager, ids[1], true, NOW).await.unwrap();
    assert_eq!(rest.done, 2);
    assert_eq!(detail(&shop, ids[2]).await.undo, rest.undo);
    assert_eq!(shop.number("select count(*) from message where version = 1 and canceled_by is not null").await, 3);
}

#[tokio::test]
async fn what_is_not_waiting_is_not_canceled_and_the_refusal_says_why() {
    let shop = Shop::empty(1).await;
    let ids = each(&shop).await;
    let mut sentences = Vec::new();
    for id in &ids[1..] {
        sentences.push(refused(steering::cancel(&shop.manager, *id, true, NOW).await));
    }
    assert_eq!(
        sentences,
        [
            "This message is being sent right now, so it can't be canceled.",
            "This message was just sent, so it can't be canceled.",
            "This message has failed, so it can't be canceled.",
            "This message was already canceled, so it can't be canceled.",
        ]
    );
    assert_eq!(shop.number("select count(*) from message_event").await, 0);
    assert_eq!(detail(&shop, ids[0]).await.row.state, State::Scheduled, "a refused cancel takes nothing along");
    assert!(is_missing(steering::cancel(&shop.manager, MessageId::new(), false, NOW).await));
}

#[tokio::test]
async fn a_selection_is_canceled_as_far_as_it_waits_and_the_rest_is_counted_by_reason() {
    let shop = Shop::empty(1).await;
    let ids = each(&shop).await;
    let mut ticked = ids.clone();
    ticked.extend([ids[0], ids[2], MessageId::new()]);
    let ticked = Selection::These(ticked);
    let preview = steering::preview_cancel(&shop.manager, &ticked).await.unwrap();
    assert_eq!(shop.number("select count(*) from message_event").await, 0, "counting changes nothing");
    let outcome = steering::cancel_selection(&shop.manager, &ticked, "", NOW).await.unwrap();
    assert_eq!(preview, Outcome { undo: None, ..outcome.clone() });
    let reasons = vec![
        (Skip::AlreadySent, 1),
        (Skip::BeingSent, 1),
        (Skip::Failed, 1),
        (Skip::AlreadyCanceled, 1),
        (Skip::Gone, 1),
    ];
    assert_eq!((outcome.done, &outcome.skipped), (1, &reasons));
    assert_eq!(detail(&shop, ids[0]).await.undo, outcome.undo);
    let again = steering::cancel_selection(&shop.manager, &Selection::These(ids), "", NOW).await.unwrap();
    assert_eq!((again.done, again.undo), (0, None));
}

#[tokio::test]
async fn all_that_match_are_canceled_over_many_chunks_and_nothing_else() {
    let shop = Shop::empty(2).await;
    let mut new: Vec<NewMessage> = (0..1_100).map(|n| shop.message(0, Email, NOW.plus((n / 7) * HOUR))).collect();
    new.extend((0..40).map(|n| shop.message(1, Sms, NOW.plus(n * HOUR))));
    shop.insert(&new).await;
    for (id, set) in new[..3].iter().map(|m| m.id).zip([
        "state = 1, lease_until = 1",
        "state = 2, status = 1, sent_at = 1",
        "state = 3, status = 4, failed_at = 1",
    ]) {
        set_one(&shop, id, set).await;
    }
    let emails = MessageFilter { channel: Some(Email), ..MessageFilter::default() };
    let selection = all_of(emails.clone());
    let outcome = steering::cancel_selection(&shop.manager, &selection, "", NOW).await.unwrap();
    assert_eq!(outcome.done, 1_097);
    assert_eq!(outcome.skipped, [(Skip::AlreadySent, 1), (Skip::BeingSent, 1), (Skip::Failed, 1)]);
    assert_eq!(shop.number("select count(*) from message where channel = 1 and state = 0").await, 40);
    assert_eq!(shop.number("select count(*) from message_event where kind = 9").await, 1_097);
    // A second call finds it canceled.
    let again = steering::cancel_selection(&shop.manager, &selection, "", NOW).await.unwrap();
    assert_eq!((again.done, again.undo), (0, None));
    assert!(again.skipped.contains(&(Skip::AlreadyCanceled, 1_097)));
    // By a search, rare or common, and by status.
    for (q, status, done) in
        [("zoe", Some(Status::Sent), 0), ("zoe", Some(Status::Scheduled), 40), ("o", None, 0), ("nobody", None, 0)]
    {
        let filter = MessageFilter { q: q.into(), ..MessageFilter::default() }.with_status(status);
        let outcome = steering::cancel_selection(&shop.manager, &all_of(filter), "", NOW).await;
        assert_eq!(outcome.unwrap().done, done, "{q}");
    }
    let undone = steering::undo(&shop.manager, outcome.undo.unwrap(), NOW).await.unwrap();
    assert_eq!((undone.done, undone.skipped), (1_097, vec![]));
}

#[tokio::test]
async fn what_a_selection_leaves_out_is_neither_canceled_nor_counted() {
    let shop = Shop::empty(2).await;
    let ids = each(&shop).await;
    let more = waiting(&shop, 3).await;
    let elsewhere = shop.message(1, Sms, NOW);
    shop.insert(std::slice::from_ref(&elsewhere)).await;
    let only_emails = MessageFilter { channel: Some(Email), ..MessageFilter::default() };
    // One waiting, one being sent, one sent, one that the filter does not match, one that does not exist.
    let except = vec![ids[1], ids[2], more[0], elsewhere.id, MessageId::new()];
    let left = [(Skip::Failed, 1), (Skip::AlreadyCanceled, 1)];
    let searches = [("", 3), ("@", 3), ("customer.0", 3), ("customer example", 3), ("nobody", 0)];
    for (q, done) in searches {
        let filter = MessageFilter { q: q.into(), ..only_emails.clone() };
        let selection = Selection::Matching { filter: Box::new(filter), except: except.clone() };
        let preview = steering::preview_cancel(&shop.manager, &selection).await.unwrap();
        assert_eq!((preview.done, preview.undo), (done, None), "{q}");
        assert_eq!(preview.skipped, if done == 0 { &[][..] } else { &left[..] }, "{q}");
    }
    for (status, done, skipped) in [
        (Status::Scheduled, 3, vec![]),
        (Status::Sent, 0, vec![]),
        (Status::Failed, 0, vec![(Skip::Failed, 1)]),
        (Status::Canceled, 0, vec![(Skip::AlreadyCanceled, 1)]),
    ] {
        let filter = Box::new(only_emails.with_status(Some(status)));
        let selection = Selection::Matching { filter, except: except.clone() };
        let preview = steering::preview_cancel(&shop.manager, &selection).await.unwrap();
        assert_eq!((preview.done, preview.skipped), (done, skipped), "{status:?}");
    }
    // Without exceptions, the one that is being sent is counted as that.
    let all = all_of(only_emails.clone());
    let preview = steering::preview_cancel(&shop.manager, &all).await.unwrap();
    assert_eq!((preview.done, preview.skipped_total()), (4, 4));
    assert!(preview.skipped.contains(&(Skip::BeingSent, 1)));
    assert_eq!(shop.number("select count(*) from message_event").await, 0);

    let selection = Selection::Matching { filter: Box::new(only_emails), except };
    let outcome = steering::cancel_selection(&shop.manager, &selection, "", NOW).await.unwrap();
    assert_eq!((outcome.done, outcome.skipped.as_slice()), (3, &left[..]));
    assert_eq!(detail(&shop, more[0]).await.row.state, State::Scheduled);
    assert_eq!(detail(&shop, elsewhere.id).await.row.state, State::Scheduled);
    assert_eq!(shop.number("select count(*) from message_event where kind = 9").await, 3);
}

#[tokio::test]
async fn waiting_and_canceled_messages_can_be_put_to_another_time() {
    let shop = Shop::empty(1).await;
    let ids = each(&shop).await;
    let later = NOW.plus(50 * HOUR);
    for id in [ids[0], ids[4]] {
        steering::reschedule(&shop.manager, id, later, NOW).await.unwrap();
        let seen = detail(&shop, id).await;
        assert_eq!((seen.row.status, seen.row.scheduled.at, seen.undo), (Status::Scheduled, later, None));
        let last = seen.timeline.last().unwrap();
        assert_eq!((last.kind, last.actor.as_deref()), (EventKind::Rescheduled, Some("Mia")));
        assert!(last.detail.as_ref().unwrap().contains("2026"), "{last:?}");
        steering::send_now(&shop.manager, id, NOW).await.unwrap();
        assert_eq!(detail(&shop, id).await.row.scheduled.at, NOW.plus(steering::GRACE));
    }
    assert_eq!(
        shop.number("select count(*) from message where state = 0 and canceled_at is null and due_at = 1795431610000")
            .await,
        2
    );
    for id in &ids[1..4] {
        assert!(refused(steering::send_now(&shop.manager, *id, NOW).await).ends_with("can't be sent now."));
        assert!(refused(steering::reschedule(&shop.manager, *id, later, NOW).await).ends_with("can't be rescheduled."));
    }
    // Outside the sending window it waits for the next morning: 9:00 on Tuesday in Berlin.
    shop.execute("update project set week = '540-660 540-660 540-660 540-660 540-660 540-660 540-660'").await;
    steering::send_now(&shop.manager, ids[0], NOW).await.unwrap();
    assert_eq!(shop.number("select max(due_at) from message where state = 0").await, NOW.plus(21 * HOUR).0);
    // Nothing is sent to a customer who has unsubscribed.
    customers::set_unsubscribed(&shop.manager, shop.customers[0], true, NOW).await.unwrap();
    assert!(refused(steering::send_now(&shop.manager, ids[0], NOW).await).contains("unsubscribed"));
    customers::set_unsubscribed(&shop.manager, shop.customers[0], false, NOW).await.unwrap();
    customers::set_archived(&shop.manager, shop.customers[0], true, NOW).await.unwrap();
    assert!(refused(steering::reschedule(&shop.manager, ids[0], later, NOW).await).contains("archived"));
}

#[tokio::test]
async fn send_now_is_undone_until_the_message_leaves() {
    let shop = Shop::empty(1).await;
    let ids = each(&shop).await;
    let former = detail(&shop, ids[0]).await.row.scheduled.at;
    let put = steering::send_now(&shop.manager, ids[0], NOW).await.unwrap();
    assert_eq!(put.due, NOW.plus(steering::GRACE));
    let batch = put.undo.unwrap();
    assert_eq!(steering::undo(&shop.manager, batch, NOW).await.unwrap().done, 1);
    let seen = detail(&shop, ids[0]).await;
    assert_eq!((seen.row.status, seen.row.scheduled.at), (Status::Scheduled, former.max(NOW)));
    assert!(steering::undo(&shop.manager, batch, NOW).await.is_err(), "it was undone already");
    // A canceled message has no time to go back to.
    assert_eq!(steering::send_now(&shop.manager, ids[4], NOW).await.unwrap().undo, None);
    // Once a worker has it, it can't be called back.
    let batch = steering::send_now(&shop.manager, ids[0], NOW).await.unwrap().undo.unwrap();
    shop.execute("update message set state = 1 where cancel_batch is not null").await;
    assert!(refused(steering::undo(&shop.manager, batch, NOW).await).ends_with("can't be called back."));
}

#[tokio::test]
async fn a_failed_message_goes_to_the_customers_present_address() {
    let shop = Shop::empty(2).await;
    let id = each(&shop).await[3];
    let sentence = refused(steering::resend(&shop.manager, id, NOW).await);
    assert_eq!(
        sentence,
        "customer.0@example.com does not exist, so it would fail again. Edit the customer's email, then resend."
    );
    let form = |email: &str| crate::domain::customer::CustomerForm {
        name: "Ana".into(),
        email: email.into(),
        ..Default::default()
    };
    customers::edit(&shop.manager, shop.customers[0], &form(""), NOW).await.unwrap();
    assert!(refused(steering::resend(&shop.manager, id, NOW).await).contains("no longer has an email address"));
    customers::edit(&shop.manager, shop.customers[0], &form("new@example.com"), NOW).await.unwrap();
    assert_eq!(detail(&shop, id).await.row.failure, Some(FailureCode::AddressUnknown));
    steering::resend(&shop.manager, id, NOW).await.unwrap();
    let seen = detail(&shop, id).await;
    assert_eq!(
        (seen.row.status, seen.row.state, seen.row.recipient.as_str()),
        (Status::Scheduled, State::Scheduled, "new@example.com")
    );
    assert_eq!((seen.row.scheduled.at, seen.row.failure, seen.failure_text.as_deref()), (NOW, None, None));
    assert_eq!(seen.timeline.last().unwrap().detail.as_deref(), Some("to new@example.com"));
    assert_eq!(
        refused(steering::resend(&shop.manager, id, NOW).await),
        "This message is waiting to be sent, so it can't be resent."
    );
    // The search no longer finds the old failure.
    let filter = MessageFilter { q: "does not exist".into(), ..MessageFilter::default() };
    let query = crate::domain::filter::MessagesQuery { filter, ..Default::default() };
    assert_eq!(messages::page(&shop.manager, &query).await.unwrap().place.total, 0);
}

#[tokio::test]
async fn a_resend_is_refused_where_it_cannot_arrive() {
    let shop = Shop::empty(1).await;
    let id = each(&shop).await[3];
    set_one(&shop, id, "failure_code = 'opted-out'").await;
    assert!(refused(steering::resend(&shop.manager, id, NOW).await).contains("STOP"));
    set_one(&shop, id, "failure_code = 'mailbox-full'").await;
    customers::set_unsubscribed(&shop.manager, shop.customers[0], true, NOW).await.unwrap();
    assert!(refused(steering::resend(&shop.manager, id, NOW).await).contains("unsubscribed"));
    customers::set_unsubscribed(&shop.manager, shop.customers[0], false, NOW).await.unwrap();
    steering::resend(&shop.manager, id, NOW).await.unwrap();
}

#[tokio::test]
async fn deleting_is_for_good_and_waits_for_the_sender() {
    let shop = Shop::empty(1).await;
    let ids = each(&shop).await;
    let sentence = refused(steering::delete(&shop.manager, ids[1]).await);
    assert_eq!(sentence, "This message is being sent right now, so it can't be deleted.");
    for id in [ids[0], ids[2], ids[3], ids[4]] {
        steering::delete(&shop.manager, id).await.unwrap();
        assert!(is_missing(messages::detail(&shop.manager, id).await));
        assert!(is_missing(steering::delete(&shop.manager, id).await));
    }
    for table in [
        "select count(*) from message",
        "select count(*) from message_content",
        "select count(*) from tracking_token",
        "select count(*) from message_search",
    ] {
        assert_eq!(shop.number(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn nothing_of_another_project_can_be_read_or_changed() {
    let shop = Shop::empty(1).await;
    let ids = each(&shop).await;
    let batch = steering::cancel(&shop.manager, ids[0], false, NOW).await.unwrap().undo.unwrap();
    let other = project(&shop.db, "other").await;
    let before = shop.number("select sum(version) from message").await;
    for id in ids.iter().copied() {
        assert!(is_missing(messages::detail(&other, id).await));
        assert!(is_missing(messages::content(&other, id).await));
        assert!(is_missing(messages::row(&other, id).await));
        assert!(is_missing(steering::cancel(&other, id, true, NOW).await));
        assert!(is_missing(steering::send_now(&other, id, NOW).await));
        assert!(is_missing(steering::reschedule(&other, id, NOW, NOW).await));
        assert!(is_missing(steering::resend(&other, id, NOW).await));
        assert!(is_missing(steering::delete(&other, id).await));
    }
    assert!(is_missing(steering::undo(&other, batch, NOW).await));
    let outcome = steering::cancel_selection(&other, &Selection::These(ids), "", NOW).await.unwrap();
    assert_eq!(outcome, Outcome { done: 0, skipped: vec![(Skip::Gone, 5)], undo: None });
    let all = all_of(MessageFilter::default());
    assert_eq!(steering::cancel_selection(&other, &all, "", NOW).await.unwrap(), Outcome::default());
    assert_eq!(shop.number("select sum(version) from message").await, before);
}

#[tokio::test]
async fn a_message_in_full_shows_what_was_sent_and_what_happened() {
    let shop = Shop::empty(1).await;
    let mut email = shop.message(0, Email, NOW);
    let pixel = format!("<img src=\"https://a.example/o/{}\" alt=\"\">", email.token);
    email.content.html = format!("<body><p>Hello /o/ <img src=\"https://a.example/logo.png\"></p>{pixel}</body>");
    let mut sms = shop.message(0, Sms, NOW);
    sms.template = Template::Reminder;
    sms.reminder = 2;
    sms.content.text = "a".repeat(161);
    shop.insert(&[email.clone(), sms.clone()]).await;
    let seen = detail(&shop, email.id).await;
    assert_eq!(seen.html, "<body><p>Hello /o/ <img src=\"https://a.example/logo.png\"></p></body>");
    assert_eq!((seen.subject.as_str(), seen.segments, seen.unsent_siblings), ("How was your visit?", 0, 1));
    let seen = detail(&shop, sms.id).await;
    assert_eq!((seen.row.what().as_str(), seen.segments), ("Reminder 2 by SMS", 2));
    assert_eq!((seen.row.customer_name.as_str(), seen.row.request_number), ("José García", 1));
}

/// A message takes the customer's new address, even if it is canceled.
#[tokio::test]
async fn a_canceled_message_comes_back_to_the_present_address() {
    let shop = Shop::empty(1).await;
    let customer = shop.customers[0];
    let form = |email: &str| crate::domain::customer::CustomerForm {
        name: "Ana".into(),
        email: email.into(),
        phone: "+12075550100".into(),
        ..Default::default()
    };
    let new: Vec<NewMessage> = (1..=2).map(|h| shop.message(0, Email, NOW.plus(h * HOUR))).collect();
    shop.insert(&new).await;
    let (first, second) = (new[0].id, new[1].id);
    let batch = steering::cancel(&shop.manager, first, false, NOW).await.unwrap().undo.unwrap();

    let outcome = customers::edit(&shop.manager, customer, &form("new@example.com"), NOW).await.unwrap();
    assert_eq!(outcome.done, 0);
    for id in [first, second] {
        assert_eq!(detail(&shop, id).await.row.recipient, "new@example.com");
    }
    // Without an address, waiting messages are canceled, and canceled ones stay canceled.
    assert_eq!(customers::edit(&shop.manager, customer, &form(""), NOW).await.unwrap().done, 1);
    let seen = detail(&shop, second).await;
    assert_eq!((seen.row.status, seen.row.cancel_cause), (Status::Canceled, Some(CancelCause::NoAddress)));
    assert!(refused(steering::send_now(&shop.manager, first, NOW).await).contains("no longer has an email address"));
    let undone = steering::undo(&shop.manager, batch, NOW).await.unwrap();
    assert_eq!((undone.done, undone.skipped), (0, vec![(Skip::NoAddress, 1)]));
    customers::edit(&shop.manager, customer, &form("third@example.com"), NOW).await.unwrap();
    steering::send_now(&shop.manager, first, NOW).await.unwrap();
    let seen = detail(&shop, first).await;
    assert_eq!((seen.row.status, seen.row.recipient.as_str()), (Status::Scheduled, "third@example.com"));
}
