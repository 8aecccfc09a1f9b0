//! The database: which engine, its pools, transactions, and news of changes.

use crate::domain::ProjectId;
use sqlx::{Pool, Transaction};
use std::sync::Arc;
use tokio::sync::broadcast;

#[cfg(not(feature = "postgres"))]
pub type Engine = sqlx::Sqlite;
#[cfg(feature = "postgres")]
pub type Engine = sqlx::Postgres;

pub type Tx = Transaction<'static, Engine>;
pub type Row = <Engine as sqlx::Database>::Row;
pub type Query = sqlx::QueryBuilder<Engine>;

/// Cheap to clone.
#[derive(Clone)]
pub struct Db {
    read: Pool<Engine>,
    write: Pool<Engine>,
    changes: Arc<broadcast::Sender<ProjectId>>,
}

impl Db {
    pub fn new(read: Pool<Engine>, write: Pool<Engine>) -> Self {
        Self { read, write, changes: Arc::new(broadcast::channel(1024).0) }
    }

    /// For statements that only read.
    pub fn read(&self) -> &Pool<Engine> {
        &self.read
    }

    /// A transaction that writes. On SQLite it takes the write lock at once, so that it cannot fail half way.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        self.write.begin_with(super::dialect::BEGIN_WRITE).await
    }

    /// To be called after the commit of whatever changed in a project.
    pub fn changed(&self, project: ProjectId) {
        let _ = self.changes.send(project);
    }

    /// News of changes, from this process and (dialect.rs) from others.
    pub fn changes(&self) -> broadcast::Receiver<ProjectId> {
        self.changes.subscribe()
    }
}
