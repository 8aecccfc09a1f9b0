//! Bulk actions as records: what each step changes, and that the numbers add up whoever works on them.

use super::shop::{NOW, Shop, project};
use crate::{
    domain::{
        AppError, BatchId, BulkId, MessageId, Timestamp,
        bulk::{
            BulkKind, Fate, Selection, Skip,
            plan::{BulkPlan, NewTime},
            record::{BulkRecord, BulkState, StopCause},
        },
        filter::MessageFilter,
        message::Channel::Email,
        status::{State, Status},
    },
    server::store::{
        bulk::{self, Rows, Step},
        db::Query,
        guard::Manager,
        id::NewId,
        messages,
        new_message::NewMessage,
        steering,
    },
    tests::support::all_of,
};
use std::collections::BTreeMap;

const HOUR: i64 = Timestamp::HOUR;
const DAY: i64 = Timestamp::DAY;

fn plan(kind: BulkKind) -> BulkPlan {
    let time = (kind == BulkKind::Reschedule).then_some(NewTime::Days(1));
    BulkPlan { kind, time, pace: None, canceled: false, reason: "Because".into() }
}

async fn waiting(shop: &Shop, n: i64) -> Vec<MessageId> {
    let new: Vec<NewMessage> = (1..=n).map(|h| shop.message(0, Email, NOW.plus(h * HOUR))).collect();
    shop.insert(&new).await;
    new.into_iter().map(|m| m.id).collect()
}

async fn set_one(shop: &Shop, id: MessageId, set: &'static str) {
    let mut tx = shop.db.begin_in(shop.manager.project).await.unwrap();
    let mut query = Query::new("update message set ");
    query.push(set).push(" where id = ").push_bind(id);
    assert_eq!(query.build().execute(&mut *tx).await.unwrap().rows_affected(), 1);
    shop.db.commit(tx, shop.manager.project).await.unwrap();
}

/// One in each state: waiting, being sent, sent, failed, canceled.
async fn each(shop: &Shop) -> Vec<MessageId> {
    let ids = waiting(shop, 5).await;
    for (id, set) in ids.iter().zip([
        "attempts = 0",
        "state = 1, lease_until = 1, generation = 1",
        "state = 2, status = 1, sent_at = 1",
        "state = 3, status = 4, failed_at = 1, failure_code = 'other', failure_text = '550 no'",
        "state = 4, status = 6, canceled_at = 1, cancel_cause = 0",
    ]) {
        set_one(shop, *id, set).await;
    }
    ids
}

/// Works on it as long as there is something to do.
async fn finish(shop: &Shop, id: BulkId, size: usize, now: Timestamp) -> Step {
    loop {
        match bulk::step(&shop.db, (shop.manager.project, id), size, false, now).await.unwrap() {
            Step::On => {}
            end => return end,
        }
    }
}

async fn record(shop: &Shop, id: BulkId) -> BulkRecord {
    bulk::get(&shop.manager, id).await.unwrap()
}

async fn fates(manager: &Manager, id: BulkId) -> BTreeMap<MessageId, Fate> {
    let mut rows = Rows::new(manager.clone(), id).await.unwrap();
    let mut all = BTreeMap::new();
    loop {
        let some = rows.next().await.unwrap();
        if some.is_empty() {
            return all;
        }
        for row in some {
            assert!(all.insert(row.id, row.fate).is_none(), "each message is there once");
        }
    }
}

/// The numbers of the record are those of its rows, and add up to all of them.
async fn adds_up(shop: &Shop, id: BulkId) -> BulkRecord {
    let (record, fates) = (record(shop, id).await, fates(&shop.manager, id).await);
    let number = |wanted: fn(&Fate) -> bool| fates.values().filter(|fate| wanted(fate)).count() as u64;
    assert_eq!(record.total, fates.len() as u64);
    assert_eq!(record.outcome.done, number(|f| matches!(f, Fate::Done | Fate::Undone | Fate::NotUndone(_))));
    assert_eq!(record.undo.done, number(|f| matches!(f, Fate::Undone)));
    assert_eq!(record.undo.skipped_total(), number(|f| matches!(f, Fate::NotUndone(_))));
    assert_eq!(record.left(), number(|f| matches!(f, Fate::Pending)));
    for (skip, n) in &record.outcome.skipped {
        assert_eq!(fates.values().filter(|fate| **fate == Fate::Skipped(*skip)).count() as u64, *n, "{skip:?}");
    }
    record
}

async fn state(shop: &Shop, id: MessageId) -> (State, Timestamp) {
    let row = messages::row(&shop.manager, id).await.unwrap();
    (row.state, row.scheduled.at)
}

#[tokio::test]
async fn each_kind_changes_what_one_message_permits_and_says_why_not() {
    use Skip::{AlreadyCanceled, AlreadySent, BeingSent, Failed, Gone, Waiting};
    let cases: [(BulkKind, bool, u64, &[Skip]); 6] = [
        (BulkKind::SendNow, false, 1, &[BeingSent, AlreadySent, Failed, AlreadyCanceled, Gone]),
        (BulkKind::SendNow, true, 2, &[BeingSent, AlreadySent, Failed, Gone]),
        (BulkKind::Reschedule, false, 1, &[BeingSent, AlreadySent, Failed, AlreadyCanceled, Gone]),
        (BulkKind::Reschedule, true, 2, &[BeingSent, AlreadySent, Failed, Gone]),
        (BulkKind::Resend, false, 1, &[Waiting, BeingSent, AlreadySent, AlreadyCanceled, Gone]),
        (BulkKind::Delete, false, 4, &[BeingSent, Gone]),
    ];
    for (kind, canceled, done, skipped) in cases {
        let shop = Shop::empty(1).await;
        let mut ids = each(&shop).await;
        ids.extend([MessageId::new(), ids[0]]);
        let plan = BulkPlan { canceled, ..plan(kind) };
        let ticked = Selection::These(ids.clone());
        let preview = bulk::preview(&shop.manager, &ticked, &plan, NOW).await.unwrap();
        assert_eq!(preview.canceled, u64::from(kind.may_revive()), "{kind:?}");
        let matching = bulk::preview(&shop.manager, &all_of(MessageFilter::default()), &plan, NOW).await.unwrap();
        assert_eq!(shop.number("select count(*) from message_event").await, 0, "counting changes nothing");
        let id = bulk::start(&shop.manager, &ticked, &plan, NOW).await.unwrap();
        assert_eq!(finish(&shop, id, 2, NOW).await, Step::Over);
        let record = adds_up(&shop, id).await;
        assert_eq!((record.total, record.outcome.done, record.state), (6, done, BulkState::Done), "{kind:?}");
        let sorted = |all: &[(Skip, u64)]| {
            let mut all: Vec<(i16, u64)> = all.iter().map(|(skip, n)| (skip.number(), *n)).collect();
            all.sort_unstable();
            all
        };
        let expected: Vec<(Skip, u64)> = skipped.iter().map(|skip| (*skip, 1)).collect();
        assert_eq!(sorted(&record.outcome.skipped), sorted(&expected), "{kind:?}");
        assert_eq!(sorted(&preview.outcome.skipped), sorted(&expected), "{kind:?}: as it was said before");
        assert_eq!(preview.outcome.done, done);
        // All that match are the same but for the one that is none of the project's.
        assert_eq!((matching.outcome.done, matching.canceled), (done, preview.canceled), "{kind:?}");
        let there: Vec<(Skip, u64)> = expected.into_iter().filter(|(skip, _)| *skip != Gone).collect();
        assert_eq!(sorted(&matching.outcome.skipped), sorted(&there), "{kind:?}");
        assert_eq!((record.by.as_str(), record.reason.as_str(), record.filter), ("Mia", "Because", None));
        let left = shop.number("select count(*) from message").await;
        assert_eq!(left, if kind == BulkKind::Delete { 1 } else { 5 });
        let named = shop.number("select count(*) from message_event where actor = 'Mia'").await;
        assert_eq!(named, if kind == BulkKind::Delete { 0 } else { done as i64 }, "in the name of who began it");
        assert_eq!(bulk::step(&shop.db, (shop.manager.project, id), 9, false, NOW).await.unwrap(), Step::Over);
    }
}

#[tokio::test]
async fn all_that_match_are_written_down_first_and_each_is_moved_once() {
    let shop = Shop::empty(2).await;
    // More than are written down at a time; moved by days they stay among those that match.
    let new: Vec<NewMessage> = (0..4_100).map(|n| shop.message(0, Email, NOW.plus((1 + n / 9) * HOUR))).collect();
    let elsewhere = shop.message(1, Email, NOW.plus(HOUR));
    shop.insert(&new).await;
    shop.insert(std::slice::from_ref(&elsewhere)).await;
    let filter =
        MessageFilter { q: "customer.0@".into(), ..MessageFilter::default() }.with_status(Some(Status::Scheduled));
    let except = vec![new[0].id, new[4_099].id, elsewhere.id];
    let selection = Selection::Matching { filter: Box::new(filter.clone()), except };
    let preview = bulk::preview(&shop.manager, &selection, &plan(BulkKind::Reschedule), NOW).await.unwrap();
    let id = bulk::start(&shop.manager, &selection, &plan(BulkKind::Reschedule), NOW).await.unwrap();
    assert_eq!(record(&shop, id).await.state, BulkState::Gathering);
    finish(&shop, id, 1_500, NOW).await;
    let record = adds_up(&shop, id).await;
    assert_eq!((record.total, record.outcome.done, record.left_out), (4_098, 4_098, 3));
    assert_eq!((preview.outcome.done, preview.outcome.skipped_total()), (4_098, 0));
    assert_eq!(record.filter, Some(filter));
    assert_eq!(state(&shop, new[1].id).await.1, NOW.plus(HOUR + DAY));
    assert_eq!(state(&shop, new[0].id).await.1, NOW.plus(HOUR));
    assert_eq!(state(&shop, elsewhere.id).await.1, NOW.plus(HOUR));
    assert_eq!(shop.number("select cast(max(version) as bigint) from message").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_work_at_once_and_die_change_each_message_once() {
    let shop = Shop::empty(1).await;
    waiting(&shop, 400).await;
    let all = all_of(MessageFilter::default());
    let id = bulk::start(&shop.manager, &all, &plan(BulkKind::Reschedule), NOW).await.unwrap();
    let key = (shop.manager.project, id);
    let server = || {
        let db = shop.db.clone();
        tokio::spawn(async move { while bulk::step(&db, key, 7, false, NOW).await.unwrap() == Step::On {} })
    };
    // Some are killed in the middle, wherever that is.
    for n in 1..=6 {
        let (one, other) = (server(), server());
        tokio::time::sleep(std::time::Duration::from_millis(n * 3)).await;
        one.abort();
        other.abort();
        let _ = (one.await, other.await);
        // Waits for a commit that was under way.
        shop.execute("update project set name = 'Shop'").await;
        adds_up(&shop, id).await;
    }
    let (one, other) = (server(), server());
    one.await.unwrap();
    other.await.unwrap();
    let record = adds_up(&shop, id).await;
    assert_eq!((record.state, record.total, record.outcome.done), (BulkState::Done, 400, 400));
    assert_eq!(shop.number("select count(*) from message where version = 1").await, 400);
    assert_eq!(shop.number("select count(*) from message_event").await, 400);
}

#[tokio::test]
async fn what_is_stopped_stays_as_it_is_and_can_be_undone() {
    let shop = Shop::empty(1).await;
    let ids = waiting(&shop, 10).await;
    let key = |id| (shop.manager.project, id);
    let id =
        bulk::start(&shop.manager, &Selection::These(ids.clone()), &plan(BulkKind::Reschedule), NOW).await.unwrap();
    assert_eq!(bulk::step(&shop.db, key(id), 4, false, NOW).await.unwrap(), Step::On);
    assert!(matches!(bulk::begin_undo(&shop.manager, id, NOW).await, Err(AppError::NotFound(_))), "not while it runs");
    bulk::stop(&shop.manager, id, NOW).await.unwrap();
    assert_eq!(finish(&shop, id, 4, NOW).await, Step::Over);
    let stopped = adds_up(&shop, id).await;
    assert_eq!((stopped.state, stopped.stopped), (BulkState::Stopped, Some(StopCause::Staff)));
    assert_eq!((stopped.outcome.done, stopped.left()), (4, 6));
    assert!(matches!(bulk::stop(&shop.manager, id, NOW).await, Err(AppError::Conflict(_))));
    assert_eq!(shop.number("select count(*) from message where version = 1").await, 4);
    bulk::begin_undo(&shop.manager, id, NOW).await.unwrap();
    finish(&shop, id, 3, NOW).await;
    let undone = adds_up(&shop, id).await;
    assert_eq!((undone.state, undone.undo.done, undone.left()), (BulkState::Undone, 4, 6));
    for (n, id) in (1..).zip(&ids) {
        assert_eq!(state(&shop, *id).await, (State::Scheduled, NOW.plus(n * HOUR)));
    }
    assert!(matches!(bulk::begin_undo(&shop.manager, id, NOW).await, Err(AppError::NotFound(_))), "once");
}

#[tokio::test]
async fn an_undo_leaves_alone_what_became_of_messages_since() {
    let shop = Shop::empty(1).await;
    let ids = waiting(&shop, 6).await;
    set_one(&shop, ids[5], "state = 4, status = 6, canceled_at = 1, cancel_cause = 0").await;
    let to = BulkPlan { canceled: true, time: Some(NewTime::At(NOW.plus(DAY))), ..plan(BulkKind::Reschedule) };
    let id = bulk::start(&shop.manager, &Selection::These(ids.clone()), &to, NOW).await.unwrap();
    finish(&shop, id, 100, NOW).await;
    assert_eq!(shop.number("select count(distinct scheduled_at) from message where state = 0").await, 1);
    steering::cancel(&shop.manager, ids[0], false, NOW).await.unwrap();
    steering::reschedule(&shop.manager, ids[1], NOW.plus(9 * HOUR), NOW).await.unwrap();
    steering::delete(&shop.manager, ids[2]).await.unwrap();
    // The former time of the fourth has passed by then.
    let later = NOW.plus(4 * HOUR + 1);
    bulk::begin_undo(&shop.manager, id, later).await.unwrap();
    finish(&shop, id, 2, later).await;
    let record = adds_up(&shop, id).await;
    assert_eq!(record.undo.done, 3);
    let fates = fates(&shop.manager, id).await;
    assert_eq!(
        [0, 1, 2, 3].map(|n| fates[&ids[n]]),
        [
            Fate::NotUndone(Skip::AlreadyCanceled),
            Fate::NotUndone(Skip::Moved),
            Fate::NotUndone(Skip::Gone),
            Fate::Undone
        ]
    );
    assert_eq!(state(&shop, ids[1]).await, (State::Scheduled, NOW.plus(9 * HOUR)));
    assert_eq!(state(&shop, ids[3]).await, (State::Scheduled, later), "a time that has passed becomes now");
    assert_eq!(state(&shop, ids[4]).await, (State::Scheduled, NOW.plus(5 * HOUR)));
    assert_eq!(state(&shop, ids[5]).await.0, State::Canceled, "what was canceled is canceled again");
}

#[tokio::test]
async fn a_pace_is_kept_and_skipped_messages_cost_no_time() {
    let shop = Shop::empty(1).await;
    let ids = waiting(&shop, 12).await;
    set_one(&shop, ids[0], "state = 2, status = 1, sent_at = 1").await;
    let paced = BulkPlan { pace: Some(60), ..plan(BulkKind::SendNow) };
    let id = bulk::start(&shop.manager, &Selection::These(ids), &paced, NOW).await.unwrap();
    let done = async |now| {
        let end = finish(&shop, id, 100, now).await;
        (end, adds_up(&shop, id).await.outcome.done)
    };
    let second = Timestamp::SECOND;
    assert_eq!(done(NOW).await, (Step::Later(NOW.plus(second)), 1));
    assert_eq!(done(NOW.plus(second - 1)).await.1, 1);
    assert_eq!(done(NOW.plus(second)).await, (Step::Later(NOW.plus(2 * second)), 2));
    let db = &shop.db;
    assert!(bulk::waiting(db, NOW.plus(second)).await.unwrap().is_empty());
    assert_eq!(bulk::next_time(db).await.unwrap(), Some(NOW.plus(2 * second)));
    // After a pause of the server, no burst.
    let later = NOW.plus(HOUR);
    assert_eq!(bulk::waiting(db, later).await.unwrap().len(), 1);
    let (Step::Later(next), n) = done(later).await else { panic!("it has its pace") };
    assert!(n <= 4 && next > later, "{n} {next:?}");
    for n in 1..=20 {
        done(later.plus(n * second)).await;
    }
    let record = record(&shop, id).await;
    assert_eq!((record.state, record.outcome.done, record.pace), (BulkState::Done, 11, Some(60)));
}

#[tokio::test]
async fn one_message_that_the_database_refuses_stops_no_other() {
    let shop = Shop::empty(1).await;
    let ids = waiting(&shop, 9).await;
    set_one(&shop, ids[4], "attempts = 77").await;
    if cfg!(feature = "postgres") {
        shop.execute(
            "create function poison() returns trigger language plpgsql as $$ begin raise exception 'poison'; end $$",
        )
        .await;
        shop.execute(
            "create trigger poison before update of state on message for each row when (old.attempts = 77) execute function poison()",
        )
        .await;
    } else {
        shop.execute(
            "create trigger poison before update of state on message when old.attempts = 77
             begin select raise(abort, 'poison'); end",
        )
        .await;
    }
    let id = bulk::start(&shop.manager, &Selection::These(ids.clone()), &plan(BulkKind::SendNow), NOW).await.unwrap();
    let key = (shop.manager.project, id);
    assert_eq!(bulk::step(&shop.db, key, 9, false, NOW).await.unwrap(), Step::Refused);
    assert_eq!(record(&shop, id).await.worked(), 0, "nothing of it is half done");
    let end = crate::server::bulk::run::go_on(&shop.db, key, std::time::Duration::from_secs(60)).await.unwrap();
    assert_eq!(end, Step::Over);
    let record = adds_up(&shop, id).await;
    assert_eq!((record.outcome.done, record.outcome.skipped), (8, vec![(Skip::Broken, 1)]));
    assert_eq!(fates(&shop.manager, id).await[&ids[4]], Fate::Skipped(Skip::Broken));
}

#[tokio::test]
async fn it_goes_on_only_while_who_began_it_is_a_manager() {
    let shop = Shop::empty(1).await;
    let ids = waiting(&shop, 3).await;
    let id = bulk::start(&shop.manager, &Selection::These(ids), &plan(BulkKind::Delete), NOW).await.unwrap();
    bulk::step(&shop.db, (shop.manager.project, id), 1, false, NOW).await.unwrap();
    shop.execute("update membership set role = 1").await;
    assert_eq!(finish(&shop, id, 9, NOW).await, Step::Over);
    let record = adds_up(&shop, id).await;
    assert_eq!((record.state, record.stopped, record.outcome.done), (BulkState::Stopped, Some(StopCause::Role), 1));
    assert_eq!(shop.number("select count(*) from message").await, 2);
}

#[tokio::test]
async fn another_project_sees_and_changes_nothing_of_it() {
    let shop = Shop::empty(1).await;
    let ids = waiting(&shop, 3).await;
    let id = bulk::start(&shop.manager, &Selection::These(ids.clone()), &plan(BulkKind::Delete), NOW).await.unwrap();
    let other = project(&shop.db, "other").await;
    assert!(matches!(bulk::get(&other, id).await, Err(AppError::NotFound(_))));
    assert!(matches!(bulk::stop(&other, id, NOW).await, Err(AppError::NotFound(_))));
    assert!(matches!(Rows::new(other.clone(), id).await, Err(AppError::NotFound(_))));
    assert!(bulk::list(&other, Default::default()).await.unwrap().records.is_empty());
    assert_eq!(bulk::step(&shop.db, (other.project, id), 9, false, NOW).await.unwrap(), Step::Over);
    let theirs = bulk::start(&other, &Selection::These(ids), &plan(BulkKind::Delete), NOW).await.unwrap();
    while bulk::step(&shop.db, (other.project, theirs), 9, false, NOW).await.unwrap() == Step::On {}
    assert_eq!(bulk::get(&other, theirs).await.unwrap().outcome.skipped, [(Skip::Gone, 3)]);
    assert_eq!(shop.number("select count(*) from message").await, 3);
}

#[tokio::test]
async fn a_cancel_is_a_record_too_and_its_undo_is_told_there() {
    let shop = Shop::empty(1).await;
    let ids = each(&shop).await;
    let more = waiting(&shop, 3).await;
    let ticked = Selection::These(ids.iter().chain(&more).copied().chain([MessageId::new()]).collect());
    let outcome = steering::cancel_selection(&shop.manager, &ticked, "Closed", NOW).await.unwrap();
    let batch: BatchId = outcome.undo.unwrap();
    let id = BulkId(batch.0);
    let canceled = adds_up(&shop, id).await;
    assert_eq!(
        (canceled.kind, canceled.state, canceled.reason.as_str()),
        (BulkKind::Cancel, BulkState::Done, "Closed")
    );
    assert_eq!((canceled.outcome.done, canceled.total, &canceled.outcome.skipped), (4, 9, &outcome.skipped));
    set_one(&shop, more[0], "cancel_batch = null").await;
    set_one(&shop, more[1], "state = 2, status = 1, sent_at = 1, canceled_at = null").await;
    steering::undo(&shop.manager, batch, NOW).await.unwrap();
    let undone = record(&shop, id).await;
    assert_eq!((undone.state, undone.undo.done), (BulkState::Undone, 2));
    assert_eq!(undone.undo.skipped, [(Skip::NotCanceled, 1)]);
    let fates = fates(&shop.manager, id).await;
    assert_eq!(
        [ids[0], more[0], more[1]].map(|id| fates[&id]),
        [Fate::Undone, Fate::Done, Fate::NotUndone(Skip::NotCanceled)]
    );
    // All that match: those that could not be canceled are counted, and only the canceled ones are named.
    let all = steering::cancel_selection(&shop.manager, &all_of(MessageFilter::default()), "", NOW).await.unwrap();
    let listed = bulk::list(&shop.manager, Default::default()).await.unwrap().records;
    assert_eq!(listed.iter().map(|record| record.kind).collect::<Vec<_>>(), [BulkKind::Cancel; 2]);
    assert_eq!((listed[0].total, listed[0].outcome.done), (8, all.done));
    assert_eq!(bulk::waiting(&shop.db, NOW.plus(DAY)).await.unwrap(), [], "a request does it, and nobody else");
}

#[tokio::test]
async fn the_list_has_the_newest_first_and_what_is_old_is_forgotten() {
    let shop = Shop::empty(1).await;
    let ids = waiting(&shop, 60).await;
    let mut started = Vec::new();
    for id in &ids {
        let one = bulk::start(&shop.manager, &Selection::These(vec![*id]), &plan(BulkKind::Delete), NOW).await.unwrap();
        finish(&shop, one, 9, NOW).await;
        started.push(one);
    }
    let first = bulk::list(&shop.manager, Default::default()).await.unwrap();
    assert!(first.has_more && first.records.len() == 50 && first.records[0].id == started[59]);
    let before = crate::domain::bulk::record::BulkQuery { before: Some(first.records[49].id) };
    let rest = bulk::list(&shop.manager, before).await.unwrap();
    assert_eq!((rest.has_more, rest.records.len(), rest.records[9].id), (false, 10, started[0]));
    bulk::forget(&shop.db, NOW.plus(89 * DAY)).await.unwrap();
    assert_eq!(shop.number("select count(*) from bulk_action_row").await, 60);
    bulk::forget(&shop.db, NOW.plus(91 * DAY)).await.unwrap();
    assert_eq!(shop.number("select count(*) from bulk_action_row").await, 0);
    let record = record(&shop, started[0]).await;
    assert_eq!((record.has_rows, record.outcome.done), (false, 1));
    // Ten may be under way.
    let waiting = waiting(&shop, 1).await;
    for n in 0..11 {
        let one = bulk::start(&shop.manager, &Selection::These(waiting.clone()), &plan(BulkKind::Delete), NOW).await;
        assert_eq!(one.is_ok(), n < 10);
    }
}

#[tokio::test]
async fn a_cancel_of_a_server_that_is_gone_is_ended() {
    let shop = Shop::empty(1).await;
    waiting(&shop, 3).await;
    let all = all_of(MessageFilter::default());
    let outcome = steering::cancel_selection(&shop.manager, &all, "", NOW).await.unwrap();
    shop.execute("update bulk_action set state = 1, total = 0, done = 0, finished_at = null").await;
    bulk::forget(&shop.db, NOW.plus(5 * Timestamp::MINUTE)).await.unwrap();
    let id = BulkId(outcome.undo.unwrap().0);
    assert_eq!(record(&shop, id).await.state, BulkState::Running);
    bulk::forget(&shop.db, NOW.plus(HOUR)).await.unwrap();
    let record = adds_up(&shop, id).await;
    assert_eq!((record.stopped, record.outcome.done), (Some(StopCause::Server), 3));
    assert_eq!(steering::undo(&shop.manager, BatchId(id.0), NOW).await.unwrap().done, 3);
}
