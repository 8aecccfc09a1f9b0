//! Files of customers: what staff see of their imports, and start and cancel.

mod batch;
mod job;

pub use batch::{Fate, Wanted, Written, write};
pub use job::{End, Job, LEASE, Progress, claim, currency, end, forget, hold, locations, save, state, waiting};

use super::{
    db::Query,
    guard::{Operator, Viewer},
    id::NewId,
};
use crate::domain::{
    AppError, AppResult, ImportId, Timestamp,
    import::{Counts, Import, ImportState, matching::Matching},
    role::FORMER_MEMBER,
};
use serde::de::DeserializeOwned;

/// How many of the newest files the page lists.
const LISTED: i64 = 10;

/// A file that was taken, before its import.
#[derive(Clone, Debug)]
pub struct NewImport {
    pub id: ImportId,
    pub file_name: String,
    pub encoding: &'static str,
    pub separator: char,
    pub has_header: bool,
    pub columns: Vec<String>,
    pub preview: Vec<Vec<String>>,
    /// SHA-256 of the header, in hexadecimal.
    pub header: String,
    pub total: u32,
}

#[derive(sqlx::FromRow)]
struct Stored {
    id: ImportId,
    by_name: Option<String>,
    created_at: Timestamp,
    file_name: String,
    state: ImportState,
    encoding: String,
    separator: String,
    has_header: i16,
    columns: String,
    preview: String,
    matching: String,
    remembered: i16,
    total: i32,
    added: i32,
    updated: i32,
    unchanged: i32,
    duplicates: i32,
    refused: i32,
    charges: i32,
    problems: String,
    failure: String,
    finished_at: Option<Timestamp>,
    lease_until: Option<Timestamp>,
}

/// What was stored as JSON; the default for what cannot be read.
fn read<T: DeserializeOwned + Default>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_default()
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn number(n: i32) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

impl Stored {
    fn import(self, viewer: &Viewer) -> Import {
        Import {
            id: self.id,
            file_name: self.file_name,
            by: self.by_name.unwrap_or_else(|| FORMER_MEMBER.into()),
            at: viewer.local(self.created_at),
            state: self.state,
            encoding: self.encoding,
            separator: self.separator,
            has_header: self.has_header == 1,
            columns: read(&self.columns),
            preview: read(&self.preview),
            matching: read(&self.matching),
            is_remembered: self.remembered == 1,
            counts: Counts {
                total: number(self.total),
                added: number(self.added),
                updated: number(self.updated),
                unchanged: number(self.unchanged),
                duplicates: number(self.duplicates),
                refused: number(self.refused),
                charges: number(self.charges),
            },
            problems: read(&self.problems),
            failure: self.failure,
            is_running: self.lease_until.is_some_and(|until| until > viewer.at),
            finished: self.finished_at.map(|at| viewer.local(at)),
        }
    }
}

const COLUMNS: &str = "select i.id, p.name as by_name, i.created_at, i.file_name, i.state, i.encoding, i.separator, i.has_header,
        i.columns, i.preview, i.matching, i.remembered, i.total, i.added, i.updated, i.unchanged, i.duplicates, i.refused, i.charges,
        i.problems, i.failure, i.finished_at, i.lease_until
    from customer_import i left join person p on p.id = i.created_by where i.project_id = ";

/// Stores a file's description. What the same person uploaded before and did not start makes place: their ids are returned.
pub async fn add(operator: &Operator, new: &NewImport, now: Timestamp) -> AppResult<Vec<ImportId>> {
    let remembered: Option<String> =
        sqlx::query_scalar("select matching from import_matching where project_id = $1 and header = $2")
            .bind(operator.project)
            .bind(&new.header)
            .fetch_optional(operator.db.read())
            .await?;
    let matching = remembered.as_deref().map_or_else(|| Matching::guess(&new.columns), read);
    let mut tx = operator.db.begin_in(operator.project).await?;
    let replaced: Vec<ImportId> = sqlx::query_scalar(
        "delete from customer_import where project_id = $1 and state = 0 and created_by = $2 returning id",
    )
    .bind(operator.project)
    .bind(operator.user)
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query(
        "insert into customer_import (project_id, id, created_by, created_at, file_name, encoding, separator, has_header,
            columns, preview, matching, remembered, header, total)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(operator.project)
    .bind(new.id)
    .bind(operator.user)
    .bind(now)
    .bind(&new.file_name)
    .bind(new.encoding)
    .bind(new.separator.to_string())
    .bind(i16::from(new.has_header))
    .bind(json(&new.columns))
    .bind(json(&new.preview))
    .bind(json(&matching))
    .bind(i16::from(remembered.is_some()))
    .bind(&new.header)
    .bind(i32::try_from(new.total).unwrap_or(i32::MAX))
    .execute(&mut *tx)
    .await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(replaced)
}

/// # Errors
/// `NotFound` where it is none of the project's, or was deleted.
pub async fn get(operator: &Operator, id: ImportId) -> AppResult<Import> {
    let mut query = Query::new(COLUMNS);
    query.push_bind(operator.project).push(" and i.id = ").push_bind(id);
    let found: Option<Stored> = query.build_query_as().fetch_optional(operator.db.read()).await?;
    Ok(found.ok_or_else(gone)?.import(operator))
}

/// How many bytes of the file of problems count.
pub async fn problem_bytes(operator: &Operator, id: ImportId) -> AppResult<u64> {
    let bytes: i64 = sqlx::query_scalar("select problem_bytes from customer_import where project_id = $1 and id = $2")
        .bind(operator.project)
        .bind(id)
        .fetch_one(operator.db.read())
        .await?;
    Ok(bytes.unsigned_abs())
}

fn gone() -> AppError {
    AppError::NotFound("This file is not here any more. Upload it again.".into())
}

/// The newest, without their rows.
pub async fn list(operator: &Operator) -> AppResult<Vec<Import>> {
    let mut query = Query::new(COLUMNS);
    query.push_bind(operator.project).push(" order by i.created_at desc limit ").push_bind(LISTED);
    let found: Vec<Stored> = query.build_query_as().fetch_all(operator.db.read()).await?;
    let bare =
        |stored: Stored| Stored { problems: String::new(), preview: String::new(), columns: String::new(), ..stored };
    Ok(found.into_iter().map(|stored| bare(stored).import(operator)).collect())
}

/// Has the import begin when its turn comes, and remembers the matching for files with the same header.
///
/// # Errors
/// `Conflict` where it was started before.
pub async fn start(operator: &Operator, id: ImportId, matching: &Matching, now: Timestamp) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let header: Option<String> = sqlx::query_scalar(
        "update customer_import set state = 1, matching = $3, started_at = $4
         where project_id = $1 and id = $2 and state = 0 returning header",
    )
    .bind(operator.project)
    .bind(id)
    .bind(json(matching))
    .bind(now)
    .fetch_optional(&mut *tx)
    .await?;
    let header = header.ok_or_else(|| AppError::Conflict("This import was started already.".into()))?;
    sqlx::query(
        "insert into import_matching (project_id, header, matching) values ($1, $2, $3)
         on conflict (project_id, header) do update set matching = excluded.matching",
    )
    .bind(operator.project)
    .bind(header)
    .bind(json(matching))
    .execute(&mut *tx)
    .await?;
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// Stops it, or removes the claim on a file that was not started. Rows that were imported stay.
///
/// # Errors
/// `Conflict` where it has ended.
pub async fn cancel(operator: &Operator, id: ImportId, now: Timestamp) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let canceled = sqlx::query(
        "update customer_import set state = 3, finished_at = $3, lease = null, lease_until = null
         where project_id = $1 and id = $2 and state in (0, 1)",
    )
    .bind(operator.project)
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    if canceled.rows_affected() == 0 {
        return Err(AppError::Conflict("This import has ended already, so it can't be canceled.".into()));
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// A new id for a file.
pub fn new_id() -> ImportId {
    ImportId::new()
}
