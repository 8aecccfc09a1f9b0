//! Connections to providers over which nothing is sent for now: what all workers, and staff, know of each other's stops.

use crate::{
    domain::{ConnectionId, ProjectId, Timestamp, connection::StopReason, message::Channel},
    server::store::db::Db,
};

/// Why a connection stands still, and when it is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    pub connection: ConnectionId,
    pub channel: Channel,
    /// None for the deployment's connection.
    pub project: Option<ProjectId>,
    pub since: Timestamp,
    pub reason: StopReason,
    /// The provider's code and words.
    pub code: Option<String>,
    pub words: String,
    /// Probes so far.
    pub tries: i32,
    pub next_probe: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Stored {
    connection_id: ConnectionId,
    channel: Channel,
    project_id: Option<ProjectId>,
    since: Timestamp,
    reason: String,
    code: Option<String>,
    words: String,
    tries: i32,
    next_probe_at: Timestamp,
}

pub async fn stopped(db: &Db) -> sqlx::Result<Vec<Stop>> {
    let all: Vec<Stored> = sqlx::query_as(
        "select connection_id, channel, project_id, since, reason, code, words, tries, next_probe_at
         from stopped_connection order by channel, connection_id",
    )
    .fetch_all(db.read())
    .await?;
    let stop = |stored: Stored| Stop {
        connection: stored.connection_id,
        channel: stored.channel,
        project: stored.project_id,
        since: stored.since,
        reason: StopReason::from_code(&stored.reason),
        code: stored.code,
        words: stored.words,
        tries: stored.tries,
        next_probe: stored.next_probe_at,
    };
    Ok(all.into_iter().map(stop).collect())
}

/// Records a stop, or why one goes on. Since when it stands still, and when it is tried next, stays as it is. A project's own
/// connection is recorded only while it is there with the settings of this revision: it may have been mended meanwhile.
pub async fn save(db: &Db, stop: &Stop, revision: i32) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query(
        "insert into stopped_connection (connection_id, channel, project_id, since, reason, code, words, tries, next_probe_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9
         where $3 is null or exists (select 1 from connection where project_id = $3 and id = $1 and revision = $10)
         on conflict (connection_id) do update set reason = excluded.reason, code = excluded.code, words = excluded.words",
    )
    .bind(stop.connection)
    .bind(stop.channel)
    .bind(stop.project)
    .bind(stop.since)
    .bind(stop.reason.code())
    .bind(stop.code.clone())
    .bind(stop.words.clone())
    .bind(stop.tries)
    .bind(stop.next_probe)
    .bind(revision)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Records that the connection works again.
pub async fn resume(db: &Db, connection: ConnectionId) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query("delete from stopped_connection where connection_id = $1").bind(connection).execute(&mut *tx).await?;
    tx.commit().await
}

/// Has all of them tried at once: with a worker's start, what was wrong may be mended.
pub async fn try_now(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query("update stopped_connection set next_probe_at = $1 where next_probe_at > $1")
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// Whether the probe that was due at `was` is ours: one worker gets it. `probing` is the stop from then on.
pub async fn take_probe(db: &Db, probing: &Stop, was: Timestamp) -> sqlx::Result<bool> {
    let mut tx = db.begin().await?;
    let taken = sqlx::query(
        "update stopped_connection set tries = $1, next_probe_at = $2 where connection_id = $3 and next_probe_at = $4",
    )
    .bind(probing.tries)
    .bind(probing.next_probe)
    .bind(probing.connection)
    .bind(was)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(taken.rows_affected() == 1)
}
