//! Bulk actions as servers work on them: which is next, and how far it is.

use super::{By, counted, json, undo, work};
use crate::{
    domain::{
        AppResult, BulkId, MessageId, ProjectId, Timestamp,
        bulk::{
            BulkKind, Outcome,
            plan::{BulkPlan, NewTime},
            record::{BulkState, ROWS_KEPT_DAYS, StopCause},
        },
    },
    server::store::{
        acting,
        db::{Db, Query, Tx},
        guard::Manager,
    },
};

/// A bulk action and its project.
pub type Key = (ProjectId, BulkId);

/// How long a cancel may take within its request, in ms: one that is older was left by a server that is gone.
const CANCEL_TAKES: i64 = 10 * Timestamp::MINUTE;
/// Rows that are deleted in one transaction.
const DELETED: i64 = 4_000;

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There may be more to do.
    On,
    /// It goes on at its pace, not before this time.
    Later(Timestamp),
    /// It has ended, or is none that is worked on.
    Over,
    /// The database refused what was to be written about these messages: fewer at a time find out which.
    Refused,
}

/// A bulk action that is worked on.
#[derive(sqlx::FromRow)]
pub(super) struct Job {
    pub kind: BulkKind,
    pub state: BulkState,
    pub created_by: By,
    pub filter: Option<String>,
    pub except_ids: String,
    canceled: i16,
    new_at: Option<Timestamp>,
    days: Option<i32>,
    pace: Option<i32>,
    pub place_at: Option<Timestamp>,
    pub place_id: Option<MessageId>,
    pub steps: i32,
    done: i64,
    skipped: String,
    undone: i64,
    kept: String,
    next_at: Timestamp,
}

const COLUMNS: &str =
    "select kind, state, created_by, filter, except_ids, canceled, new_at, days, pace, place_at, place_id, steps,
        done, skipped, undone, kept, next_at
    from bulk_action where project_id = ";

fn query((project, id): Key) -> Query {
    let mut query = Query::new(COLUMNS);
    query.push_bind(project).push(" and id = ").push_bind(id);
    query
}

impl Job {
    /// Within the transaction of a step: as it is now that nobody else works on it.
    pub async fn locked(tx: &mut Tx, key: Key, state: BulkState) -> sqlx::Result<Option<Self>> {
        let found: Option<Self> = query(key).build_query_as().fetch_optional(&mut **tx).await?;
        Ok(found.filter(|job| job.state == state))
    }

    pub fn plan(&self) -> BulkPlan {
        let time = self.new_at.map(NewTime::At).or_else(|| self.days.map(NewTime::Days));
        BulkPlan {
            kind: self.kind,
            time,
            pace: self.pace.map(i32::unsigned_abs),
            canceled: self.canceled == 1,
            reason: String::new(),
        }
    }

    pub fn outcome(&self) -> Outcome {
        counted(self.done, &self.skipped)
    }

    pub fn undo(&self) -> Outcome {
        counted(self.undone, &self.kept)
    }

    /// How many messages may be changed now, of `size`; or when the next one may.
    pub fn turns(&self, size: usize, now: Timestamp) -> Result<usize, Timestamp> {
        let Some(pace) = self.pace else { return Ok(size) };
        if now < self.next_at {
            return Err(self.next_at);
        }
        let waited = (now.0 - self.next_at.0).min(LATE);
        let turns = 1 + waited * i64::from(pace) / Timestamp::MINUTE;
        Ok(usize::try_from(turns).unwrap_or(1).clamp(1, size))
    }

    /// When the next message may be changed, after `done` were changed now.
    pub fn next_after(&self, done: usize, now: Timestamp) -> Timestamp {
        let Some(pace) = self.pace else { return self.next_at };
        let from = self.next_at.max(now.plus(-LATE));
        let done = i64::try_from(done).unwrap_or(i64::MAX);
        from.plus(done.saturating_mul(Timestamp::MINUTE) / i64::from(pace.max(1)))
    }
}

/// How much of the time in which nobody worked on an action is made up for, in ms: there is no burst after a pause.
const LATE: i64 = Timestamp::SECOND;

/// Bulk actions that something can be done for now, the one that waits for longest first.
pub async fn waiting(db: &Db, now: Timestamp) -> sqlx::Result<Vec<Key>> {
    sqlx::query_as(
        "select project_id, id from bulk_action where state in (0, 1, 4) and next_at <= $1
         order by next_at, project_id, id limit 100",
    )
    .bind(now)
    .fetch_all(db.read())
    .await
}

/// When something can be done next for any of them.
pub async fn next_time(db: &Db) -> sqlx::Result<Option<Timestamp>> {
    let next: Option<Timestamp> =
        sqlx::query_scalar("select next_at from bulk_action where state in (0, 1, 4) order by next_at limit 1")
            .fetch_optional(db.read())
            .await?;
    Ok(next.filter(|next| next.0 < i64::MAX))
}

/// Works on a bulk action, with `size` messages at most, in one transaction. Where [`Step::Refused`] came for a single message,
/// `skipping` leaves that one out.
///
/// # Errors
/// Where the database takes nothing at the moment; nothing was changed then.
pub async fn step(db: &Db, key: Key, size: usize, skipping: bool, now: Timestamp) -> AppResult<Step> {
    let found: Option<Job> = query(key).build_query_as().fetch_optional(db.read()).await?;
    let Some(job) = found.filter(|job| job.state.is_open() && job.kind != BulkKind::Cancel) else {
        return Ok(Step::Over);
    };
    let manager = match job.created_by {
        Some(person) => acting::manager(db, key.0, person, now).await?,
        None => None,
    };
    let Some(manager) = manager else {
        end(db, key, job.state, Some(StopCause::Role), now).await?;
        return Ok(Step::Over);
    };
    match job.state {
        BulkState::Gathering => work::gather(&manager, key.1, &job, now).await,
        BulkState::Undoing => undo::undo_some(&manager, key.1, size, skipping, now).await,
        _ => work::work(&manager, key.1, size, skipping, now).await,
    }
}

/// Ends it: done or undone, or stopped for the reason that is given.
pub(super) async fn end(
    db: &Db,
    key: Key,
    from: BulkState,
    cause: Option<StopCause>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut tx = db.begin_in(key.0).await?;
    end_in(&mut tx, key, from, cause, now).await?;
    db.commit(tx, key.0).await
}

/// The same within a transaction.
pub(super) async fn end_in(
    tx: &mut Tx,
    (project, id): Key,
    from: BulkState,
    cause: Option<StopCause>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let to = match (cause, from) {
        (Some(_), _) => BulkState::Stopped,
        (None, BulkState::Undoing) => BulkState::Undone,
        (None, _) => BulkState::Done,
    };
    sqlx::query(
        "update bulk_action set state = $4, stopped = $5, finished_at = $6, except_ids = '[]'
         where project_id = $1 and id = $2 and state = $3",
    )
    .bind(project)
    .bind(id)
    .bind(from)
    .bind(to)
    .bind(cause)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes how far it is, in the transaction that changed the messages up to `place`.
pub(super) async fn save(
    tx: &mut Tx,
    manager: &Manager,
    id: BulkId,
    (outcome, undo): (&Outcome, &Outcome),
    (place, next): (MessageId, Timestamp),
) -> sqlx::Result<()> {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    sqlx::query(
        "update bulk_action set done = $3, skipped = $4, undone = $5, kept = $6, place_id = $7, next_at = $8, steps = steps + 1
         where project_id = $1 and id = $2",
    )
    .bind(manager.project)
    .bind(id)
    .bind(number(outcome.done))
    .bind(json(&outcome.skipped))
    .bind(number(undo.done))
    .bind(json(&undo.skipped))
    .bind(place)
    .bind(next)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends the cancels of servers that are gone, and deletes what became of each message of actions that ended long ago.
pub async fn forget(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    let left: Vec<Key> =
        sqlx::query_as("select project_id, id from bulk_action where state = 1 and kind = 0 and created_at < $1")
            .bind(now.plus(-CANCEL_TAKES))
            .fetch_all(db.read())
            .await?;
    for (project, id) in left {
        let mut tx = db.begin_in(project).await?;
        sqlx::query(
            "update bulk_action set state = 3, stopped = $3, finished_at = $4,
                done = (select count(*) from bulk_action_row r where r.project_id = $1 and r.bulk_id = $2 and r.outcome = 1),
                total = (select count(*) from bulk_action_row r where r.project_id = $1 and r.bulk_id = $2 and r.outcome = 1)
             where project_id = $1 and id = $2 and state = 1",
        )
        .bind(project)
        .bind(id)
        .bind(StopCause::Server)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        db.commit(tx, project).await?;
    }
    let old: Vec<Key> =
        sqlx::query_as("select project_id, id from bulk_action where is_old = 0 and finished_at < $1 limit 1000")
            .bind(now.plus(-ROWS_KEPT_DAYS * Timestamp::DAY))
            .fetch_all(db.read())
            .await?;
    for (project, id) in old {
        while forget_rows(db, (project, id)).await? {}
    }
    Ok(())
}

/// Some of them. True while there are more.
async fn forget_rows(db: &Db, (project, id): Key) -> sqlx::Result<bool> {
    let mut tx = db.begin_in(project).await?;
    let deleted = sqlx::query(
        "delete from bulk_action_row where project_id = $1 and bulk_id = $2 and message_id in
            (select r.message_id from bulk_action_row r where r.project_id = $1 and r.bulk_id = $2 limit $3)",
    )
    .bind(project)
    .bind(id)
    .bind(DELETED)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if deleted == 0 {
        let marked = sqlx::query("update bulk_action set is_old = 1 where project_id = $1 and id = $2");
        marked.bind(project).bind(id).execute(&mut *tx).await?;
    }
    db.commit(tx, project).await?;
    Ok(deleted > 0)
}
