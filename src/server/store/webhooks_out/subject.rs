//! What a delivery tells: read when it is sent, so that it holds what is true then.

use super::queue::Job;
use crate::{
    domain::{
        CustomerId, LocationId, MessageId, RequestId, Timestamp,
        message::{Channel, Template},
        review::Rating,
        status::Status,
        webhook::WebhookEvent,
    },
    server::store::Db,
};

/// What it is about.
#[derive(Clone, Debug)]
pub enum Subject {
    Message(Box<MessageFacts>),
    Review(ReviewFacts),
    Unsubscribed(Timestamp),
    Test,
}

/// A message, without what it says and to whom.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MessageFacts {
    pub customer_id: CustomerId,
    pub request_id: RequestId,
    pub location_id: Option<LocationId>,
    pub channel: Channel,
    pub template: Template,
    pub reminder: i16,
    pub status: Status,
    pub scheduled_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
    pub clicked_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
    pub failure_code: Option<String>,
    pub complained_at: Option<Timestamp>,
    pub canceled_at: Option<Timestamp>,
    /// How many machines turned out to have done it since.
    machines: i64,
}

/// A review, without its text.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReviewFacts {
    pub customer_id: CustomerId,
    pub message_id: Option<MessageId>,
    pub request_id: Option<RequestId>,
    pub rating: Rating,
    pub created_at: Timestamp,
}

/// None where there is nothing to tell any more: it was deleted, or turned out to be a machine's.
pub async fn of(db: &Db, job: &Job) -> sqlx::Result<Option<Subject>> {
    match job.event {
        WebhookEvent::Test => Ok(Some(Subject::Test)),
        WebhookEvent::Reviewed => Ok(review(db, job).await?.map(Subject::Review)),
        WebhookEvent::Unsubscribed => unsubscribed(db, job).await,
        _ => {
            let facts = message(db, job).await?.filter(|facts| facts.machines == 0);
            Ok(facts.map(|facts| Subject::Message(Box::new(facts))))
        }
    }
}

async fn message(db: &Db, job: &Job) -> sqlx::Result<Option<MessageFacts>> {
    sqlx::query_as(
        "select m.customer_id, m.request_id, m.location_id, m.channel, m.template, m.reminder, m.status, m.scheduled_at,
            m.sent_at, m.delivered_at, m.opened_at, m.clicked_at, m.failed_at, m.failure_code, m.complained_at, m.canceled_at,
            (select count(*) from message_event e where e.project_id = m.project_id and e.message_id = m.id and e.id = $3
                and e.machine = 1) as machines
         from message m where m.project_id = $1 and m.id = $2",
    )
    .bind(job.project)
    .bind(MessageId(job.subject))
    .bind(job.id)
    .fetch_optional(db.read())
    .await
}

async fn review(db: &Db, job: &Job) -> sqlx::Result<Option<ReviewFacts>> {
    sqlx::query_as(
        "select customer_id, message_id, request_id, rating, created_at from review where project_id = $1 and id = $2",
    )
    .bind(job.project)
    .bind(job.subject)
    .fetch_optional(db.read())
    .await
}

/// It happened, also where the customer has come back since.
async fn unsubscribed(db: &Db, job: &Job) -> sqlx::Result<Option<Subject>> {
    let known: Option<i32> = sqlx::query_scalar("select 1 from customer where project_id = $1 and id = $2")
        .bind(job.project)
        .bind(CustomerId(job.subject))
        .fetch_optional(db.read())
        .await?;
    Ok(known.map(|_| Subject::Unsubscribed(job.at)))
}
