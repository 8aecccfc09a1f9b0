//! The database: the engine, its pools, transactions, and notifications of changes.

use super::{dialect, error::not_opened, tally::Tallies};
use crate::domain::{AppResult, ProjectId, Timestamp};
use sqlx::{Pool, Transaction};
use std::sync::Arc;
use tokio::sync::broadcast;

#[cfg(feature = "postgres")]
pub type Engine = sqlx::Postgres;
#[cfg(not(feature = "postgres"))]
pub type Engine = sqlx::Sqlite;

pub type EngineConnection = <Engine as sqlx::Database>::Connection;
pub type Tx = Transaction<'static, Engine>;
pub type Connection = <Engine as sqlx::Database>::Connection;
pub type Row = <Engine as sqlx::Database>::Row;
pub type Query = sqlx::QueryBuilder<Engine>;

/// Cheap to clone.
#[derive(Clone)]
pub struct Db {
    read: Pool<Engine>,
    write: Pool<Engine>,
    changes: Arc<broadcast::Sender<ProjectId>>,
    pub(super) tallies: Arc<Tallies>,
}

/// What is done with a database that lacks migrations, before it gets them; PostgreSQL's are copied by its own tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeforeUpdate {
    Copy,
    /// Whoever runs the server has made a copy.
    Nothing,
}

/// Opens the database, makes it where there is none, and brings its schema up to date, with a copy of it before.
///
/// # Errors
/// A sentence that says why the database cannot be opened and what to do.
pub async fn open(url: &str) -> AppResult<Db> {
    open_with(url, BeforeUpdate::Copy).await
}

/// # Errors
/// As [`open`].
pub async fn open_with(url: &str, before: BeforeUpdate) -> AppResult<Db> {
    let db = dialect::connect(url, before).await?;
    // SQLite also opens a file that this user may only read.
    db.write_nothing().await.map_err(not_opened)?;
    Ok(db)
}

/// Must be the first statement of each transaction that changes a project's messages, customers or reviews: pages and caches
/// depend on the version, and its row lock serializes the writers of one project. Touch several projects in the order of
/// their ids, and call `db.changed` after the commit.
pub async fn touch(tx: &mut Tx, project: ProjectId) -> sqlx::Result<()> {
    sqlx::query("update project_change set version = version + 1 where project_id = $1")
        .bind(project)
        .execute(&mut **tx)
        .await?;
    dialect::notify(tx, project).await
}

impl Db {
    pub fn new(read: Pool<Engine>, write: Pool<Engine>) -> Self {
        Self { read, write, changes: Arc::new(broadcast::channel(1024).0), tallies: Arc::default() }
    }

    /// For statements that only read.
    pub fn read(&self) -> &Pool<Engine> {
        &self.read
    }

    /// A transaction that writes. On SQLite it takes the write lock at once, so that it cannot fail later for want of it.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        self.write.begin_with(dialect::BEGIN_WRITE).await
    }

    /// A transaction that only reads, and sees the database as it was at its first statement.
    pub async fn snapshot(&self) -> sqlx::Result<Tx> {
        self.read.begin_with(dialect::BEGIN_SNAPSHOT).await
    }

    /// Commits a write that changes no data, to find out whether the database accepts writes.
    pub async fn write_nothing(&self) -> sqlx::Result<()> {
        let mut tx = self.begin().await?;
        for statement in dialect::WRITE_NOTHING {
            sqlx::query(*statement).execute(&mut *tx).await?;
        }
        tx.commit().await
    }

    /// The time by the database's clock, which all workers share; None where the host's clock is that.
    pub async fn time(&self) -> sqlx::Result<Option<Timestamp>> {
        match dialect::CLOCK {
            Some(clock) => sqlx::query_scalar(clock).fetch_one(&self.read).await.map(Some),
            None => Ok(None),
        }
    }

    /// A transaction that has touched its project.
    pub async fn begin_in(&self, project: ProjectId) -> sqlx::Result<Tx> {
        let mut tx = self.begin().await?;
        touch(&mut tx, project).await?;
        Ok(tx)
    }

    /// Commits what [`Self::begin_in`] began, and notifies the project's followers.
    pub async fn commit(&self, tx: Tx, project: ProjectId) -> sqlx::Result<()> {
        tx.commit().await?;
        self.changed(project);
        Ok(())
    }

    /// To be called after the commit of whatever changed in a project.
    pub fn changed(&self, project: ProjectId) {
        let _ = self.changes.send(project);
    }

    /// Notifications of changes, from this process and (dialect.rs) from others.
    pub fn changes(&self) -> broadcast::Receiver<ProjectId> {
        self.changes.subscribe()
    }

    /// Whether anybody listens for changes.
    pub fn is_followed(&self) -> bool {
        self.changes.receiver_count() > 0
    }

    /// The connections of each pool: its name, how many are open, and how many of them are not in use.
    pub fn connections(&self) -> Vec<(&'static str, u32, usize)> {
        let pools = dialect::POOLS.iter().zip([&self.read, &self.write]);
        pools.map(|(name, pool)| (*name, pool.size(), pool.num_idle())).collect()
    }

    pub fn is_closed(&self) -> bool {
        self.write.is_closed()
    }

    /// Empties the write-ahead log into the file, where the engine has one. False where somebody is in the way just now.
    pub async fn empty_log(&self) -> sqlx::Result<bool> {
        dialect::empty_log(&self.write).await
    }

    /// Closes all connections; on SQLite this also checkpoints the write-ahead log into the file.
    pub async fn close(&self) {
        self.read.close().await;
        // It fails while another process uses the database, and then nothing is lost.
        let _ = dialect::checkpoint(&self.write).await;
        self.write.close().await;
    }
}
