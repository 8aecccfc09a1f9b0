//! Claims whose worker is gone.

use super::Lease;
use crate::{
    domain::{CustomerId, MessageId, ProjectId, Timestamp, message::Channel},
    server::store::db::Db,
};
use chrono_tz::Tz;

/// A claim whose lease expired.
#[derive(sqlx::FromRow)]
struct Expired {
    project_id: ProjectId,
    id: MessageId,
    customer_id: CustomerId,
    channel: Channel,
    generation: i32,
    attempts: i32,
    first_attempt_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    time_zone: String,
    ambiguous: i64,
}

/// An expired claim, for the worker to judge.
#[derive(Clone, Copy, Debug)]
pub struct Lost {
    pub lease: Lease,
    pub customer: CustomerId,
    pub channel: Channel,
    pub zone: Tz,
    pub attempts: i32,
    pub first_attempt: Timestamp,
    /// None if the attempt was not started.
    pub started: Option<Timestamp>,
    pub was_ambiguous: bool,
}

/// Claims that expired before `now`, at most `limit`.
pub async fn lost(db: &Db, limit: usize, now: Timestamp) -> sqlx::Result<Vec<Lost>> {
    let rows: Vec<Expired> = sqlx::query_as(
        "select m.project_id, m.id, m.customer_id, m.channel, m.generation, m.attempts, m.first_attempt_at,
            a.started_at, p.time_zone,
            (select count(*) from send_attempt b where b.project_id = m.project_id and b.message_id = m.id
                and b.outcome = 'ambiguous' and b.started_at >= m.first_attempt_at) as ambiguous
         from message m
         join project p on p.id = m.project_id
         left join send_attempt a
            on a.project_id = m.project_id and a.message_id = m.id and a.generation = m.generation
         where m.state = 1 and m.lease_until < $1 order by m.lease_until, m.project_id, m.id limit $2",
    )
    .bind(now)
    .bind(limit as i64)
    .fetch_all(db.read())
    .await?;
    let lost = |row: Expired| {
        let first_attempt = row.first_attempt_at.unwrap_or(now);
        Lost {
            lease: Lease { project: row.project_id, message: row.id, generation: row.generation },
            customer: row.customer_id,
            channel: row.channel,
            zone: row.time_zone.parse().unwrap_or(Tz::UTC),
            attempts: row.attempts,
            first_attempt,
            started: row.started_at,
            was_ambiguous: row.ambiguous > 0,
        }
    };
    Ok(rows.into_iter().map(lost).collect())
}
