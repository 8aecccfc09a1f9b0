//! What monitoring and live updates read: a project's version, the numbers of messages, the length of the queue.

use super::{
    Db,
    db::Query,
    dialect,
    guard::Viewer,
    opening,
    queue::{LEASE, lanes},
};
use crate::domain::{
    AppResult, ProjectId, Timestamp,
    message::Channel,
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
#[derive(Clone, Copy, Debug, Default)]
pub struct Queue {
    /// Of each project and channel, up to 10,000.
    pub due: i64,
    /// When the first of them was due.
    pub oldest: Option<Timestamp>,
}

pub async fn queue(db: &Db, now: Timestamp) -> AppResult<Queue> {
    // Lane by lane, as the queue's index is.
    let due = sqlx::query_scalar(
        "select cast(coalesce(sum(n), 0) as bigint) from (
            select (select count(*) from (select m.id from message m
                where m.state = 0 and m.hold = 0 and m.project_id = p.id and m.channel = h.channel and m.due_at <= $1 limit 10000) counted) as n
            from project p cross join (select 0 as channel union all select 1) h
         ) lane",
    )
    .bind(now)
    .fetch_one(db.read())
    .await?;
    let oldest = lanes::due(db, now).await?.first().map(|lane| lane.since);
    debug_assert_eq!(State::Scheduled as i16, 0, "the partial index needs the number itself");
    Ok(Queue { due, oldest })
}

/// The project's messages that should have gone out.
#[derive(Clone, Copy, Debug)]
pub struct Overdue {
    /// Up to [`MOST_OVERDUE`].
    pub due: i64,
    /// When the first of them was due.
    pub oldest: Timestamp,
}

pub const MOST_OVERDUE: i64 = 1_000;

/// What has been due over these channels since `before`, if nothing of the project was sent since then and it may be sent all that
/// time, until `now`.
pub async fn overdue(
    viewer: &Viewer,
    channels: &[Channel],
    before: Timestamp,
    now: Timestamp,
) -> AppResult<Option<Overdue>> {
    if channels.is_empty() {
        return Ok(None);
    }
    let db = viewer.db.read();
    let mut query = overdue_query(viewer.project, channels, before);
    let (due, oldest): (i64, Option<Timestamp>) = query.build_query_as().fetch_one(db).await?;
    let Some(oldest) = oldest else { return Ok(None) };
    let hours = opening::hours_of(viewer).await?;
    let is_open = |at: Timestamp| hours.next(&viewer.zone, at) == at;
    let sent: Option<Timestamp> = sqlx::query_scalar(
        "select sent_at from message where project_id = $1 and sent_at is not null order by sent_at desc limit 1",
    )
    .bind(viewer.project)
    .fetch_optional(db)
    .await?;
    let is_late = is_open(before) && is_open(now) && sent.is_none_or(|at| at <= before);
    Ok(is_late.then_some(Overdue { due: due.min(MOST_OVERDUE), oldest }))
}

/// How many wait, and the first of them. Claims whose worker is gone wait, too.
fn overdue_query(project: ProjectId, channels: &[Channel], before: Timestamp) -> Query {
    let mut query = Query::new(
        "select count(*), min(at) from (select at from (select due_at as at from message where state = 0 and hold = 0",
    );
    query.push(" and project_id = ").push_bind(project).push(" and due_at <= ").push_bind(before);
    query.push(" and channel in (");
    let mut list = query.separated(", ");
    for channel in channels {
        list.push_bind(*channel);
    }
    query.push(") limit ").push_bind(MOST_OVERDUE);
    query.push(") waiting union all select at from (select lease_until as at from message").push(dialect::BY_LEASE);
    query.push(" where state = 1 and lease_until <= ").push_bind(before.plus(-LEASE));
    query.push(" and project_id = ").push_bind(project).push(" limit ").push_bind(MOST_OVERDUE).push(") lost) late");
    query
}

/// The statement that each page waits for, for a test that asks the planner about it.
#[cfg(test)]
pub fn overdue_of_all(project: ProjectId) -> Query {
    overdue_query(project, &Channel::ALL, Timestamp(1))
}
