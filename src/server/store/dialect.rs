//! What differs between the engines; everything else is one text of SQL.

#[cfg(feature = "postgres")]
pub use postgres::*;
#[cfg(not(feature = "postgres"))]
pub use sqlite::*;

#[cfg(not(feature = "postgres"))]
mod sqlite {
    use crate::{
        domain::{AppError, AppResult, ProjectId},
        server::store::db::{Db, Query},
    };
    use sqlx::{
        ConnectOptions, SqliteConnection, SqlitePool,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    };
    use std::{collections::HashMap, str::FromStr, time::Duration};

    pub const NAME: &str = "SQLite";
    /// Takes the write lock at once: a transaction that began by reading could not wait for it.
    pub const BEGIN_WRITE: &str = "begin immediate";
    /// Rows that another worker is claiming are waited for: there is one writer.
    pub const SKIP_LOCKED: &str = "";
    /// After a table whose rows are named by their row ids: statistics of a small table speak for a walk along another
    /// index.
    pub const BY_ROW_ID: &str = " not indexed";
    /// The function that says where one text stands in another.
    pub const POSITION: &str = "instr";
    /// What keeps messages from changing while they are counted: the writer's transaction itself.
    pub const LOCK_MESSAGES: &[&str] = &[];
    /// All counters as they should be.
    pub const TRUE_COUNTS: &str =
        "select project_id, d as day, coalesce(location_id, zeroblob(16)) as location_id, channel, template, status,
            count(*) as n, count(opened_at) as opened, count(clicked_at) as clicked
        from (select m.*, m.day as d from message m union all select m.*, 0 as d from message m) t
        group by 1, 2, 3, 4, 5, 6";

    pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");

    /// ` in (…)` of many numbers, as one parameter: a statement that names them would be prepared anew for each page.
    pub fn push_any(query: &mut Query, numbers: &[i64]) {
        let list = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        query.push("in (select value from json_each(").push_bind(format!("[{list}]")).push("))");
    }

    /// # Errors
    /// A sentence that names DATABASE_URL where the address is not one of this engine's.
    pub async fn connect(url: &str) -> AppResult<Db> {
        let invalid = |why: &str| AppError::invalid("DATABASE_URL", format!("DATABASE_URL: {why}."));
        // sqlx would take any text for a file's name.
        if !url.starts_with("sqlite:") {
            return Err(invalid(
                "this build is for SQLite, whose addresses are as in sqlite://data/review-messages.db",
            ));
        }
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|e| invalid(&e.to_string()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A result that was recorded must survive a power cut: what was sent would be sent again.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-65536")
            .pragma("mmap_size", "1073741824")
            // 64 MiB of write-ahead log before it is folded: the default folds after each part of a bulk action.
            .pragma("wal_autocheckpoint", "16384")
            .pragma("journal_size_limit", "67108864")
            .pragma("temp_store", "memory")
            // A page of rows, with room: else the connection's thread waits for each to be taken.
            .row_buffer_size(256)
            .log_statements(tracing::log::LevelFilter::Trace)
            .statement_cache_capacity(256);
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        MIGRATIONS.run(&write).await.map_err(sqlx::Error::from)?;
        let read = SqlitePoolOptions::new().max_connections(8).connect_with(options.clone().read_only(true)).await?;
        let db = Db::new(read, write);
        tokio::spawn(follow(db.clone(), options));
        Ok(db)
    }

    /// Folds the write-ahead log into the file. The last connection that closes would do it too; another process may hold one.
    pub async fn fold(pool: &SqlitePool) -> sqlx::Result<()> {
        sqlx::query("pragma wal_checkpoint(truncate)").execute(pool).await.map(drop)
    }

    /// Whether nothing was done for the sake of others, and the same may succeed when it is tried again.
    pub fn is_busy(e: &sqlx::Error) -> bool {
        // SQLITE_BUSY and SQLITE_LOCKED, with their extended codes in the upper bytes.
        code(e).is_some_and(|c| matches!(c & 0xff, 5 | 6))
    }

    /// SQLite stores every character.
    pub fn is_unstorable(_: &sqlx::Error) -> bool {
        false
    }

    fn code(e: &sqlx::Error) -> Option<i32> {
        e.as_database_error()?.code()?.parse().ok()
    }

    /// News of what other processes changed. `data_version` moves when somebody else commits; which projects changed
    /// stands in project_change.
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

    /// The transaction's own news; SQLite's followers look at project_change themselves.
    pub async fn notify(_: &mut crate::server::store::db::Tx, _: ProjectId) -> sqlx::Result<()> {
        Ok(())
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use crate::{
        domain::{AppError, AppResult, ProjectId},
        server::store::db::{Db, Query, Tx},
    };
    use sqlx::{
        ConnectOptions,
        postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    };
    use std::{str::FromStr, time::Duration};

    pub const NAME: &str = "PostgreSQL";
    pub const BEGIN_WRITE: &str = "begin";
    /// Rows that another worker is claiming are passed over.
    pub const SKIP_LOCKED: &str = " for update of m skip locked";
    /// Its statistics can be trusted.
    pub const BY_ROW_ID: &str = "";
    /// The function that says where one text stands in another.
    pub const POSITION: &str = "strpos";
    /// What keeps messages from changing while they are counted.
    pub const LOCK_MESSAGES: &[&str] = &["lock table message in share mode"];
    /// All counters as they should be.
    pub const TRUE_COUNTS: &str = "select project_id, d as day, coalesce(location_id, '00000000-0000-0000-0000-000000000000'::uuid) as location_id, channel, template, status,
            count(*) as n, count(opened_at) as opened, count(clicked_at) as clicked
        from (select m.*, m.day as d from message m union all select m.*, 0 as d from message m) t
        group by 1, 2, 3, 4, 5, 6";

    pub static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

    /// ` in (…)` of many numbers, as one parameter.
    pub fn push_any(query: &mut Query, numbers: &[i64]) {
        query.push("= any(").push_bind(numbers.to_vec()).push(")");
    }

    /// # Errors
    /// A sentence that names DATABASE_URL where the address is not one of this engine's.
    pub async fn connect(url: &str) -> AppResult<Db> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(AppError::invalid(
                "DATABASE_URL",
                "DATABASE_URL must begin with postgres://: this program was built for PostgreSQL.",
            ));
        }
        let options = PgConnectOptions::from_str(url)
            .map_err(|e| AppError::invalid("DATABASE_URL", format!("DATABASE_URL: {e}.")))?
            .log_statements(tracing::log::LevelFilter::Trace);
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await?;
        MIGRATIONS.run(&pool).await.map_err(sqlx::Error::from)?;
        let db = Db::new(pool.clone(), pool.clone());
        tokio::spawn(follow(db.clone(), pool));
        Ok(db)
    }

    /// Whether nothing was done for the sake of others, and the same may succeed when it is tried again.
    pub fn is_busy(e: &sqlx::Error) -> bool {
        // serialization_failure, deadlock_detected, too_many_connections, lock_not_available, query_canceled.
        matches!(code(e).as_deref(), Some("40001" | "40P01" | "53300" | "55P03" | "57014"))
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
    pub async fn fold(_: &sqlx::PgPool) -> sqlx::Result<()> {
        Ok(())
    }

    /// Reaches the listeners when the transaction commits.
    pub async fn notify(tx: &mut Tx, project: ProjectId) -> sqlx::Result<()> {
        sqlx::query("select pg_notify('project_change', $1)").bind(project.to_string()).execute(&mut **tx).await?;
        Ok(())
    }
}
