//! What staff change about messages that were not sent: cancel, undo, send now, reschedule, resend, delete.
//!
//! Each change is one compare-and-set: the state that it expects stands in its WHERE, and how many rows it changed is the
//! answer. State 0 is scheduled, 1 being sent, 3 failed, 4 canceled; written out, so that the partial indexes are used.

use super::{
    db::{Query, Tx},
    find::{Find, push_status},
    messages,
    search::{self, Hits},
    steering_undo,
};
use crate::{
    domain::{
        AppError, AppResult, BatchId, CustomerId, EventId, MessageId, RequestId, Timestamp,
        bulk::{Outcome, Selection, Skip},
        filter::MessageFilter,
        message::{CancelCause, Channel, EventKind, FailureCode},
        schedule::Window,
        status::{State, Status},
    },
    server::guard::{Manager, Operator, Viewer},
};

/// Messages of one transaction: the write lock is held for some tens of milliseconds at most.
pub(super) const CHUNK: usize = 500;

/// Cancels one message; with `also_request`, the other unsent ones of its request too.
///
/// # Errors
/// Conflict where it is not waiting any more, saying what became of it.
pub async fn cancel(operator: &Operator, id: MessageId, also_request: bool, now: Timestamp) -> AppResult<Outcome> {
    let batch = BatchId::new();
    let mut tx = operator.db.begin_in(operator.project).await?;
    let mut query = set_canceled(operator, CancelCause::Staff, Some(batch), now);
    query.push(" and id = ").push_bind(id).push(" returning id, request_id");
    let found: Option<(MessageId, RequestId)> = query.build_query_as().fetch_optional(&mut *tx).await?;
    let Some((id, request)) = found else {
        drop(tx);
        return Err(refusal(operator, id, "canceled").await);
    };
    let mut canceled = vec![id];
    if also_request {
        let mut query = set_canceled(operator, CancelCause::Staff, Some(batch), now);
        query.push(" and request_id = ").push_bind(request).push(" returning id");
        canceled.extend(ids(&mut query, &mut tx).await?);
    }
    record(&mut tx, operator, &canceled, EventKind::Canceled, None, now).await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(Outcome { done: canceled.len() as u64, skipped: Vec::new(), undo: Some(batch) })
}

/// Cancels the unsent of a selection, in chunks: what was done by the time of an interruption stays done, and asking
/// again does the rest.
pub async fn cancel_selection(manager: &Manager, selection: &Selection, now: Timestamp) -> AppResult<Outcome> {
    let batch = BatchId::new();
    let (done, skipped) = match selection {
        Selection::These(ids) => cancel_these(manager, ids, batch, now).await?,
        Selection::Matching(filter) => cancel_matching(manager, filter, batch, now).await?,
    };
    let skipped = skipped.into_iter().filter(|(_, n)| *n > 0).collect();
    Ok(Outcome { done, skipped, undo: (done > 0).then_some(batch) })
}

type Counts = (u64, Vec<(Skip, u64)>);

async fn cancel_these(manager: &Manager, wanted: &[MessageId], batch: BatchId, now: Timestamp) -> AppResult<Counts> {
    let mut done = 0;
    let mut counts = [0_u64; 5];
    for some in wanted.chunks(CHUNK) {
        let mut tx = manager.db.begin_in(manager.project).await?;
        let mut query = set_canceled(manager, CancelCause::Staff, Some(batch), now);
        push_ids(&mut query, some);
        query.push(" returning id");
        let canceled = ids(&mut query, &mut tx).await?;
        record(&mut tx, manager, &canceled, EventKind::Canceled, None, now).await?;
        let mut query = Query::new("select id, state from message where project_id = ");
        query.push_bind(manager.project);
        push_ids(&mut query, some);
        let known: Vec<(MessageId, State)> = query.build_query_as().fetch_all(&mut *tx).await?;
        manager.db.commit(tx, manager.project).await?;
        done += canceled.len() as u64;
        let canceled: std::collections::HashSet<_> = canceled.into_iter().collect();
        counts[4] += (some.len() - known.len()) as u64;
        for (id, state) in known {
            match state {
                _ if canceled.contains(&id) => {}
                State::Sent => counts[0] += 1,
                State::Sending | State::Scheduled => counts[1] += 1,
                State::Failed => counts[2] += 1,
                State::Canceled => counts[3] += 1,
            }
        }
    }
    let reasons = [Skip::AlreadySent, Skip::BeingSent, Skip::Failed, Skip::AlreadyCanceled, Skip::Gone];
    Ok((done, reasons.into_iter().zip(counts).collect()))
}

async fn cancel_matching(
    manager: &Manager,
    filter: &MessageFilter,
    batch: BatchId,
    now: Timestamp,
) -> AppResult<Counts> {
    let hits = if filter.q.is_empty() { None } else { Some(search::hits(manager, &filter.q).await?) };
    let find = Find { project: manager.project, zone: manager.zone, filter, hits: hits.as_ref() };
    // The tally is of what matched when the action began: what is counted now is what the person was shown.
    let tally = messages::tally(manager, &find).await?;
    let matched = |s: Status| match filter.status {
        None => tally.total(Some(s)),
        Some(wanted) if wanted == s => tally.total(Some(s)),
        Some(_) => 0,
    };
    let mut done = 0;
    if matches!(filter.status, None | Some(Status::Scheduled)) {
        let mut after = None;
        loop {
            let (n, last) = cancel_chunk(manager, &find, after, batch, now).await?;
            done += n;
            let Some(last) = last else { break };
            after = Some(last);
            tokio::task::yield_now().await;
        }
    }
    let already_sent = match filter.status {
        None | Some(Status::Sent) => tally.total(Some(Status::Sent)),
        Some(s) if s.is_sent() => tally.total(Some(s)),
        Some(_) => 0,
    };
    let being_sent = matched(Status::Scheduled).saturating_sub(done);
    let rest = [
        (Skip::AlreadySent, already_sent),
        (Skip::BeingSent, being_sent),
        (Skip::Failed, matched(Status::Failed)),
        (Skip::AlreadyCanceled, matched(Status::Canceled)),
    ];
    Ok((done, rest.into()))
}

type Place = (Timestamp, MessageId);

/// The next waiting messages that match, in the order of their schedule; none after the last.
async fn cancel_chunk(
    manager: &Manager,
    find: &Find<'_>,
    after: Option<Place>,
    batch: BatchId,
    now: Timestamp,
) -> AppResult<(u64, Option<Place>)> {
    let mut query = Query::new("select m.scheduled_at, m.id from message m");
    if let Some(Hits::Many(_)) = find.hits {
        query.push(" join message_search s on s.seq = m.seq");
    }
    query.push(" where m.project_id = ").push_bind(manager.project);
    push_status(&mut query, Some(Status::Scheduled));
    find.push_facets(&mut query);
    match find.hits {
        None => {}
        Some(Hits::Many(needle)) => search::push_test(&mut query, needle),
        Some(Hits::Few(seqs)) => super::find::push_seqs(&mut query, seqs),
    }
    if let Some((at, id)) = after {
        query.push(" and (m.scheduled_at, m.id) > (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" order by m.scheduled_at, m.id limit ").push_bind(CHUNK as i64);
    let next: Vec<Place> = query.build_query_as().fetch_all(manager.db.read()).await?;
    let Some(last) = next.last().copied() else { return Ok((0, None)) };

    let mut tx = manager.db.begin_in(manager.project).await?;
    let mut query = set_canceled(manager, CancelCause::Staff, Some(batch), now);
    push_ids(&mut query, &next.iter().map(|(_, id)| *id).collect::<Vec<_>>());
    query.push(" returning id");
    let canceled = ids(&mut query, &mut tx).await?;
    record(&mut tx, manager, &canceled, EventKind::Canceled, None, now).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok((canceled.len() as u64, Some(last)))
}

/// Cancels all that is unsent of a customer, within a transaction that has touched the project; returns how many.
pub async fn cancel_customer(
    tx: &mut Tx,
    viewer: &Viewer,
    customer: CustomerId,
    cause: CancelCause,
    now: Timestamp,
) -> AppResult<Outcome> {
    let batch = (cause == CancelCause::Staff).then(BatchId::new);
    let mut query = set_canceled(viewer, cause, batch, now);
    query.push(" and customer_id = ").push_bind(customer).push(" returning id");
    finish(tx, viewer, query, cause, batch, now).await
}

/// The same of one request.
pub async fn cancel_request(
    tx: &mut Tx,
    viewer: &Viewer,
    request: RequestId,
    cause: CancelCause,
    now: Timestamp,
) -> AppResult<Outcome> {
    let batch = (cause == CancelCause::Staff).then(BatchId::new);
    let mut query = set_canceled(viewer, cause, batch, now);
    query.push(" and request_id = ").push_bind(request).push(" returning id");
    finish(tx, viewer, query, cause, batch, now).await
}

async fn finish(
    tx: &mut Tx,
    viewer: &Viewer,
    mut query: Query,
    cause: CancelCause,
    batch: Option<BatchId>,
    now: Timestamp,
) -> AppResult<Outcome> {
    let canceled = ids(&mut query, tx).await?;
    let detail = (cause != CancelCause::Staff).then(|| cause.sentence());
    record(tx, viewer, &canceled, EventKind::Canceled, detail, now).await?;
    Ok(Outcome { done: canceled.len() as u64, skipped: Vec::new(), undo: batch.filter(|_| !canceled.is_empty()) })
}

/// `update … where … and state = 0`, to be narrowed.
fn set_canceled(viewer: &Viewer, cause: CancelCause, batch: Option<BatchId>, now: Timestamp) -> Query {
    let mut query = Query::new("update message set state = 4, status = 6, canceled_at = ");
    query.push_bind(now).push(", cancel_cause = ").push_bind(cause).push(", canceled_by = ").push_bind(viewer.user);
    query.push(", cancel_batch = ").push_bind(batch).push(", version = version + 1 where project_id = ");
    query.push_bind(viewer.project).push(" and state = 0");
    query
}

pub(super) fn push_ids(query: &mut Query, ids: &[MessageId]) {
    query.push(" and id in (");
    if ids.is_empty() {
        query.push("null");
    }
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
}

pub(super) async fn ids(query: &mut Query, tx: &mut Tx) -> sqlx::Result<Vec<MessageId>> {
    query.build_query_scalar().fetch_all(&mut **tx).await
}

/// A line in the timeline of each.
pub(super) async fn record(
    tx: &mut Tx,
    viewer: &Viewer,
    messages: &[MessageId],
    kind: EventKind,
    detail: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    for some in messages.chunks(CHUNK) {
        let mut query = Query::new("insert into message_event (project_id, message_id, id, at, kind, actor, detail) ");
        query.push_values(some, |mut row, id| {
            row.push_bind(viewer.project).push_bind(*id).push_bind(EventId::new()).push_bind(now).push_bind(kind);
            row.push_bind(viewer.actor().map(str::to_owned)).push_bind(detail.map(str::to_owned));
        });
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Why a message cannot be changed: what became of it meanwhile.
async fn refusal(viewer: &Viewer, id: MessageId, what: &str) -> AppError {
    let row = match messages::row(viewer, id).await {
        Ok(row) => row,
        Err(e) => return e,
    };
    let why = match (row.state, row.status) {
        (State::Sending, _) => "It is being sent at this moment",
        (_, Status::Failed) => "It has failed",
        (_, Status::Canceled) => "It was canceled already",
        (_, Status::Scheduled) => "It is waiting to be sent",
        _ => "It was sent already",
    };
    AppError::Conflict(format!("{why}, so it cannot be {what}."))
}

pub use steering_undo::undo;

/// What decides whether a message may go out (again).
#[derive(sqlx::FromRow)]
struct Standing {
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
            "select m.channel, m.recipient, m.failure_code, c.email, c.phone, c.unsubscribed_at, c.archived_at
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

    /// The customer's present address, where a failed message may go there.
    fn new_recipient(&self) -> AppResult<&str> {
        let (address, what, field) = match self.channel {
            Channel::Email => (&self.email, "email address", "email"),
            Channel::Sms => (&self.phone, "phone number", "phone"),
        };
        let code = self.failure_code.as_deref().map(FailureCode::from_code);
        if address.is_empty() {
            return Err(AppError::Conflict(format!("This customer has no {what}. Edit the customer, then resend.")));
        }
        if code.is_some_and(FailureCode::wants_new_address) && *address == self.recipient {
            return Err(AppError::Conflict(format!(
                "{address} does not exist, so it would fail again. Edit the customer's {field}, then resend."
            )));
        }
        if code == Some(FailureCode::OptedOut) && *address == self.recipient {
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
    Standing::of(&mut tx, operator, id).await?;
    let due = window(&mut tx, operator).await?.next(&operator.zone, at);
    let changed = sqlx::query(
        "update message set state = 0, status = 0, scheduled_at = $3, due_at = $4, day = $5, canceled_at = null,
            cancel_cause = null, canceled_by = null, cancel_batch = null, attempts = 0, first_attempt_at = null,
            version = version + 1
         where project_id = $1 and id = $2 and state in (0, 4)",
    );
    let changed = changed.bind(operator.project).bind(id).bind(at).bind(due).bind(operator.day(at));
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
    let failed: Option<State> =
        sqlx::query_scalar("select state from message where project_id = $1 and id = $2 and state = 3")
            .bind(operator.project)
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?;
    if failed.is_none() {
        drop(tx);
        return Err(refusal(operator, id, "resent").await);
    }
    let recipient = standing.new_recipient()?;
    let due = window(&mut tx, operator).await?.next(&operator.zone, now);
    let changed = sqlx::query(
        "update message set state = 0, status = 0, recipient = $3, scheduled_at = $4, due_at = $5, day = $6, sent_at = null,
            delivered_at = null, failed_at = null, failure_code = null, failure_text = null, attempts = 0,
            first_attempt_at = null, lease_until = null, generation = generation + 1, version = version + 1
         where project_id = $1 and id = $2 and state = 3",
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

/// For good, with its timeline; undoes no sending.
pub async fn delete(operator: &Operator, id: MessageId) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let deleted = sqlx::query("delete from message where project_id = $1 and id = $2 and state <> 1");
    if deleted.bind(operator.project).bind(id).execute(&mut *tx).await?.rows_affected() == 0 {
        drop(tx);
        return Err(refusal(operator, id, "deleted").await);
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// When the project's messages may leave.
pub(super) async fn window(tx: &mut Tx, viewer: &Viewer) -> sqlx::Result<Window> {
    let minutes: (Option<i16>, Option<i16>) =
        sqlx::query_as("select window_start, window_end from project where id = $1")
            .bind(viewer.project)
            .fetch_one(&mut **tx)
            .await?;
    Ok(match minutes {
        (Some(start), Some(end)) => Window::Between { start: start.unsigned_abs(), end: end.unsigned_abs() },
        _ => Window::Anytime,
    })
}
