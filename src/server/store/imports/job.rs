//! Imports as servers do them: which one does an import, and how far it is.

use super::{json, number, read};
use crate::{
    domain::{
        ImportId, LocationId, ProjectId, Timestamp,
        charge::Currency,
        import::{Counts, ImportState, KEPT_DAYS, Problem, WAITS_DAYS, matching::Matching},
        strategy::Strategy,
    },
    server::store::db::{Db, Tx, touch},
};
use uuid::Uuid;

/// How long a server that reads a file may be silent before another one, or itself after a restart, goes on.
pub const LEASE: i64 = 10 * Timestamp::SECOND;

/// An import that a server does.
#[derive(Clone, Debug)]
pub struct Job {
    pub project: ProjectId,
    pub id: ImportId,
    pub separator: char,
    pub has_header: bool,
    pub columns: Vec<String>,
    pub matching: Matching,
    pub progress: Progress,
    /// By whom it is done: another server's claim makes this one end.
    lease: Uuid,
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    pub counts: Counts,
    /// The bytes of the file whose rows are done.
    pub read_to: u64,
    pub problems: Vec<Problem>,
    /// The bytes of the file of problems that count.
    pub problem_bytes: u64,
}

/// Imports that nobody does, the one that waits for longest first.
pub async fn waiting(db: &Db, now: Timestamp) -> sqlx::Result<Vec<(ProjectId, ImportId)>> {
    sqlx::query_as(
        "select project_id, id from customer_import where state = 1 and (lease_until is null or lease_until < $1)
         order by started_at, project_id, id limit 100",
    )
    .bind(now)
    .fetch_all(db.read())
    .await
}

/// Takes an import, for the server that calls itself `lease`. None where another was faster, or where another import of the
/// project is under way.
pub async fn claim(
    db: &Db,
    (project, id): (ProjectId, ImportId),
    lease: Uuid,
    now: Timestamp,
) -> sqlx::Result<Option<Job>> {
    #[derive(sqlx::FromRow)]
    struct Claimed {
        separator: String,
        has_header: i16,
        columns: String,
        matching: String,
        total: i32,
        added: i32,
        updated: i32,
        unchanged: i32,
        duplicates: i32,
        refused: i32,
        charges: i32,
        read_to: i64,
        problems: String,
        problem_bytes: i64,
    }
    let mut tx = db.begin_in(project).await?;
    let claimed: Option<Claimed> = sqlx::query_as(
        "update customer_import set lease = $3, lease_until = $4
         where project_id = $1 and id = $2 and state = 1 and (lease_until is null or lease_until < $5)
            and not exists (select 1 from customer_import o
                where o.project_id = $1 and o.id <> $2 and o.state = 1 and o.lease_until >= $5)
         returning separator, has_header, columns, matching, total, added, updated, unchanged, duplicates, refused, charges,
            read_to, problems, problem_bytes",
    )
    .bind(project)
    .bind(id)
    .bind(lease)
    .bind(now.plus(LEASE))
    .bind(now)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(found) = claimed else { return Ok(None) };
    db.commit(tx, project).await?;
    Ok(Some(Job {
        project,
        id,
        separator: found.separator.chars().next().unwrap_or(','),
        has_header: found.has_header == 1,
        columns: read(&found.columns),
        matching: read(&found.matching),
        progress: Progress {
            counts: Counts {
                total: number(found.total),
                added: number(found.added),
                updated: number(found.updated),
                unchanged: number(found.unchanged),
                duplicates: number(found.duplicates),
                refused: number(found.refused),
                charges: number(found.charges),
            },
            read_to: found.read_to.unsigned_abs(),
            problems: read(&found.problems),
            problem_bytes: found.problem_bytes.unsigned_abs(),
        },
        lease,
    }))
}

/// The project's locations.
pub async fn locations(db: &Db, project: ProjectId) -> sqlx::Result<Vec<(LocationId, String)>> {
    sqlx::query_as("select id, name from location where project_id = $1").bind(project).fetch_all(db.read()).await
}

/// That of charges whose row names none.
pub async fn currency(db: &Db, project: ProjectId) -> sqlx::Result<Currency> {
    let settings: Option<String> = sqlx::query_scalar("select settings from strategy where project_id = $1")
        .bind(project)
        .fetch_optional(db.read())
        .await?;
    Ok(settings.map_or_else(Strategy::default, |json| read(&json)).conditions.currency)
}

/// Writes how far it is, in the transaction that wrote the rows. False if it was canceled, or another server does it.
pub async fn save(tx: &mut Tx, job: &Job, progress: &Progress, now: Timestamp) -> sqlx::Result<bool> {
    let count = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let Counts { added, updated, unchanged, duplicates, refused, charges, .. } = progress.counts;
    let saved = sqlx::query(
        "update customer_import set added = $4, updated = $5, unchanged = $6, duplicates = $7, refused = $8, read_to = $9,
            problems = $10, problem_bytes = $11, lease_until = $12, charges = $13
         where project_id = $1 and id = $2 and lease = $3 and state = 1",
    )
    .bind(job.project)
    .bind(job.id)
    .bind(job.lease)
    .bind(count(added))
    .bind(count(updated))
    .bind(count(unchanged))
    .bind(count(duplicates))
    .bind(count(refused))
    .bind(i64::try_from(progress.read_to).unwrap_or(i64::MAX))
    .bind(json(&progress.problems))
    .bind(i64::try_from(progress.problem_bytes).unwrap_or(i64::MAX))
    .bind(now.plus(LEASE))
    .bind(count(charges))
    .execute(&mut **tx)
    .await?;
    Ok(saved.rows_affected() == 1)
}

/// Keeps the claim while no rows are written. False as for [`save`].
pub async fn hold(db: &Db, job: &Job, now: Timestamp) -> sqlx::Result<bool> {
    let mut tx = db.begin().await?;
    let held = sqlx::query(
        "update customer_import set lease_until = $4 where project_id = $1 and id = $2 and lease = $3 and state = 1",
    )
    .bind(job.project)
    .bind(job.id)
    .bind(job.lease)
    .bind(now.plus(LEASE))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(held.rows_affected() == 1)
}

/// How a server leaves an import.
#[derive(Clone, Copy, Debug)]
pub enum End<'a> {
    /// All rows were read.
    Done,
    /// The file cannot be read, for the reason that is said.
    Failed(&'a str),
    /// The server stops; another one goes on.
    Left,
}

pub async fn end(db: &Db, job: &Job, end: End<'_>, now: Timestamp) -> sqlx::Result<()> {
    let (state, failure) = match end {
        End::Done => (ImportState::Done, ""),
        End::Failed(why) => (ImportState::Failed, why),
        End::Left => (ImportState::Started, ""),
    };
    let finished = (state != ImportState::Started).then_some(now);
    let mut tx = db.begin_in(job.project).await?;
    sqlx::query(
        "update customer_import set state = $4, failure = $5, finished_at = $6, lease = null, lease_until = null,
            preview = case when $4 = 1 then preview else '[]' end
         where project_id = $1 and id = $2 and lease = $3 and state = 1",
    )
    .bind(job.project)
    .bind(job.id)
    .bind(job.lease)
    .bind(state)
    .bind(failure)
    .bind(finished)
    .execute(&mut *tx)
    .await?;
    db.commit(tx, job.project).await
}

/// Where the import of a file stands; None where there is no such import any more.
pub async fn state(db: &Db, id: ImportId) -> sqlx::Result<Option<ImportState>> {
    sqlx::query_scalar("select state from customer_import where id = $1").bind(id).fetch_optional(db.read()).await
}

/// Deletes what was kept for long enough: files that nobody started, and results.
pub async fn forget(db: &Db, now: Timestamp) -> sqlx::Result<()> {
    let (unstarted, finished) = (now.plus(-WAITS_DAYS * Timestamp::DAY), now.plus(-KEPT_DAYS * Timestamp::DAY));
    let old: Vec<(ProjectId, ImportId)> = sqlx::query_as(
        "select project_id, id from customer_import where state = 0 and created_at < $1 or finished_at < $2 limit 1000",
    )
    .bind(unstarted)
    .bind(finished)
    .fetch_all(db.read())
    .await?;
    for (project, id) in old {
        let mut tx = db.begin().await?;
        touch(&mut tx, project).await?;
        sqlx::query(
            "delete from customer_import where project_id = $1 and id = $2 and (state = 0 and created_at < $3 or finished_at < $4)",
        )
        .bind(project)
        .bind(id)
        .bind(unstarted)
        .bind(finished)
        .execute(&mut *tx)
        .await?;
        db.commit(tx, project).await?;
    }
    Ok(())
}
