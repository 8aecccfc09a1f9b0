//! What each report does to its message, to the customer and to what is still to come.

use super::{ANA, Hook};
use crate::{
    domain::{
        MessageId, Timestamp,
        connection::settings::Provider,
        message::{CancelCause, Channel, EventKind},
        status::{State, Status},
    },
    server::{clock, delivery::worker, store::db::Query},
};
use serde_json::{Value, json};

/// An event of SendGrid about a message, at its own time.
fn event(kind: &str, id: &str, message: MessageId, at: Timestamp, more: &Value) -> Value {
    let mut event = json!({
        "event": kind, "sg_event_id": id, "email": ANA, "timestamp": at.0 / 1000, "message": message,
    });
    more.as_object().unwrap().iter().for_each(|(name, value)| event[name] = value.clone());
    event
}

pub fn bounce(id: &str, message: MessageId, at: Timestamp) -> Value {
    event(
        "bounce",
        id,
        message,
        at,
        &json!({ "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 <Ana.Ruiz@example.com>: no such user" }),
    )
}

pub fn simple(kind: &str, id: &str, message: MessageId, at: Timestamp) -> Value {
    event(kind, id, message, at, &json!({}))
}

async fn value<T>(hook: &Hook, sql: &'static str) -> Vec<T>
where
    T: Send
        + Unpin
        + for<'r> sqlx::Decode<'r, crate::server::store::db::Engine>
        + sqlx::Type<crate::server::store::db::Engine>,
{
    Query::new(sql).build_query_scalar().fetch_all(hook.app.db.read()).await.unwrap()
}

async fn kinds(hook: &Hook, message: MessageId) -> Vec<EventKind> {
    hook.app.timeline(message).await.into_iter().map(|(kind, _)| kind).collect()
}

#[tokio::test]
async fn what_was_delivered_is_marked_so_once() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 0).await;
    let now = clock::now();
    let events = json!([
        simple("processed", "e0", sent.message, now),
        simple("delivered", "e1", sent.message, now),
        simple("delivered", "e1", sent.message, now),
        simple("delivered", "e2", sent.message, now),
        simple("open", "e3", sent.message, now),
    ]);
    let call = hook.signed(&events);
    let version = hook.app.count("select version from project_change").await;
    for _ in 0..100 {
        hook.take(&call).await;
    }
    assert_eq!(hook.app.count("select version from project_change").await, version + 1, "replays wake nobody");
    assert_eq!(hook.standing(sent.message).await, (Status::Sent, State::Sent));
    assert_eq!(value::<i64>(&hook, "select delivered_at from message").await, [now.0 / 1000 * 1000]);
    let delivered = kinds(&hook, sent.message).await.into_iter().filter(|kind| *kind == EventKind::Delivered);
    assert_eq!(delivered.count(), 1);
}

#[tokio::test]
async fn a_bounce_fails_the_message_and_stops_what_was_to_go_to_the_address() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 2).await;
    hook.take(&hook.signed(&json!([bounce("e1", sent.message, clock::now())]))).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Failed, State::Failed));
    assert_eq!(value::<String>(&hook, "select failure_code from message where status = 4").await, ["address-unknown"]);
    assert_eq!(
        value::<CancelCause>(&hook, "select cancel_cause from message where state = 4").await,
        [CancelCause::Bounced; 2]
    );
    assert_eq!(value::<String>(&hook, "select address from suppression where reason = 1 and channel = 0").await, [ANA]);
    assert_eq!(value::<MessageId>(&hook, "select message_id from suppression").await, [sent.message]);
    assert!(kinds(&hook, sent.message).await.contains(&EventKind::Failed));
    // The customer has not unsubscribed: another address may be asked.
    assert_eq!(hook.app.count("select count(*) from customer where unsubscribed_at is not null").await, 0);
    let found = hook.app.count("select count(*) from message_search where text like '%does not exist%'").await;
    assert_eq!(found, 1, "the reason is found");
    for sql in ["select failure_text from message where status = 4", "select note from suppression"] {
        let words = value::<String>(&hook, sql).await.remove(0);
        assert!(words.contains("no such user") && !words.to_lowercase().contains("ana.ruiz"), "{words}");
    }
}

#[tokio::test]
async fn what_is_not_the_addresss_fault_suppresses_nothing() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 1).await;
    let spam =
        event("bounce", "e1", sent.message, clock::now(), &json!({ "type": "blocked", "reason": "554 5.7.1 spam" }));
    hook.take(&hook.signed(&json!([spam, simple("deferred", "e2", sent.message, clock::now())]))).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Failed, State::Failed));
    assert_eq!(value::<String>(&hook, "select failure_code from message where status = 4").await, ["rejected"]);
    assert_eq!(hook.app.count("select count(*) from suppression").await, 0);
    assert_eq!(hook.app.count("select count(*) from message where state = 0").await, 1);
    assert!(kinds(&hook, sent.message).await.contains(&EventKind::Delayed));
}

#[tokio::test]
async fn a_complaint_unsubscribes_suppresses_and_cancels() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 2).await;
    hook.take(&hook.signed(&json!([simple("spamreport", "e1", sent.message, clock::now())]))).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Complained, State::Sent));
    assert_eq!(hook.app.count("select count(*) from customer where unsubscribed_at is not null").await, 1);
    assert_eq!(hook.app.count("select count(*) from suppression where reason = 3").await, 1);
    assert_eq!(
        value::<CancelCause>(&hook, "select cancel_cause from message where state = 4").await,
        [CancelCause::Complained; 2]
    );
}

#[tokio::test]
async fn an_unsubscribe_at_the_provider_counts_as_ours() {
    for kind in ["unsubscribe", "group_unsubscribe"] {
        let (hook, sent) = Hook::with_sent(Provider::SendGrid, 1).await;
        hook.take(&hook.signed(&json!([simple(kind, "e1", sent.message, clock::now())]))).await;
        assert_eq!(hook.app.count("select count(*) from customer where unsubscribed_at is not null").await, 1);
        assert_eq!(
            value::<CancelCause>(&hook, "select cancel_cause from message where state = 4").await,
            [CancelCause::Unsubscribed]
        );
        assert_eq!(hook.standing(sent.message).await, (Status::Sent, State::Sent));
        assert!(kinds(&hook, sent.message).await.contains(&EventKind::Unsubscribed));
    }
}

#[tokio::test]
async fn a_connection_changes_only_its_own_project() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 1).await;
    // The same provider account, set up for another project.
    let theirs = Hook {
        app: hook.app,
        provider: Provider::SendGrid,
        connection: crate::server::store::id::NewId::new(),
        ..Hook::new(Provider::SendGrid).await
    };
    theirs.app.project("bean").await;
    theirs.connect("bean").await;
    let before = theirs.fingerprint().await;
    for kind in ["delivered", "bounce", "spamreport", "unsubscribe"] {
        let call = theirs.signed(&json!([simple(kind, kind, sent.message, clock::now())]));
        theirs.take(&call).await;
    }
    let after = theirs.fingerprint().await;
    assert_eq!((before.0, before.1, before.2), (after.0, after.1, after.2));
    assert_eq!(theirs.app.count("select count(*) from message where state = 4").await, 0);
}

#[tokio::test]
async fn a_report_settles_what_the_provider_never_confirmed() {
    for (provider, outcome) in [
        (
            Provider::Twilio,
            "update message set state = 3, status = 4, failure_code = 'unconfirmed', failed_at = 5, sent_at = null",
        ),
        (Provider::SendGrid, "update message set state = 0, status = 0, sent_at = null"),
    ] {
        for kind in ["delivered", "failed"] {
            let (hook, sent) = Hook::with_sent(provider, 0).await;
            let mut tx = hook.app.db.begin().await.unwrap();
            for sql in [outcome, "update send_attempt set outcome = 'ambiguous', provider_id = null"] {
                Query::new(sql).build().execute(&mut *tx).await.unwrap();
            }
            tx.commit().await.unwrap();
            let call = match (provider, kind) {
                (Provider::Twilio, "delivered") => hook.status("SM1", "delivered", "", Some(sent.message)),
                (Provider::Twilio, _) => hook.status("SM1", "undelivered", "30005", Some(sent.message)),
                (_, "delivered") => hook.signed(&json!([simple("delivered", "e1", sent.message, clock::now())])),
                _ => hook.signed(&json!([bounce("e1", sent.message, clock::now())])),
            };
            hook.take(&call).await;
            let expected =
                if kind == "delivered" { (Status::Sent, State::Sent) } else { (Status::Failed, State::Failed) };
            assert_eq!(hook.standing(sent.message).await, expected, "{provider:?} {kind}");
            let codes = value::<Option<String>>(&hook, "select failure_code from message").await;
            assert_eq!(codes[0].as_deref(), (kind == "failed").then_some("address-unknown"));
            assert_eq!(hook.app.count("select count(*) from message where sent_at is not null").await, 1);
        }
    }
}

#[tokio::test]
async fn the_name_that_twilio_gave_finds_the_message() {
    let (hook, sent) = Hook::with_sent(Provider::Twilio, 0).await;
    hook.name(sent.message, "SM0123456789").await;
    for status in ["queued", "sending", "sent", "accepted"] {
        hook.take(&hook.status("SM0123456789", status, "", None)).await;
    }
    assert_eq!(hook.app.count("select count(*) from feedback_event").await, 0);
    hook.take(&hook.status("SM0123456789", "undelivered", "30006", None)).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Failed, State::Failed));
    assert_eq!(hook.app.count("select count(*) from suppression where channel = 1 and reason = 1").await, 1);
    hook.take(&hook.status("SM9999", "undelivered", "30006", None)).await;
}

#[tokio::test]
async fn an_opt_out_at_twilio_counts_as_ours() {
    let (hook, sent) = Hook::with_sent(Provider::Twilio, 1).await;
    hook.take(&hook.status("SM1", "failed", "21610", Some(sent.message))).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Failed, State::Failed));
    assert_eq!(hook.app.count("select count(*) from customer where unsubscribed_at is not null").await, 1);
    assert_eq!(hook.app.count("select count(*) from suppression where reason = 0").await, 1);
    assert_eq!(hook.app.count("select count(*) from message where state = 4").await, 1);
}

#[tokio::test]
async fn a_report_about_an_earlier_sending_changes_nothing_of_the_present_one() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 0).await;
    let long_ago = clock::now().plus(-Timestamp::DAY);
    hook.take(&hook.signed(&json!([bounce("e1", sent.message, long_ago)]))).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Sent, State::Sent));
    assert!(kinds(&hook, sent.message).await.contains(&EventKind::Stale));
    assert_eq!(hook.app.count("select count(*) from suppression").await, 1, "the address is gone all the same");
    // To an address that the customer no longer has.
    let mut other = bounce("e2", sent.message, clock::now());
    other["email"] = "former@example.com".into();
    hook.take(&hook.signed(&json!([other]))).await;
    assert_eq!(hook.standing(sent.message).await, (Status::Sent, State::Sent));
    assert_eq!(hook.app.count("select count(*) from suppression where address = 'former@example.com'").await, 1);
}

#[tokio::test]
async fn a_message_that_waits_can_neither_be_delivered_nor_fail() {
    let (hook, _) = Hook::with_sent(Provider::SendGrid, 1).await;
    let waiting = value::<MessageId>(&hook, "select id from message where state = 0").await[0];
    let events = json!([simple("delivered", "e1", waiting, clock::now()), bounce("e2", waiting, clock::now())]);
    hook.take(&hook.signed(&events)).await;
    let (status, state) = hook.standing(waiting).await;
    // The address is suppressed, and so the message is canceled.
    assert_eq!((status, state), (Status::Canceled, State::Canceled));
}

#[tokio::test]
async fn reports_while_the_message_is_being_sent_meet_its_result() {
    for kind in ["delivered", "failed", "both"] {
        for gets_through in [true, false] {
            let hook = Hook::new(Provider::SendGrid).await;
            hook.app.customer("Ana Ruiz").await;
            let gate = hook.app.memory.hold();
            let sent = async {
                let customer = value::<crate::domain::CustomerId>(&hook, "select id from customer").await[0];
                let ask = crate::domain::ask::Ask { channels: vec![Channel::Email], reminders: vec![], at: None };
                let system = hook.app.system("cup").await;
                let then = clock::now();
                crate::server::requests::create(&system, customer, &ask, super::ORIGIN, then).await.unwrap();
                worker::step(&hook.app.db, &hook.app.state.transports, then).await.unwrap();
            };
            let reported = async {
                while hook.app.memory.calls() == 0 {
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
                let message = value::<MessageId>(&hook, "select id from message where state = 1").await[0];
                hook.connect("cup").await;
                let mut events = Vec::new();
                if kind != "failed" {
                    events.push(simple("delivered", "e1", message, clock::now()));
                }
                if kind != "delivered" {
                    events.push(bounce("e2", message, clock::now()));
                }
                hook.take(&hook.signed(&json!(events))).await;
                assert_eq!(hook.standing(message).await, (Status::Scheduled, State::Sending), "{kind}");
                if !gets_through {
                    let class = crate::server::delivery::retry::Class::Ambiguous;
                    let text = "the connection broke".to_owned();
                    hook.app.memory.refuse(crate::server::delivery::Refusal { class, code: None, text });
                }
                gate.add_permits(1);
                message
            };
            let ((), message) = tokio::join!(sent, reported);
            let expected =
                if kind == "delivered" { (Status::Sent, State::Sent) } else { (Status::Failed, State::Failed) };
            assert_eq!(hook.standing(message).await, expected, "{kind} {gets_through}");
            assert_eq!(hook.app.count("select count(*) from message where sent_at is not null").await, 1, "{kind}");
            let code = value::<Option<String>>(&hook, "select failure_code from message").await;
            assert_eq!(code[0].as_deref(), (kind != "delivered").then_some("address-unknown"));
        }
    }
}

#[tokio::test]
async fn many_reports_at_once_are_few_transactions() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 0).await;
    let version = hook.app.count("select version from project_change").await;
    let calls: Vec<_> = (0..100)
        .map(|n| hook.signed(&json!([simple("deferred", &format!("e{n}"), sent.message, clock::now())])))
        .collect();
    let taken = futures::future::join_all(calls.iter().map(|call| hook.take(call))).await;
    assert_eq!(taken.len(), 100);
    let changes = hook.app.count("select version from project_change").await - version;
    assert!(changes < 60, "{changes}");
    assert_eq!(kinds(&hook, sent.message).await.iter().filter(|kind| **kind == EventKind::Delayed).count(), 100);
}

#[tokio::test]
async fn names_of_events_are_forgotten_after_a_month() {
    let (hook, sent) = Hook::with_sent(Provider::SendGrid, 0).await;
    hook.take(&hook.signed(&json!([simple("delivered", "e1", sent.message, clock::now())]))).await;
    let prune = async |now| crate::server::store::feedback::prune(&hook.app.db, now).await.unwrap();
    prune(clock::now().plus(29 * Timestamp::DAY)).await;
    assert_eq!(hook.app.count("select count(*) from feedback_event").await, 1);
    prune(clock::now().plus(31 * Timestamp::DAY)).await;
    assert_eq!(hook.app.count("select count(*) from feedback_event").await, 0);
}
