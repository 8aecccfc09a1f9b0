//! The attempts to send one message.

use crate::{
    domain::{
        AppResult, MessageId, Timestamp,
        message::{Attempt, AttemptOutcome},
    },
    server::store::guard::Viewer,
};

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
    server: Option<String>,
    outcome: Option<String>,
    code: Option<String>,
    detail: Option<String>,
    dialogue: Option<String>,
}

/// The last twenty, the newest last.
pub async fn of_message(viewer: &Viewer, message: MessageId) -> AppResult<Vec<Attempt>> {
    let mut rows: Vec<Row> = sqlx::query_as(
        "select row_number() over (order by generation) as number, started_at, finished_at, server, outcome, code, detail,
            dialogue
         from send_attempt where project_id = $1 and message_id = $2 order by generation desc limit 20",
    )
    .bind(viewer.project)
    .bind(message)
    .fetch_all(viewer.db.read())
    .await?;
    rows.reverse();
    let attempt = |row: Row| Attempt {
        number: row.number as u32,
        started: viewer.local(row.started_at),
        took: row.finished_at.map(|finished| finished.0 - row.started_at.0),
        server: row.server,
        outcome: AttemptOutcome::from_code(row.outcome.as_deref()),
        code: row.code,
        text: row.detail.filter(|text| !text.is_empty()),
        dialogue: row.dialogue.filter(|dialogue| !dialogue.is_empty()),
    };
    Ok(rows.into_iter().map(attempt).collect())
}
