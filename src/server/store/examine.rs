//! Looking at a database without changing it, for whom runs the server.

use super::{
    Db,
    db::EngineConnection,
    dialect::{self, INTEGRITY},
    error::not_opened,
    migrations::{self, Applied},
};
use crate::domain::{AppResult, refusal::Refusal};
use sqlx::Connection;

pub use dialect::NAME as ENGINE;

/// How a database stands to this release. Its number is that of the last migration in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is none, or nothing is in it.
    New,
    /// The next start updates it to the second number.
    Behind(i64, i64),
    Current(i64),
}

/// # Errors
/// A sentence that says why the database cannot be opened, or that it is none of this release's.
pub async fn standing(url: &str) -> AppResult<Standing> {
    let Some(mut connection) = dialect::look(url).await? else { return Ok(Standing::New) };
    let applied = Applied::of(&mut connection).await.map_err(not_opened)?;
    let _ = connection.close().await;
    match applied.last() {
        None => Ok(Standing::New),
        Some(_) if applied.has_newer() => Err(Refusal::NewerDatabase.into()),
        Some(_) if applied.has_others() => Err(Refusal::OtherSchema.into()),
        Some(last) if applied.lacks_some() => Ok(Standing::Behind(last, migrations::newest())),
        Some(last) => Ok(Standing::Current(last)),
    }
}

/// What is wrong with a database's pages, indexes and references, at most ten of each; nothing in a sound one, and on PostgreSQL,
/// where only its own tools can tell. Reads all of it.
pub(super) async fn faults(connection: &mut EngineConnection) -> sqlx::Result<Vec<String>> {
    let mut faults: Vec<String> = Vec::new();
    for question in INTEGRITY {
        faults.extend(sqlx::query_scalar::<_, String>(*question).fetch_all(&mut *connection).await?);
    }
    faults.retain(|fault| fault != "ok");
    Ok(faults)
}

/// [`faults`] of an open database; None where they cannot be known.
pub async fn integrity(db: &Db) -> AppResult<Option<Vec<String>>> {
    if INTEGRITY.is_empty() {
        return Ok(None);
    }
    let mut connection = db.read().acquire().await?;
    Ok(Some(faults(&mut connection).await?))
}
