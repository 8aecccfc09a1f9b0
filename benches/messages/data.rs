//! A million messages, and a million customers, made by SQLite itself: recursive queries inside the engine are the quickest way in.

use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, time::Instant};

/// Scheduled messages of the project that is canceled by filter, on top of the million.
pub const BULK: i64 = 100_000;

/// A database that is measured: its name, and the statements that make its rows.
#[derive(Clone, Copy)]
pub struct Data {
    pub name: &'static str,
    pub sql: &'static str,
}

pub const MILLION: Data = Data { name: "million", sql: include_str!("million.sql") };
pub const CUSTOMERS: Data = Data { name: "customers", sql: include_str!("customers.sql") };

/// Fills a database that `review-messages migrate` has made.
pub async fn fill(file: &Path, data: Data) -> sqlx::Result<()> {
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
        "select name, sql from sqlite_master where type = 'index' and tbl_name in ('message', 'customer') and sql is not null",
    )
    .fetch_all(&mut db)
    .await?;
    for (name, _) in &indexes {
        db.execute(AssertSqlSafe(format!("drop index {name}"))).await?;
    }
    for statement in data.sql.split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
        db.execute(AssertSqlSafe(statement.to_owned())).await?;
    }
    for (_, sql) in indexes.iter().chain(&triggers) {
        db.execute(AssertSqlSafe(sql.clone())).await?;
    }
    for table in ["message_fts", "customer_fts"] {
        db.execute(AssertSqlSafe(format!("insert into {table} ({table}) values ('rebuild')"))).await?;
    }
    db.close().await?;
    eprintln!("made the data “{}” in {:.0} s", data.name, began.elapsed().as_secs_f64());
    Ok(())
}
