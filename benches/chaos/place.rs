//! A database and a data folder for one case, filled and looked at from outside of the product.

use crate::{Result, Setting};
use sqlx::{AssertSqlSafe, Pool, QueryBuilder};
use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::time::sleep;
use uuid::Uuid;

#[cfg(feature = "postgres")]
pub type Engine = sqlx::Postgres;
#[cfg(not(feature = "postgres"))]
pub type Engine = sqlx::Sqlite;

#[cfg(feature = "postgres")]
pub const ENGINE: &str = "PostgreSQL";
#[cfg(not(feature = "postgres"))]
pub const ENGINE: &str = "SQLite";

pub const MINUTE: i64 = 60_000;
/// How long a claim holds without a sign of life of its worker, in ms.
const LEASE: i64 = MINUTE;
/// Rows of one statement.
const ROWS: usize = 400;

/// The addresses of messages are customer.N@example.com, or numbers that end in N.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Email,
    Sms,
}

/// Messages to make, one for each customer.
pub struct Batch {
    /// The number of the project, from 1.
    pub project: u128,
    /// The number of the first.
    pub first: u128,
    pub count: u128,
    pub by: By,
    /// Milliseconds from now; they are due one after another.
    pub due_in: i64,
    /// Whether they have failed already.
    pub failed: bool,
    pub html: String,
}

impl Batch {
    /// Emails that are due.
    pub fn of(count: u128) -> Self {
        Self {
            project: 1,
            first: 1,
            count,
            by: By::Email,
            due_in: -MINUTE,
            failed: false,
            html: "<p>Hi</p>".repeat(400),
        }
    }

    pub fn ids(&self) -> Vec<Uuid> {
        (self.first..self.first + self.count).map(|n| id(0xe, self.project, n)).collect()
    }
}

/// A UUID of version 7 that says what it is of.
fn id(kind: u128, project: u128, n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | kind << 80 | project << 40 | n)
}

pub struct Place {
    pub folder: PathBuf,
    /// Where its processes write what they have to say.
    pub log: PathBuf,
    pub url: String,
    pub db: Pool<Engine>,
    pub binary: PathBuf,
}

/// What has become of the messages.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct States {
    pub scheduled: i64,
    pub sending: i64,
    pub sent: i64,
    pub failed: i64,
    pub canceled: i64,
}

impl Place {
    /// A database with the present schema and nothing in it.
    pub async fn new(setting: &Setting, name: &str) -> Result<Self> {
        Self::within(setting, setting.folder.join(name), name).await
    }

    /// The same, in a folder that is there.
    pub async fn within(setting: &Setting, folder: PathBuf, name: &str) -> Result<Self> {
        let _ = std::fs::remove_dir_all(folder.join("data"));
        let folder = folder.join("data");
        std::fs::create_dir_all(&folder)?;
        let url = database(&folder, name).await?;
        let log = setting.folder.join(format!("{name}.log"));
        let _ = std::fs::remove_file(&log);
        let place = Self { db: connect(&url).await?, folder, log, url, binary: setting.binary.clone() };
        place.run(&["migrate"], "")?;
        Ok(place)
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.env("DATA_DIR", &self.folder).env("DATABASE_URL", &self.url).env("LOG", "warn");
        command
    }

    /// Runs a command of the product to its end.
    pub fn run(&self, args: &[&str], input: &str) -> Result<()> {
        let mut child = self.command().args(args).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            std::io::Write::write_all(&mut stdin, input.as_bytes())?;
        }
        let status = child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("review-messages {}: {status}", args.join(" ")).into()) }
    }

    /// Makes messages, and their project where it is new. Returns their ids.
    pub async fn fill(&self, batch: &Batch) -> Result<Vec<Uuid>> {
        let project = id(0, batch.project, 0);
        let name = format!("chaos{}", batch.project);
        let mut tx = self.db.begin().await?;
        // Without quiet hours: by the clock of the customers' area code, the run may fall into the night.
        let insert = "insert into project (id, number, slug, name, time_zone, quiet_sms, created_at)
            values ($1, $2, $3, $3, 'UTC', 0, 0) on conflict do nothing";
        sqlx::query(insert).bind(project).bind(batch.project as i64).bind(&name).execute(&mut *tx).await?;
        let insert = "insert into project_change (project_id) values ($1) on conflict do nothing";
        sqlx::query(insert).bind(project).execute(&mut *tx).await?;
        let numbers: Vec<u128> = (batch.first..batch.first + batch.count).collect();
        let due = now() + batch.due_in;
        for some in numbers.chunks(ROWS) {
            let mut query = QueryBuilder::<Engine>::new(
                "insert into customer (project_id, id, name, email, phone, search_text, last_number, created_at) ",
            );
            query.push_values(some, |mut row, n| {
                row.push_bind(project).push_bind(id(0xc, batch.project, *n)).push_bind(format!("Customer {n}"));
                row.push_bind(format!("customer.{n}@example.com")).push_bind(phone(*n));
                row.push("'', 1, 0");
            });
            query.build().execute(&mut *tx).await?;
            let mut query =
                QueryBuilder::<Engine>::new("insert into request (project_id, id, customer_id, number, created_at) ");
            query.push_values(some, |mut row, n| {
                row.push_bind(project).push_bind(id(0xd, batch.project, *n));
                row.push_bind(id(0xc, batch.project, *n)).push("1, 0");
            });
            query.build().execute(&mut *tx).await?;
            let mut query = QueryBuilder::<Engine>::new(
                "insert into message (seq, project_id, id, customer_id, request_id, channel, template, recipient, state, status,
                    failure_code, failed_at, scheduled_at, due_at, day, created_at) ",
            );
            query.push_values(some, |mut row, n| {
                let (channel, recipient) = match batch.by {
                    By::Email => (0_i16, format!("customer.{n}@example.com")),
                    By::Sms => (1, phone(*n)),
                };
                let (state, status) = if batch.failed { (3_i16, 4_i16) } else { (0, 0) };
                let at = due + (n - batch.first) as i64;
                row.push_bind(((batch.project << 40) | n) as i64).push_bind(project);
                row.push_bind(id(0xe, batch.project, *n)).push_bind(id(0xc, batch.project, *n));
                row.push_bind(id(0xd, batch.project, *n)).push_bind(channel).push_bind(0_i16).push_bind(recipient);
                row.push_bind(state).push_bind(status);
                row.push_bind(batch.failed.then_some("other")).push_bind(batch.failed.then_some(0_i64));
                row.push_bind(at).push_bind(at).push_bind((at / (24 * 60 * MINUTE)) as i32).push_bind(0_i64);
            });
            query.build().execute(&mut *tx).await?;
            let mut query = QueryBuilder::<Engine>::new(
                "insert into message_content (project_id, message_id, subject, text, html) ",
            );
            query.push_values(some, |mut row, n| {
                row.push_bind(project).push_bind(id(0xe, batch.project, *n)).push("'How was it?', 'How was it?'");
                row.push_bind(&batch.html);
            });
            query.build().execute(&mut *tx).await?;
            let mut query = QueryBuilder::<Engine>::new("insert into tracking_token (token, project_id, message_id) ");
            query.push_values(some, |mut row, n| {
                let message = id(0xe, batch.project, *n);
                row.push_bind(message.simple().to_string()).push_bind(project).push_bind(message);
            });
            query.build().execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(batch.ids())
    }

    pub async fn execute(&self, sql: &str) -> Result<u64> {
        Ok(sqlx::query(AssertSqlSafe(sql)).execute(&self.db).await?.rows_affected())
    }

    pub async fn number(&self, sql: &str) -> Result<i64> {
        Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.db).await?)
    }

    pub async fn states(&self) -> Result<States> {
        let sql = "select count(*) filter (where state = 0) as scheduled, count(*) filter (where state = 1) as sending,
            count(*) filter (where state = 2) as sent, count(*) filter (where state = 3) as failed,
            count(*) filter (where state = 4) as canceled from message";
        Ok(sqlx::query_as(sql).fetch_one(&self.db).await?)
    }

    /// The messages of which some attempt is in doubt.
    pub async fn in_doubt(&self) -> Result<Vec<Uuid>> {
        let sql = "select distinct message_id from send_attempt where outcome = 'ambiguous'";
        Ok(sqlx::query_scalar(sql).fetch_all(&self.db).await?)
    }

    /// Why the connection is paused.
    pub async fn stop(&self) -> Result<Option<String>> {
        Ok(sqlx::query_scalar("select reason from stopped_connection").fetch_optional(&self.db).await?)
    }

    /// As if the leases of all workers had run out. Only where none is alive that has one.
    pub async fn expire_leases(&self) -> Result<()> {
        self.execute(&format!("update message set lease_until = lease_until - {} where state = 1", LEASE + 1_000))
            .await?;
        Ok(())
    }

    /// Waits until every message has ended, or as long as `patience` allows. What waits for a later attempt has its time moved
    /// to now, the first of them each time, as if it had passed.
    pub async fn drained(&self, patience: Duration) -> Result<()> {
        let began = Instant::now();
        loop {
            let (now, soon) = (now(), 2_000);
            let open = self.number("select count(*) from message where state in (0, 1)").await?;
            if open == 0 {
                return Ok(());
            }
            let busy = format!("select count(*) from message where state = 1 or state = 0 and due_at <= {now}");
            if self.number(&busy).await? == 0 {
                let first = self.number("select coalesce(min(due_at), 0) from message where state = 0").await?;
                let sooner = (first - now).max(0) + soon;
                let move_up = "update message set due_at = due_at - {sooner} where state = 0 and attempts > 0";
                self.execute(&move_up.replace("{sooner}", &sooner.to_string())).await?;
            }
            if began.elapsed() > patience {
                return Err(format!("{open} messages had not ended after {} s", patience.as_secs()).into());
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until nothing is due or being sent, in real time.
    pub async fn idle(&self, patience: Duration) -> Result<Duration> {
        let began = Instant::now();
        while self.number("select count(*) from message where state in (0, 1)").await? > 0 {
            if began.elapsed() > patience {
                return Err(format!("messages wait after {} s: {:?}", patience.as_secs(), self.states().await?).into());
            }
            sleep(Duration::from_millis(100)).await;
        }
        Ok(began.elapsed())
    }
}

/// The number that ends in `n`.
fn phone(n: u128) -> String {
    format!("+1207{n:07}")
}

/// Milliseconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as i64)
}

#[cfg(not(feature = "postgres"))]
async fn database(folder: &std::path::Path, _name: &str) -> Result<String> {
    Ok(format!("sqlite:{}", folder.join("review-messages.db").display()))
}

#[cfg(not(feature = "postgres"))]
pub async fn connect(url: &str) -> Result<Pool<Engine>> {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
    let options: SqliteConnectOptions = url.parse()?;
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off)
        .busy_timeout(Duration::from_secs(60));
    Ok(SqlitePoolOptions::new().max_connections(4).connect_with(options).await?)
}

/// On the server that TEST_DATABASE_URL names.
#[cfg(feature = "postgres")]
async fn database(_folder: &std::path::Path, name: &str) -> Result<String> {
    use sqlx::{Connection, Executor, PgConnection};
    let url = std::env::var("TEST_DATABASE_URL")?;
    let mut server = PgConnection::connect(&url).await?;
    // The server of the tests trades safety for speed, and these cases are about safety.
    for setting in ["fsync = on", "synchronous_commit = on", "full_page_writes = on", "autovacuum_naptime = '15s'"] {
        server.execute(AssertSqlSafe(format!("alter system set {setting}"))).await?;
    }
    server.execute("select pg_reload_conf()").await?;
    server.execute(AssertSqlSafe(format!("drop database if exists chaos_{name} with (force)"))).await?;
    server.execute(AssertSqlSafe(format!("create database chaos_{name}"))).await?;
    let (front, _) = url.rsplit_once('/').ok_or("TEST_DATABASE_URL names no database")?;
    Ok(format!("{front}/chaos_{name}"))
}

#[cfg(feature = "postgres")]
pub async fn connect(url: &str) -> Result<Pool<Engine>> {
    Ok(sqlx::postgres::PgPoolOptions::new().max_connections(4).connect(url).await?)
}
