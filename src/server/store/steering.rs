//! What staff change about messages that were not sent: cancel, undo, send now, reschedule, resend, delete.
//!
//! Each change is one compare-and-set: the state that it expects stands in its WHERE, and how many rows it changed is the
//! answer. State 0 is scheduled, 1 being sent, 3 failed, 4 canceled; written out, so that the partial indexes are used.

mod cancel;
mod requeue;
mod undo;

pub(super) use cancel::CANCELED_STATUS;
pub use cancel::{cancel, cancel_channel, cancel_customer, cancel_request, cancel_selection};
pub use requeue::{reschedule, resend, send_now};
pub use undo::undo;

use super::{
    db::{Query, Tx},
    messages, queue,
};
use crate::{
    domain::{
        AppError, AppResult, EventId, MessageId, Timestamp,
        message::EventKind,
        schedule::Window,
        status::{State, Status},
    },
    server::guard::{Operator, Viewer},
};

/// Messages of one transaction: few enough that the write lock is held for a fraction of a second, and that SQLite takes a
/// statement with seven values for each (32,766 at most).
const CHUNK: usize = 4000;

fn push_ids(query: &mut Query, ids: &[MessageId]) {
    query.push(" and id in (");
    if ids.is_empty() {
        query.push("null");
    }
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
}

async fn ids(query: &mut Query, tx: &mut Tx) -> sqlx::Result<Vec<MessageId>> {
    query.build_query_scalar().fetch_all(&mut **tx).await
}

/// A line in the timeline of each.
pub(super) async fn record(
    tx: &mut Tx,
    viewer: &Viewer,
    messages: &[MessageId],
    kind: EventKind,
    detail: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    for some in messages.chunks(CHUNK) {
        let mut query = Query::new("insert into message_event (project_id, message_id, id, at, kind, actor, detail) ");
        query.push_values(some, |mut row, id| {
            row.push_bind(viewer.project).push_bind(*id).push_bind(EventId::new()).push_bind(now).push_bind(kind);
            row.push_bind(viewer.actor().map(str::to_owned)).push_bind(detail.map(str::to_owned));
        });
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Why a message cannot be changed: what became of it meanwhile.
async fn refusal(viewer: &Viewer, id: MessageId, what: &str) -> AppError {
    let row = match messages::row(viewer, id).await {
        Ok(row) => row,
        Err(e) => return e,
    };
    let why = match (row.state, row.status) {
        (State::Sending, _) => "It is being sent at this moment",
        (_, Status::Failed) => "It has failed",
        (_, Status::Canceled) => "It was canceled already",
        (_, Status::Scheduled) => "It is waiting to be sent",
        _ => "It was sent already",
    };
    AppError::Conflict(format!("{why}, so it cannot be {what}."))
}

/// For good, with its timeline; undoes no sending.
pub async fn delete(operator: &Operator, id: MessageId) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let deleted = sqlx::query("delete from message where project_id = $1 and id = $2 and state <> 1");
    if deleted.bind(operator.project).bind(id).execute(&mut *tx).await?.rows_affected() == 0 {
        drop(tx);
        return Err(refusal(operator, id, "deleted").await);
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// When the project's messages may leave.
async fn window(tx: &mut Tx, viewer: &Viewer) -> sqlx::Result<Window> {
    let minutes: (Option<i16>, Option<i16>) =
        sqlx::query_as("select window_start, window_end from project where id = $1")
            .bind(viewer.project)
            .fetch_one(&mut **tx)
            .await?;
    Ok(queue::window(minutes.0, minutes.1))
}
