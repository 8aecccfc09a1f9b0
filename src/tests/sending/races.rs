//! Races between workers, staff and restarts.

use super::world::{BASE, NOW, World, claim_all};
use crate::{
    domain::{
        AppError, MessageId,
        ask::Ask,
        message::{
            Channel::{Email, Sms},
            EventKind,
        },
        status::State,
    },
    server::{
        clock,
        delivery::{
            Transports,
            pulse::Pulse,
            worker::{run, step, step_until},
        },
        requests::create,
        store::{steering, touch},
    },
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

const PAIRS: usize = 1_000;

/// After the answer "canceled" no message is sent; after any other, exactly one is.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancel_and_a_claim_never_both_win() {
    let w = Arc::new(World::new().await);
    let ids = w.many_due(PAIRS).await;
    let mut tasks = JoinSet::new();
    for part in ids.chunks(PAIRS / 4) {
        let (w, part) = (w.clone(), part.to_vec());
        tasks.spawn(async move {
            let mut canceled = Vec::new();
            for id in part {
                let answer = steering::cancel(&w.manager, id, false, NOW).await;
                assert!(matches!(answer, Ok(_) | Err(AppError::Conflict(_))), "{answer:?}");
                canceled.push((id, answer.is_ok()));
            }
            canceled
        });
    }
    for _ in 0..2 {
        let w = w.clone();
        tasks.spawn(async move {
            let mut idle = 0;
            while idle < 3 {
                idle = if step(&w.db, &w.transports, NOW).await.unwrap() == 0 { idle + 1 } else { 0 };
                tokio::task::yield_now().await;
            }
            Vec::new()
        });
    }
    let canceled: HashMap<MessageId, bool> = tasks.join_all().await.into_iter().flatten().collect();
    let mut mails: HashMap<MessageId, usize> = HashMap::new();
    for mail in w.memory.sent() {
        *mails.entry(mail.message.unwrap()).or_default() += 1;
    }
    assert_eq!(canceled.len(), PAIRS);
    for (id, was_canceled) in &canceled {
        let arrived = mails.get(id).copied().unwrap_or(0);
        assert_eq!(arrived, usize::from(!was_canceled), "{id}");
        let state = w.stored(*id).await.state;
        assert_eq!(state, if *was_canceled { State::Canceled } else { State::Sent });
    }
    let won = canceled.values().filter(|won| **won).count();
    assert!(won > 0 && won < PAIRS, "a race that one side always wins proves little: {won}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_workers_claim_each_message_once() {
    let w = Arc::new(World::new().await);
    w.many_due(600).await;
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let w = w.clone();
        tasks.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = claim_all(&w.db, NOW).await.unwrap();
                if claimed.handled == 0 {
                    return mine;
                }
                mine.extend(claimed.jobs.into_iter().map(|job| job.lease.message));
            }
        });
    }
    let mut all: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(all.len(), 600);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_stops_puts_back_what_it_has_not_begun() {
    let w = Arc::new(World::new().await);
    for _ in 0..4 {
        w.due(Sms).await;
    }
    w.many_due(36).await;
    let gate = w.memory.hold();
    let (stop, stopped) = watch::channel(false);
    let working = {
        let w = w.clone();
        tokio::spawn(async move { step_until(&w.db, &w.transports, NOW, &stopped).await.unwrap() })
    };
    // Ten emails at a time and the four SMS, until the provider has answered for the first time.
    while w.memory.calls() < 14 {
        sleep(Duration::from_millis(5)).await;
    }
    stop.send(true).unwrap();
    gate.add_permits(100);
    assert_eq!(working.await.unwrap(), 40);

    assert_eq!(w.memory.sent().len(), 14);
    assert_eq!(w.count("state = 2").await, 14);
    assert_eq!(w.count("state = 1").await, 0);
    let untouched = "state = 0 and attempts = 0 and first_attempt_at is null and lease_until is null";
    assert_eq!(w.count(untouched).await, 26);
    // They go out with the next start.
    assert_eq!(step(&w.db, &w.transports, NOW).await, Ok(26));
    assert_eq!(w.memory.sent().len(), 40);
    let begun: i64 = sqlx::query_scalar("select count(*) from message_event where kind = $1")
        .bind(EventKind::Attempted)
        .fetch_one(w.db.read())
        .await
        .unwrap();
    assert_eq!(begun, 40);
}

/// A provider that hangs blocks one place: the other places keep working, on later claims, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_hangs_holds_nobody_else_up() {
    let mut w = World::new().await;
    w.many_due(250).await;
    let gate = w.memory.hold();
    gate.add_permits(249);
    let (spare, _) = Transports::memory(BASE).unwrap();
    let transports = Arc::new(std::mem::replace(&mut w.transports, spare));
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(run(w.db.clone(), transports, stopped, Pulse::default()));
    timeout(Duration::from_secs(20), async {
        while w.count("state = 2").await < 249 {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(w.count("state = 1").await, 1);
    gate.add_permits(1);
    stop.send(true).unwrap();
    timeout(Duration::from_secs(10), running).await.unwrap().unwrap();
    assert_eq!((w.memory.sent().len(), w.count("state = 2").await), (250, 250));
}

/// Writing a result is retried until it succeeds; the message is not sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_database_holds_the_worker_up_and_nothing_more() {
    let w = Arc::new(World::new().await);
    let id = w.due(Email).await;
    let gate = w.memory.hold();
    let working = {
        let w = w.clone();
        tokio::spawn(async move { step(&w.db, &w.transports, NOW).await.unwrap() })
    };
    while w.memory.calls() == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    let mut blocker = w.db.begin().await.unwrap();
    touch(&mut blocker, w.project).await.unwrap();
    gate.add_permits(100);
    sleep(Duration::from_millis(400)).await;
    assert_eq!((w.memory.sent().len(), w.stored(id).await.state), (1, State::Sending));
    blocker.rollback().await.unwrap();
    assert_eq!(working.await.unwrap(), 1);
    assert_eq!((w.memory.calls(), w.stored(id).await.state), (1, State::Sent));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loop_sends_what_becomes_due_and_stops_when_told() {
    let mut w = World::new().await;
    let ana = w.customer("Ana Ruiz", "ana@example.com", "").await;
    let (spare, _) = Transports::memory(BASE).unwrap();
    let transports = Arc::new(std::mem::replace(&mut w.transports, spare));
    for told in [true, false] {
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(run(w.db.clone(), transports.clone(), stopped, Pulse::default()));
        if told {
            let ask = Ask { channels: vec![Email], reminders: vec![], at: None };
            create(&w.manager, ana, &ask, BASE, clock::now()).await.unwrap();
            timeout(Duration::from_secs(10), async {
                while w.memory.sent().is_empty() {
                    sleep(Duration::from_millis(10)).await;
                }
            })
            .await
            .unwrap();
            stop.send(true).unwrap();
        } else {
            drop(stop);
        }
        timeout(Duration::from_secs(10), running).await.unwrap().unwrap();
    }
    assert_eq!(w.memory.sent().len(), 1);
}
