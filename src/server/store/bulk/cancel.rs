//! The records of cancels, which the requests that ask for them do themselves (`steering::cancel_selection`): what is canceled must not
//! be sent a moment later, because a server has not got to it.

use super::{Key, New, Skipped, insert, json, rows};
use crate::{
    domain::{
        AppResult, BatchId, BulkId, MessageId, Timestamp,
        bulk::{BulkKind, Outcome, Selection, Skip, plan::BulkPlan, record::BulkState},
    },
    server::store::{
        db::Tx,
        guard::{Manager, Operator},
    },
};

fn id(batch: BatchId) -> BulkId {
    BulkId(batch.0)
}

pub async fn begin_cancel(
    manager: &Manager,
    batch: BatchId,
    selection: &Selection,
    reason: &str,
    now: Timestamp,
) -> AppResult<()> {
    let plan = BulkPlan { kind: BulkKind::Cancel, time: None, pace: None, canceled: false, reason: reason.to_owned() };
    let next = Timestamp(i64::MAX);
    let mut tx = manager.db.begin_in(manager.project).await?;
    let new = New { id: id(batch), plan: &plan, selection, state: BulkState::Running, next };
    insert(&mut tx, manager, &new, now).await?;
    Ok(manager.db.commit(tx, manager.project).await?)
}

/// In the transaction that canceled them. Messages that match a filter and could not be canceled are only counted.
pub async fn note_canceled(
    tx: &mut Tx,
    manager: &Manager,
    batch: BatchId,
    canceled: &[MessageId],
    others: &Skipped,
) -> sqlx::Result<()> {
    let id = id(batch);
    let gone = |(_, skip): &&(MessageId, Skip)| *skip == Skip::Gone;
    let named: Vec<MessageId> = canceled.iter().copied().chain(others.iter().map(|(id, _)| *id)).collect();
    rows::add(tx, manager, id, &named).await?;
    let gone: Vec<MessageId> = others.iter().filter(gone).map(|(id, _)| *id).collect();
    rows::add_gone(tx, manager, id, &gone).await?;
    rows::note(tx, (manager.project, id), canceled, others).await
}

pub async fn end_cancel(manager: &Manager, batch: BatchId, outcome: &Outcome, now: Timestamp) -> AppResult<()> {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut tx = manager.db.begin_in(manager.project).await?;
    sqlx::query(
        "update bulk_action set state = 2, total = $3, done = $4, skipped = $5, finished_at = $6
         where project_id = $1 and id = $2 and state = 1",
    )
    .bind(manager.project)
    .bind(id(batch))
    .bind(number(outcome.done + outcome.skipped_total()))
    .bind(number(outcome.done))
    .bind(json(&outcome.skipped))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ok(manager.db.commit(tx, manager.project).await?)
}

/// In the transaction that restored them. Nothing where the batch is that of a single cancel.
pub async fn note_undone_cancel(
    tx: &mut Tx,
    operator: &Operator,
    batch: BatchId,
    restored: &[MessageId],
    skipped: &Skipped,
    now: Timestamp,
) -> sqlx::Result<()> {
    let key = (operator.project, id(batch));
    let kept: Option<String> = sqlx::query_scalar(
        "update bulk_action set state = 5, finished_at = $3, undone = undone + $4 where project_id = $1 and id = $2
         returning kept",
    )
    .bind(key.0)
    .bind(key.1)
    .bind(now)
    .bind(i64::try_from(restored.len()).unwrap_or(i64::MAX))
    .fetch_optional(&mut **tx)
    .await?;
    let Some(kept) = kept else { return Ok(()) };
    rows::note_undo(tx, key, restored, skipped).await?;
    // A second Undo finds those that the first one skipped.
    if skipped.is_empty() && kept == "[]" { Ok(()) } else { count_undone(tx, key).await }
}

/// Counts what the rows say of an undo.
async fn count_undone(tx: &mut Tx, (project, id): Key) -> sqlx::Result<()> {
    let mut query = rows::of("select undo, count(*) from bulk_action_row", project, id);
    query.push(" and undo is not null group by undo order by undo");
    let all: Vec<(i16, i64)> = query.build_query_as().fetch_all(&mut **tx).await?;
    let mut undo = Outcome::default();
    for (number, n) in all {
        match rows::skip(number) {
            None => undo.done = n.unsigned_abs(),
            Some(skip) => undo.skip(skip, n.unsigned_abs()),
        }
    }
    sqlx::query("update bulk_action set undone = $3, kept = $4 where project_id = $1 and id = $2")
        .bind(project)
        .bind(id)
        .bind(i64::try_from(undo.done).unwrap_or(i64::MAX))
        .bind(json(&undo.skipped))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
