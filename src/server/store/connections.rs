//! A project's own connections to providers, and what is known of their use.

use super::{
    db::{Db, Engine, Tx},
    guard::{Admin, Viewer},
    queue::lanes::Via,
};
use crate::{
    domain::{
        AppError, AppResult, ConnectionId, ProjectId, Timestamp,
        connection::{
            page::TestReport,
            settings::{Pace, Provider, Settings},
        },
        message::Channel,
        status::Status,
        template::OptOut,
    },
    server::request_id,
};
use serde::Serialize;

/// A connection as it is set up.
#[derive(Clone, Debug)]
pub struct Connection {
    pub project: ProjectId,
    pub id: ConnectionId,
    pub provider: Provider,
    pub settings: Settings,
    /// Encrypted (`server/delivery/seal.rs`).
    pub sealed: Vec<u8>,
    pub revision: i32,
    pub pace: Pace,
    pub changed_at: Timestamp,
    pub changed_by: String,
}

impl Connection {
    pub fn via(&self) -> Via {
        let channel = self.settings.channel();
        Via {
            project: self.project,
            channel,
            connection: self.id,
            provider: Some(self.provider),
            revision: self.revision,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Stored {
    project_id: ProjectId,
    id: ConnectionId,
    provider: String,
    settings: String,
    secrets: Vec<u8>,
    revision: i32,
    per_minute: Option<i32>,
    per_day: Option<i32>,
    changed_at: Timestamp,
    changed_by: String,
}

impl Stored {
    fn read(self) -> AppResult<Connection> {
        let unreadable = |what: &str| {
            let reference = request_id::reference();
            tracing::error!(reference, connection = %self.id, what, "a connection is unreadable");
            AppError::Internal(reference)
        };
        let number = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
        Ok(Connection {
            project: self.project_id,
            id: self.id,
            provider: Provider::from_code(&self.provider).ok_or_else(|| unreadable("provider"))?,
            settings: serde_json::from_str(&self.settings).map_err(|_| unreadable("form"))?,
            sealed: self.secrets,
            revision: self.revision,
            pace: Pace { per_minute: number(self.per_minute), per_day: number(self.per_day) },
            changed_at: self.changed_at,
            changed_by: self.changed_by,
        })
    }
}

/// All of a connection.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select project_id, id, provider, settings, secrets, revision, per_minute, per_day, changed_at, changed_by
             from connection where ",
            $rest
        )
    };
}

/// In the order of the channels.
pub async fn list(viewer: &Viewer) -> AppResult<Vec<Connection>> {
    let all: Vec<Stored> = sqlx::query_as(select!("project_id = $1 order by channel"))
        .bind(viewer.project)
        .fetch_all(viewer.db.read())
        .await?;
    all.into_iter().map(Stored::read).collect()
}

/// Those of all projects, for whom runs the server.
pub async fn all(db: &Db) -> AppResult<Vec<Connection>> {
    let all: Vec<Stored> =
        sqlx::query_as(select!("project_id is not null order by project_id, channel")).fetch_all(db.read()).await?;
    all.into_iter().map(Stored::read).collect()
}

pub async fn of_channel(viewer: &Viewer, channel: Channel) -> AppResult<Option<Connection>> {
    of_project(&viewer.db, viewer.project, channel).await
}

/// For what acts for a project without a person: the worker, and copies to staff.
pub async fn of_project(db: &Db, project: ProjectId, channel: Channel) -> AppResult<Option<Connection>> {
    let stored: Option<Stored> = sqlx::query_as(select!("project_id = $1 and channel = $2"))
        .bind(project)
        .bind(channel)
        .fetch_optional(db.read())
        .await?;
    stored.map(Stored::read).transpose()
}

/// How customers get no more SMS of a project.
pub(super) async fn opt_out<'a>(
    db: impl sqlx::Executor<'a, Database = Engine>,
    project: ProjectId,
) -> sqlx::Result<OptOut> {
    let provider: Option<String> =
        sqlx::query_scalar("select provider from connection where project_id = $1 and channel = $2")
            .bind(project)
            .bind(Channel::Sms)
            .fetch_optional(db)
            .await?;
    Ok(OptOut::over(provider.as_deref().and_then(Provider::from_code)))
}

/// [`opt_out`], for what is only shown.
pub async fn opt_out_of(viewer: &Viewer) -> AppResult<OptOut> {
    Ok(opt_out(viewer.db.read(), viewer.project).await?)
}

/// For a provider's report, which names the connection alone. It shows the project; what is done follows from that.
pub async fn by_id(db: &Db, id: ConnectionId) -> AppResult<Option<Connection>> {
    let stored: Option<Stored> = sqlx::query_as(select!("id = $1")).bind(id).fetch_optional(db.read()).await?;
    stored.map(Stored::read).transpose()
}

/// What is saved of a connection.
pub struct Change<'a> {
    pub id: ConnectionId,
    pub provider: Provider,
    pub settings: &'a Settings,
    pub sealed: &'a [u8],
    pub pace: Pace,
    /// The revision that this follows on; 0 for a new one.
    pub follows: i32,
}

pub fn changed_meanwhile() -> AppError {
    AppError::Conflict("Somebody else changed this connection meanwhile. Load the page again, then change it.".into())
}

/// Makes a connection, or changes the one that the project has for its channel.
///
/// # Errors
/// `Conflict` where somebody else changed it meanwhile.
pub async fn save(admin: &Admin, change: &Change<'_>, now: Timestamp) -> AppResult<()> {
    let settings = serde_json::to_string(change.settings).map_err(|_| AppError::Internal(request_id::reference()))?;
    let number = |n: Option<u32>| n.and_then(|n| i32::try_from(n).ok());
    let mut tx = admin.db.begin_in(admin.project).await?;
    let saved = sqlx::query(
        "insert into connection (project_id, id, channel, provider, settings, secrets, revision, per_minute, per_day,
            created_at, changed_at, changed_by)
         values ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $9, $10)
         on conflict (project_id, channel) do update set provider = excluded.provider, settings = excluded.settings,
            secrets = excluded.secrets, revision = connection.revision + 1, per_minute = excluded.per_minute,
            per_day = excluded.per_day, changed_at = excluded.changed_at, changed_by = excluded.changed_by
         where connection.revision = $11 and connection.id = excluded.id",
    )
    .bind(admin.project)
    .bind(change.id)
    .bind(change.settings.channel())
    .bind(change.provider.code())
    .bind(settings)
    .bind(change.sealed)
    .bind(number(change.pace.per_minute))
    .bind(number(change.pace.per_day))
    .bind(now)
    .bind(admin.user_name.clone())
    .bind(change.follows)
    .execute(&mut *tx)
    .await?;
    if saved.rows_affected() == 0 {
        return Err(changed_meanwhile());
    }
    // What was wrong may be mended: what waits for this connection tries it at once.
    forget_stop(&mut tx, change.id).await?;
    // They were about other settings.
    forget_checks(&mut tx, admin.project, change.id).await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

/// What waits for it is sent by the deployment's connection from then on.
///
/// # Errors
/// `NotFound` where the project has none for this channel.
pub async fn remove(admin: &Admin, channel: Channel) -> AppResult<()> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let id: Option<ConnectionId> =
        sqlx::query_scalar("delete from connection where project_id = $1 and channel = $2 returning id")
            .bind(admin.project)
            .bind(channel)
            .fetch_optional(&mut *tx)
            .await?;
    let id = id.ok_or_else(|| AppError::no_such("connection"))?;
    forget_stop(&mut tx, id).await?;
    forget_checks(&mut tx, admin.project, id).await?;
    sqlx::query("delete from connection_use where connection_id = $1").bind(id).execute(&mut *tx).await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

async fn forget_stop(tx: &mut Tx, id: ConnectionId) -> sqlx::Result<()> {
    sqlx::query("delete from stopped_connection where connection_id = $1").bind(id).execute(&mut **tx).await?;
    Ok(())
}

async fn forget_checks(tx: &mut Tx, project: ProjectId, id: ConnectionId) -> sqlx::Result<()> {
    sqlx::query("delete from connection_check where project_id = $1 and connection_id = $2")
        .bind(project)
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What is found out about a connection when somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// What became of a test message.
    Test,
    /// What the DNS says of the sender's domain.
    Domain,
}

impl Check {
    fn code(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Domain => "domain",
        }
    }
}

/// Keeps the result of a check in the place of the one before.
pub async fn note_check(admin: &Admin, id: ConnectionId, check: Check, result: &impl Serialize) -> AppResult<()> {
    let result = serde_json::to_string(result).map_err(|e| AppError::Internal(e.to_string()))?;
    let mut tx = admin.db.begin_in(admin.project).await?;
    sqlx::query(
        "insert into connection_check (project_id, connection_id, kind, result) values ($1, $2, $3, $4)
         on conflict (project_id, connection_id, kind) do update set result = excluded.result",
    )
    .bind(admin.project)
    .bind(id)
    .bind(check.code())
    .bind(result)
    .execute(&mut *tx)
    .await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

/// Forgets the results of tests that went to one of the addresses.
pub(super) async fn forget_tests_to(
    tx: &mut Tx,
    project: ProjectId,
    addresses: &[(Channel, String)],
) -> sqlx::Result<()> {
    let tests: Vec<(ConnectionId, String)> =
        sqlx::query_as("select connection_id, result from connection_check where project_id = $1 and kind = $2")
            .bind(project)
            .bind(Check::Test.code())
            .fetch_all(&mut **tx)
            .await?;
    for (id, result) in tests {
        // Written by another release, it may be of another form.
        let to = serde_json::from_str::<TestReport>(&result).map(|report| report.to).unwrap_or_default();
        if addresses.iter().any(|(_, address)| to.eq_ignore_ascii_case(address)) {
            sqlx::query("delete from connection_check where project_id = $1 and connection_id = $2 and kind = $3")
                .bind(project)
                .bind(id)
                .bind(Check::Test.code())
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

/// The result of the last check, as JSON.
pub async fn last_check(viewer: &Viewer, id: ConnectionId, check: Check) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar("select result from connection_check where project_id = $1 and connection_id = $2 and kind = $3")
        .bind(viewer.project)
        .bind(id)
        .bind(check.code())
        .fetch_optional(viewer.db.read())
        .await
}

/// How many messages of the project were sent today by this channel.
pub async fn sent_today(viewer: &Viewer, channel: Channel, now: Timestamp) -> sqlx::Result<u64> {
    let all: Vec<(Status, i64)> =
        sqlx::query_as("select status, n from counter where project_id = $1 and day = $2 and channel = $3")
            .bind(viewer.project)
            .bind(viewer.day(now))
            .bind(channel)
            .fetch_all(viewer.db.read())
            .await?;
    let sent = all.into_iter().filter(|(status, _)| status.is_sent());
    Ok(sent.map(|(_, n)| u64::try_from(n).unwrap_or(0)).sum())
}

/// Has a connection that is paused tried with the next message, if it is the project's own or the deployment's.
pub async fn retry(admin: &Admin, id: ConnectionId, now: Timestamp) -> AppResult<()> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    sqlx::query(
        "update stopped_connection set next_probe_at = $1
         where connection_id = $2 and (project_id is null or project_id = $3) and next_probe_at > $1",
    )
    .bind(now)
    .bind(id)
    .bind(admin.project)
    .execute(&mut *tx)
    .await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

/// When the provider last took a message.
pub async fn last_sent(db: &Db, id: ConnectionId) -> sqlx::Result<Option<Timestamp>> {
    let last: Option<Option<Timestamp>> =
        sqlx::query_scalar("select last_sent_at from connection_use where connection_id = $1")
            .bind(id)
            .fetch_optional(db.read())
            .await?;
    Ok(last.flatten())
}

pub async fn note_sent(db: &Db, id: ConnectionId, at: Timestamp) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query(
        "insert into connection_use (connection_id, last_sent_at) values ($1, $2)
         on conflict (connection_id) do update set last_sent_at = excluded.last_sent_at",
    )
    .bind(id)
    .bind(at)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}
