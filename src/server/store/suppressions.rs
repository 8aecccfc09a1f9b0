//! Addresses to which a project sends nothing.

mod effects;
mod list;

pub(super) use effects::customers_of;
pub use effects::{Origin, bounced, complained, disproved, opted_in, opted_out, reported_by_attempt};
pub use list::page;

use super::{
    db::{Engine, Tx},
    erasure,
    guard::{Manager, Operator},
    id::NewId,
    steering::{Whose, cancel_for_system},
};
use crate::domain::{
    AppError, AppResult, ProjectId, SuppressionId, Timestamp,
    message::{CancelCause, Channel},
    refusal::Refusal,
    suppression::SuppressionReason,
};

/// The text of a note that is kept, in characters.
const NOTE_MAX: usize = 500;

/// Suppresses an address, or keeps the greater reason, and of one reason the earliest time, so that reports may come in any order.
/// False if it was so before, and for the address of an erased person, which must not be kept again and gets nothing anyway.
async fn suppress(
    tx: &mut Tx,
    (project, channel, address): (ProjectId, Channel, &str),
    reason: SuppressionReason,
    origin: &Origin<'_>,
) -> sqlx::Result<bool> {
    if erasure::is_erased(tx, project, channel, address).await? {
        return Ok(false);
    }
    let changed = sqlx::query(
        "insert into suppression (project_id, id, channel, address, reason, since, message_id, event, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (project_id, channel, address) do update set
            reason = excluded.reason, since = excluded.since, message_id = excluded.message_id, event = excluded.event,
            note = excluded.note, added_by = null
         where excluded.reason > suppression.reason
            or excluded.reason = suppression.reason and excluded.since < suppression.since",
    )
    .bind(project)
    .bind(SuppressionId::new())
    .bind(channel)
    .bind(address)
    .bind(reason)
    .bind(origin.at)
    .bind(origin.message)
    .bind(origin.event)
    .bind(origin.words.chars().take(NOTE_MAX).collect::<String>())
    .execute(&mut **tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Why nothing is sent to the address; None if it is not suppressed.
pub(super) async fn reason<'a>(
    db: impl sqlx::Executor<'a, Database = Engine>,
    project: ProjectId,
    channel: Channel,
    address: &str,
) -> sqlx::Result<Option<SuppressionReason>> {
    sqlx::query_scalar("select reason from suppression where project_id = $1 and channel = $2 and address = $3")
        .bind(project)
        .bind(channel)
        .bind(address.to_owned())
        .fetch_optional(db)
        .await
}

/// Adds an address by hand, and cancels what is unsent to it; returns how many. `address` is an email address in lower case, or a
/// number in E.164.
///
/// # Errors
/// `Invalid` if it is suppressed already, or is an erased person's.
pub async fn add(manager: &Manager, channel: Channel, address: &str, note: &str, now: Timestamp) -> AppResult<u64> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    if erasure::is_erased(&mut tx, manager.project, channel, address).await? {
        return Err(Refusal::ErasedRecipient(channel).into());
    }
    let added = sqlx::query(
        "insert into suppression (project_id, id, channel, address, reason, since, added_by, note)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (project_id, channel, address) do nothing",
    )
    .bind(manager.project)
    .bind(SuppressionId::new())
    .bind(channel)
    .bind(address)
    .bind(SuppressionReason::Staff)
    .bind(now)
    .bind(manager.user)
    .bind(note)
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() == 0 {
        let known = reason(&mut *tx, manager.project, channel, address).await?;
        let reason = known.unwrap_or(SuppressionReason::Staff);
        return Err(Refusal::AlreadySuppressed { reason }.into());
    }
    let whose = Whose::Address(channel, address);
    let canceled = cancel_for_system(&mut tx, manager.project, whose, CancelCause::Suppressed, now).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(canceled)
}

/// Lifts it; returns the address. What was canceled stays so.
///
/// # Errors
/// `NotFound` if it was lifted meanwhile, or is another project's.
pub async fn lift(operator: &Operator, id: SuppressionId) -> AppResult<String> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let address: Option<String> =
        sqlx::query_scalar("delete from suppression where project_id = $1 and id = $2 returning address")
            .bind(operator.project)
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
    let address = address.ok_or_else(|| AppError::NotFound("This address is not suppressed any more.".into()))?;
    operator.db.commit(tx, operator.project).await?;
    Ok(address)
}
