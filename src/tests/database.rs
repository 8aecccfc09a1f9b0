//! A fresh database for each test.

use crate::server::store::{self, Db};
use tempfile::TempDir;

/// Removed when it is dropped; on PostgreSQL, with the temporary server.
pub struct Fresh {
    pub db: Db,
    /// To open it a second time, as another process does.
    pub url: String,
    _place: Empty,
}

/// The place of a database without any table.
pub struct Empty {
    pub url: String,
    /// On SQLite, where its file is.
    pub folder: Option<TempDir>,
}

pub async fn fresh() -> Fresh {
    let place = empty().await;
    Fresh { db: store::open(&place.url).await.unwrap(), url: place.url.clone(), _place: place }
}

#[cfg(not(feature = "postgres"))]
pub async fn empty() -> Empty {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    Empty { url, folder: Some(folder) }
}

/// On the server that TEST_DATABASE_URL names (scripts/postgres.sh starts one).
#[cfg(feature = "postgres")]
pub async fn empty() -> Empty {
    use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
    let url = std::env::var("TEST_DATABASE_URL").expect("TEST_DATABASE_URL: run scripts/postgres.sh run cargo test");
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut server = PgConnection::connect(&url).await.unwrap();
    server.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    let mut own = reqwest::Url::parse(&url).unwrap();
    own.set_path(&name);
    Empty { url: own.into(), folder: None }
}
