//! A database that goes away, is locked, or is full.

use crate::{
    Finding, Result, Setting, Tally,
    place::{Batch, Place},
    sink::Sink,
    worker::Worker,
};
use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};
use tokio::time::sleep;

const PATIENCE: Duration = Duration::from_secs(180);

/// Mails per second over some time.
#[cfg(feature = "postgres")]
async fn rate(sink: &Sink, over: Duration) -> f64 {
    let (before, began) = (sink.taken(), Instant::now());
    sleep(over).await;
    f64::from(sink.taken() - before) / began.elapsed().as_secs_f64()
}

/// The database ends the connections, or is itself ended and started.
#[cfg(feature = "postgres")]
pub async fn t4(setting: &Setting) -> Result<Option<Finding>> {
    use sqlx::{Connection, Executor, PgConnection};
    let times = setting.times(20, 2);
    let place = Place::new(setting, "restarts").await?;
    let sink = Sink::start().await?;
    // So slow that the rate is the sink's: it is the same before and after.
    sink.take_time(Duration::from_millis(50));
    let ids = place.fill(&Batch::of(u128::from(times) * 5_000)).await?;
    let mut worker = Worker::start(&place, &sink)?;
    sleep(Duration::from_secs(2)).await;
    let usual = rate(&sink, Duration::from_secs(3)).await;
    let mut recoveries = Vec::new();
    for n in 0..times {
        if n % 2 == 0 {
            let mut server = PgConnection::connect(&std::env::var("TEST_DATABASE_URL")?).await?;
            server
                .execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = 'chaos_restarts'")
                .await?;
        } else {
            // Without a warning to anyone, as when the machine loses it.
            let status = Command::new("scripts/postgres.sh").arg("restart").status()?;
            if !status.success() {
                return Err("the database could not be restarted".into());
            }
        }
        let began = Instant::now();
        let mut recovered = None;
        while recovered.is_none() && began.elapsed() < Duration::from_secs(45) {
            let at = began.elapsed();
            if rate(&sink, Duration::from_secs(1)).await >= 0.95 * usual {
                recovered = Some(at);
            }
        }
        recoveries.push(recovered.unwrap_or(Duration::MAX));
    }
    let is_running = worker.is_running()?;
    sink.take_time(Duration::ZERO);
    place.drained(PATIENCE).await?;
    worker.stop().await?;
    let worst = recoveries.iter().max().copied().unwrap_or_default();
    let tally = Tally::of(&place, &sink, &ids).await?;
    Ok(Some(Finding {
        done: format!("{times} times under load: by turns pg_terminate_backend of all, and an immediate restart"),
        criterion: "95 % of the rate within 30 s, lost 0, each doubled one in doubt on record, the process goes on",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!("95 % of {usual:.0} mails/s after {:.0} s at most", worst.as_secs_f64().ceil()),
        passed: worst <= Duration::from_secs(30) && tally.lost == 0 && tally.unexplained == 0 && is_running,
    }))
}

/// It is a part of the process.
#[cfg(not(feature = "postgres"))]
pub async fn t4(_: &Setting) -> Result<Option<Finding>> {
    Ok(None)
}

#[cfg(feature = "postgres")]
const LOCK: &[&str] = &["begin", "lock table message in access exclusive mode"];
#[cfg(not(feature = "postgres"))]
const LOCK: &[&str] = &["begin immediate"];

/// Nothing can be written while the provider takes messages.
pub async fn t9(setting: &Setting) -> Result<Option<Finding>> {
    let time = setting.lasting(60, 5);
    let place = Place::new(setting, "locked_out").await?;
    let sink = Sink::start().await?;
    sink.take_time(Duration::from_millis(10));
    let ids = place.fill(&Batch::of(5_000)).await?;
    let mut workers = vec![Worker::start(&place, &sink)?];
    if cfg!(feature = "postgres") {
        workers.push(Worker::start(&place, &sink)?);
    }
    while sink.taken() < 500 {
        sleep(Duration::from_millis(5)).await;
    }
    let mut blocker = place.db.acquire().await?;
    for statement in LOCK {
        sqlx::query(*statement).execute(&mut *blocker).await?;
    }
    let before = sink.taken();
    sleep(time).await;
    let meanwhile = u64::from(sink.taken() - before);
    sqlx::query("rollback").execute(&mut *blocker).await?;
    drop(blocker);
    let (began, taken) = (Instant::now(), sink.taken());
    while sink.taken() == taken && began.elapsed() < PATIENCE {
        sleep(Duration::from_millis(10)).await;
    }
    let goes_on = began.elapsed();
    place.drained(PATIENCE).await?;
    let count = workers.len() as u64;
    for worker in workers {
        worker.stop().await?;
    }
    let tally = Tally::of(&place, &sink, &ids).await?;
    Ok(Some(Finding {
        done: format!("the database takes no write for {} s under load of {count} workers", time.as_secs()),
        criterion: "the workers wait, send nothing more than what was in flight, and go on; doubled 0",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!("{meanwhile} sent meanwhile; sending again after {:.1} s", goes_on.as_secs_f64()),
        passed: tally.lost + tally.doubled == 0 && meanwhile <= 16 * count && goes_on < Duration::from_secs(30),
    }))
}

/// A small file system of its own, for as long as it lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).ok()?;
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=128m", "tmpfs"]).arg(&at).output().ok()?;
        mount.status.success().then_some(Self(at))
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        let file = self.0.join("filler");
        // It ends with an error once the disk is full.
        let to = format!("of={}", file.display());
        let _ = Command::new("dd").args(["if=/dev/zero", "bs=4k", "status=none", &to]).output();
        file
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: connections to the database there may still be about to close.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// The disk of the database is full for a while. PostgreSQL has a disk of its own, and ends such transactions like any other.
pub async fn disk(setting: &Setting) -> Result<Option<Finding>> {
    if cfg!(feature = "postgres") {
        return Ok(None);
    }
    let time = setting.lasting(20, 3);
    let Some(small) = SmallDisk::mount(setting.folder.join("disk")) else {
        return Err("not run: only an administrator can mount a small file system".into());
    };
    let place = Place::within(setting, small.0.clone(), "disk").await?;
    // Its log, too.
    let place = Place { log: small.0.join("log"), ..place };
    let sink = Sink::start().await?;
    sink.take_time(Duration::from_millis(10));
    let ids = place.fill(&Batch::of(4_000)).await?;
    let mut worker = Worker::start(&place, &sink)?;
    while sink.taken() < 500 {
        sleep(Duration::from_millis(5)).await;
    }
    let filler = small.fill();
    sleep(Duration::from_millis(500)).await;
    let before = sink.taken();
    sleep(time).await;
    let meanwhile = u64::from(sink.taken() - before);
    std::fs::remove_file(filler)?;
    let began = Instant::now();
    place.drained(PATIENCE).await?;
    let took = began.elapsed();
    let is_running = worker.is_running()?;
    worker.stop().await?;
    let tally = Tally::of(&place, &sink, &ids).await?;
    Ok(Some(Finding {
        done: format!("the disk of database and log file is full for {} s under load", time.as_secs()),
        criterion: "the worker waits and goes on without a restart; lost 0, doubled 0",
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!(
            "{meanwhile} sent into the room that the log of the database still had; all sent {:.1} s after there was more",
            took.as_secs_f64()
        ),
        passed: tally.lost + tally.doubled == 0 && is_running,
    }))
}
