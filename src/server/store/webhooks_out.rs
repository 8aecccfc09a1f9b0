//! Webhooks out: what staff set up, and what they see of it.

pub mod queue;
pub mod results;
pub mod subject;

use super::{
    db::Tx,
    guard::{Admin, Viewer},
};
use crate::domain::{
    AppError, AppResult, DeliveryId, ProjectId, Timestamp, WebhookId,
    webhook::{
        DELIVERIES_SHOWN, DeliveryRow, DeliveryState, Off, OffCause, WEBHOOKS_MOST, WebhookEvent, WebhookRow,
        form::Checked,
    },
};

#[derive(sqlx::FromRow)]
struct Stored {
    id: WebhookId,
    url: String,
    events: i32,
    active: i16,
    off_cause: Option<OffCause>,
    off_at: Option<Timestamp>,
    off_by: Option<String>,
    failing_since: Option<Timestamp>,
    created_at: Timestamp,
    created_by: String,
}

/// In the order in which they were added, each with its last deliveries.
pub async fn list(admin: &Admin) -> AppResult<Vec<WebhookRow>> {
    let stored: Vec<Stored> = sqlx::query_as(
        "select id, url, events, active, off_cause, off_at, off_by, failing_since, created_at, created_by
         from webhook where project_id = $1 order by created_at, id",
    )
    .bind(admin.project)
    .fetch_all(admin.db.read())
    .await?;
    let mut rows = Vec::with_capacity(stored.len());
    for one in stored {
        rows.push(WebhookRow {
            deliveries: deliveries(admin, one.id).await?,
            id: one.id,
            url: one.url,
            events: WebhookEvent::read(one.events),
            off: (one.active == 0).then(|| Off {
                cause: one.off_cause.unwrap_or(OffCause::Staff),
                at: admin.local(one.off_at.unwrap_or(one.created_at)),
                by: one.off_by.unwrap_or_default(),
            }),
            failing_since: one.failing_since.map(|at| admin.local(at)),
            created: admin.local(one.created_at),
            created_by: one.created_by,
        });
    }
    Ok(rows)
}

#[derive(sqlx::FromRow)]
struct StoredDelivery {
    id: DeliveryId,
    event: WebhookEvent,
    at: Timestamp,
    state: DeliveryState,
    due_at: Timestamp,
    attempts: i32,
    tried_at: Option<Timestamp>,
    answer: Option<i32>,
    error: String,
    took: Option<i32>,
}

/// The newest first.
async fn deliveries(admin: &Admin, webhook: WebhookId) -> AppResult<Vec<DeliveryRow>> {
    let stored: Vec<StoredDelivery> = sqlx::query_as(
        "select id, event, at, state, due_at, attempts, tried_at, answer, error, took
         from webhook_delivery where project_id = $1 and webhook_id = $2 order by at desc, id desc limit $3",
    )
    .bind(admin.project)
    .bind(webhook)
    .bind(DELIVERIES_SHOWN as i64)
    .fetch_all(admin.db.read())
    .await?;
    let row = |one: StoredDelivery| DeliveryRow {
        id: one.id,
        event: one.event,
        at: admin.local(one.at),
        state: one.state,
        attempts: one.attempts,
        next: (one.state == DeliveryState::Waiting && one.tried_at.is_some()).then(|| admin.local(one.due_at)),
        answer: one.answer,
        error: one.error,
        took: one.took,
    };
    Ok(stored.into_iter().map(row).collect())
}

/// # Errors
/// `Conflict` where the project has as many as it can have.
pub async fn add(admin: &Admin, id: WebhookId, checked: &Checked, sealed: &[u8], now: Timestamp) -> AppResult<()> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let known: i64 = sqlx::query_scalar("select count(*) from webhook where project_id = $1")
        .bind(admin.project)
        .fetch_one(&mut *tx)
        .await?;
    if usize::try_from(known).is_ok_and(|known| known >= WEBHOOKS_MOST) {
        let sentence = format!("A project has at most {WEBHOOKS_MOST} webhooks. Remove one first.");
        return Err(AppError::Conflict(sentence));
    }
    sqlx::query(
        "insert into webhook (project_id, id, url, events, secret, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(admin.project)
    .bind(id)
    .bind(checked.url.as_str())
    .bind(WebhookEvent::stored(&checked.events))
    .bind(sealed)
    .bind(now)
    .bind(admin.user_name.as_str())
    .execute(&mut *tx)
    .await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

/// Another address, or other events, from now on: also for deliveries that wait.
///
/// # Errors
/// `NotFound` for an unknown one.
pub async fn change(admin: &Admin, id: WebhookId, checked: &Checked) -> AppResult<()> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let changed = sqlx::query("update webhook set url = $3, events = $4 where project_id = $1 and id = $2")
        .bind(admin.project)
        .bind(id)
        .bind(checked.url.as_str())
        .bind(WebhookEvent::stored(&checked.events))
        .execute(&mut *tx)
        .await?;
    known(changed.rows_affected())?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

/// Signs with another secret from now on, and until `until` with the one before, too.
///
/// # Errors
/// `NotFound` for an unknown one.
pub async fn set_secret(admin: &Admin, id: WebhookId, sealed: &[u8], until: Timestamp) -> AppResult<()> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let changed = sqlx::query(
        "update webhook set former_secret = secret, former_until = $4, secret = $3 where project_id = $1 and id = $2",
    )
    .bind(admin.project)
    .bind(id)
    .bind(sealed)
    .bind(until)
    .execute(&mut *tx)
    .await?;
    known(changed.rows_affected())?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

/// Switches one on or off. What waits goes out once it is on again. Returns its address.
///
/// # Errors
/// `NotFound` for an unknown one.
pub async fn switch(admin: &Admin, id: WebhookId, on: bool, now: Timestamp) -> AppResult<String> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let off = (!on).then_some(OffCause::Staff);
    let url: Option<String> = sqlx::query_scalar(
        "update webhook set active = $3, off_cause = $4, off_at = $5, off_by = $6, failing_since = null, given_up = 0
         where project_id = $1 and id = $2 returning url",
    )
    .bind(admin.project)
    .bind(id)
    .bind(i16::from(on))
    .bind(off)
    .bind(off.map(|_| now))
    .bind(off.map(|_| admin.user_name.as_str()))
    .fetch_optional(&mut *tx)
    .await?;
    let url = url.ok_or_else(|| AppError::no_such("webhook"))?;
    admin.db.commit(tx, admin.project).await?;
    Ok(url)
}

/// With its deliveries. Returns its address.
///
/// # Errors
/// `NotFound` for an unknown one.
pub async fn remove(admin: &Admin, id: WebhookId) -> AppResult<String> {
    let mut tx = admin.db.begin_in(admin.project).await?;
    let url: Option<String> = sqlx::query_scalar("delete from webhook where project_id = $1 and id = $2 returning url")
        .bind(admin.project)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    let url = url.ok_or_else(|| AppError::no_such("webhook"))?;
    admin.db.commit(tx, admin.project).await?;
    Ok(url)
}

/// Has pages read again what became of an attempt that staff made.
pub async fn tell(admin: &Admin) -> AppResult<()> {
    let tx = admin.db.begin_in(admin.project).await?;
    Ok(admin.db.commit(tx, admin.project).await?)
}

fn known(changed: u64) -> AppResult<()> {
    if changed == 0 { Err(AppError::no_such("webhook")) } else { Ok(()) }
}

/// Those that were switched off without staff: address, cause and time. For the notice on each page.
pub async fn lost(viewer: &Viewer) -> AppResult<Vec<(String, OffCause, Timestamp)>> {
    let all = sqlx::query_as(
        "select url, off_cause, off_at from webhook where project_id = $1 and active = 0 and off_cause in ($2, $3)
         order by off_at, id",
    )
    .bind(viewer.project)
    .bind(OffCause::Gone)
    .bind(OffCause::Failing)
    .fetch_all(viewer.db.read())
    .await?;
    Ok(all)
}

/// Switches one off for a cause that is not staff's, in a transaction that has touched the project.
async fn switch_off(
    tx: &mut Tx,
    (project, id): (ProjectId, WebhookId),
    cause: OffCause,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let changed = sqlx::query(
        "update webhook set active = 0, off_cause = $3, off_at = $4, off_by = null
         where project_id = $1 and id = $2 and active = 1",
    )
    .bind(project)
    .bind(id)
    .bind(cause)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}
