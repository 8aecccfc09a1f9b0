//! What became of an attempt, and what follows from it for the webhook.

use super::{queue::Job, switch_off};
use crate::{
    domain::{
        Timestamp,
        webhook::{DeliveryState, OffCause, WebhookEvent, schedule},
    },
    server::store::db::{Db, Tx},
};

/// The longest error that is kept, in characters.
const ERROR_MAX: usize = 300;

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The status code of the answer; None where there was none.
    pub answer: Option<u16>,
    /// What went wrong, as a sentence; empty if nothing did.
    pub error: String,
    /// In ms.
    pub took: i32,
    /// When the receiver wants the next attempt at the soonest, where it has said so.
    pub not_before: Option<Timestamp>,
}

impl Attempt {
    /// Whether the receiver took it.
    pub fn is_taken(&self) -> bool {
        self.answer.is_some_and(|code| (200..300).contains(&code)) && self.error.is_empty()
    }

    /// Whether the receiver wants nothing more.
    fn is_gone(&self) -> bool {
        self.answer == Some(410)
    }
}

/// Writes the result of the attempt that `job` stands for. False if it is stale: another one has begun since, or the delivery is
/// gone.
pub async fn record(db: &Db, job: &Job, attempt: &Attempt, now: Timestamp) -> sqlx::Result<bool> {
    let taken = attempt.is_taken();
    let next = if taken { None } else { schedule::next_try(job.event, job.attempts, attempt.not_before, now) };
    let gives_up = !taken && next.is_none() && job.event != WebhookEvent::Test;
    // Only what may switch the webhook off is shown on each page.
    let touches = attempt.is_gone() || gives_up;
    let mut tx = if touches { db.begin_in(job.project).await? } else { db.begin().await? };
    let state = match next {
        Some(_) => DeliveryState::Waiting,
        None if taken => DeliveryState::Delivered,
        None => DeliveryState::GivenUp,
    };
    let written = sqlx::query(
        "update webhook_delivery set state = $5, due_at = coalesce($6, due_at), tried_at = $7, answer = $8, error = $9, took = $10
         where project_id = $1 and webhook_id = $2 and id = $3 and attempts = $4 and state = 0",
    )
    .bind(job.project)
    .bind(job.webhook)
    .bind(job.id)
    .bind(job.attempts)
    .bind(state)
    .bind(next)
    .bind(now)
    .bind(attempt.answer.map(i32::from))
    .bind(attempt.error.chars().take(ERROR_MAX).collect::<String>())
    .bind(attempt.took)
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    if taken {
        works(&mut tx, job).await?;
    } else if attempt.is_gone() {
        switch_off(&mut tx, (job.project, job.webhook), OffCause::Gone, now).await?;
    } else if job.event != WebhookEvent::Test {
        fails(&mut tx, job, gives_up, now).await?;
    }
    match touches {
        true => db.commit(tx, job.project).await?,
        false => tx.commit().await?,
    }
    Ok(true)
}

async fn works(tx: &mut Tx, job: &Job) -> sqlx::Result<()> {
    sqlx::query(
        "update webhook set failing_since = null, given_up = 0
         where project_id = $1 and id = $2 and (failing_since is not null or given_up > 0)",
    )
    .bind(job.project)
    .bind(job.webhook)
    .execute(&mut **tx)
    .await
    .map(drop)
}

async fn fails(tx: &mut Tx, job: &Job, gives_up: bool, now: Timestamp) -> sqlx::Result<()> {
    let known: Option<(Timestamp, i32)> = sqlx::query_as(
        "update webhook set failing_since = coalesce(failing_since, $3), given_up = given_up + $4
         where project_id = $1 and id = $2 and (failing_since is null or $4 > 0) returning failing_since, given_up",
    )
    .bind(job.project)
    .bind(job.webhook)
    .bind(now)
    .bind(i32::from(gives_up))
    .fetch_optional(&mut **tx)
    .await?;
    if let Some((since, given_up)) = known
        && gives_up
        && schedule::is_hopeless(since, given_up, now)
    {
        switch_off(tx, (job.project, job.webhook), OffCause::Failing, now).await?;
    }
    Ok(())
}

/// Deletes a delivery that has nothing to tell any more.
pub async fn drop_delivery(db: &Db, job: &Job) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query("delete from webhook_delivery where project_id = $1 and webhook_id = $2 and id = $3")
        .bind(job.project)
        .bind(job.webhook)
        .bind(job.id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}
