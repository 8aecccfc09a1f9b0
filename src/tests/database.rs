//! A fresh database for each test.

use crate::server::store::{self, Db};
use tempfile::TempDir;

/// Removed when it is dropped; on PostgreSQL, with the temporary server.
pub struct Fresh {
    pub db: Db,
    /// To open it a second time, as another process does.
    pub url: String,
    _folder: Option<TempDir>,
}

#[cfg(not(feature = "postgres"))]
pub async fn fresh() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    Fresh { db: store::open(&url).await.unwrap(), url, _folder: Some(folder) }
}

/// On the server that TEST_DATABASE_URL names (scripts/postgres.sh starts one).
#[cfg(feature = "postgres")]
pub async fn fresh() -> Fresh {
    use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
    let url = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL: run scripts/postgres.sh run cargo test");
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut server = PgConnection::connect(&url).await.unwrap();
    server.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    let mut own = reqwest::Url::parse(&url).unwrap();
    own.set_path(&name);
    Fresh { db: store::open(own.as_str()).await.unwrap(), url: own.into(), _folder: None }
}
