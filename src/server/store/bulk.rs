//! Bulk actions on messages, as records: begun, stopped, undone and listed here; worked on by whichever server looks first
//! (`work.rs`, `undo.rs`).
//!
//! A step is one transaction: it takes the next messages, changes them by the rules for one, and writes what became of them and how far
//! the action is. Each begins with the project's row lock, as all that write messages do, so two servers never work on the same ones,
//! and a server that is gone leaves nothing half done.

mod cancel;
mod job;
mod preview;
mod rows;
mod rules;
mod undo;
mod work;

pub(super) use cancel::{begin_cancel, end_cancel, note_canceled, note_undone_cancel};
pub use job::{Key, Step, forget, next_time, step, waiting};
pub use preview::preview;
pub use rows::Rows;

use super::{
    db::Query,
    guard::{Manager, Viewer},
    id::NewId,
};
use crate::domain::{
    AppError, AppResult, BulkId, MessageId, Timestamp, UserId,
    bulk::{
        BulkKind, Outcome, Selection, Skip,
        plan::{BulkPlan, NewTime},
        record::{BulkPage, BulkQuery, BulkRecord, BulkState, LISTED, OPEN_MAX, StopCause},
    },
    filter::MessageFilter,
    refusal::Refusal,
    role::FORMER_MEMBER,
};

#[derive(sqlx::FromRow)]
struct Stored {
    id: BulkId,
    kind: BulkKind,
    state: BulkState,
    by_name: Option<String>,
    created_at: Timestamp,
    reason: String,
    filter: Option<String>,
    left_out: i32,
    canceled: i16,
    new_at: Option<Timestamp>,
    days: Option<i32>,
    pace: Option<i32>,
    total: i64,
    done: i64,
    skipped: String,
    undone: i64,
    kept: String,
    stopped: Option<StopCause>,
    finished_at: Option<Timestamp>,
    is_old: i16,
}

fn counted(done: i64, skipped: &str) -> Outcome {
    Outcome { done: done.unsigned_abs(), skipped: serde_json::from_str(skipped).unwrap_or_default(), undo: None }
}

fn json(skipped: &[(Skip, u64)]) -> String {
    serde_json::to_string(skipped).unwrap_or_default()
}

impl Stored {
    fn record(self, viewer: &Viewer) -> BulkRecord {
        BulkRecord {
            id: self.id,
            kind: self.kind,
            state: self.state,
            by: self.by_name.unwrap_or_else(|| FORMER_MEMBER.into()),
            at: viewer.local(self.created_at),
            reason: self.reason,
            filter: self.filter.as_deref().and_then(MessageFilter::parse_strict),
            left_out: self.left_out.unsigned_abs(),
            canceled: self.canceled == 1,
            to: self.new_at.map(|at| viewer.local(at)),
            days: self.days,
            pace: self.pace.map(i32::unsigned_abs),
            total: self.total.unsigned_abs(),
            outcome: counted(self.done, &self.skipped),
            undo: counted(self.undone, &self.kept),
            stopped: self.stopped,
            finished: self.finished_at.map(|at| viewer.local(at)),
            has_rows: self.is_old == 0,
        }
    }
}

const COLUMNS: &str =
    "select b.id, b.kind, b.state, p.name as by_name, b.created_at, b.reason, b.filter, b.left_out, b.canceled,
        b.new_at, b.days, b.pace, b.total, b.done, b.skipped, b.undone, b.kept, b.stopped, b.finished_at, b.is_old
    from bulk_action b left join person p on p.id = b.created_by where b.project_id = ";

/// # Errors
/// `NotFound` where it is none of the project's.
pub async fn get(viewer: &Viewer, id: BulkId) -> AppResult<BulkRecord> {
    let mut query = Query::new(COLUMNS);
    query.push_bind(viewer.project).push(" and b.id = ").push_bind(id);
    let found: Option<Stored> = query.build_query_as().fetch_optional(viewer.db.read()).await?;
    Ok(found.ok_or_else(no_such)?.record(viewer))
}

fn no_such() -> AppError {
    AppError::no_such("bulk action")
}

/// The newest; ids are in the order of time.
pub async fn list(viewer: &Viewer, query: BulkQuery) -> AppResult<BulkPage> {
    let mut sql = Query::new(COLUMNS);
    sql.push_bind(viewer.project);
    if let Some(before) = query.before {
        sql.push(" and b.id < ").push_bind(before);
    }
    sql.push(" order by b.id desc limit ").push_bind(LISTED as i64 + 1);
    let mut found: Vec<Stored> = sql.build_query_as().fetch_all(viewer.db.read()).await?;
    let has_more = found.len() > LISTED;
    found.truncate(LISTED);
    let records = found.into_iter().map(|stored| stored.record(viewer)).collect();
    Ok(BulkPage { records, has_more, version: viewer.version })
}

/// What a record is made of.
struct New<'a> {
    id: BulkId,
    plan: &'a BulkPlan,
    selection: &'a Selection,
    state: BulkState,
    /// When it is to be worked on; never, where the request does it itself.
    next: Timestamp,
}

async fn insert(tx: &mut super::db::Tx, manager: &Manager, new: &New<'_>, now: Timestamp) -> sqlx::Result<()> {
    let BulkPlan { kind, time, pace, canceled, reason } = new.plan;
    let (filter, except) = match new.selection {
        Selection::These(_) => (None, &[][..]),
        Selection::Matching { filter, except } => (Some(filter.to_query()), &except[..]),
    };
    let (at, days) = match time {
        Some(NewTime::At(at)) => (Some(*at), None),
        Some(NewTime::Days(days)) => (None, Some(*days)),
        None => (None, None),
    };
    sqlx::query(
        "insert into bulk_action (project_id, id, kind, state, created_by, created_at, reason, filter, except_ids, left_out,
            canceled, new_at, days, pace, next_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(manager.project)
    .bind(new.id)
    .bind(*kind)
    .bind(new.state)
    .bind(manager.user)
    .bind(now)
    .bind(reason)
    .bind(filter)
    .bind(if new.state == BulkState::Gathering { serde_json::to_string(except).unwrap_or_default() } else { "[]".into() })
    .bind(i32::try_from(except.len()).unwrap_or(i32::MAX))
    .bind(i16::from(*canceled))
    .bind(at)
    .bind(days)
    .bind(pace.map(|pace| i32::try_from(pace).unwrap_or(i32::MAX)))
    .bind(new.next)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Begins a bulk action, which [`step`] then works on. Ticked messages are written down at once; those that match a filter by the first
/// steps.
///
/// # Errors
/// `TooMany` where as many are under way as may be.
pub async fn start(manager: &Manager, selection: &Selection, plan: &BulkPlan, now: Timestamp) -> AppResult<BulkId> {
    let id = BulkId::new();
    let mut tx = manager.db.begin_in(manager.project).await?;
    let open: i64 = sqlx::query_scalar("select count(*) from bulk_action where project_id = $1 and state in (0, 1, 4)")
        .bind(manager.project)
        .fetch_one(&mut *tx)
        .await?;
    if open >= OPEN_MAX {
        return Err(Refusal::ManyBulkActions.into());
    }
    let state = match selection {
        Selection::These(_) => BulkState::Running,
        Selection::Matching { .. } => BulkState::Gathering,
    };
    insert(&mut tx, manager, &New { id, plan, selection, state, next: now }, now).await?;
    if let Selection::These(ids) = selection {
        rows::add_these(&mut tx, manager, id, ids).await?;
    }
    manager.db.commit(tx, manager.project).await?;
    Ok(id)
}

/// Stops it where it is: what was changed stays so.
///
/// # Errors
/// `Conflict` where it has ended.
pub async fn stop(manager: &Manager, id: BulkId, now: Timestamp) -> AppResult<()> {
    get(manager, id).await?;
    let mut tx = manager.db.begin_in(manager.project).await?;
    let stopped = sqlx::query(
        "update bulk_action set state = 3, stopped = $3, finished_at = $4, except_ids = '[]'
         where project_id = $1 and id = $2 and state in (0, 1) and kind <> 0",
    )
    .bind(manager.project)
    .bind(id)
    .bind(StopCause::Staff)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    if stopped.rows_affected() == 0 {
        return Err(Refusal::BulkEnded.into());
    }
    Ok(manager.db.commit(tx, manager.project).await?)
}

/// Has what a Reschedule changed be changed back, by [`step`]. A cancel is undone by its batch (`steering::undo`).
///
/// # Errors
/// `NotFound` where there is nothing (any more) to be undone.
pub async fn begin_undo(manager: &Manager, id: BulkId, now: Timestamp) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    let begun = sqlx::query(
        "update bulk_action set state = 4, place_at = null, place_id = null, next_at = $3, finished_at = null
         where project_id = $1 and id = $2 and kind = 2 and state in (2, 3) and done > 0 and is_old = 0",
    )
    .bind(manager.project)
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    if begun.rows_affected() == 0 {
        return Err(Refusal::NothingToUndo.into());
    }
    Ok(manager.db.commit(tx, manager.project).await?)
}

/// What it does; None where there is no such bulk action in the project.
pub async fn kind(viewer: &Viewer, id: BulkId) -> AppResult<Option<BulkKind>> {
    let kind = sqlx::query_scalar("select kind from bulk_action where project_id = $1 and id = $2")
        .bind(viewer.project)
        .bind(id)
        .fetch_optional(viewer.db.read())
        .await?;
    Ok(kind)
}

/// Who began it.
type By = Option<UserId>;
/// Messages with the reason why each was skipped.
type Skipped = [(MessageId, Skip)];
