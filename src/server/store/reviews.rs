//! Reviews, and what a review stops.

pub mod low;

use super::{
    customers::exists,
    db::{Query, Tx},
    guard::{Operator, Viewer},
    id::NewId,
    steering::cancel_request,
    timeline::record,
};
use crate::domain::{
    AppError, AppResult, CustomerId, LocalTime, MessageId, RequestId, ReviewId, Timestamp,
    message::{CancelCause, Channel, EventKind, Template},
    refusal::Refusal,
    review::{EarnedReview, Rating, Review},
    timeline::Detail,
};

pub struct NewReview {
    pub customer: CustomerId,
    pub rating: Rating,
    pub text: String,
    /// The message whose link led to it, and its request.
    pub source: Option<(MessageId, RequestId)>,
}

/// Keeps a review, ties it to its message, and cancels what is unsent of the message's request, all at once. Members are told of few
/// stars.
///
/// # Errors
/// Conflict where the request has its review already, NotFound for an unknown customer.
pub async fn add(operator: &Operator, review: &NewReview, now: Timestamp) -> AppResult<ReviewId> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, review.customer).await?;
    let id = insert(&mut tx, operator, review, now).await?;
    if review.rating.is_low() {
        low::raise(&mut tx, operator, id, now).await?;
    }
    if let Some((message, request)) = review.source {
        let stars = Detail::Stars(review.rating.stars());
        record(&mut tx, operator, [message], EventKind::Reviewed, Some(stars), now).await?;
        cancel_request(&mut tx, operator, request, CancelCause::Reviewed, now).await?;
    }
    operator.db.commit(tx, operator.project).await?;
    Ok(id)
}

async fn insert(tx: &mut Tx, operator: &Operator, review: &NewReview, now: Timestamp) -> AppResult<ReviewId> {
    let id = ReviewId::new();
    let inserted = sqlx::query(
        "insert into review (project_id, id, customer_id, message_id, request_id, rating, text, created_at, added_by, to_thank,
            is_open)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing",
    )
    .bind(operator.project)
    .bind(id)
    .bind(review.customer)
    .bind(review.source.map(|(m, _)| m))
    .bind(review.source.map(|(_, r)| r))
    .bind(review.rating)
    .bind(&review.text)
    .bind(now)
    .bind(operator.user)
    // Whoever left it by a message's link may be thanked the same way.
    .bind(i16::from(review.source.is_some()))
    .bind(i16::from(review.rating.is_low()))
    .execute(&mut **tx)
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(Refusal::Reviewed.into());
    }
    Ok(id)
}

#[derive(sqlx::FromRow)]
struct StoredReview {
    id: ReviewId,
    customer_id: CustomerId,
    rating: Rating,
    text: String,
    created_at: Timestamp,
    message_id: Option<MessageId>,
    template: Option<Template>,
    reminder: Option<i16>,
    channel: Option<Channel>,
    added_by: Option<String>,
}

const SELECT: &str =
    "select v.id, v.customer_id, v.rating, v.text, v.created_at, m.id as message_id, m.template, m.reminder,
        m.channel, p.name as added_by
    from review v
    left join message m on m.project_id = v.project_id and m.id = v.message_id
    left join person p on p.id = v.added_by
    where v.project_id = ";

/// A customer's, newest first.
pub async fn of_customer(viewer: &Viewer, customer: CustomerId) -> AppResult<Vec<Review>> {
    let mut query = Query::new(SELECT);
    query.push_bind(viewer.project).push(" and v.customer_id = ").push_bind(customer);
    query.push(" order by v.created_at desc, v.id desc");
    let stored: Vec<StoredReview> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    Ok(stored.into_iter().map(|s| s.review(|at| viewer.local(at)).1).collect())
}

/// The review that this message of the customer led to.
pub async fn earned_by(viewer: &Viewer, customer: CustomerId, message: MessageId) -> AppResult<Option<EarnedReview>> {
    let found: Option<(ReviewId, Rating, Timestamp)> = sqlx::query_as(
        "select id, rating, created_at from review where project_id = $1 and customer_id = $2 and message_id = $3",
    )
    .bind(viewer.project)
    .bind(customer)
    .bind(message)
    .fetch_optional(viewer.db.read())
    .await?;
    Ok(found.map(|(id, rating, at)| EarnedReview { id, rating, created: viewer.local(at) }))
}

/// Which reviews a list of those of many customers has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewFilter {
    pub customer: Option<CustomerId>,
    pub rating: Option<Rating>,
}

/// Those that were added before `after`, or all, with their customers; the last added first.
pub async fn list(
    viewer: &Viewer,
    filter: ReviewFilter,
    after: Option<ReviewId>,
    limit: usize,
) -> AppResult<Vec<(CustomerId, Review)>> {
    let mut query = Query::new(SELECT);
    query.push_bind(viewer.project);
    if let Some(customer) = filter.customer {
        query.push(" and v.customer_id = ").push_bind(customer);
    }
    if let Some(rating) = filter.rating {
        query.push(" and v.rating = ").push_bind(rating);
    }
    if let Some(after) = after {
        query.push(" and v.id < ").push_bind(after);
    }
    query.push(" order by v.id desc limit ").push_bind(limit as i64);
    let stored: Vec<StoredReview> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    Ok(stored.into_iter().map(|s| s.review(|at| viewer.local(at))).collect())
}

/// With its customer.
///
/// # Errors
/// `NotFound` where it is none of the project's.
pub async fn one(viewer: &Viewer, id: ReviewId) -> AppResult<(CustomerId, Review)> {
    let mut query = Query::new(SELECT);
    query.push_bind(viewer.project).push(" and v.id = ").push_bind(id);
    let stored: Option<StoredReview> = query.build_query_as().fetch_optional(viewer.db.read()).await?;
    stored.map(|s| s.review(|at| viewer.local(at))).ok_or_else(|| AppError::no_such("review"))
}

impl StoredReview {
    /// With its customer.
    fn review(self, local: impl Fn(Timestamp) -> LocalTime) -> (CustomerId, Review) {
        let label = self
            .template
            .zip(self.channel)
            .map(|(template, channel)| format!("{} by {}", template.label(self.reminder.unwrap_or(0)), channel.name()));
        let review = Review {
            id: self.id,
            rating: self.rating,
            text: self.text,
            created: local(self.created_at),
            message: self.message_id,
            message_label: label,
            added_by: self.added_by,
        };
        (self.customer_id, review)
    }
}
