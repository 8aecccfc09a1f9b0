//! Limits that workers share: never more than the limit and one within a second, nor than the limit on a day.

use super::world::{BASE, NOW, World, claim_all};
use crate::{
    domain::{
        ConnectionId, Timestamp,
        connection::settings::Pace,
        message::Channel::{Email, Sms},
    },
    server::{
        delivery::{
            Transports,
            pulse::Pulse,
            worker::{Clock, run_by},
        },
        store::{id::NewId, sending},
    },
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::sleep};

/// 10 a second over four workers, by clocks of their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_workers_stay_within_the_projects_pace_together() {
    let mut w = World::new().await;
    sending::set_pace(&w.manager, Some(600)).await.unwrap();
    w.many_due(60).await;
    let calls = Arc::new(Mutex::new(Vec::new()));
    let noted = calls.clone();
    w.memory.refuse_by(move |_| {
        noted.lock().unwrap().push(Instant::now());
        None
    });
    let (spare, _) = Transports::memory(BASE).unwrap();
    let transports = Arc::new(std::mem::replace(&mut w.transports, spare));
    let (stop, stopped) = watch::channel(false);
    let began = Instant::now();
    let workers = [0, 1, 2, 3].map(|n| {
        let clock = Clock::new(move || NOW.plus(n + i64::try_from(began.elapsed().as_millis()).unwrap()));
        tokio::spawn(run_by(clock, w.db.clone(), transports.clone(), stopped.clone(), Pulse::default()))
    });
    sleep(Duration::from_secs(4)).await;
    stop.send(true).unwrap();
    for worker in workers {
        worker.await.unwrap();
    }
    let mut calls = calls.lock().unwrap().clone();
    calls.sort();
    for (n, first) in calls.iter().enumerate() {
        let within = calls[n..].iter().take_while(|at| **at < *first + Duration::from_secs(1)).count();
        assert!(within <= 11, "{within} within a second");
    }
    // How many depends on how busy the machine is: turns that come too late are lost.
    assert!((8..=42).contains(&calls.len()), "{}", calls.len());
    assert_eq!(w.count("state = 1").await, 0, "what has no turn yet is put back");
    assert_eq!(w.count("state = 2").await as usize, calls.len());
}

async fn connect(w: &World, pace: Pace) -> ConnectionId {
    let id = ConnectionId::new();
    let mut tx = w.db.begin_in(w.project).await.unwrap();
    sqlx::query(
        "insert into connection (project_id, id, channel, provider, settings, secrets, per_minute, per_day, created_at,
            changed_at, changed_by) values ($1, $2, 0, 'smtp', '{}', $3, $4, $5, 0, 0, '')",
    )
    .bind(w.project)
    .bind(id)
    .bind(vec![0_u8])
    .bind(pace.per_minute.map(|n| n as i32))
    .bind(pace.per_day.map(|n| n as i32))
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_day_has_no_more_than_its_limit_and_the_rest_goes_on_tomorrow() {
    let w = World::new().await;
    let pace = Pace { per_minute: None, per_day: Some(5) };
    let id = connect(&w, pace).await;
    let ids = w.many_due(12).await;
    let sms = w.due(Sms).await;
    let claim = claim_all(&w.db, NOW).await.unwrap();
    assert_eq!(claim.jobs.len(), 6);
    assert!(claim.jobs.iter().any(|job| job.lease.message == sms), "SMS have no such limit");
    let evening = NOW.plus(11 * Timestamp::HOUR);
    assert_eq!(claim_all(&w.db, evening).await.unwrap().jobs.len(), 0);
    let used = sending::used(&w.manager, id, Email, pace, evening).await.unwrap();
    assert_eq!((used.in_day, used.in_minute), (5, 0));
    assert_eq!(used.sentence(), "Email: 0 in this minute, 5 of 5 today.");
    // Midnight in the project's zone.
    let tomorrow = NOW.plus(12 * Timestamp::HOUR);
    assert_eq!(claim_all(&w.db, tomorrow.plus(-1)).await.unwrap().jobs.len(), 0);
    assert_eq!(claim_all(&w.db, tomorrow).await.unwrap().jobs.len(), 5);
    assert_eq!(claim_all(&w.db, tomorrow.plus(Timestamp::DAY)).await.unwrap().jobs.len(), 2);
    assert_eq!(w.count("state = 1").await, ids.len() as i64 + 1);
}

#[tokio::test]
async fn a_connections_pace_spreads_its_starts_and_is_shown() {
    let w = World::new().await;
    let pace = Pace { per_minute: Some(60), per_day: None };
    let id = connect(&w, pace).await;
    w.many_due(5).await;
    let mut starts = Vec::new();
    for second in 0..6 {
        let now = NOW.plus(second * Timestamp::SECOND);
        let claim = claim_all(&w.db, now).await.unwrap();
        assert!(claim.jobs.len() == claim.handled);
        starts.extend(claim.jobs.iter().map(|job| job.start.unwrap()));
        let used = sending::used(&w.manager, id, Email, pace, now).await.unwrap();
        assert_eq!(used.in_minute as usize, starts.len());
    }
    assert_eq!(starts.len(), 5);
    assert!(starts.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 1_000), "{starts:?}");
}
