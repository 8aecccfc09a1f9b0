//! Clocks that are set while messages are under way, and workers that are taken for dead.

use super::world::{BASE, NOW, World};
use crate::{
    domain::{Timestamp, message::Channel::Sms, status::State},
    server::{
        clock,
        delivery::{
            Transports,
            pulse::Pulse,
            worker::{Clock, run, run_by, step},
        },
        store::queue::LEASE,
    },
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// Longer than the pause between two searches for lost claims.
const A_SEARCH: Duration = Duration::from_millis(1_500);

async fn until(what: impl AsyncFn() -> bool) {
    let reached = async {
        while !what().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), reached).await.unwrap();
}

fn transports_of(w: &mut World) -> Arc<Transports> {
    let (spare, _) = Transports::memory(BASE).unwrap();
    Arc::new(std::mem::replace(&mut w.transports, spare))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_by_an_hour_doubles_nothing() {
    for hours in [1, -1] {
        let mut w = World::new().await;
        w.many_due(25).await;
        let sms = w.due(Sms).await;
        let gate = w.memory.hold();
        let transports = transports_of(&mut w);
        let set = Arc::new(AtomicI64::new(0));
        let (stop, stopped) = watch::channel(false);
        // Both on the same machine.
        let workers = [0, 1].map(|_| {
            let set = set.clone();
            let clock = Clock::new(move || clock::now().plus(set.load(Ordering::Relaxed)));
            tokio::spawn(run_by(clock, w.db.clone(), transports.clone(), stopped.clone(), Pulse::default()))
        });
        until(async || w.memory.calls() >= 11).await;
        set.store(hours * Timestamp::HOUR, Ordering::Relaxed);
        sleep(A_SEARCH).await;
        assert_eq!(w.count("state = 1").await, 26, "neither takes the other's leases for lost");
        gate.add_permits(1_000);
        until(async || w.count("state = 2").await == 26).await;
        sleep(A_SEARCH).await;
        stop.send(true).unwrap();
        for worker in workers {
            timeout(Duration::from_secs(10), worker).await.unwrap().unwrap();
        }
        assert_eq!(w.memory.calls(), 26, "{hours}");
        assert_eq!(w.stored(sms).await.state, State::Sent);
        let clean: i64 = sqlx::query_scalar("select count(*) from send_attempt where outcome = 'sent'")
            .fetch_one(w.db.read())
            .await
            .unwrap();
        assert_eq!(clean, 26);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_never_takes_its_own_leases_for_lost() {
    let mut w = World::new().await;
    let ids = w.many_due(3).await;
    let gate = w.memory.hold();
    let transports = transports_of(&mut w);
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(run(w.db.clone(), transports, stopped, Pulse::default()));
    until(async || w.memory.calls() == 3).await;
    for id in &ids {
        w.change(*id, "lease_until = 1").await;
    }
    sleep(A_SEARCH).await;
    assert_eq!(w.count("state = 1").await, 3);
    gate.add_permits(3);
    until(async || w.count("state = 2").await == 3).await;
    drop(stop);
    worker.await.unwrap();
}

/// As after SIGSTOP: another worker takes over what the first then sends after all.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_suspended_is_heard_once_it_goes_on() {
    let mut w = World::new().await;
    let ids = w.many_due(2).await;
    let gate = w.memory.hold();
    let transports = transports_of(&mut w);
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(run(w.db.clone(), transports, stopped, Pulse::default()));
    until(async || w.memory.calls() == 2).await;
    let (given_up, begun_again) = (ids[0], ids[1]);
    assert_eq!(step(&w.db, &w.transports, clock::now().plus(LEASE + 1)).await, Ok(2));
    assert_eq!(w.count("state = 0 and attempts = 1").await, 2);
    w.change(begun_again, "state = 1, generation = generation + 1, lease_until = 9000000000000").await;
    let before = w.stored(begun_again).await;
    gate.add_permits(2);
    until(async || w.stored(given_up).await.state == State::Sent).await;
    stop.send(true).unwrap();
    worker.await.unwrap();
    assert_eq!(w.outcomes(given_up).await, [Some("sent".to_owned())]);
    assert_eq!(w.stored(begun_again).await, before);
    assert!(w.stored(given_up).await.sent_at > Some(NOW));
}

/// Workers on machines with different clocks go by the database's, where it has one; SQLite is on the worker's own machine.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_early_because_a_workers_clock_is_ahead() {
    let mut w = World::new().await;
    let due = w.due(Sms).await;
    let later = w.many_due(1).await[0];
    let mut tx = w.db.begin_in(w.project).await.unwrap();
    sqlx::query("update message set due_at = $1 where id = $2")
        .bind(clock::now().plus(30 * Timestamp::MINUTE))
        .bind(later)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let ahead = Arc::new(AtomicI64::new(Timestamp::HOUR));
    let clock = {
        let ahead = ahead.clone();
        Clock::new(move || clock::now().plus(ahead.load(Ordering::Relaxed)))
    };
    let (stop, stopped) = watch::channel(false);
    let transports = transports_of(&mut w);
    let worker = tokio::spawn(run_by(clock, w.db.clone(), transports, stopped, Pulse::default()));
    until(async || w.stored(due).await.state == State::Sent).await;
    // It jumps while the worker runs, too.
    ahead.store(3 * Timestamp::HOUR, Ordering::Relaxed);
    sleep(A_SEARCH).await;
    let is_early = w.stored(later).await.state == State::Sent;
    assert_eq!(is_early, cfg!(not(feature = "postgres")));
    let sent = w.stored(due).await.sent_at.unwrap();
    let off = (sent.0 - clock::now().0).abs();
    assert!(cfg!(not(feature = "postgres")) || off < Timestamp::MINUTE, "{off}");
    stop.send(true).unwrap();
    worker.await.unwrap();
}
