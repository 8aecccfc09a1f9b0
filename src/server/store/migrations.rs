//! Brings the schema up to date: by all migrations that are pending, or by none.

use super::{
    db::{Engine, EngineConnection},
    dialect::{BEGIN_WRITE, HAS_MIGRATIONS, LOCK_SCHEMA, MIGRATIONS},
    error::not_opened,
};
use crate::domain::AppResult;
use sqlx::{Pool, migrate::Migration};

/// One transaction for all migrations: a database is always that of a release, never between two.
///
/// # Errors
/// A sentence that says why the database cannot be opened; it is as it was.
pub async fn run(pool: &Pool<Engine>) -> AppResult<()> {
    let mut tx = pool.begin_with(BEGIN_WRITE).await.map_err(not_opened)?;
    for statement in LOCK_SCHEMA {
        sqlx::query(*statement).execute(&mut *tx).await.map_err(not_opened)?;
    }
    // `run` cannot be given a transaction in a task.
    MIGRATIONS.run_direct(None, &mut *tx, false).await.map_err(|e| not_opened(e.into()))?;
    tx.commit().await.map_err(not_opened)
}

/// The migrations that a database has, by their numbers, with their checksums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied(Vec<(i64, Vec<u8>)>);

impl Applied {
    /// None in an empty database, and in another program's.
    pub async fn of(connection: &mut EngineConnection) -> sqlx::Result<Self> {
        match sqlx::query_scalar::<_, i64>(HAS_MIGRATIONS).fetch_one(&mut *connection).await? {
            0 => Ok(Self::default()),
            _ => {
                let all = sqlx::query_as("select version, checksum from _sqlx_migrations order by version");
                Ok(Self(all.fetch_all(connection).await?))
            }
        }
    }

    /// The last one; None if there is none.
    pub fn last(&self) -> Option<i64> {
        self.0.last().map(|(version, _)| *version)
    }

    /// Whether this release has migrations that are not among them.
    pub fn lacks_some(&self) -> bool {
        MIGRATIONS.iter().any(|known| !self.0.iter().any(|(version, _)| *version == known.version))
    }

    /// Whether some are of a newer release.
    pub fn has_newer(&self) -> bool {
        self.0.iter().any(|(version, _)| known(*version).is_none())
    }

    /// Whether some differ from this release's with the same numbers.
    pub fn has_others(&self) -> bool {
        self.0.iter().any(|(version, checksum)| known(*version).is_some_and(|known| *known.checksum != **checksum))
    }
}

/// This release's migration with the number.
fn known(version: i64) -> Option<&'static Migration> {
    MIGRATIONS.iter().find(|known| known.version == version)
}

/// The last of this release's.
pub fn newest() -> i64 {
    MIGRATIONS.iter().map(|known| known.version).max().unwrap_or_default()
}
