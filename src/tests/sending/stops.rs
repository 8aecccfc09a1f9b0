//! Connections that stand still: faults of our own account, and providers that are down.

use super::{
    refusal,
    world::{BASE, NOW, World},
};
use crate::{
    domain::{
        ConnectionId, Timestamp,
        connection::StopReason,
        message::{
            Channel::{Email, Sms},
            FailureCode,
        },
        role::Role,
        status::State,
    },
    server::{
        clock,
        delivery::{
            Transports,
            pulse::Pulse,
            retry::Class,
            worker::{run, step},
        },
        projects::paused,
        store::queue::stops::{Stop, save, stopped},
    },
    tests::support::TestApp,
};
use std::time::Duration;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

const SIGN_IN: Class = Class::Account { reason: StopReason::SignIn, otherwise: None };
const UNTOUCHED: &str = "state = 0 and status = 0 and attempts = 0 and first_attempt_at is null";

impl World {
    /// Refuses all emails from now on.
    fn refuse_emails(&self, class: Class, text: &'static str) {
        self.memory.refuse_by(move |mail| mail.recipient.contains('@').then(|| refusal(class, text)));
    }

    fn take_all(&self) {
        self.memory.refuse_by(|_| None);
    }

    async fn send_at(&self, at: Timestamp) -> usize {
        step(&self.db, &self.transports, at).await.unwrap()
    }
}

#[tokio::test]
async fn a_wrong_password_over_a_weekend_loses_nothing() {
    let w = World::new().await;
    let ids = w.many_due(40).await;
    w.refuse_emails(SIGN_IN, "535 5.7.8 bad credentials");
    w.send_at(NOW).await;
    assert!(w.memory.calls() <= 10);
    assert_eq!(w.count(UNTOUCHED).await, 40);

    // SMS are another connection.
    let sms = w.due(Sms).await;
    w.send_at(NOW.plus(1)).await;
    assert_eq!(w.stored(sms).await.state, State::Sent);

    // Staff see why.
    let told = paused(&w.db, &w.manager, NOW.plus(Timestamp::SECOND)).await.unwrap();
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("Email is paused since today 12:00: the mail server refused our sign-in"), "{told:?}");
    assert!(told[0].contains("(535 5.7.8 bad credentials)") && told[0].contains("the next try is today 12:00"));

    let before = w.memory.calls();
    let mut at = NOW;
    while at < NOW.plus(60 * Timestamp::HOUR) {
        at = at.plus(15 * Timestamp::MINUTE);
        assert!(w.send_at(at).await <= 1);
    }
    let probes = w.memory.calls() - before;
    assert!((200..=240).contains(&probes), "{probes}");
    assert_eq!(w.count(UNTOUCHED).await, 40);
    let refused: i64 = sqlx::query_scalar("select count(*) from send_attempt where outcome = 'returned'")
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(refused as usize, w.memory.calls() - 1, "each try is on record");

    w.take_all();
    while w.send_at(at).await > 0 || !stopped(&w.db).await.unwrap().is_empty() {
        at = at.plus(Timestamp::MINUTE);
    }
    assert_eq!(w.count("state = 2 and attempts = 1").await, 41);
    assert!(paused(&w.db, &w.manager, at).await.unwrap().is_empty());
    assert_eq!(w.memory.sent().len(), ids.len() + 1);
}

#[tokio::test]
async fn a_provider_that_is_down_is_asked_seldom_and_uses_nothing_up() {
    let w = World::new().await;
    let ids = w.many_due(300).await;
    w.refuse_emails(Class::LATER, "421 not now");
    // Each step is another worker: they know of the stop through the database.
    for second in 0..600 {
        w.send_at(NOW.plus(second * Timestamp::SECOND)).await;
    }
    assert!(w.memory.calls() <= 30, "{}", w.memory.calls());
    assert!(w.count("attempts > 0").await <= 10);
    assert_eq!(w.count("state = 0").await, 300);

    // Back again: a probe, then all that waited, the longest due first.
    w.take_all();
    let back = NOW.plus(631 * Timestamp::SECOND);
    assert_eq!(w.send_at(back).await, 1);
    while w.send_at(back).await > 0 {}
    let sent: Vec<_> = w.memory.sent().into_iter().filter_map(|mail| mail.message).collect();
    assert_eq!(sent.len(), 300);
    let order: Vec<_> = sent[1..100].iter().map(|id| ids.iter().position(|known| known == id).unwrap()).collect();
    assert!(order.is_sorted_by(|a, b| a < &(b + 16)), "but for those that go at the same time: {order:?}");
}

#[tokio::test]
async fn what_a_provider_has_against_one_message_stops_nothing() {
    let w = World::new().await;
    w.many_due(60).await;
    w.refuse_emails(Class::Permanent(FailureCode::Rejected), "554 5.7.1 spam");
    w.send_at(NOW).await;
    assert_eq!(w.count("state = 3").await, 60);
    assert!(stopped(&w.db).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_probe_passes_over_what_may_not_be_sent() {
    let w = World::new().await;
    let id = w.due(Email).await;
    w.refuse_emails(SIGN_IN, "535 no");
    w.send_at(NOW).await;
    w.take_all();
    w.change(id, "due_at = 1").await;
    let mut tx = w.db.begin().await.unwrap();
    sqlx::query("update customer set unsubscribed_at = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let other = w.due(Email).await;
    w.send_at(NOW.plus(Timestamp::MINUTE)).await;
    assert_eq!((w.count("state = 4").await, w.stored(other).await.state), (1, State::Sent));
    assert!(stopped(&w.db).await.unwrap().is_empty());
}

/// Whoever mends the settings starts the server anew, and need not wait for the next try.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_starts_tries_at_once() {
    let w = World::new().await;
    let id = w.due(Email).await;
    w.refuse_emails(SIGN_IN, "535 no");
    w.send_at(clock::now()).await;
    assert_eq!(stopped(&w.db).await.unwrap()[0].reason, StopReason::SignIn);
    let (transports, _) = Transports::memory(BASE).unwrap();
    let (stop, told) = watch::channel(false);
    let worker = tokio::spawn(run(w.db.clone(), transports.into(), told, Pulse::default()));
    let sent = async {
        while w.stored(id).await.state != State::Sent || !stopped(&w.db).await.unwrap().is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(10), sent).await.unwrap();
    drop(stop);
    worker.await.unwrap();
}

/// A mail server may take minutes for each mail.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_mail_server_holds_up_no_sms_and_no_search_for_what_is_lost() {
    let w = World::new().await;
    w.many_due(60).await;
    let lost = w.due(Sms).await;
    w.change(lost, "due_at = 9000000000000").await;
    let (transports, memory) = Transports::memory(BASE).unwrap();
    let gate = memory.hold_emails();
    let (stop, told) = watch::channel(false);
    let worker = tokio::spawn(run(w.db.clone(), transports.into(), told, Pulse::default()));
    // After a good answer it is given all of its places.
    gate.add_permits(1);
    let reached = async {
        while memory.calls() < 17 {
            sleep(Duration::from_millis(10)).await;
        }
        w.change(lost, "state = 1, generation = 1, attempts = 1, lease_until = 1").await;
        let sms = w.due(Sms).await;
        while w.stored(sms).await.state != State::Sent || w.stored(lost).await.state != State::Scheduled {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), reached).await.unwrap();
    assert_eq!((memory.calls(), memory.sent().len()), (18, 2));
    gate.add_permits(100);
    drop(stop);
    worker.await.unwrap();
}

#[tokio::test]
async fn every_page_says_that_a_connection_is_paused() {
    let app = TestApp::new().await;
    let staff = app.member(Role::Viewer).await;
    let pages = ["/projects/cup/messages", "/projects/cup/customers"];
    for page in pages {
        assert!(!staff.get(page).await.body.contains("is paused since"), "{page}");
    }
    let stop = Stop {
        connection: ConnectionId::of_deployment(Email),
        channel: Email,
        project: None,
        since: clock::now(),
        reason: StopReason::Quota,
        code: Some("550".into()),
        words: "550 5.4.5 Daily limit <exceeded>".into(),
        tries: 0,
        next_probe: clock::now().plus(Timestamp::MINUTE),
    };
    save(&app.db, &stop, 0).await.unwrap();
    for page in pages {
        let body = staff.get(page).await.body;
        assert!(body.contains("Email is paused since today"), "{page}");
        assert!(body.contains("(550 5.4.5 Daily limit &lt;exceeded&gt;). Messages wait and none is lost"), "{page}");
    }
}
