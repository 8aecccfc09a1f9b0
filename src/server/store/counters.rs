//! The audit of the counters: compares what the triggers kept with the messages. Reads everything; not for the request path.

use super::db::Db;
use crate::domain::{AppResult, LocationId, ProjectId, message::Channel, message::Template, status::Status};
use std::collections::HashMap;

/// A cell that differs from the messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    pub cell: Cell,
    pub kept: Numbers,
    pub counted: Numbers,
}

/// Messages, opened and clicked by people, opened and clicked by anybody, and those that led to a review.
type Numbers = (i64, i64, i64, i64, i64, i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::FromRow)]
pub struct Cell {
    pub project_id: ProjectId,
    /// Days since 1970-01-01; 0 for all days.
    pub day: i32,
    pub location_id: LocationId,
    pub channel: Channel,
    pub template: Template,
    pub status: Status,
}

#[derive(sqlx::FromRow)]
struct Counted {
    #[sqlx(flatten)]
    cell: Cell,
    n: i64,
    opened: i64,
    clicked: i64,
    opened_any: i64,
    clicked_any: i64,
    reviewed: i64,
}

/// Compares, and keeps nobody from writing meanwhile; with `repair`, nobody writes, and the counters are set right in the same
/// transaction. Returns what differed.
pub async fn audit(db: &Db, repair: bool) -> AppResult<Vec<Drift>> {
    let mut tx = if repair { db.begin().await? } else { db.snapshot().await? };
    if repair {
        // PostgreSQL: nobody changes a message between the two readings.
        for statement in super::dialect::LOCK_MESSAGES {
            sqlx::query(*statement).execute(&mut *tx).await?;
        }
    }
    let kept: Vec<Counted> = sqlx::query_as(
        "select project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any, reviewed
         from counter where n <> 0 or opened <> 0 or clicked <> 0 or opened_any <> 0 or clicked_any <> 0 or reviewed <> 0",
    )
    .fetch_all(&mut *tx)
    .await?;
    let counted: Vec<Counted> = sqlx::query_as(super::dialect::TRUE_COUNTS).fetch_all(&mut *tx).await?;
    let mut cells: HashMap<Cell, [Numbers; 2]> = HashMap::new();
    for (i, side) in [kept, counted].into_iter().enumerate() {
        for c in side {
            cells.entry(c.cell).or_default()[i] = (c.n, c.opened, c.clicked, c.opened_any, c.clicked_any, c.reviewed);
        }
    }
    let drifts: Vec<Drift> = cells
        .into_iter()
        .filter(|(_, [kept, counted])| kept != counted)
        .map(|(cell, [kept, counted])| Drift { cell, kept, counted })
        .collect();
    if repair && !drifts.is_empty() {
        for d in &drifts {
            sqlx::query(
                "insert into counter
                    (project_id, day, location_id, channel, template, status, n, opened, clicked, opened_any, clicked_any,
                    reviewed)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                 on conflict (project_id, day, location_id, channel, template, status)
                 do update set n = excluded.n, opened = excluded.opened, clicked = excluded.clicked,
                    opened_any = excluded.opened_any, clicked_any = excluded.clicked_any, reviewed = excluded.reviewed",
            )
            .bind(d.cell.project_id)
            .bind(d.cell.day)
            .bind(d.cell.location_id)
            .bind(d.cell.channel)
            .bind(d.cell.template)
            .bind(d.cell.status)
            .bind(d.counted.0)
            .bind(d.counted.1)
            .bind(d.counted.2)
            .bind(d.counted.3)
            .bind(d.counted.4)
            .bind(d.counted.5)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
    }
    Ok(drifts)
}
