//! What differs between the engines; everything else is one text of SQL.

#[cfg(feature = "postgres")]
pub use postgres::*;
#[cfg(not(feature = "postgres"))]
pub use sqlite::*;

/// Whether a value could not be written or read, without an answer of the database.
fn is_about_values(e: &sqlx::Error) -> bool {
    use sqlx::Error::{ColumnDecode, Decode, Encode, RowNotFound};
    matches!(e, ColumnDecode { .. } | Decode(_) | Encode(_) | RowNotFound)
}

#[cfg(not(feature = "postgres"))]
mod sqlite {
    use crate::{
        domain::{AppResult, ProjectId, refusal::Refusal},
        server::store::{
            backup::update,
            db::{BeforeUpdate, Db, Query},
            error::not_opened,
        },
    };
    use sqlx::{
        ConnectOptions, Connection, SqliteConnection, SqlitePool,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    };
    use std::{collections::HashMap, str::FromStr, time::Duration};
    use uuid::Uuid;

    pub const NAME: &str = "SQLite";
    /// The pools of connections: the first for reading.
    pub const POOLS: &[&str] = &["read", "write"];
    /// Takes the write lock at once: a transaction that began by reading could not wait for it.
    pub const BEGIN_WRITE: &str = "begin immediate";
    /// All its statements see the same database.
    pub const BEGIN_SNAPSHOT: &str = "begin";
    /// Nothing: SQLite has one writer, so that no other worker can be claiming.
    pub const SKIP_LOCKED: &str = "";
    /// Nothing, likewise.
    pub const FOR_UPDATE: &str = "";
    /// Nothing: the transaction of migrations is the only writer.
    pub const LOCK_SCHEMA: &[&str] = &[];
    /// Follows a table whose rows are given by row id: after statistics of a small table, SQLite would prefer another index.
    pub const BY_ROW_ID: &str = " not indexed";
    /// Follows the table of messages where the failed ones that are not dismissed are asked for: SQLite would prefer an index of
    /// all failed ones, however many of them are dismissed.
    pub const BY_ATTENTION: &str = " indexed by message_attention";
    /// Follows the table of messages where the few that are being sent are asked for: SQLite would walk all of the project's.
    pub const BY_LEASE: &str = " indexed by message_leased";
    /// None: the host's clock is the database's.
    pub const CLOCK: Option<&str> = None;
    /// The function that finds one text in another.
    pub const POSITION: &str = "instr";
    /// What keeps messages from changing while they are counted: the writer's transaction itself.
    pub const LOCK_MESSAGES: &[&str] = &[];
    /// Writes the first page of the file, with the number that it already has: nothing else uses user_version.
    pub const WRITE_NOTHING: &[&str] = &["pragma user_version = 0"];
    /// Whether there is the table of migrations.
    pub const HAS_MIGRATIONS: &str = "select count(*) from sqlite_master where name = '_sqlx_migrations'";
    /// What tells the faults of a database; `ok` is none.
    pub const INTEGRITY: &[&str] = &[
        "pragma integrity_check(10)",
        "select 'a row of ' || \"table\" || ' refers to one of ' || parent || ' that is missing' from pragma_foreign_key_check limit 10",
    ];
    /// All counters as they should be.
    pub const TRUE_COUNTS: &str =
        "select project_id, d as day, coalesce(location_id, zeroblob(16)) as location_id, channel, template, status,
            count(*) as n, count(opened_at) as opened, count(clicked_at) as clicked,
            count(any_opened_at) as opened_any, count(any_clicked_at) as clicked_any, count(rating) as reviewed
        from (select m.*, m.day as d from message m union all select m.*, 0 as d from message m) t
        group by 1, 2, 3, 4, 5, 6";

    /// Before and after what must leave no trace: freed parts of pages and of the search indexes are written over.
    pub const BEGIN_ERASING: &[&str] = &[
        "pragma secure_delete = on",
        "insert into message_fts (message_fts, rank) values ('secure-delete', 1)",
        "insert into customer_fts (customer_fts, rank) values ('secure-delete', 1)",
    ];
    pub const END_ERASING: &[&str] = &[
        "insert into message_fts (message_fts, rank) values ('secure-delete', 0)",
        "insert into customer_fts (customer_fts, rank) values ('secure-delete', 0)",
        "pragma secure_delete = off",
    ];

    pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

    /// ` in (…)` of many numbers, as one parameter, so that the statement is prepared once.
    pub fn push_any(query: &mut Query, numbers: &[i64]) {
        let list = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        query.push("in (select value from json_each(").push_bind(format!("[{list}]")).push("))");
    }

    /// `in (…)` of many ids, as one parameter, so that the statement is prepared once.
    pub fn push_any_id<K: Copy + Into<Uuid>>(query: &mut Query, ids: &[K]) {
        let list = ids.iter().map(|id| format!("\"{}\"", (*id).into().simple())).collect::<Vec<_>>().join(",");
        query.push("in (select unhex(value) from json_each(").push_bind(format!("[{list}]")).push("))");
    }

    /// Follows a table (and its other name) that is read along this index: without statistics, SQLite may prefer another.
    pub fn push_index(query: &mut Query, index: &'static str) {
        query.push(" indexed by ").push(index);
    }

    /// The index behind the primary key of customers.
    pub const CUSTOMER_KEY: &str = "sqlite_autoindex_customer_1";

    /// `in (…)` of many texts, as one parameter.
    pub fn push_any_text(query: &mut Query, texts: &[&str]) {
        let list = serde_json::to_string(texts).unwrap_or_default();
        query.push(" in (select value from json_each(").push_bind(list).push("))");
    }

    /// # Errors
    /// A sentence that names DATABASE_URL where the address is not one of this engine's.
    pub async fn connect(url: &str, before: BeforeUpdate) -> AppResult<Db> {
        // sqlx would accept any text as a file name.
        if !url.starts_with("sqlite:") {
            let example = "sqlite://data/review-messages.db";
            return Err(Refusal::OtherEngine { engine: "SQLite", example }.into());
        }
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|e| Refusal::DatabaseUrl(e.to_string()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A recorded result must survive a power cut; otherwise its message would be sent again.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-65536")
            .pragma("mmap_size", "1073741824")
            // Checkpoint after 64 MiB of write-ahead log: the default would do it after each chunk of a bulk action.
            .pragma("wal_autocheckpoint", "16384")
            .pragma("journal_size_limit", "67108864")
            .pragma("temp_store", "memory")
            // Room for a page of rows: with less, the connection's thread waits for each row to be read.
            .row_buffer_size(256)
            .log_statements(tracing::log::LevelFilter::Trace)
            .statement_cache_capacity(512);
        let in_use = update::up_to_date(&options, before).await?;
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // After some errors (a full disk, a failing one) SQLite rolls back by itself; the rollback that sqlx then sends fails,
            // and the connection counts as inside of a transaction for ever. It is closed, and the next writer has a new one.
            .before_acquire(|connection, _| {
                let is_free = !connection.is_in_transaction();
                if !is_free {
                    tracing::warn!("a database connection that an error left inside of its transaction was closed");
                }
                Box::pin(async move { Ok(is_free) })
            })
            .connect_with(options.clone())
            .await
            .map_err(not_opened)?;
        let closed = write.close_event();
        tokio::spawn(async move {
            closed.await;
            drop(in_use);
        });
        // Whether a connection to a file is alive need not be asked before each query: that costs as much as a small query.
        let read = SqlitePoolOptions::new().max_connections(8).test_before_acquire(false);
        let read = read.connect_with(options.clone().read_only(true)).await.map_err(not_opened)?;
        let db = Db::new(read, write);
        tokio::spawn(follow(db.clone(), options));
        Ok(db)
    }

    /// A connection to the database as it is; None if there is none.
    pub async fn look(url: &str) -> AppResult<Option<SqliteConnection>> {
        let options = SqliteConnectOptions::from_str(url).map_err(|e| Refusal::DatabaseUrl(e.to_string()))?;
        if !options.get_filename().exists() {
            return Ok(None);
        }
        let options = options.create_if_missing(false).log_statements(tracing::log::LevelFilter::Trace);
        options.connect().await.map(Some).map_err(not_opened)
    }

    /// Checkpoints the write-ahead log into the file. The last connection to close would do it, but another process may hold one.
    pub async fn checkpoint(pool: &SqlitePool) -> sqlx::Result<()> {
        sqlx::query("pragma wal_checkpoint(truncate)").execute(pool).await.map(drop)
    }

    /// Empties the write-ahead log into the file, on a connection of its own that waits for nobody for long: meanwhile nobody could
    /// write. False where somebody reads or writes just now; that is no error of the statement, but in its answer.
    pub async fn empty_log(pool: &SqlitePool) -> sqlx::Result<bool> {
        let options = pool.connect_options().as_ref().clone().busy_timeout(Duration::from_millis(100));
        let mut connection = options.connect().await?;
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(busy == 0)
    }

    /// Whether the statement failed because of a concurrent one, so that a retry may succeed.
    pub fn is_busy(e: &sqlx::Error) -> bool {
        // SQLITE_BUSY and SQLITE_LOCKED, with their extended codes in the upper bytes.
        code(e).is_some_and(|c| matches!(c & 0xff, 5 | 6))
    }

    /// Whether the file or its folder cannot be written to: SQLITE_READONLY and SQLITE_CANTOPEN.
    pub fn is_read_only(e: &sqlx::Error) -> bool {
        code(e).is_some_and(|c| matches!(c & 0xff, 8 | 14))
    }

    /// Whether the database works and refused these rows: others can be written. A full, busy, broken or missing database is
    /// none of that, and neither is what we do not know.
    pub fn is_about_rows(e: &sqlx::Error) -> bool {
        // SQLITE_ERROR, SQLITE_CORRUPT (also of one search index), SQLITE_TOOBIG, SQLITE_CONSTRAINT (also raised by a
        // trigger), SQLITE_MISMATCH.
        code(e).map_or_else(|| super::is_about_values(e), |c| matches!(c & 0xff, 1 | 11 | 18 | 19 | 20))
    }

    /// SQLite stores every character.
    pub fn is_unstorable(_: &sqlx::Error) -> bool {
        false
    }

    fn code(e: &sqlx::Error) -> Option<i32> {
        e.as_database_error()?.code()?.parse().ok()
    }

    /// Notifies of changes by other processes. `data_version` changes when another connection commits; project_change tells
    /// which projects changed.
    async fn follow(db: Db, options: SqliteConnectOptions) {
        let Ok(mut connection) = options.connect().await else { return };
        let mut last = data_version(&mut connection).await.unwrap_or_default();
        let mut known = versions(&mut connection).await.unwrap_or_default();
        while !db.is_closed() {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let Ok(now) = data_version(&mut connection).await else { continue };
            if now == last || !db.is_followed() {
                continue;
            }
            let Ok(versions) = versions(&mut connection).await else { continue };
            last = now;
            for (project, version) in versions {
                if known.insert(project, version) != Some(version) {
                    db.changed(project);
                }
            }
        }
    }

    async fn data_version(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
        sqlx::query_scalar("pragma data_version").fetch_one(connection).await
    }

    async fn versions(connection: &mut SqliteConnection) -> sqlx::Result<HashMap<ProjectId, i64>> {
        let versions: Vec<_> =
            sqlx::query_as("select project_id, version from project_change").fetch_all(connection).await?;
        Ok(versions.into_iter().collect())
    }

    /// Nothing: followers of SQLite poll project_change.
    pub async fn notify(_: &mut crate::server::store::db::Tx, _: ProjectId) -> sqlx::Result<()> {
        Ok(())
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use crate::{
        domain::{AppResult, ProjectId, refusal::Refusal},
        server::store::{
            db::{BeforeUpdate, Db, Query, Tx},
            error::not_opened,
            migrations,
        },
    };
    use sqlx::{
        ConnectOptions, Connection, Executor, PgConnection,
        postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    };
    use std::{str::FromStr, time::Duration};
    use uuid::Uuid;

    /// For how long a connection that was used counts as alive.
    const FRESH: Duration = Duration::from_secs(1);

    pub const NAME: &str = "PostgreSQL";
    /// The pools of connections: one for all.
    pub const POOLS: &[&str] = &["all"];
    pub const BEGIN_WRITE: &str = "begin";
    /// All its statements see the same database.
    pub const BEGIN_SNAPSHOT: &str = "begin isolation level repeatable read read only";
    /// Skips rows that another worker is claiming.
    pub const SKIP_LOCKED: &str = " for update of m skip locked";
    /// The database's clock, in ms since 1970.
    pub const CLOCK: Option<&str> = Some("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)");
    /// Waits for another transaction that has read the row so.
    pub const FOR_UPDATE: &str = " for update";
    /// Until the migrations are committed, whoever else would make them waits: the lock that sqlx takes ends before that.
    pub const LOCK_SCHEMA: &[&str] = &["select pg_advisory_xact_lock(hashtext('review-messages migrations'))"];
    /// Its statistics can be trusted.
    pub const BY_ROW_ID: &str = "";
    pub const BY_ATTENTION: &str = "";
    pub const BY_LEASE: &str = "";
    /// The function that finds one text in another.
    pub const POSITION: &str = "strpos";
    /// What keeps messages from changing while they are counted.
    pub const LOCK_MESSAGES: &[&str] = &["lock table message in share mode"];
    /// The first is refused where transactions are read-only, and locks no row. The second writes to the log, whose commit is
    /// then waited for.
    pub const WRITE_NOTHING: &[&str] = &[
        "update project_change set version = version where false",
        "select pg_logical_emit_message(true, 'review-messages', ''::text)",
    ];
    /// Whether there is the table of migrations.
    pub const HAS_MIGRATIONS: &str = "select count(*) from pg_tables where tablename = '_sqlx_migrations' and schemaname = any(current_schemas(false))";
    /// Nothing: only PostgreSQL's own tools can tell.
    pub const INTEGRITY: &[&str] = &[];
    /// All counters as they should be.
    pub const TRUE_COUNTS: &str = "select project_id, d as day, coalesce(location_id, '00000000-0000-0000-0000-000000000000'::uuid) as location_id, channel, template, status,
            count(*) as n, count(opened_at) as opened, count(clicked_at) as clicked,
            count(any_opened_at) as opened_any, count(any_clicked_at) as clicked_any, count(rating) as reviewed
        from (select m.*, m.day as d from message m union all select m.*, 0 as d from message m) t
        group by 1, 2, 3, 4, 5, 6";

    /// Nothing: what is freed goes with the next vacuum.
    pub const BEGIN_ERASING: &[&str] = &[];
    pub const END_ERASING: &[&str] = &[];

    pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

    /// ` in (…)` of many numbers, as one parameter.
    pub fn push_any(query: &mut Query, numbers: &[i64]) {
        query.push("= any(").push_bind(numbers.to_vec()).push(")");
    }

    /// `in (…)` of many ids, as one parameter.
    pub fn push_any_id<K: Copy + Into<Uuid>>(query: &mut Query, ids: &[K]) {
        let ids: Vec<Uuid> = ids.iter().map(|id| (*id).into()).collect();
        query.push("= any(").push_bind(ids).push(")");
    }

    /// Nothing: its statistics can be trusted.
    pub fn push_index(_: &mut Query, _: &'static str) {}

    pub const CUSTOMER_KEY: &str = "";

    /// `in (…)` of many texts, as one parameter.
    pub fn push_any_text(query: &mut Query, texts: &[&str]) {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        query.push(" = any(").push_bind(texts).push(")");
    }

    /// # Errors
    /// A sentence that names DATABASE_URL where the address is not one of this engine's.
    pub async fn connect(url: &str, _: BeforeUpdate) -> AppResult<Db> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            let example = "postgres://user:password@host/database";
            return Err(Refusal::OtherEngine { engine: "PostgreSQL", example }.into());
        }
        let options = PgConnectOptions::from_str(url)
            .map_err(|e| Refusal::DatabaseUrl(e.to_string()))?
            .log_statements(tracing::log::LevelFilter::Trace)
            .statement_cache_capacity(512);
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            // Whether a connection is alive is asked where it was idle for a while, not before each statement of a page.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move { Ok(meta.idle_for < FRESH || connection.ping().await.is_ok()) })
            })
            // A process that is suspended, or cut off from the network, in the middle of a transaction keeps its locks, and others
            // wait for them. Ours last for milliseconds.
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute("set idle_in_transaction_session_timeout = '30s'").await.map(drop)
                })
            })
            .connect_with(options)
            .await
            .map_err(not_opened)?;
        migrations::run(&pool).await?;
        let db = Db::new(pool.clone(), pool.clone());
        tokio::spawn(follow(db.clone(), pool));
        Ok(db)
    }

    /// A connection to the database as it is.
    pub async fn look(url: &str) -> AppResult<Option<PgConnection>> {
        let options = PgConnectOptions::from_str(url).map_err(|e| Refusal::DatabaseUrl(e.to_string()))?;
        let options = options.log_statements(tracing::log::LevelFilter::Trace);
        options.connect().await.map(Some).map_err(not_opened)
    }

    /// Whether the statement failed because of a concurrent one, so that a retry may succeed.
    pub fn is_busy(e: &sqlx::Error) -> bool {
        // serialization_failure, deadlock_detected, too_many_connections, lock_not_available, query_canceled.
        matches!(code(e).as_deref(), Some("40001" | "40P01" | "53300" | "55P03" | "57014"))
    }

    /// read_only_sql_transaction, and insufficient_privilege.
    pub fn is_read_only(e: &sqlx::Error) -> bool {
        matches!(code(e).as_deref(), Some("25006" | "42501"))
    }

    /// Whether the database works and refused these rows: others can be written. A full, busy, read-only or missing database
    /// is none of that, and neither is what we do not know.
    pub fn is_about_rows(e: &sqlx::Error) -> bool {
        // Classes of SQLSTATE: data exception, constraint violation, triggered data change, limits, raised by a
        // function; and data_corrupted and index_corrupted, which may be one page.
        let classes = ["22", "23", "27", "54", "P0", "XX001", "XX002"];
        code(e).map_or_else(|| super::is_about_values(e), |code| classes.iter().any(|class| code.starts_with(class)))
    }

    /// character_not_in_repertoire: a text with U+0000.
    pub fn is_unstorable(e: &sqlx::Error) -> bool {
        code(e).as_deref() == Some("22021")
    }

    fn code(e: &sqlx::Error) -> Option<String> {
        Some(e.as_database_error()?.code()?.into_owned())
    }

    /// News of what other processes changed. The listener connects again by itself.
    async fn follow(db: Db, pool: sqlx::PgPool) {
        let mut retry = tokio::time::interval(Duration::from_secs(2));
        while !db.is_closed() {
            retry.tick().await;
            let Ok(mut listener) = PgListener::connect_with(&pool).await else { continue };
            if listener.listen("project_change").await.is_err() {
                continue;
            }
            while let Ok(news) = listener.recv().await {
                if let Ok(project) = news.payload().parse() {
                    db.changed(project);
                }
            }
        }
    }

    /// PostgreSQL writes its log by itself.
    pub async fn checkpoint(_: &sqlx::PgPool) -> sqlx::Result<()> {
        Ok(())
    }

    /// Likewise.
    pub async fn empty_log(_: &sqlx::PgPool) -> sqlx::Result<bool> {
        Ok(true)
    }

    /// Reaches the listeners when the transaction commits.
    pub async fn notify(tx: &mut Tx, project: ProjectId) -> sqlx::Result<()> {
        sqlx::query("select pg_notify('project_change', $1)").bind(project.to_string()).execute(&mut **tx).await?;
        Ok(())
    }
}
