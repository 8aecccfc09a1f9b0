//! What monitoring and live updates read: a project's version, the numbers of messages, the length of the queue.

use super::Db;
use crate::domain::{
    AppResult, ProjectId, Timestamp,
    status::{State, Status},
};

/// Rises with each change of a project.
pub async fn version(db: &Db, project: ProjectId) -> AppResult<i64> {
    let version = sqlx::query_scalar("select version from project_change where project_id = $1")
        .bind(project)
        .fetch_optional(db.read())
        .await?;
    Ok(version.unwrap_or(0))
}

/// All messages by status, from the counters.
pub async fn messages(db: &Db) -> AppResult<Vec<(Status, i64)>> {
    let counts = sqlx::query_as(
        "select counter.status, cast(sum(counter.n) as bigint)
         from project
         join counter on counter.project_id = project.id and counter.day = 0
         group by counter.status
         order by counter.status",
    )
    .fetch_all(db.read())
    .await?;
    Ok(counts)
}

/// What is due and not sent.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct Queue {
    /// Up to 10,000.
    pub due: i64,
    /// When the first of them was due.
    pub oldest: Option<Timestamp>,
}

pub async fn queue(db: &Db, now: Timestamp) -> AppResult<Queue> {
    let queue = sqlx::query_as(
        "select count(*) as due, min(due_at) as oldest
         from (select due_at from message where state = 0 and due_at <= $1 order by due_at limit 10000) due",
    )
    .bind(now)
    .fetch_one(db.read())
    .await?;
    debug_assert_eq!(State::Scheduled as i16, 0, "the partial index needs the number itself");
    Ok(queue)
}
