//! Deliveries that wait: claimed, sent again by staff, and forgotten.
//!
//! The triggers of the migration 0026 add them, in the transaction of what happened.

use crate::{
    domain::{
        AppError, AppResult, DeliveryId, ProjectId, Timestamp, WebhookId,
        webhook::{KEPT_DAYS, WebhookEvent},
    },
    server::store::{
        db::{Db, Query, Tx},
        dialect,
        guard::Admin,
        id::NewId,
    },
};
use uuid::Uuid;

/// How long a claim holds: longer than an attempt takes. A delivery whose process is gone is tried again after that.
pub const LEASE: i64 = Timestamp::MINUTE;
/// Rows of one transaction that deletes.
const CHUNK: i64 = 1_000;

/// A webhook for which something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Ready {
    pub project_id: ProjectId,
    pub id: WebhookId,
    /// 1 if its last attempt failed, else 0.
    pub is_failing: i64,
}

/// A claimed delivery, with what is needed to send it.
#[derive(Clone, Debug)]
pub struct Job {
    pub project: ProjectId,
    pub webhook: WebhookId,
    pub url: String,
    /// Encrypted: what it is signed with, the newest first.
    pub secrets: Vec<Vec<u8>>,
    pub id: DeliveryId,
    pub event: WebhookEvent,
    pub subject: Uuid,
    pub at: Timestamp,
    /// How many attempts there are, with this one.
    pub attempts: i32,
}

/// Webhooks that are on and for which something is due, in no order.
pub async fn ready(db: &Db, now: Timestamp) -> sqlx::Result<Vec<Ready>> {
    sqlx::query_as(
        "select w.project_id, w.id, cast(case when w.failing_since is null then 0 else 1 end as bigint) as is_failing
         from webhook w where w.active = 1 and exists (select 1 from webhook_delivery d
            where d.project_id = w.project_id and d.webhook_id = w.id and d.state = 0 and d.due_at <= $1)",
    )
    .bind(now)
    .fetch_all(db.read())
    .await
}

#[derive(sqlx::FromRow)]
struct Claimed {
    id: DeliveryId,
    event: WebhookEvent,
    subject_id: Uuid,
    at: Timestamp,
    attempts: i32,
}

/// Leases at most `most` due deliveries of a webhook that is on, the longest due first.
pub async fn claim(
    db: &Db,
    (project, webhook): (ProjectId, WebhookId),
    most: usize,
    now: Timestamp,
) -> sqlx::Result<Vec<Job>> {
    let mut tx = db.begin().await?;
    // Chosen once and for all: as a plain subquery, PostgreSQL may choose again for each row that it updates, and take more than `most`.
    // The other name is the one that the engine's lock names.
    let mut query =
        Query::new("with due (id) as materialized (select m.id from webhook_delivery m where m.project_id = ");
    query.push_bind(project).push(" and m.webhook_id = ").push_bind(webhook);
    query.push(" and m.state = 0 and m.due_at <= ").push_bind(now);
    query.push(" and exists (select 1 from webhook w where w.project_id = m.project_id and w.id = m.webhook_id");
    query.push(" and w.active = 1) order by m.due_at, m.id limit ").push_bind(most as i64).push(dialect::SKIP_LOCKED);
    query.push(") update webhook_delivery set attempts = attempts + 1, due_at = ").push_bind(now.plus(LEASE));
    query.push(" where project_id = ").push_bind(project).push(" and webhook_id = ").push_bind(webhook);
    query.push(" and id in (select due.id from due) returning id, event, subject_id, at, attempts");
    let claimed: Vec<Claimed> = query.build_query_as().fetch_all(&mut *tx).await?;
    let jobs = with_secrets(&mut tx, (project, webhook), claimed, now).await?;
    tx.commit().await?;
    Ok(jobs)
}

/// Leases one delivery, whatever became of it: staff send it again. It waits from then on, should this process be gone.
///
/// # Errors
/// `NotFound` for an unknown one.
pub async fn take(admin: &Admin, webhook: WebhookId, id: DeliveryId, now: Timestamp) -> AppResult<Job> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let taken: Option<Claimed> = sqlx::query_as(
        "update webhook_delivery set attempts = attempts + 1, state = 0, due_at = $4
         where project_id = $1 and webhook_id = $2 and id = $3 returning id, event, subject_id, at, attempts",
    )
    .bind(admin.project)
    .bind(webhook)
    .bind(id)
    .bind(now.plus(LEASE))
    .fetch_optional(&mut *tx)
    .await?;
    let job = with_secrets(&mut tx, (admin.project, webhook), taken, now).await?.pop();
    let job = job.ok_or_else(|| AppError::no_such("delivery"))?;
    admin.db.commit(tx, admin.project).await?;
    Ok(job)
}

/// Adds a test and leases it.
///
/// # Errors
/// `NotFound` for an unknown webhook.
pub async fn add_test(admin: &Admin, webhook: WebhookId, now: Timestamp) -> AppResult<Job> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let test =
        Claimed { id: DeliveryId::new(), event: WebhookEvent::Test, subject_id: webhook.into(), at: now, attempts: 1 };
    sqlx::query(
        "insert into webhook_delivery (project_id, webhook_id, id, event, subject_id, at, due_at, attempts)
         select w.project_id, w.id, $3, $4, w.id, $5, $6, 1 from webhook w where w.project_id = $1 and w.id = $2",
    )
    .bind(admin.project)
    .bind(webhook)
    .bind(test.id)
    .bind(test.event)
    .bind(now)
    .bind(now.plus(LEASE))
    .execute(&mut *tx)
    .await?;
    let job = with_secrets(&mut tx, (admin.project, webhook), [test], now).await?.pop();
    let job = job.ok_or_else(|| AppError::no_such("webhook"))?;
    admin.db.commit(tx, admin.project).await?;
    Ok(job)
}

#[derive(sqlx::FromRow)]
struct Target {
    url: String,
    secret: Vec<u8>,
    former_secret: Option<Vec<u8>>,
    former_until: Option<Timestamp>,
}

async fn with_secrets(
    tx: &mut Tx,
    (project, webhook): (ProjectId, WebhookId),
    claimed: impl IntoIterator<Item = Claimed>,
    now: Timestamp,
) -> sqlx::Result<Vec<Job>> {
    let target: Option<Target> = sqlx::query_as(
        "select url, secret, former_secret, former_until from webhook where project_id = $1 and id = $2",
    )
    .bind(project)
    .bind(webhook)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(target) = target else { return Ok(Vec::new()) };
    let former = target.former_secret.filter(|_| target.former_until.is_some_and(|until| until > now));
    let secrets: Vec<Vec<u8>> = [target.secret].into_iter().chain(former).collect();
    let job = |one: Claimed| Job {
        project,
        webhook,
        url: target.url.clone(),
        secrets: secrets.clone(),
        id: one.id,
        event: one.event,
        subject: one.subject_id,
        at: one.at,
        attempts: one.attempts,
    };
    Ok(claimed.into_iter().map(job).collect())
}

/// Deletes some of what was kept for long enough, whatever became of it. Returns how many.
pub async fn forget(db: &Db, now: Timestamp) -> sqlx::Result<u64> {
    let old = now.plus(-KEPT_DAYS * Timestamp::DAY);
    let is_any: Option<i64> = sqlx::query_scalar("select at from webhook_delivery where at < $1 limit 1")
        .bind(old)
        .fetch_optional(db.read())
        .await?;
    if is_any.is_none() {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    let deleted = sqlx::query(
        "delete from webhook_delivery where (project_id, webhook_id, id) in (
            select d.project_id, d.webhook_id, d.id from webhook_delivery d where d.at < $1 order by d.at limit $2)",
    )
    .bind(old)
    .bind(CHUNK)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(deleted.rows_affected())
}
