//! Works on bulk actions, some messages in a transaction: what became of them is written with them, so that a server that was stopped or
//! killed goes on where it was, and other writers have the database in between. Several servers may do so at once.

use crate::{
    domain::{AppResult, Timestamp},
    server::{
        AppState, clock,
        import::run::fitting,
        store::{
            Db,
            bulk::{self, Key, Step},
        },
    },
};
use std::time::{Duration, Instant};
use tokio::{sync::watch, time::sleep};

/// How many messages the first transaction of a turn changes.
const FIRST: usize = 100;
/// How long one action is worked on before the next has its turn.
const TURN: Duration = Duration::from_millis(500);
/// How often it is looked for what another process began.
const LOOK: i64 = 2 * Timestamp::SECOND;
/// The shortest pause, where an action goes at a pace.
const SHORTEST: i64 = 50;
const EACH_HOUR: Duration = Duration::from_secs(3600);

/// Works on bulk actions until the server stops.
pub async fn run(state: AppState) {
    let mut stop = state.stop.clone();
    while !is_stopped(&stop) {
        if let Err(error) = tokio::spawn(run_all(state.clone())).await {
            tracing::error!(%error, "a bulk action has crashed; they go on in five seconds");
            tokio::select! {
                () = sleep(Duration::from_secs(5)) => {}
                () = stopped(&mut stop) => {}
            }
        }
    }
}

fn is_stopped(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn run_all(state: AppState) {
    let mut stop = state.stop.clone();
    let mut tidied = None::<Instant>;
    while !is_stopped(&stop) {
        if tidied.is_none_or(|at| at.elapsed() > EACH_HOUR) {
            tidied = Some(Instant::now());
            if let Err(error) = bulk::forget(&state.db, clock::now()).await {
                tracing::warn!(%error, "old bulk actions could not be tidied; trying again in an hour");
            }
        }
        let pause = turn(&state.db, &stop).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "bulk actions could not go on; trying again in two seconds");
            Duration::from_secs(2)
        });
        tokio::select! {
            () = state.bulk.notified() => {}
            () = sleep(pause) => {}
            () = stopped(&mut stop) => {}
        }
    }
}

/// Gives each that waits a turn; returns after which pause to look again.
async fn turn(db: &Db, stop: &watch::Receiver<bool>) -> AppResult<Duration> {
    for key in bulk::waiting(db, clock::now()).await? {
        if is_stopped(stop) {
            break;
        }
        if let Err(error) = go_on(db, key, TURN).await {
            tracing::warn!(%error, "a bulk action could not go on; trying again in its next turn");
        }
    }
    let now = clock::now();
    let wait = bulk::next_time(db).await?.map_or(LOOK, |next| next.0 - now.0);
    Ok(Duration::from_millis(wait.clamp(SHORTEST, LOOK).unsigned_abs()))
}

/// Works on one until it has ended, waits for its pace, or the time is over.
///
/// # Errors
/// Where the database takes nothing at the moment.
pub async fn go_on(db: &Db, key: Key, within: Duration) -> AppResult<Step> {
    let began = Instant::now();
    let (mut size, mut skipping) = (FIRST, false);
    loop {
        let step = Instant::now();
        match bulk::step(db, key, size, skipping, clock::now()).await? {
            Step::On if began.elapsed() < within => {
                let took = step.elapsed();
                size = if skipping { 1 } else { fitting(size, took) };
                skipping = false;
                // For writers of other processes, which wait for the file and not in our queue.
                sleep((took / 10).max(Duration::from_millis(1))).await;
            }
            Step::Refused if size > 1 => size /= 2,
            Step::Refused if !skipping => skipping = true,
            end => return Ok(end),
        }
    }
}
