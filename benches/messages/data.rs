//! A million messages, made by SQLite itself: recursive queries inside the engine are the quickest way in.

use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, time::Instant};

/// How many messages the measured project has; the others have the rest.
pub const BIG: i64 = 200_000;
pub const REST: i64 = 800_000;
/// Scheduled messages of the project that is canceled by filter, on top of the million.
pub const BULK: i64 = 100_000;

/// Fills a database that `review-messages migrate` has made.
pub async fn fill(file: &Path) -> sqlx::Result<()> {
    let began = Instant::now();
    let mut db =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file).foreign_keys(false)).await?;
    // Nothing here must survive a power cut: the file is made anew where it is not whole.
    for statement in ["pragma journal_mode = off", "pragma synchronous = off", "pragma cache_size = -400000"] {
        db.execute(statement).await?;
    }
    let triggers: Vec<(String, String)> =
        sqlx::query_as("select name, sql from sqlite_master where type = 'trigger'").fetch_all(&mut db).await?;
    for (name, _) in &triggers {
        db.execute(AssertSqlSafe(format!("drop trigger {name}"))).await?;
    }
    // Indexes are built afterwards: sorted once instead of a million insertions each.
    let indexes: Vec<(String, String)> = sqlx::query_as(
        "select name, sql from sqlite_master where type = 'index' and tbl_name = 'message' and sql is not null",
    )
    .fetch_all(&mut db)
    .await?;
    for (name, _) in &indexes {
        db.execute(AssertSqlSafe(format!("drop index {name}"))).await?;
    }
    for statement in include_str!("million.sql").split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
        db.execute(AssertSqlSafe(statement.to_owned())).await?;
    }
    for (_, sql) in indexes.iter().chain(&triggers) {
        db.execute(AssertSqlSafe(sql.clone())).await?;
    }
    db.execute("insert into message_fts (message_fts) values ('rebuild')").await?;
    db.close().await?;
    eprintln!("made {} messages in {:.0} s", BIG + REST + BULK, began.elapsed().as_secs_f64());
    Ok(())
}
