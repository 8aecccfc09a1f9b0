//! A review: a rating from 1 to 5 with optional text.

use super::{AppError, CustomerId, LocalTime, MessageId, ReviewId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
pub struct Rating(i16);

impl Rating {
    pub fn new(n: i16) -> Result<Self, AppError> {
        if (1..=5).contains(&n) {
            Ok(Self(n))
        } else {
            Err(AppError::invalid("rating", "Choose a rating from 1 to 5 stars."))
        }
    }

    /// Four or five stars: which of the two thank-you templates answers it. Nothing else depends on it.
    pub fn is_positive(self) -> bool {
        self.0 >= 4
    }

    pub fn parse(s: &str) -> Result<Self, AppError> {
        Self::new(s.trim().parse().unwrap_or(0))
    }

    /// One or two stars: staff are told of it. What its customer sees does not depend on it.
    pub fn is_low(self) -> bool {
        self.0 <= 2
    }

    /// `5 stars`.
    pub fn words(self) -> &'static str {
        ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"][usize::from(self.0.clamp(1, 5).unsigned_abs()) - 1]
    }

    pub fn stars(self) -> i16 {
        self.0
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: ReviewId,
    pub rating: Rating,
    pub text: String,
    pub created: LocalTime,
    /// The message that led to it; None if staff added the review.
    pub message: Option<MessageId>,
    /// That message as `Request by Email`.
    pub message_label: Option<String>,
    /// The name of the person who added it, if staff did.
    pub added_by: Option<String>,
}

/// The review that a message led to, as the message shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarnedReview {
    pub id: ReviewId,
    pub rating: Rating,
    pub created: LocalTime,
}

/// A review of one or two stars that nobody has dealt with yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowReview {
    pub id: ReviewId,
    pub customer: CustomerId,
    pub customer_name: String,
    pub rating: Rating,
    /// Empty for stars alone.
    pub text: String,
    pub created: LocalTime,
}

/// What the review page shows to the customer who follows a message's link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub project_name: String,
    pub location_name: Option<String>,
    pub first_name: String,
    /// The rating of the review that the customer has already left for this request.
    pub left: Option<Rating>,
}
