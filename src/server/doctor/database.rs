//! The database, its numbers, its clock, and what waits in it.

use super::Finding;
use crate::{
    domain::{AppError, Timestamp, stats::count},
    server::{
        clock,
        config::Config,
        store::{
            self, Db, counters,
            examine::{self, ENGINE, Standing},
            observe,
            queue::stops,
        },
    },
};

/// What is due for longer is held up by something.
const LATE: i64 = 5 * Timestamp::MINUTE;
/// How far two clocks may be apart.
const APART: i64 = 2 * Timestamp::SECOND;
/// Leases of workers, and what customers are told, go wrong with more.
const FAR_APART: i64 = Timestamp::MINUTE;

/// The database, if this release can work with it as it is, and what was found.
pub(super) async fn look(config: &Config) -> (Option<Db>, Vec<Finding>) {
    let check = "database";
    let standing = match examine::standing(&config.database_url).await {
        Ok(Standing::Current(schema)) => schema,
        Ok(Standing::New) => {
            let advice = "If there should be one, name it with DATA_DIR or DATABASE_URL.";
            return (None, vec![Finding::warning(check, "there is none yet; the first start makes it.", advice)]);
        }
        Ok(Standing::Behind(own, newest)) => {
            let found = format!("its schema is {own}, and this release has {newest}; nothing in it was looked at.");
            return (None, vec![Finding::warning(check, found, "Make a backup; the next start updates it.")]);
        }
        Err(error) => return (None, vec![Finding::error(check, error.to_string())]),
    };
    // It only checks what is there, and that it can be written to.
    let db = match store::open(&config.database_url).await {
        Ok(db) => db,
        Err(error) => return (None, vec![Finding::error(check, error.to_string())]),
    };
    let all = vec![
        Finding::ok(check, format!("{ENGINE} takes reads and writes; its schema is {standing}, this release's.")),
        integrity(&db).await,
        counters(&db).await,
        clock(&db).await,
        queue(&db).await,
    ];
    (Some(db), all)
}

fn unread(check: &'static str, error: &AppError) -> Finding {
    Finding::failure(check, format!("it could not be looked at: {error}"), "The log says why.")
}

async fn integrity(db: &Db) -> Finding {
    let check = "integrity";
    match examine::integrity(db).await {
        Ok(None) => {
            Finding::unknown(check, format!("only {ENGINE}'s own tools can tell: pg_amcheck \"$DATABASE_URL\"."))
        }
        Ok(Some(faults)) => match faults.first() {
            None => Finding::ok(check, "all pages, indexes and references of the database are sound."),
            Some(first) => Finding::failure(
                check,
                format!("the database is damaged: {first}."),
                "Stop the server, check the disk, and restore a backup: review-messages restore FILE.",
            ),
        },
        Err(error) => unread(check, &error),
    }
}

async fn counters(db: &Db) -> Finding {
    let check = "counters";
    match counters::audit(db, false).await {
        Ok(drift) if drift.is_empty() => Finding::ok(check, "the numbers on the pages agree with the messages."),
        Ok(drift) => Finding::failure(
            check,
            format!("{} differ from the messages.", count(drift.len() as u64, "counter")),
            "Correct them: review-messages counters repair.",
        ),
        Err(error) => unread(check, &error),
    }
}

/// Only the clocks of two machines can be compared.
async fn clock(db: &Db) -> Finding {
    let check = "clock of the database";
    let before = clock::now();
    match db.time().await {
        Ok(None) => Finding::ok(check, "it is this machine's own."),
        Ok(Some(there)) => {
            let between = before.plus((clock::now().0 - before.0) / 2);
            compared(check, "the database", there.0 - between.0)
        }
        Err(error) => unread(check, &error.into()),
    }
}

/// `ahead`: by how many ms the other clock is ahead of this machine's.
pub(super) fn compared(check: &'static str, whose: &str, ahead: i64) -> Finding {
    let way = if ahead < 0 { "behind" } else { "ahead of" };
    let found = format!(
        "the clock of {whose} is {}.{} s {way} this machine's.",
        ahead.abs() / 1_000,
        ahead.abs() % 1_000 / 100
    );
    let advice = "Have both machines set their clocks by NTP (timedatectl set-ntp true).";
    match ahead.abs() {
        0..=APART => Finding::ok(check, found),
        ..FAR_APART => Finding::warning(check, found, advice),
        _ => Finding::failure(check, found, advice),
    }
}

async fn queue(db: &Db) -> Finding {
    let (check, now) = ("sending", clock::now());
    let (queue, stopped) = match (observe::queue(db, now).await, stops::stopped(db).await) {
        (Ok(queue), Ok(stopped)) => (queue, stopped.len()),
        (Err(error), _) => return unread(check, &error),
        (_, Err(error)) => return unread(check, &error.into()),
    };
    let late = queue.oldest.map_or(0, |oldest| now.0 - oldest.0);
    if late > LATE {
        let due = count(queue.due.unsigned_abs(), "message");
        let found = format!("{due} should have gone out, the first {} minutes ago.", late / Timestamp::MINUTE);
        let advice = "See that a worker runs (serve without --no-worker, or work), and what the project's pages say.";
        return Finding::warning(check, found, advice);
    }
    if stopped > 0 {
        let found = format!("nothing is sent over {} for now.", count(stopped as u64, "connection"));
        return Finding::warning(check, found, "The project's pages say why, and since when.");
    }
    Finding::ok(check, format!("{} due, none for long.", count(queue.due.unsigned_abs(), "message")))
}
