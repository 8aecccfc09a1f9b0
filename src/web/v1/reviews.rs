//! Reviews that customers have left, or that staff have added.

use super::{
    caller::Reads,
    input::{Id, Params},
    paging::{Limit, Part, part, read},
    problem::Problem,
    words::Moment,
};
use crate::{
    domain::{CustomerId, ReviewId, review},
    server::store::reviews::{self, ReviewFilter},
};
use axum::Json as Answer;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A rating with optional text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Review {
    id: Uuid,
    customer_id: Uuid,
    #[schema(minimum = 1, maximum = 5)]
    rating: i16,
    /// Empty where the customer wrote none.
    text: String,
    created_at: Moment,
    /// The message that led to it; null where staff added it.
    message_id: Option<Uuid>,
    /// The member of the staff who added it.
    added_by: Option<String>,
}

impl From<(CustomerId, review::Review)> for Review {
    fn from((customer, review): (CustomerId, review::Review)) -> Self {
        Self {
            id: review.id.0,
            customer_id: customer.0,
            rating: review.rating.stars(),
            text: review.text,
            created_at: Moment(review.created),
            message_id: review.message.map(|id| id.0),
            added_by: review.added_by,
        }
    }
}

/// Which reviews.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReviewsQuery {
    customer_id: Option<Uuid>,
    #[param(minimum = 1, maximum = 5)]
    rating: Option<i16>,
    #[param(inline)]
    limit: Option<Limit>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// List reviews
///
/// The last added first.
#[utoipa::path(get, path = "/reviews", tag = "reviews", params(ReviewsQuery),
    responses((status = 200, description = "A part of the list", body = Part<Review>)))]
pub async fn list(Reads(viewer): Reads, Params(query): Params<ReviewsQuery>) -> Result<Answer<Part<Review>>, Problem> {
    let limit = query.limit.unwrap_or_default();
    let after: Option<ReviewId> = read(query.cursor.as_deref(), |text| text.parse().ok())?;
    let rating = query.rating.map(review::Rating::new).transpose()?;
    let filter = ReviewFilter { customer: query.customer_id.map(CustomerId), rating };
    let rows = reviews::list(&viewer, filter, after, usize::from(limit.rows()) + 1).await?;
    Ok(Answer(part(rows, limit, |(_, review)| review.id.to_string(), Review::from)))
}

/// Read a review
#[utoipa::path(get, path = "/reviews/{id}", tag = "reviews", params(("id" = Uuid, Path)),
    responses((status = 200, description = "The review", body = Review)))]
pub async fn get(Reads(viewer): Reads, Id(id): Id<ReviewId>) -> Result<Answer<Review>, Problem> {
    Ok(Answer(reviews::one(&viewer, id).await?.into()))
}
