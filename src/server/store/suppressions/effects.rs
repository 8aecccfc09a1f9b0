//! What follows from a report about an address. Each runs within a transaction that has touched the project, and cancels what is
//! unsent in it, so that nothing more goes out once the report is kept.

use super::suppress;
use crate::{
    domain::{
        CustomerId, MessageId, ProjectId, Timestamp,
        message::{CancelCause, Channel, FailureCode},
        suppression::SuppressionReason,
    },
    server::store::{
        db::{Query, Tx},
        steering::{Whose, cancel_for_system},
    },
};

/// What a suppression came of.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    pub message: Option<MessageId>,
    /// The provider's name for the event; empty if it was an answer to an attempt.
    pub event: &'a str,
    /// The provider's, or the customer's.
    pub words: &'a str,
    pub at: Timestamp,
}

/// The address does not exist.
pub async fn bounced(
    tx: &mut Tx,
    project: ProjectId,
    (channel, address): (Channel, &str),
    origin: &Origin<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    suppress(tx, (project, channel, address), SuppressionReason::Bounced, origin).await?;
    cancel_for_system(tx, project, Whose::Address(channel, address), CancelCause::Bounced, now).await?;
    Ok(())
}

/// The customer marked a message to this address as spam.
pub async fn complained(
    tx: &mut Tx,
    project: ProjectId,
    (channel, address): (Channel, &str),
    customer: CustomerId,
    origin: &Origin<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    suppress(tx, (project, channel, address), SuppressionReason::Complained, origin).await?;
    unsubscribe(tx, project, customer, CancelCause::Complained, origin.at, now).await?;
    cancel_for_system(tx, project, Whose::Address(channel, address), CancelCause::Suppressed, now).await?;
    Ok(())
}

/// Whoever has this address opted out. `customer` is whose message it was, if it is known. False if the address was suppressed
/// before.
pub async fn opted_out(
    tx: &mut Tx,
    project: ProjectId,
    (channel, address): (Channel, &str),
    customer: Option<CustomerId>,
    origin: &Origin<'_>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let is_new = suppress(tx, (project, channel, address), SuppressionReason::OptedOut, origin).await?;
    let mut customers = customers_of(tx, project, channel, address).await?;
    customers.extend(customer.filter(|customer| !customers.contains(customer)));
    for customer in customers {
        unsubscribe(tx, project, customer, CancelCause::Unsubscribed, origin.at, now).await?;
    }
    Ok(is_new)
}

/// Whoever has this number asked for messages again: lifts an opt-out, and nothing else, and resubscribes those who unsubscribed
/// by it or since. False if there was none.
pub async fn opted_in(tx: &mut Tx, project: ProjectId, number: &str) -> sqlx::Result<bool> {
    let since: Option<Timestamp> = sqlx::query_scalar(
        "delete from suppression where project_id = $1 and channel = $2 and address = $3 and reason = $4 returning since",
    )
    .bind(project)
    .bind(Channel::Sms)
    .bind(number)
    .bind(SuppressionReason::OptedOut)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(since) = since else { return Ok(false) };
    sqlx::query(
        "update customer set unsubscribed_at = null
         where project_id = $1 and phone = $2 and phone <> '' and unsubscribed_at >= $3",
    )
    .bind(project)
    .bind(number)
    .bind(since)
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

/// The same for the provider's answer to an attempt: what it says of the address.
pub async fn reported_by_attempt(
    tx: &mut Tx,
    project: ProjectId,
    message: MessageId,
    failure: FailureCode,
    words: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    if !matches!(failure, FailureCode::AddressUnknown | FailureCode::OptedOut) {
        return Ok(());
    }
    let (channel, address, customer): (Channel, String, CustomerId) =
        sqlx::query_as("select channel, recipient, customer_id from message where project_id = $1 and id = $2")
            .bind(project)
            .bind(message)
            .fetch_one(&mut **tx)
            .await?;
    let origin = Origin { message: Some(message), event: "", words, at };
    let address = (channel, address.as_str());
    match failure {
        FailureCode::OptedOut => drop(opted_out(tx, project, address, Some(customer), &origin, at).await?),
        _ => bounced(tx, project, address, &origin, at).await?,
    }
    Ok(())
}

/// Whoever reads a message has its address, although it came back.
pub async fn disproved(tx: &mut Tx, project: ProjectId, message: MessageId) -> sqlx::Result<()> {
    sqlx::query(
        "delete from suppression where project_id = $1 and reason = $2 and message_id = $3
            and (channel, address) in (select channel, recipient from message where project_id = $1 and id = $3)",
    )
    .bind(project)
    .bind(SuppressionReason::Bounced)
    .bind(message)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The first time is kept.
async fn unsubscribe(
    tx: &mut Tx,
    project: ProjectId,
    customer: CustomerId,
    cause: CancelCause,
    at: Timestamp,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "update customer set unsubscribed_at = $1 where project_id = $2 and id = $3 and unsubscribed_at is null",
    )
    .bind(at)
    .bind(project)
    .bind(customer)
    .execute(&mut **tx)
    .await?;
    cancel_for_system(tx, project, Whose::Customer(customer), cause, now).await?;
    Ok(())
}

/// The customers who have this address now.
pub(in crate::server::store) async fn customers_of(
    tx: &mut Tx,
    project: ProjectId,
    channel: Channel,
    address: &str,
) -> sqlx::Result<Vec<CustomerId>> {
    let column = if channel == Channel::Email { "email" } else { "phone" };
    let mut query = Query::new("select id from customer where project_id = ");
    query.push_bind(project).push(" and ").push(column).push(" = ").push_bind(address.to_owned());
    query.push(" and ").push(column).push(" <> ''");
    query.build_query_scalar().fetch_all(&mut **tx).await
}
