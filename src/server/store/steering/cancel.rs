//! Cancels waiting messages: one, a selection, or all of a customer or request.

use super::{CHUNK, ids, push_ids, refusal};
use crate::{
    domain::{
        AppResult, BatchId, CustomerId, MessageId, RequestId, Timestamp,
        bulk::{Outcome, Selection, Skip},
        filter::MessageFilter,
        message::{CancelCause, Channel, EventKind},
        refusal::Change,
        status::{State, Status},
        timeline::Detail,
    },
    server::store::{
        db::{Query, Tx},
        find::Find,
        guard::{Manager, Operator},
        id::NewId,
        messages,
        search::{self, Hits},
        timeline::record,
    },
};
use std::collections::BTreeSet;

/// Cancels one message; with `also_request`, the other unsent ones of its request too.
///
/// # Errors
/// Conflict if it is no longer waiting, saying what became of it.
pub async fn cancel(operator: &Operator, id: MessageId, also_request: bool, now: Timestamp) -> AppResult<Outcome> {
    let batch = BatchId::new();
    let mut tx = operator.db.begin_in(operator.project).await?;
    let mut query = set_canceled(operator, CancelCause::Staff, Some(batch), now);
    query.push(" and id = ").push_bind(id).push(" returning id, request_id");
    let found: Option<(MessageId, RequestId)> = query.build_query_as().fetch_optional(&mut *tx).await?;
    let Some((id, request)) = found else {
        drop(tx);
        return Err(refusal(operator, id, Change::Cancel).await);
    };
    let mut canceled = vec![id];
    if also_request {
        let mut query = set_canceled(operator, CancelCause::Staff, Some(batch), now);
        query.push(" and request_id = ").push_bind(request).push(" returning id");
        canceled.extend(ids(&mut query, &mut tx).await?);
    }
    record(&mut tx, operator, canceled.iter().copied(), EventKind::Canceled, None, now).await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(Outcome { done: canceled.len() as u64, skipped: Vec::new(), undo: Some(batch) })
}

/// Cancels the unsent messages of a selection, in chunks: after an interruption, a second call does the rest.
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
    let wanted: Vec<MessageId> = wanted.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let mut done = 0;
    let mut counts = [0_u64; 5];
    for some in wanted.chunks(CHUNK) {
        let mut tx = manager.db.begin_in(manager.project).await?;
        let mut query = set_canceled(manager, CancelCause::Staff, Some(batch), now);
        push_ids(&mut query, some);
        query.push(" returning id");
        let canceled = ids(&mut query, &mut tx).await?;
        record(&mut tx, manager, canceled.iter().copied(), EventKind::Canceled, None, now).await?;
        let mut query = Query::new("select id, state from message where project_id = ");
        query.push_bind(manager.project);
        push_ids(&mut query, some);
        let known: Vec<(MessageId, State)> = query.build_query_as().fetch_all(&mut *tx).await?;
        manager.db.commit(tx, manager.project).await?;
        done += canceled.len() as u64;
        let canceled: BTreeSet<_> = canceled.into_iter().collect();
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
    let mut find = Find::new(manager, filter, hits.as_ref());
    find.status = Some(Status::Scheduled);
    // Counted before anything is canceled: these are the numbers that the person saw.
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
    find.push_where(&mut query);
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
    record(&mut tx, manager, canceled.iter().copied(), EventKind::Canceled, None, now).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok((canceled.len() as u64, Some(last)))
}

/// Cancels all that is unsent of a customer, within a transaction that has touched the project; returns how many.
pub async fn cancel_customer(
    tx: &mut Tx,
    operator: &Operator,
    customer: CustomerId,
    cause: CancelCause,
    now: Timestamp,
) -> AppResult<Outcome> {
    let batch = (cause == CancelCause::Staff).then(BatchId::new);
    let mut query = set_canceled(operator, cause, batch, now);
    query.push(" and customer_id = ").push_bind(customer).push(" returning id");
    finish(tx, operator, query, cause, batch, now).await
}

/// The same for one channel, for which the customer no longer has an address.
pub async fn cancel_channel(
    tx: &mut Tx,
    operator: &Operator,
    customer: CustomerId,
    channel: Channel,
    now: Timestamp,
) -> AppResult<u64> {
    let mut query = set_canceled(operator, CancelCause::NoAddress, None, now);
    query.push(" and customer_id = ").push_bind(customer).push(" and channel = ").push_bind(channel);
    query.push(" returning id");
    Ok(finish(tx, operator, query, CancelCause::NoAddress, None, now).await?.done)
}

/// The same for one request.
pub async fn cancel_request(
    tx: &mut Tx,
    operator: &Operator,
    request: RequestId,
    cause: CancelCause,
    now: Timestamp,
) -> AppResult<Outcome> {
    let batch = (cause == CancelCause::Staff).then(BatchId::new);
    let mut query = set_canceled(operator, cause, batch, now);
    query.push(" and request_id = ").push_bind(request).push(" returning id");
    finish(tx, operator, query, cause, batch, now).await
}

async fn finish(
    tx: &mut Tx,
    operator: &Operator,
    mut query: Query,
    cause: CancelCause,
    batch: Option<BatchId>,
    now: Timestamp,
) -> AppResult<Outcome> {
    let canceled = ids(&mut query, tx).await?;
    let detail = (cause != CancelCause::Staff).then_some(Detail::Cause(cause));
    record(tx, operator, canceled.iter().copied(), EventKind::Canceled, detail, now).await?;
    Ok(Outcome { done: canceled.len() as u64, skipped: Vec::new(), undo: batch.filter(|_| !canceled.is_empty()) })
}

/// The status of a canceled message: if an attempt was in doubt, the customer may have opened or clicked it.
pub const CANCELED_STATUS: &str = "case when complained_at is not null then 5 when clicked_at is not null then 3 when opened_at is not null then 2 else 6 end";

/// `update … where … and state = 0`, to be narrowed.
fn set_canceled(operator: &Operator, cause: CancelCause, batch: Option<BatchId>, now: Timestamp) -> Query {
    let mut query = Query::new("update message set state = 4, status = ");
    query
        .push(CANCELED_STATUS)
        .push(", canceled_at = ")
        .push_bind(now)
        .push(", cancel_cause = ")
        .push_bind(cause)
        .push(", canceled_by = ")
        .push_bind(operator.user);
    query.push(", cancel_batch = ").push_bind(batch).push(", version = version + 1 where project_id = ");
    query.push_bind(operator.project).push(" and state = 0");
    query
}
