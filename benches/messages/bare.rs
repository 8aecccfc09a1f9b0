//! The same questions put to SQLite bare, through its own shell: what a page costs beyond its data.

use crate::Result;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

const BIG: &str = "x'0190000000007001a000000000000001'";
const COLUMNS: &str = "m.id, m.customer_id, m.request_id, r.number, c.name, m.recipient, m.channel, m.template, m.reminder, m.status, m.state, \
    m.scheduled_at, m.sent_at, m.delivered_at, m.opened_at, m.clicked_at, m.failed_at, m.failure_code, m.cancel_cause, m.version";
const STATS: &str =
    "select sum(n), sum(opened), sum(clicked), status from counter where project_id = BIG and day = 0 group by status;";

fn page(inner: &str, order: &str) -> String {
    format!(
        "{STATS} select {COLUMNS} from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id \
         join request r on r.project_id = m.project_id and r.id = m.request_id where m.seq in ({inner}) order by {order};"
    )
    .replace("BIG", BIG)
}

pub fn first_page() -> String {
    page(
        "select seq from message where project_id = BIG and sent_at is not null order by sent_at desc, id desc limit 51",
        "m.sent_at desc",
    )
}

pub fn three_filters() -> String {
    page(
        "select seq from message where project_id = BIG and sent_at is not null and opened_at is not null and status in (1, 2, 3, 5) \
         and channel = 0 and template = 1 order by sent_at desc, id desc limit 51",
        "m.sent_at desc",
    )
}

pub fn deep_page() -> String {
    page(
        "select seq from message where project_id = BIG and sent_at is not null and sent_at < (unixepoch() - 310 * 86400) * 1000 \
         order by sent_at desc, id desc limit 51",
        "m.sent_at desc",
    )
}

pub fn search(word: &str) -> String {
    let trigrams: Vec<_> = (0..word.len() - 2).map(|i| format!("\"{}\"", &word[i..i + 3])).collect();
    page(
        &format!(
            "select m.seq from message_fts f join message m on m.seq = f.rowid where message_fts match '{}' \
             and f.rowid between (1 << 40) and (2 << 40) order by m.sent_at desc, m.id desc limit 51",
            trigrams.join(" AND ")
        ),
        "m.sent_at desc",
    )
}

pub fn history() -> String {
    page(
        "select seq from message where project_id = BIG and customer_id = x'0190000000017001c000000000000001' order by scheduled_at desc limit 50",
        "m.scheduled_at desc",
    )
}

/// Milliseconds of one run of `sql` among two hundred in one `sqlite3`, less what the shell itself costs.
pub fn time(file: &Path, sql: &str) -> Result<f64> {
    const RUNS: u32 = 200;
    let shell = |times: u32| -> Result<f64> {
        let began = Instant::now();
        let mut child =
            Command::new("sqlite3").arg("-readonly").arg(file).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let mut input = child.stdin.take().ok_or("sqlite3 takes no input")?;
        for _ in 0..times {
            input.write_all(sql.as_bytes())?;
        }
        drop(input);
        if !child.wait()?.success() {
            return Err(format!("sqlite3 refused: {sql}").into());
        }
        Ok(began.elapsed().as_secs_f64() * 1e3)
    };
    let one = shell(1)?;
    Ok((shell(RUNS)? - one) / f64::from(RUNS - 1))
}

/// The id of a message in the middle of the measured customer's history.
pub async fn message_in_the_middle(file: &Path) -> Result<uuid::Uuid> {
    let mut db = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file).read_only(true)).await?;
    let sql = format!(
        "select id from message where project_id = {BIG} and customer_id = x'0190000000017001c000000000000001' order by scheduled_at limit 1 offset 250"
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut db).await?)
}

/// Copies a database that others have open.
pub fn copy(file: &Path, to: &Path) -> Result<()> {
    let status = Command::new("sqlite3").arg(file).arg(format!(".backup '{}'", to.display())).status()?;
    if status.success() { Ok(()) } else { Err("sqlite3 could not copy the database".into()) }
}

/// Whether there was one beside the first.
pub async fn forget_last_migration(file: &Path) -> Result<bool> {
    let mut db = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await?;
    let sql =
        "delete from _sqlx_migrations where version > 1 and version = (select max(version) from _sqlx_migrations)";
    let forgotten = sqlx::query(sql).execute(&mut db).await?.rows_affected();
    db.close().await?;
    Ok(forgotten == 1)
}

/// An empty project.
pub async fn new_project(file: &Path, slug: &str) -> Result<()> {
    let mut db = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await?;
    let id = uuid::Uuid::from_u128(1);
    sqlx::query("insert into project (id, number, slug, name, time_zone, created_at) values ($1, 1, $2, $2, 'Europe/Berlin', 0)")
        .bind(id)
        .bind(slug)
        .execute(&mut db)
        .await?;
    sqlx::query("insert into project_change (project_id, version) values ($1, 1)").bind(id).execute(&mut db).await?;
    Ok(db.close().await?)
}

/// A project with `count` emails that are due.
pub async fn due_mails(file: &Path, count: u32) -> Result<()> {
    let mut db = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await?;
    for statement in
        include_str!("mails.sql").replace("COUNT", &count.to_string()).split(";\n").filter(|s| !s.trim().is_empty())
    {
        sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut db).await?;
    }
    Ok(db.close().await?)
}
