//! Moves a message to another time, and sends a failed one again.

use super::{refusal, window};
use crate::{
    domain::{
        AppError, AppResult, BatchId, MessageId, Timestamp,
        message::{Channel, EventKind, FailureCode, Fix},
        refusal::{Change, Refusal},
        status::{State, Status},
        timeline::Detail,
    },
    server::store::{
        db::Tx,
        guard::{Operator, Viewer},
        id::NewId,
        search,
        timeline::record,
    },
};

/// How long Send now can be undone: the message is due after that. In milliseconds.
pub const GRACE: i64 = 10 * Timestamp::SECOND;

/// The facts that decide whether a message may be sent (again).
#[derive(sqlx::FromRow)]
struct Standing {
    state: State,
    scheduled_at: Timestamp,
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
            "select m.state, m.scheduled_at, m.status, m.channel, m.recipient, m.failure_code, c.email, c.phone, c.unsubscribed_at, c.archived_at
             from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id
             where m.project_id = $1 and m.id = $2",
        );
        let standing: Option<Self> = standing.bind(viewer.project).bind(id).fetch_optional(&mut **tx).await?;
        let standing = standing.ok_or_else(|| AppError::no_such("message"))?;
        if standing.unsubscribed_at.is_some() {
            return Err(Refusal::Unsubscribed.into());
        }
        if standing.archived_at.is_some() {
            return Err(Refusal::Archived.into());
        }
        Ok(standing)
    }

    /// The customer's present address.
    fn recipient(&self) -> AppResult<&str> {
        let address = match self.channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.phone,
        };
        if address.is_empty() { Err(Refusal::NoAddress(self.channel).into()) } else { Ok(address) }
    }

    /// The same, unless the message has failed there for good.
    fn new_recipient(&self) -> AppResult<&str> {
        let address = self.recipient()?;
        let code = self.failure_code.as_deref().map(FailureCode::from_code).filter(|_| address == self.recipient);
        match code.map(FailureCode::fix) {
            Some(Fix::EditCustomer) => {
                Err(Refusal::UnknownAddress { channel: self.channel, address: address.to_owned() }.into())
            }
            Some(Fix::None) => Err(Refusal::OptedOut.into()),
            Some(Fix::Resend) | None => Ok(address),
        }
    }
}

/// What became of a message that was put to another time.
#[derive(Debug)]
pub struct Put {
    /// When it will be sent: at its time, or when the project's window opens next.
    pub due: Timestamp,
    /// What Undo names, for a message that Send now took from its time.
    pub undo: Option<BatchId>,
}

/// Schedules a waiting or canceled message for `at`, within the project's window.
async fn put(operator: &Operator, id: MessageId, at: Timestamp, kind: EventKind, now: Timestamp) -> AppResult<Put> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let standing = Standing::of(&mut tx, operator, id).await?;
    let recipient = standing.recipient()?;
    let due = window(&mut tx, operator).await?.next(&operator.zone, at);
    let undo = (kind == EventKind::SendNow && standing.state == State::Scheduled).then(BatchId::new);
    let changed = sqlx::query(
        "update message set state = 0, status = 0, scheduled_at = $3, due_at = $4, day = $5, canceled_at = null,
            cancel_cause = null, canceled_by = null, cancel_batch = $7, attempts = 0, first_attempt_at = null,
            recipient = $6, version = version + 1
         where project_id = $1 and id = $2 and state in (0, 4)",
    );
    let changed = changed.bind(operator.project).bind(id).bind(at).bind(due).bind(operator.day(at)).bind(recipient);
    if changed.bind(undo).execute(&mut *tx).await?.rows_affected() == 0 {
        drop(tx);
        let change = if kind == EventKind::SendNow { Change::SendNow } else { Change::Reschedule };
        return Err(refusal(operator, id, change).await);
    }
    let detail = match undo {
        Some(_) => Some(Detail::Time(standing.scheduled_at)),
        None => (kind == EventKind::Rescheduled).then_some(Detail::Time(at)),
    };
    record(&mut tx, operator, [id], kind, detail, now).await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(Put { due, undo })
}

/// Makes a message due in [`GRACE`]; until then, [`super::undo`] gives it its former time back.
pub async fn send_now(operator: &Operator, id: MessageId, now: Timestamp) -> AppResult<Put> {
    put(operator, id, now.plus(GRACE), EventKind::SendNow, now).await
}

/// `at` is not in the past (domain::schedule::future).
pub async fn reschedule(operator: &Operator, id: MessageId, at: Timestamp, now: Timestamp) -> AppResult<Put> {
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
        return Err(refusal(operator, id, Change::Resend).await);
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
        return Err(refusal(operator, id, Change::Resend).await);
    }
    let detail = Detail::Recipient(recipient.to_owned());
    record(&mut tx, operator, [id], EventKind::Resent, Some(detail), now).await?;
    search::refresh(&mut tx, operator.project, &[id]).await?;
    Ok(operator.db.commit(tx, operator.project).await?)
}
