//! Cancels waiting messages: one, or all of a customer or request.

use super::{ids, refusal};
use crate::{
    domain::{
        AppResult, BatchId, CustomerId, MessageId, ProjectId, RequestId, Timestamp, UserId,
        bulk::Outcome,
        message::{CancelCause, Channel, EventKind},
        refusal::Change,
        timeline::Detail,
    },
    server::store::{
        db::{Query, Tx},
        dialect,
        guard::Operator,
        id::NewId,
        timeline::{Event, append, record},
    },
};

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

/// The same for many customers; by a person, without Undo. Returns how many messages were canceled.
pub async fn cancel_customers(
    tx: &mut Tx,
    operator: &Operator,
    customers: &[CustomerId],
    cause: CancelCause,
    now: Timestamp,
) -> AppResult<u64> {
    let query = of_customers(operator, customers, cause, now);
    Ok(finish(tx, operator, query, cause, None, now).await?.done)
}

pub fn of_customers(operator: &Operator, customers: &[CustomerId], cause: CancelCause, now: Timestamp) -> Query {
    let mut query = set_canceled(operator, cause, None, now);
    dialect::push_any_id(query.push(" and customer_id "), customers);
    query.push(" returning id");
    query
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

/// Whose unsent messages to cancel.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    Customer(CustomerId),
    /// Those to an address, of whichever customers have it.
    Address(Channel, &'a str),
}

/// Cancels for nobody among the staff, within a transaction that has touched the project; returns how many.
pub async fn cancel_for_system(
    tx: &mut Tx,
    project: ProjectId,
    whose: Whose<'_>,
    cause: CancelCause,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let mut query = canceled_by(project, None, cause, None, now);
    match whose {
        Whose::Customer(customer) => drop(query.push(" and customer_id = ").push_bind(customer)),
        Whose::Address(channel, address) => {
            // Unsent messages have the present address of their customer, which has an index.
            let column = if channel == Channel::Email { "email" } else { "phone" };
            query.push(" and customer_id in (select id from customer where project_id = ").push_bind(project);
            query.push(" and ").push(column).push(" = ").push_bind(address.to_owned()).push(" and ").push(column);
            query.push(" <> '') and channel = ").push_bind(channel);
            query.push(" and recipient = ").push_bind(address.to_owned());
        }
    }
    query.push(" returning id");
    let canceled = ids(&mut query, tx).await?;
    let event = |id| Event::new((project, id), EventKind::Canceled, now).with(Detail::Cause(cause));
    let events: Vec<Event> = canceled.iter().map(|id| event(*id)).collect();
    append(tx, &events).await?;
    Ok(events.len() as u64)
}

/// The status of a canceled message: if an attempt was in doubt, the customer may have opened or clicked it.
pub const CANCELED_STATUS: &str = "case when complained_at is not null then 5 when clicked_at is not null then 3 when opened_at is not null then 2 else 6 end";

/// `update … where … and state = 0`, to be narrowed.
pub(in crate::server::store) fn set_canceled(
    operator: &Operator,
    cause: CancelCause,
    batch: Option<BatchId>,
    now: Timestamp,
) -> Query {
    canceled_by(operator.project, operator.user, cause, batch, now)
}

fn canceled_by(
    project: ProjectId,
    user: Option<UserId>,
    cause: CancelCause,
    batch: Option<BatchId>,
    now: Timestamp,
) -> Query {
    let mut query = Query::new("update message set state = 4, status = ");
    query
        .push(CANCELED_STATUS)
        .push(", canceled_at = ")
        .push_bind(now)
        .push(", cancel_cause = ")
        .push_bind(cause)
        .push(", canceled_by = ")
        .push_bind(user);
    query.push(", cancel_batch = ").push_bind(batch).push(", version = version + 1 where project_id = ");
    query.push_bind(project).push(" and state = 0");
    query
}
