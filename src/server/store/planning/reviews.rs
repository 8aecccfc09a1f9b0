//! Reviews that are answered with a thank-you.

use super::{Candidate, Material, customers::candidate_in, guards, insert_messages, material_of};
use crate::{
    domain::{AppResult, CustomerId, RequestId, ReviewId, Timestamp, message::Channel, review::Rating},
    server::store::{db::Db, guard::Manager, new_message::NewMessage},
};

/// Projects with reviews that may be answered.
pub async fn reviewed(db: &Db) -> AppResult<Vec<Manager>> {
    let projects = sqlx::query_as(
        "select p.id, p.slug, p.name, p.time_zone, p.language from project p
         where p.id in (select v.project_id from review v where v.to_thank = 1) order by p.id",
    );
    Ok(guards(db, projects.fetch_all(db.read()).await?))
}

/// A review that a message led to.
pub struct Reviewed {
    pub request: RequestId,
    pub channel: Channel,
    pub rating: Rating,
    pub customer: Candidate,
}

/// Answers the reviews that were not looked at yet, `most` of them, with the messages that `compose` makes. Returns how many were
/// looked at.
pub async fn thank(
    guard: &Manager,
    most: usize,
    now: Timestamp,
    compose: impl FnOnce(&Material, &[Reviewed]) -> Vec<NewMessage>,
) -> AppResult<usize> {
    let mut tx = guard.db.begin_in(guard.project).await?;
    let found: Vec<(ReviewId, RequestId, Channel, Rating, CustomerId)> = sqlx::query_as(
        "select v.id, m.request_id, m.channel, v.rating, v.customer_id from review v
         join message m on m.project_id = v.project_id and m.id = v.message_id
         where v.project_id = $1 and v.to_thank = 1 order by v.id limit $2",
    )
    .bind(guard.project)
    .bind(most as i64)
    .fetch_all(&mut *tx)
    .await?;
    let material = material_of(&mut tx, guard, now).await?;
    let mut reviewed = Vec::new();
    for (_, request, channel, rating, customer) in &found {
        let customer = candidate_in(&mut tx, guard.project, &material.kept.strategy, *customer).await?;
        reviewed.extend(customer.map(|customer| Reviewed {
            request: *request,
            channel: *channel,
            rating: *rating,
            customer,
        }));
    }
    insert_messages(&mut tx, guard, &compose(&material, &reviewed), now).await?;
    // With those whose message was deleted.
    let last = found.last().filter(|_| found.len() == most).map(|(id, ..)| *id);
    sqlx::query("update review set to_thank = 0 where project_id = $1 and to_thank = 1 and ($2 is null or id <= $2)")
        .bind(guard.project)
        .bind(last)
        .execute(&mut *tx)
        .await?;
    guard.db.commit(tx, guard.project).await?;
    Ok(found.len())
}
