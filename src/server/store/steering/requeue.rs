//! Putting a message to another time, and sending a failed one again.

use super::{record, refusal, window};
use crate::{
    domain::{
        AppError, AppResult, MessageId, Timestamp,
        message::{Channel, EventKind, FailureCode},
        status::Status,
    },
    server::{
        guard::{Operator, Viewer},
        store::{db::Tx, search},
    },
};

/// What decides whether a message may go out (again).
#[derive(sqlx::FromRow)]
struct Standing {
    status: Status,
    channel: Channel,
    recipient: String,
    failure_code: Option<String>,
    email: String,
    phone: String,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
}

impl Standing {
    async fn of(tx: &mut Tx, viewer: &Viewer, id: MessageId) -> AppResult<Self> {
        let standing = sqlx::query_as(
            "select m.status, m.channel, m.recipient, m.failure_code, c.email, c.phone, c.unsubscribed_at, c.archived_at
             from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id
             where m.project_id = $1 and m.id = $2",
        );
        let standing: Option<Self> = standing.bind(viewer.project).bind(id).fetch_optional(&mut **tx).await?;
        let standing = standing.ok_or_else(|| AppError::no_such("message"))?;
        let refused = |why: &str| Err(AppError::Conflict(why.into()));
        if standing.unsubscribed_at.is_some() {
            return refused("This customer has unsubscribed. Nothing is sent to them until they are resubscribed.");
        }
        if standing.archived_at.is_some() {
            return refused("This customer is archived. Unarchive them to send this message.");
        }
        Ok(standing)
    }

    /// The customer's present address.
    fn recipient(&self) -> AppResult<&str> {
        let (address, what) = match self.channel {
            Channel::Email => (&self.email, "email address"),
            Channel::Sms => (&self.phone, "phone number"),
        };
        if address.is_empty() {
            let sentence = format!("This customer has no {what} any more. Edit the customer, then try again.");
            return Err(AppError::Conflict(sentence));
        }
        Ok(address)
    }

    /// The same, where a failed message may go there.
    fn new_recipient(&self) -> AppResult<&str> {
        let address = self.recipient()?;
        let field = if self.channel == Channel::Email { "email" } else { "phone" };
        let code = self.failure_code.as_deref().map(FailureCode::from_code);
        if code.is_some_and(FailureCode::wants_new_address) && address == self.recipient {
            return Err(AppError::Conflict(format!(
                "{address} does not exist, so it would fail again. Edit the customer's {field}, then resend."
            )));
        }
        if code == Some(FailureCode::OptedOut) && address == self.recipient {
            return Err(AppError::Conflict(
                "The customer opted out at the provider by replying STOP. Only the customer can opt in again.".into(),
            ));
        }
        Ok(address)
    }
}

/// Puts a waiting or canceled message to a time; `at` = now sends it at once, within the project's window.
async fn put(operator: &Operator, id: MessageId, at: Timestamp, kind: EventKind, now: Timestamp) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let standing = Standing::of(&mut tx, operator, id).await?;
    let recipient = standing.recipient()?;
    let due = window(&mut tx, operator).await?.next(&operator.zone, at);
    let changed = sqlx::query(
        "update message set state = 0, status = 0, scheduled_at = $3, due_at = $4, day = $5, canceled_at = null,
            cancel_cause = null, canceled_by = null, cancel_batch = null, attempts = 0, first_attempt_at = null,
            recipient = $6, version = version + 1
         where project_id = $1 and id = $2 and state in (0, 4)",
    );
    let changed = changed.bind(operator.project).bind(id).bind(at).bind(due).bind(operator.day(at)).bind(recipient);
    if changed.execute(&mut *tx).await?.rows_affected() == 0 {
        drop(tx);
        let what = if kind == EventKind::SendNow { "sent now" } else { "rescheduled" };
        return Err(refusal(operator, id, what).await);
    }
    let to = operator.local(at).full();
    let detail = (kind == EventKind::Rescheduled).then_some(to.as_str());
    record(&mut tx, operator, &[id], kind, detail, now).await?;
    Ok(operator.db.commit(tx, operator.project).await?)
}

pub async fn send_now(operator: &Operator, id: MessageId, now: Timestamp) -> AppResult<()> {
    put(operator, id, now, EventKind::SendNow, now).await
}

/// `at` is not in the past (domain::schedule::future).
pub async fn reschedule(operator: &Operator, id: MessageId, at: Timestamp, now: Timestamp) -> AppResult<()> {
    put(operator, id, at, EventKind::Rescheduled, now).await
}

/// Queues a failed message again, to the customer's present address. It is Sent only when the provider has taken it.
///
/// # Errors
/// Conflict, saying why, where the customer unsubscribed or the address is the one that does not exist.
pub async fn resend(operator: &Operator, id: MessageId, now: Timestamp) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let standing = Standing::of(&mut tx, operator, id).await?;
    if standing.status != Status::Failed {
        drop(tx);
        return Err(refusal(operator, id, "resent").await);
    }
    let recipient = standing.new_recipient()?;
    let due = window(&mut tx, operator).await?.next(&operator.zone, now);
    let changed = sqlx::query(
        "update message set state = 0, status = 0, recipient = $3, scheduled_at = $4, due_at = $5, day = $6, sent_at = null,
            delivered_at = null, failed_at = null, failure_code = null, failure_text = null, attempts = 0,
            first_attempt_at = null, lease_until = null, generation = generation + 1, version = version + 1
         where project_id = $1 and id = $2 and state = 3 and status = 4",
    );
    let changed = changed.bind(operator.project).bind(id).bind(recipient).bind(now).bind(due).bind(operator.day(now));
    if changed.execute(&mut *tx).await?.rows_affected() == 0 {
        drop(tx);
        return Err(refusal(operator, id, "resent").await);
    }
    let detail = format!("to {recipient}");
    record(&mut tx, operator, &[id], EventKind::Resent, Some(&detail), now).await?;
    search::refresh(&mut tx, operator.project, &[id]).await?;
    Ok(operator.db.commit(tx, operator.project).await?)
}
