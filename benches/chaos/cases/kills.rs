//! kill -9.

use crate::{
    Finding, Result, Setting, Tally,
    place::{Batch, By, Place},
    sink::{At, Sink},
    twilio::Twilio,
    worker::Worker,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// The most calls of one worker that are under way.
const IN_FLIGHT: u64 = 16;
const PATIENCE: Duration = Duration::from_secs(120);

/// A worker is killed at a random moment of 3,000 mails, and another one goes on.
pub async fn t1(setting: &Setting) -> Result<Option<Finding>> {
    const MAILS: u128 = 3_000;
    let kills = setting.times(100, 3);
    let place = Place::new(setting, "kills").await?;
    let sink = Sink::start().await?;
    sink.take_time(Duration::from_millis(8));
    let (mut all, mut worst, mut slowest) = (Tally::default(), 0, Duration::ZERO);
    let mut worker = Worker::start(&place, &sink)?;
    for n in 0..u128::from(kills) {
        let ids = place.fill(&Batch { first: 1 + n * MAILS, ..Batch::of(MAILS) }).await?;
        sleep(Duration::from_millis(fastrand::u64(100..2_500))).await;
        worker.kill()?;
        place.expire_leases().await?;
        let taken = sink.taken();
        let began = Instant::now();
        worker = Worker::start(&place, &sink)?;
        // All may have been sent before.
        while sink.taken() == taken && place.states().await?.scheduled > 0 && began.elapsed() < PATIENCE {
            sleep(Duration::from_millis(5)).await;
        }
        slowest = slowest.max(began.elapsed());
        place.drained(PATIENCE).await?;
        let tally = Tally::of(&place, &sink, &ids).await?;
        worst = worst.max(tally.doubled);
        all.add(tally);
    }
    worker.stop().await?;
    let states = place.states().await?;
    Ok(Some(Finding {
        done: format!("{kills} times kill -9 at a random moment of {MAILS} mails, restart"),
        criterion: "lost 0; doubled per kill ≤ 16 (calls in flight), each with an attempt in doubt on record",
        lost: all.lost,
        doubled: all.doubled,
        recovery: format!(
            "sending again after {:.1} s at most; {worst} doubled by the worst kill, {} without a record; {} left as unconfirmed",
            slowest.as_secs_f64(),
            all.unexplained,
            states.failed
        ),
        passed: all.lost == 0 && worst <= IN_FLIGHT && all.unexplained == 0 && states.sending == 0,
    }))
}

/// The same with SMS, of which nobody can tell whether the provider took them.
pub async fn t3(setting: &Setting) -> Result<Option<Finding>> {
    const MESSAGES: u128 = 300;
    let kills = setting.times(30, 3);
    let place = Place::new(setting, "sms").await?;
    let twilio = Twilio::start().await?;
    twilio.take_time(Duration::from_millis(50));
    let mut worker = Worker::with(&place, &twilio.settings())?;
    for n in 0..u128::from(kills) {
        place.fill(&Batch { first: 1 + n * MESSAGES, by: By::Sms, ..Batch::of(MESSAGES) }).await?;
        sleep(Duration::from_millis(fastrand::u64(100..1_200))).await;
        worker.kill()?;
        place.expire_leases().await?;
        worker = Worker::with(&place, &twilio.settings())?;
        place.drained(PATIENCE).await?;
    }
    worker.stop().await?;
    let of: Vec<(String, i16, Option<String>)> =
        sqlx::query_as("select recipient, state, failure_code from message").fetch_all(&place.db).await?;
    let (mut lost, mut doubled, mut unconfirmed, mut wrong) = (0, 0, 0_u64, 0_u64);
    for (number, state, failure) in of {
        let times = u64::from(twilio.times(&number));
        let is_unconfirmed = state == 3 && failure.as_deref() == Some("unconfirmed");
        doubled += times.saturating_sub(1);
        unconfirmed += u64::from(is_unconfirmed);
        lost += u64::from(times == 0 && !is_unconfirmed);
        wrong += u64::from(!(is_unconfirmed || state == 2 && times == 1));
    }
    Ok(Some(Finding {
        done: format!("{kills} times kill -9 while {MESSAGES} SMS go to a provider without idempotency, restart"),
        criterion: "doubled 0; what was in flight is shown as unconfirmed, never as sent",
        lost,
        doubled,
        recovery: format!("{unconfirmed} held as unconfirmed for staff; {wrong} with another outcome"),
        passed: lost == 0 && doubled == 0 && wrong == 0 && unconfirmed <= u64::from(kills) * IN_FLIGHT,
    }))
}

/// One mail kills each worker that sends it; another one is of 25 MB.
pub async fn t13(setting: &Setting) -> Result<Option<Finding>> {
    const MAILS: u128 = 600;
    let place = Place::new(setting, "poison").await?;
    let sink = Sink::start().await?;
    sink.take_time(Duration::from_millis(8));
    let ids = place.fill(&Batch::of(MAILS)).await?;
    let big = Batch { first: MAILS + 1, html: "x".repeat(25 << 20), ..Batch::of(1) };
    let big = place.fill(&big).await?[0];
    let poison = ids[200];
    let bites = Arc::new(AtomicBool::new(false));
    let bite = bites.clone();
    sink.answer(move |at, to| {
        if at == At::Rcpt && to == "customer.201@example.com" {
            bite.store(true, Ordering::Relaxed);
            return Some(crate::sink::Answer::Silence);
        }
        None
    });
    let mut kills = 0_u32;
    let began = Instant::now();
    let mut worker = Worker::start(&place, &sink)?;
    while place.drained(Duration::from_secs(1)).await.is_err() {
        if bites.swap(false, Ordering::Relaxed) {
            kills += 1;
            worker.kill()?;
            place.expire_leases().await?;
            worker = Worker::start(&place, &sink)?;
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("{:?} after {kills} kills", place.states().await?).into());
        }
    }
    worker.stop().await?;
    let others: Vec<_> = ids.iter().copied().filter(|id| *id != poison).chain([big]).collect();
    let tally = Tally::of(&place, &sink, &others).await?;
    let ended = place.number("select count(*) from message where state = 3 and failure_code = 'unconfirmed'").await?;
    let states = place.states().await?;
    Ok(Some(Finding {
        done: format!("{MAILS} mails, one of which kills each worker that sends it, and one of 25 MB"),
        criterion: "the others arrive; the one ends as failed after its second attempt",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!("{kills} workers killed; {} sent, {} failed", states.sent, states.failed),
        passed: tally.lost == 0 && tally.unexplained == 0 && kills == 2 && ended == 1 && states.failed == 1,
    }))
}
