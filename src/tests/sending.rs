//! Sending: each due message once, retries, failures, leases, and the race with a cancel.

pub mod clicksend;
mod clocks;
mod evidence;
#[cfg(not(feature = "postgres"))]
mod full_disk;
mod held;
mod kills;
mod model;
pub mod own_connections;
mod pace;
mod poison;
mod quiet;
mod races;
mod smtp;
pub mod smtp_server;
mod stops;
mod twilio;
pub mod world;

use crate::{
    domain::{
        Timestamp,
        connection::Owner,
        filter::MessagesQuery,
        message::{
            Channel::{self, Email, Sms},
            EventKind::{self, *},
            FailureCode,
        },
        status::{State, Status},
    },
    server::{
        delivery::{
            Refusal,
            retry::{AMBIGUOUS_SPREAD, AMBIGUOUS_WAIT, BASE as FIRST_DELAY, Class},
            worker::{step, step_until},
        },
        store::{
            messages,
            queue::{
                self,
                claim::Job,
                results::{Intent, Outcome, Verdict, write},
            },
        },
    },
};
use world::{NOW, World, claim_all};

fn refusal(class: Class, text: &str) -> Refusal {
    Refusal { class, code: text.split(' ').next().map(str::to_owned), text: text.to_owned() }
}

fn outcome(job: &Job, verdict: Verdict) -> Outcome {
    Outcome {
        lease: job.lease,
        customer: job.customer,
        zone: job.zone,
        started: NOW,
        at: NOW.plus(500),
        verdict,
        evidence: None,
        lost_before: None,
    }
}

/// Writes results; how many of them came too late.
async fn recorded(w: &World, outcomes: &[Outcome]) -> usize {
    write(&w.db, outcomes, &[]).await.unwrap().stale
}

/// Claims the one message that is due, and notes its attempt; the worker ends there.
async fn begin(w: &World, at: Timestamp) -> Job {
    let mut jobs = claim_all(&w.db, at).await.unwrap().jobs;
    assert_eq!(jobs.len(), 1);
    let job = jobs.remove(0);
    let intent = Intent { lease: job.lease, started: at, provider: "test" };
    assert_eq!(write(&w.db, &[], &[intent]).await.unwrap().begun, [true]);
    job
}

fn sent() -> Verdict {
    Verdict::Sent { provider_id: Some("x".into()), text: "250 ok".into() }
}

#[tokio::test]
async fn what_is_due_leaves_once_and_the_rest_waits() {
    let w = World::new().await;
    let ana = w.customer("Ana Ruiz", "ana@example.com", "+12075550100").await;
    let request = w.ask(ana, &[Email, Sms], 1).await;
    assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(2));
    assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(0));
    assert_eq!(step(&w.db, &w.transports, NOW.plus(Timestamp::DAY)).await, Ok(0));
    let sent = w.memory.sent();
    let to: Vec<_> = sent.iter().map(|mail| mail.recipient.as_str()).collect();
    assert_eq!(to.len(), 2);
    assert!(to.contains(&"ana@example.com") && to.contains(&"+12075550100"));

    let messages = w.messages(request).await;
    for id in &messages[..2] {
        let m = w.stored(*id).await;
        assert_eq!((m.state, m.status, m.attempts), (State::Sent, Status::Sent, 1));
        assert_eq!(m.day, w.manager.day(NOW));
        assert_eq!(m.lease_until, None);
        assert_eq!(w.kinds(*id).await, [Created, Attempted, Sent]);
        assert_eq!(w.outcomes(*id).await, [Some("sent".to_owned())]);
    }
    assert_eq!(w.stored(messages[2]).await.state, State::Scheduled);
    assert_eq!(step(&w.db, &w.transports, NOW.plus(3 * Timestamp::DAY)).await, Ok(2));
    assert_eq!(w.memory.sent().len(), 4);
    let last: Timestamp =
        sqlx::query_scalar("select last_messaged_at from customer").fetch_one(w.db.read()).await.unwrap();
    assert!(last >= NOW.plus(3 * Timestamp::DAY));
}

#[tokio::test]
async fn a_hundred_go_at_a_time() {
    let w = World::new().await;
    for _ in 0..60 {
        w.due(Email).await;
        w.due(Sms).await;
    }
    for handled in [100, 20, 0] {
        assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(handled));
    }
    assert_eq!(w.memory.sent().len(), 120);
}

#[tokio::test]
async fn a_transient_refusal_is_tried_again_later() {
    let w = World::new().await;
    let id = w.due(Email).await;
    w.memory.refuse(refusal(Class::LATER, "421 busy"));
    w.memory.refuse(refusal(
        Class::Transient { owner: Owner::Provider, retry_after: Some(7 * Timestamp::MINUTE) },
        "429 slow down",
    ));
    assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(1));
    let m = w.stored(id).await;
    assert_eq!((m.state, m.status, m.attempts), (State::Scheduled, Status::Scheduled, 1));
    assert!((0..=FIRST_DELAY + Timestamp::SECOND).contains(&(m.due_at.0 - NOW.0)));
    assert_eq!(w.kinds(id).await, [Created, Attempted, Deferred]);

    let (again, first) = (m.due_at, m.first_attempt_at);
    assert_eq!(step(&w.db, &w.transports, again).await, Ok(1));
    let m = w.stored(id).await;
    assert!(m.due_at >= again.plus(7 * Timestamp::MINUTE));
    assert_eq!(m.first_attempt_at, first);

    // A second before: the clock of a step goes on while it works.
    assert_eq!(step(&w.db, &w.transports, m.due_at.plus(-Timestamp::SECOND)).await, Ok(0));
    assert_eq!(step(&w.db, &w.transports, m.due_at).await, Ok(1));
    let m = w.stored(id).await;
    assert_eq!((m.state, m.status, m.attempts), (State::Sent, Status::Sent, 3));
    assert_eq!(w.memory.sent().len(), 1);
    let outcomes: Vec<_> = w.outcomes(id).await.into_iter().flatten().collect();
    assert_eq!(outcomes, ["deferred", "deferred", "sent"]);
}

#[tokio::test]
async fn retries_end_after_a_day() {
    let w = World::new().await;
    let id = w.due(Sms).await;
    let mut at = NOW;
    let mut attempts = 0;
    while w.stored(id).await.state == State::Scheduled {
        w.memory.refuse(refusal(Class::LATER, "503 unavailable"));
        step(&w.db, &w.transports, at).await.unwrap();
        // As slow as it gets: the longest delay.
        at = w.stored(id).await.due_at.max(at.plus(Timestamp::HOUR));
        attempts += 1;
        assert!(attempts < 40);
    }
    let m = w.stored(id).await;
    assert_eq!(m.failure_code.as_deref(), Some(FailureCode::Unreachable.code()));
    assert!((20..=26).contains(&attempts), "{attempts}");
}

#[tokio::test]
async fn a_permanent_refusal_fails_with_its_reason() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let text = "550 5.1.1 no such user";
    w.memory.refuse(refusal(Class::Permanent(FailureCode::AddressUnknown), text));
    step(&w.db, &w.transports, NOW).await.unwrap();
    let m = w.stored(id).await;
    assert_eq!((m.state, m.status), (State::Failed, Status::Failed));
    assert_eq!(m.failure_code.as_deref(), Some("address-unknown"));
    assert_eq!(m.failure_text.as_deref(), Some(text));
    assert!(m.failed_at.is_some() && m.sent_at.is_none());
    assert_eq!(w.kinds(id).await, [Created, Attempted, Failed]);
    let found = messages::page(&w.manager, &MessagesQuery::parse("q=no+such+user")).await.unwrap();
    assert_eq!(found.rows.len(), 1, "found by the provider's words");
    assert_eq!(found.stats.failed, 1);
    assert_eq!(step(&w.db, &w.transports, NOW.plus(Timestamp::DAY)).await, Ok(0));
}

#[tokio::test]
async fn a_late_result_changes_nothing_but_the_timeline() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let job = begin(&w, NOW).await;
    // Another worker took over and is sending.
    w.change(id, "generation = generation + 1").await;
    let before = w.stored(id).await;
    assert_eq!(recorded(&w, &[outcome(&job, sent())]).await, 1);
    assert_eq!(w.stored(id).await, before);
    assert_eq!(w.kinds(id).await, [Created, EventKind::Stale]);
    assert_eq!(w.outcomes(id).await, [Some("stale".to_owned())]);
}

/// Given up as unknown, and not begun again: then it is known after all.
#[tokio::test]
async fn a_late_sent_settles_what_was_given_up() {
    for (channel, given_up) in [(Email, State::Scheduled), (Sms, State::Failed)] {
        let w = World::new().await;
        let id = w.due(channel).await;
        let job = begin(&w, NOW).await;
        let found = NOW.plus(queue::LEASE + 1);
        step(&w.db, &w.transports, found).await.unwrap();
        assert_eq!(w.stored(id).await.state, given_up);
        assert_eq!(recorded(&w, &[outcome(&job, sent())]).await, 0);
        let m = w.stored(id).await;
        assert_eq!((m.state, m.status, m.failure_code), (State::Sent, Status::Sent, None));
        assert_eq!(w.outcomes(id).await, [Some("sent".to_owned())]);
        assert_eq!(w.kinds(id).await.iter().filter(|kind| **kind == Attempted).count(), 1);
        assert_eq!(step(&w.db, &w.transports, NOW.plus(Timestamp::DAY)).await, Ok(0));
        assert_eq!(w.memory.calls(), 0);
    }
}

#[tokio::test]
async fn a_late_sent_takes_nothing_back_that_staff_decided() {
    for decided in ["state = 4, status = 6", "state = 0, attempts = 0, first_attempt_at = null"] {
        let w = World::new().await;
        let id = w.due(Email).await;
        let job = begin(&w, NOW).await;
        step(&w.db, &w.transports, NOW.plus(queue::LEASE + 1)).await.unwrap();
        w.change(id, decided).await;
        let before = w.stored(id).await;
        assert_eq!(recorded(&w, &[outcome(&job, sent())]).await, 1);
        assert_eq!(w.stored(id).await, before);
        assert_eq!(w.outcomes(id).await, [Some("ambiguous".to_owned())]);
    }
}

#[tokio::test]
async fn a_result_counts_once() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let job = begin(&w, NOW).await;
    assert_eq!(recorded(&w, &[outcome(&job, sent())]).await, 0);
    let before = w.stored(id).await;
    let failed = Verdict::Failed { failure: FailureCode::Other, ambiguous: false, code: None, text: "no".into() };
    assert_eq!(recorded(&w, &[outcome(&job, failed)]).await, 1);
    assert_eq!(w.stored(id).await, before);
}

/// The answer to a commit may be lost on its way: what is written again must neither fail for ever nor go out twice.
#[tokio::test]
async fn an_attempt_begins_once() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let job = begin(&w, NOW).await;
    let intent = Intent { lease: job.lease, started: NOW, provider: "test" };
    assert_eq!(write(&w.db, &[], &[intent]).await.unwrap().begun, [false]);
    assert_eq!(w.outcomes(id).await, [None]);
}

#[tokio::test]
async fn an_open_that_overtakes_the_result_is_kept() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let job = begin(&w, NOW).await;
    w.change(id, "opened_at = 1795431600100, status = 2").await;
    recorded(&w, &[outcome(&job, sent())]).await;
    let m = w.stored(id).await;
    assert_eq!((m.state, m.status), (State::Sent, Status::Opened));
}

#[tokio::test]
async fn a_customer_deleted_meanwhile_takes_the_result_along() {
    let w = World::new().await;
    let (gone, stays) = (w.due(Email).await, w.due(Email).await);
    let jobs = claim_all(&w.db, NOW).await.unwrap().jobs;
    let customer = jobs.iter().find(|job| job.lease.message == gone).unwrap().customer;
    let mut tx = w.db.begin().await.unwrap();
    sqlx::query("delete from customer where id = $1").bind(customer).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let outcomes: Vec<_> = jobs.iter().map(|job| outcome(job, sent())).collect();
    assert_eq!(recorded(&w, &outcomes).await, 0);
    assert_eq!(w.stored(stays).await.state, State::Sent);
}

#[tokio::test]
async fn an_email_whose_worker_died_is_sent_once_more_under_the_same_id() {
    let w = World::new().await;
    let id = w.due(Email).await;
    // Begun, and never heard of again.
    begin(&w, NOW).await;
    assert_eq!(step(&w.db, &w.transports, NOW.plus(queue::LEASE)).await, Ok(0));
    let found = NOW.plus(queue::LEASE + 1);
    assert_eq!(step(&w.db, &w.transports, found).await, Ok(1));
    let m = w.stored(id).await;
    assert_eq!((m.state, m.status), (State::Scheduled, Status::Scheduled));
    assert!((AMBIGUOUS_WAIT..AMBIGUOUS_WAIT + AMBIGUOUS_SPREAD).contains(&(m.due_at.0 - found.0)));
    assert_eq!(w.outcomes(id).await, [Some("ambiguous".to_owned())]);
    assert_eq!(w.memory.calls(), 0);

    assert_eq!(step(&w.db, &w.transports, m.due_at).await, Ok(1));
    assert_eq!(w.stored(id).await.state, State::Sent);
    assert_eq!(w.memory.sent()[0].message, Some(id));
    assert_eq!(w.kinds(id).await, [Created, Attempted, Deferred, Attempted, Sent]);
}

#[tokio::test]
async fn an_email_that_kills_every_worker_is_given_up() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let mut at = NOW;
    for _ in 0..2 {
        begin(&w, at).await;
        step(&w.db, &w.transports, at.plus(queue::LEASE + 1)).await.unwrap();
        at = w.stored(id).await.due_at;
    }
    let m = w.stored(id).await;
    assert_eq!((m.state, m.status), (State::Failed, Status::Failed));
    assert_eq!(m.failure_code.as_deref(), Some("unconfirmed"));
    assert_eq!(w.memory.calls(), 0);
}

/// Workers are killed at their worst moment, again and again: what they had not begun is sent as if nothing had happened.
#[tokio::test]
async fn what_a_dead_worker_had_claimed_and_not_begun_is_sent_once() {
    let w = World::new().await;
    let (email, sms) = (w.due(Email).await, w.due(Sms).await);
    let mut at = NOW;
    for _ in 0..5 {
        assert_eq!(claim_all(&w.db, at).await.unwrap().jobs.len(), 2);
        at = at.plus(queue::LEASE + 1);
        let (stop, stopped) = tokio::sync::watch::channel(true);
        assert_eq!(step_until(&w.db, &w.transports, at, &stopped).await, Ok(2));
        drop(stop);
    }
    assert_eq!(step(&w.db, &w.transports, at).await, Ok(2));
    for id in [email, sms] {
        let m = w.stored(id).await;
        assert_eq!((m.state, m.attempts), (State::Sent, 1));
        assert_eq!(w.outcomes(id).await, [Some("sent".to_owned())]);
    }
    assert_eq!(w.memory.sent().len(), 2);
}

#[tokio::test]
async fn an_sms_whose_worker_died_is_never_sent_again_by_itself() {
    let w = World::new().await;
    let id = w.due(Sms).await;
    begin(&w, NOW).await;
    step(&w.db, &w.transports, NOW.plus(queue::LEASE + 1)).await.unwrap();
    let m = w.stored(id).await;
    assert_eq!((m.state, m.status), (State::Failed, Status::Failed));
    assert_eq!(m.failure_code.as_deref(), Some("unconfirmed"));
    assert_eq!(step(&w.db, &w.transports, NOW.plus(10 * Timestamp::DAY)).await, Ok(0));
    assert_eq!(w.memory.calls(), 0);
}

#[tokio::test]
async fn a_heartbeat_keeps_a_slow_call_alive() {
    let w = World::new().await;
    let id = w.due(Sms).await;
    let job = begin(&w, NOW).await;
    queue::extend(&w.db, &[job.lease], NOW.plus(2 * queue::LEASE)).await.unwrap();
    assert_eq!(step(&w.db, &w.transports, NOW.plus(queue::LEASE + 1)).await, Ok(0));
    assert_eq!(recorded(&w, &[outcome(&job, sent())]).await, 0);
    assert_eq!(w.stored(id).await.state, State::Sent);
}

#[tokio::test]
async fn nothing_leaves_outside_the_window() {
    let w = World::new().await;
    let id = w.due(Email).await;
    let mut tx = w.db.begin().await.unwrap();
    // 13:00 to 17:00; it is noon.
    sqlx::query("update project set week = '780-1020 780-1020 780-1020 780-1020 780-1020 780-1020 780-1020'")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    step(&w.db, &w.transports, NOW).await.unwrap();
    let m = w.stored(id).await;
    assert_eq!((m.state, m.status, m.due_at), (State::Scheduled, Status::Scheduled, NOW.plus(Timestamp::HOUR)));
    assert_eq!((w.memory.calls(), m.attempts), (0, 0));
    step(&w.db, &w.transports, NOW.plus(Timestamp::HOUR)).await.unwrap();
    assert_eq!(w.stored(id).await.state, State::Sent);
}

#[tokio::test]
async fn the_window_goes_by_the_clock_where_the_customer_is_if_that_is_chosen() {
    let w = World::new().await;
    let customer = w.customer("Ana Ruiz", "ana@example.com", "+12075550100").await;
    let request = w.ask(customer, &[Email], 0).await;
    let id = w.messages(request).await[0];
    // 09:00 to 18:00; it is noon in Berlin, and six in the morning where the customer is.
    let week = ["540-1080"; 7].join(" ") + " holidays=US customer";
    let mut tx = w.db.begin().await.unwrap();
    sqlx::query("update project set week = $1").bind(week).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let nine = NOW.plus(3 * Timestamp::HOUR);
    step(&w.db, &w.transports, NOW).await.unwrap();
    assert_eq!((w.stored(id).await.state, w.stored(id).await.due_at), (State::Scheduled, nine));
    // Late on the day before Thanksgiving.
    let evening = nine.plus(2 * Timestamp::DAY + 9 * Timestamp::HOUR);
    step(&w.db, &w.transports, evening).await.unwrap();
    assert_eq!(w.stored(id).await.due_at, nine.plus(4 * Timestamp::DAY));
    step(&w.db, &w.transports, nine.plus(4 * Timestamp::DAY)).await.unwrap();
    assert_eq!(w.stored(id).await.state, State::Sent);
}

#[tokio::test]
async fn who_left_is_not_written_to() {
    for (column, detail) in [("unsubscribed_at", "unsubscribed"), ("archived_at", "archived")] {
        let w = World::new().await;
        let id = w.due(Email).await;
        let mut tx = w.db.begin().await.unwrap();
        let mut query = crate::server::store::db::Query::new(format!("update customer set {column} = 1"));
        query.build().execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(1));
        let m = w.stored(id).await;
        assert_eq!((m.state, m.status), (State::Canceled, Status::Canceled));
        assert_eq!(w.memory.calls(), 0);
        let found: String =
            sqlx::query_scalar("select detail from message_event where kind = 9").fetch_one(w.db.read()).await.unwrap();
        assert_eq!(found, detail);
    }
}

/// What does not exist is not written to again: it costs the sender's good name.
#[tokio::test]
async fn reminders_to_an_address_that_came_back_are_canceled_until_it_is_mended() {
    let w = World::new().await;
    let ana = w.customer("Ana Ruiz", "ana@example.com", "+12075550100").await;
    let request = w.ask(ana, &[Email, Sms], 1).await;
    w.memory.refuse(refusal(Class::Permanent(FailureCode::AddressUnknown), "550 5.1.1 no such user"));
    let ids = w.messages(request).await;
    let email = "update message set due_at = due_at - 1 where channel = 0";
    let mut tx = w.db.begin().await.unwrap();
    sqlx::query(email).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    step(&w.db, &w.transports, NOW.plus(-1)).await.unwrap();
    step(&w.db, &w.transports, NOW).await.unwrap();
    assert_eq!((w.stored(ids[0]).await.state, w.stored(ids[1]).await.state), (State::Failed, State::Sent));
    step(&w.db, &w.transports, NOW.plus(4 * Timestamp::DAY)).await.unwrap();
    let reminders = [w.stored(ids[2]).await.state, w.stored(ids[3]).await.state];
    assert_eq!(reminders, [State::Canceled, State::Sent]);
    let told: String =
        sqlx::query_scalar("select detail from message_event where kind = 9").fetch_one(w.db.read()).await.unwrap();
    assert_eq!(told, "bounced");
    // Mended, it is sent on demand.
    w.change(ids[2], "recipient = 'ana.ruiz@example.com', state = 0, status = 0").await;
    step(&w.db, &w.transports, NOW.plus(5 * Timestamp::DAY)).await.unwrap();
    assert_eq!(w.stored(ids[2]).await.state, State::Sent);
}

#[tokio::test]
async fn an_ambiguous_answer_is_no_answer() {
    for (channel, state) in [(Email, State::Scheduled), (Sms, State::Failed)] {
        let w = World::new().await;
        let id = w.due(channel).await;
        w.memory.refuse(refusal(Class::Ambiguous, "connection reset"));
        step(&w.db, &w.transports, NOW).await.unwrap();
        assert_eq!(w.stored(id).await.state, state);
        assert_eq!(w.outcomes(id).await, [Some("ambiguous".to_owned())]);
        let later = w.stored(id).await.due_at.plus(1);
        w.memory.refuse(refusal(Class::Ambiguous, "connection reset"));
        step(&w.db, &w.transports, later).await.unwrap();
        let m = w.stored(id).await;
        assert_eq!((m.state, m.failure_code.as_deref()), (State::Failed, Some("unconfirmed")));
        assert_eq!(w.memory.calls(), if channel == Channel::Email { 2 } else { 1 });
    }
}
