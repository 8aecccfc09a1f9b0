//! Moves a message to another time, and sends a failed one again.

use super::{Times, push_ids, refusal, times};
use crate::{
    domain::{
        AppError, AppResult, BatchId, MessageId, Timestamp,
        message::{Channel, EventKind, FailureCode},
        refusal::{Change, Refusal},
        schedule::Delay,
        status::{State, Status},
        suppression::SuppressionReason,
        timeline::Detail,
    },
    server::store::{
        db::{Engine, Query, Tx},
        guard::{Operator, Viewer},
        id::NewId,
        search,
        timeline::{Event, append},
    },
};

/// How long Send now can be undone: the message is due after that. In milliseconds.
pub const GRACE: i64 = 10 * Timestamp::SECOND;

/// The facts that decide whether a message may be sent (again).
#[derive(sqlx::FromRow)]
pub(in crate::server::store) struct Standing {
    pub id: MessageId,
    pub state: State,
    pub scheduled_at: Timestamp,
    status: Status,
    channel: Channel,
    recipient: String,
    failure_code: Option<String>,
    pub failed_at: Option<Timestamp>,
    email: String,
    phone: String,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
    /// Why nothing is sent to the customer's present address.
    suppressed: Option<SuppressionReason>,
    /// After how many months what it said was removed.
    removed_after: Option<i16>,
}

impl Standing {
    /// To be narrowed by `m` to messages of the project.
    pub fn query(viewer: &Viewer) -> Query {
        let mut query = Query::new(
            "select m.id, m.state, m.scheduled_at, m.status, m.channel, m.recipient, m.failure_code, m.failed_at, c.email, c.phone,
                c.unsubscribed_at, c.archived_at,
                (select s.reason from suppression s where s.project_id = m.project_id and s.channel = m.channel
                    and s.address = case when m.channel = 0 then c.email else c.phone end) as suppressed,
                (select k.removed_after from message_content k where k.project_id = m.project_id and k.message_id = m.id) as removed_after
             from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id
             where m.project_id = ",
        );
        query.push_bind(viewer.project);
        query
    }

    async fn of<'a>(db: impl sqlx::Executor<'a, Database = Engine>, viewer: &Viewer, id: MessageId) -> AppResult<Self> {
        let mut query = Self::query(viewer);
        query.push(" and m.id = ").push_bind(id);
        let standing: Option<Self> = query.build_query_as().fetch_optional(db).await?;
        standing.ok_or_else(|| AppError::no_such("message"))
    }

    /// The customer's present address, where they may be sent something.
    pub fn recipient(&self) -> Result<&str, Refusal> {
        let address = self.address()?;
        match self.suppressed {
            Some(reason) => Err(Refusal::Suppressed { address: address.to_owned(), reason }),
            None => Ok(address),
        }
    }

    /// The same, whether or not it is suppressed.
    fn address(&self) -> Result<&str, Refusal> {
        if let Some(months) = self.removed_after {
            return Err(Refusal::ContentRemoved(months as u16));
        }
        if self.unsubscribed_at.is_some() {
            return Err(Refusal::Unsubscribed);
        }
        if self.archived_at.is_some() {
            return Err(Refusal::Archived);
        }
        let address = match self.channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.phone,
        };
        if address.is_empty() { Err(Refusal::NoAddress(self.channel)) } else { Ok(address) }
    }

    /// As [`Self::recipient`] for a failed message, unless it has failed there for good.
    pub fn recipient_again(&self) -> Result<&str, Refusal> {
        if self.status != Status::Failed {
            return Err(Refusal::Standing { state: self.state, status: self.status, change: Change::Resend });
        }
        let address = self.address()?;
        let code = self.failure_code.as_deref().map(FailureCode::from_code);
        match code.filter(|code| code.bars_the_address() && address == self.recipient) {
            Some(FailureCode::OptedOut) => Err(Refusal::OptedOut),
            Some(_) => Err(Refusal::UnknownAddress { channel: self.channel, address: address.to_owned() }),
            None => self.recipient(),
        }
    }
}

/// What became of a message that was put to another time.
#[derive(Debug)]
pub struct Put {
    /// When it will be sent: at its time, or when the project's window opens next and it is not quiet where the customer is.
    pub due: Timestamp,
    /// Why that is later than asked for.
    pub delay: Option<Delay>,
    /// What Undo names, for a message that Send now took from its time.
    pub undo: Option<BatchId>,
}

/// Puts waiting and canceled messages to other times, within a transaction that has touched the project.
pub(in crate::server::store) struct Putting<'a> {
    operator: &'a Operator,
    times: Times,
    /// `SendNow` or `Rescheduled`.
    kind: EventKind,
    now: Timestamp,
}

impl<'a> Putting<'a> {
    pub async fn new(tx: &mut Tx, operator: &'a Operator, kind: EventKind, now: Timestamp) -> sqlx::Result<Self> {
        Ok(Self { operator, times: times(tx, operator).await?, kind, now })
    }

    /// Schedules a message for `at`, within the project's window; one that was canceled goes to `recipient`, its customer's present
    /// address. Returns what became
    /// of it, and the event for its timeline; None where its state permits that no more.
    pub async fn put(
        &self,
        tx: &mut Tx,
        standing: &Standing,
        recipient: &str,
        at: Timestamp,
    ) -> sqlx::Result<Option<(Put, Event)>> {
        let (operator, id) = (self.operator, standing.id);
        let (due, delay) = self.times.leave(operator, standing.channel, &standing.phone, at);
        let undo = (self.kind == EventKind::SendNow && standing.state == State::Scheduled).then(BatchId::new);
        let changed = sqlx::query(
            "update message set state = 0, status = 0, scheduled_at = $3, due_at = $4, day = $5, canceled_at = null,
                cancel_cause = null, canceled_by = null, cancel_batch = $7, attempts = 0, first_attempt_at = null,
                hold = 0, delay = $8, recipient = case when state = 0 then recipient else $6 end, version = version + 1
             where project_id = $1 and id = $2 and state in (0, 4)",
        );
        let changed = changed.bind(operator.project).bind(id).bind(at).bind(due).bind(operator.day(at)).bind(recipient);
        let changed = changed.bind(undo).bind(delay.map_or(0, |delay| delay as i16));
        if changed.execute(&mut **tx).await?.rows_affected() == 0 {
            return Ok(None);
        }
        let detail = match undo {
            Some(_) => Some(Detail::Time(standing.scheduled_at)),
            None => (self.kind == EventKind::Rescheduled).then_some(Detail::Time(at)),
        };
        let event = Event {
            actor: operator.shown_name().map(str::to_owned),
            ..Event::new((operator.project, id), self.kind, self.now).with(detail)
        };
        Ok(Some((Put { due, delay, undo }, event)))
    }
}

/// The same for one message, in a transaction of its own.
async fn put(operator: &Operator, id: MessageId, at: Timestamp, kind: EventKind, now: Timestamp) -> AppResult<Put> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let standing = Standing::of(&mut *tx, operator, id).await?;
    let recipient = standing.recipient()?;
    let putting = Putting::new(&mut tx, operator, kind, now).await?;
    let Some((put, event)) = putting.put(&mut tx, &standing, recipient, at).await? else {
        drop(tx);
        let change = if kind == EventKind::SendNow { Change::SendNow } else { Change::Reschedule };
        return Err(refusal(operator, id, change).await);
    };
    append(&mut tx, &[event]).await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(put)
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
/// Conflict, saying why, where the customer unsubscribed, the address is suppressed or the one that does not exist.
pub async fn resend(operator: &Operator, id: MessageId, now: Timestamp) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    Standing::of(&mut *tx, operator, id).await?.recipient_again()?;
    if queue_again(&mut tx, operator, &[id], now).await?.is_empty() {
        drop(tx);
        return Err(refusal(operator, id, Change::Resend).await);
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// Whether [`resend`] would queue the message at this moment.
pub async fn may_resend(viewer: &Viewer, id: MessageId) -> AppResult<bool> {
    Ok(Standing::of(viewer.db.read(), viewer, id).await?.recipient_again().is_ok())
}

/// Queues those of the messages that have failed again, each to its customer's present address; returns which.
pub(in crate::server::store) async fn queue_again(
    tx: &mut Tx,
    operator: &Operator,
    wanted: &[MessageId],
    now: Timestamp,
) -> sqlx::Result<Vec<MessageId>> {
    let due = times(tx, operator).await?.due(operator, now);
    let mut query = Query::new(
        "update message set state = 0, status = 0, sent_at = null, delivered_at = null, failed_at = null, failure_code = null,
            failure_text = null, attempts = 0, first_attempt_at = null, hold = 0, delay = 0, lease_until = null, generation = generation + 1,
            version = version + 1,
            recipient = (select case when message.channel = 0 then c.email else c.phone end from customer c
                where c.project_id = message.project_id and c.id = message.customer_id),
            scheduled_at = ",
    );
    query.push_bind(now).push(", due_at = ").push_bind(due).push(", day = ").push_bind(operator.day(now));
    query.push(" where project_id = ").push_bind(operator.project).push(" and state = 3 and status = 4");
    push_ids(&mut query, wanted);
    query.push(" returning id, recipient");
    let queued: Vec<(MessageId, String)> = query.build_query_as().fetch_all(&mut **tx).await?;
    let ids: Vec<MessageId> = queued.iter().map(|(id, _)| *id).collect();
    let event = |(id, recipient): (MessageId, String)| Event {
        actor: operator.shown_name().map(str::to_owned),
        ..Event::new((operator.project, id), EventKind::Resent, now).with(Detail::Recipient(recipient))
    };
    append(tx, &queued.into_iter().map(event).collect::<Vec<_>>()).await?;
    search::refresh(tx, operator.project, &ids).await?;
    Ok(ids)
}
