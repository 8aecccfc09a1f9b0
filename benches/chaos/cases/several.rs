//! Several workers, workers that are told to stop, and one that is suspended.

use crate::{
    Finding, Result, Setting, Tally,
    place::{self, Batch, Place},
    sink::Sink,
    worker::Worker,
};
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(180);
/// A lease holds for a minute.
const LEASE: Duration = Duration::from_secs(60);

/// Whether others can write: a process that is suspended in a transaction keeps its locks.
async fn can_write(place: &Place) -> bool {
    let update = place.execute("update project_change set version = version + 1");
    matches!(timeout(Duration::from_millis(500), update).await, Ok(Ok(_)))
}

/// A worker is suspended for longer than its leases hold; another one takes over and sends even what was in doubt; the first
/// goes on.
pub async fn t5(setting: &Setting) -> Result<Option<Finding>> {
    let time = setting.lasting(90, 5);
    let place = Place::new(setting, "suspended").await?;
    let sink = Sink::start().await?;
    sink.take_time(Duration::from_millis(40));
    let ids = place.fill(&Batch::of(4_000)).await?;
    let first = Worker::start(&place, &sink)?;
    while sink.taken() < 300 {
        sleep(Duration::from_millis(10)).await;
    }
    loop {
        first.suspend()?;
        if can_write(&place).await {
            break;
        }
        first.resume()?;
        sleep(Duration::from_millis(23)).await;
    }
    let began = Instant::now();
    let held = place.states().await?.sending;
    if time < LEASE + Duration::from_secs(5) {
        place.expire_leases().await?;
    }
    let second = Worker::start(&place, &sink)?;
    place.drained(PATIENCE).await?;
    sleep(time.saturating_sub(began.elapsed())).await;
    let before = (sink.taken(), place.states().await?);
    let in_doubt = place.in_doubt().await?.len();
    first.resume()?;
    sleep(Duration::from_secs(3)).await;
    let after = (sink.taken(), place.states().await?);
    let late =
        place.number("select count(*) from send_attempt where outcome = 'ambiguous' and detail like '%taken%'").await?;
    first.stop().await?;
    second.stop().await?;
    let tally = Tally::of(&place, &sink, &ids).await?;
    Ok(Some(Finding {
        done: format!(
            "SIGSTOP of a worker for {:.0} s (leases {}), another one takes over, SIGCONT",
            began.elapsed().as_secs_f64(),
            if time < LEASE + Duration::from_secs(5) { "moved back" } else { "of 60 s" }
        ),
        criterion: "lost 0; each doubled one in doubt on record; the first changes and sends nothing that the second ended",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!(
            "took over {held} claims, {in_doubt} of them in doubt and sent once more; {late} late results came, and were noted; {} mails after SIGCONT",
            after.0 - before.0
        ),
        passed: tally.lost == 0
            && tally.unexplained == 0
            && in_doubt as u64 <= 16
            && after.1.sent == ids.len() as i64
            && before.1.sent == after.1.sent
            && before.0 == after.0,
    }))
}

/// A worker that is suspended at any moment, also inside of a transaction, holds up another one only until the database ends
/// that transaction.
#[cfg(feature = "postgres")]
pub async fn suspended(setting: &Setting) -> Result<Option<Finding>> {
    let place = Place::new(setting, "locked").await?;
    let sink = Sink::start().await?;
    let ids = place.fill(&Batch::of(20_000)).await?;
    let first = Worker::start(&place, &sink)?;
    while sink.taken() < 300 {
        sleep(Duration::from_millis(10)).await;
    }
    // Until it is hit inside of a transaction.
    let mut is_locked = false;
    for _ in 0..200 {
        first.suspend()?;
        is_locked = !can_write(&place).await;
        if is_locked {
            break;
        }
        first.resume()?;
        sleep(Duration::from_millis(fastrand::u64(5..25))).await;
    }
    let began = Instant::now();
    let taken = sink.taken();
    let second = Worker::start(&place, &sink)?;
    while sink.taken() < taken + 50 && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(50)).await;
    }
    let held_up = began.elapsed();
    first.resume()?;
    place.drained(PATIENCE).await?;
    first.stop().await?;
    second.stop().await?;
    let tally = Tally::of(&place, &sink, &ids).await?;
    Ok(Some(Finding {
        done: format!(
            "SIGSTOP of a worker {} a transaction that another one waits for",
            if is_locked { "inside of" } else { "(200 times, never inside of)" }
        ),
        criterion: "the other one sends within 60 s; lost 0; each doubled one in doubt on record",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!("the other one sent after {:.0} s", held_up.as_secs_f64()),
        passed: tally.lost == 0 && tally.unexplained == 0 && held_up < Duration::from_secs(60),
    }))
}

/// The file's lock ends only with the process.
#[cfg(not(feature = "postgres"))]
pub async fn suspended(_: &Setting) -> Result<Option<Finding>> {
    Ok(None)
}

/// SIGTERM while it sends.
pub async fn t6(setting: &Setting) -> Result<Option<Finding>> {
    let times = setting.times(20, 2);
    let place = Place::new(setting, "stopped").await?;
    let sink = Sink::start().await?;
    sink.take_time(Duration::from_millis(30));
    let mut ids = Vec::new();
    let (mut slowest, mut late, mut left) = (Duration::ZERO, 0, 0);
    for n in 0..u128::from(times) {
        ids.extend(place.fill(&Batch { first: 1 + n * 1_000, ..Batch::of(1_000) }).await?);
        let worker = Worker::start(&place, &sink)?;
        sleep(Duration::from_millis(fastrand::u64(300..1_500))).await;
        let told = place::now();
        slowest = slowest.max(worker.stop().await?);
        late += place.number(&format!("select count(*) from send_attempt where started_at > {}", told + 100)).await?;
        left += place.states().await?.sending;
    }
    let worker = Worker::start(&place, &sink)?;
    place.drained(PATIENCE).await?;
    worker.stop().await?;
    let tally = Tally::of(&place, &sink, &ids).await?;
    Ok(Some(Finding {
        done: format!("{times} times SIGTERM under load, at the end a start"),
        criterion: "no new call after 100 ms, out within 30 s, nothing left “being sent”, doubled 0",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!("out within {:.2} s; {late} calls begun after 100 ms; {left} left", slowest.as_secs_f64()),
        passed: tally.lost + tally.doubled == 0 && late == 0 && left == 0 && slowest < Duration::from_secs(30),
    }))
}

/// Many workers at one queue, without faults.
pub async fn t7(setting: &Setting) -> Result<Option<Finding>> {
    // SQLite is for one machine: there are two at most, an old one that ends and a new one.
    let (workers, mails) = if cfg!(feature = "postgres") { (8, 50_000) } else { (2, 20_000) };
    let mails = u128::from(setting.times(mails, 2_000));
    let place = Place::new(setting, "many").await?;
    let sink = Sink::start().await?;
    let mut ids = Vec::new();
    for project in 1..=5 {
        ids.extend(place.fill(&Batch { project, ..Batch::of(mails / 5) }).await?);
    }
    let began = Instant::now();
    let all = (0..workers).map(|_| Worker::start(&place, &sink)).collect::<Result<Vec<_>>>()?;
    place.idle(PATIENCE * 3).await?;
    let took = began.elapsed().as_secs_f64();
    for worker in all {
        worker.stop().await?;
    }
    let again = place.number("select count(*) from message where attempts <> 1 or state <> 2").await?;
    let attempts = place.number("select count(*) from send_attempt").await?;
    let tally = Tally::of(&place, &sink, &ids).await?;
    let count = ids.len() as i64;
    Ok(Some(Finding {
        done: format!("{workers} workers, {count} mails of 5 projects due at once"),
        criterion: "each claimed and sent once: one attempt on record for each",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!("{attempts} attempts; {:.0} mails/s with the start", count as f64 / took),
        passed: tally.lost + tally.doubled == 0 && again == 0 && attempts == count,
    }))
}
