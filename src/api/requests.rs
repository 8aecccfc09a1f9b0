//! Asking a customer for a review by hand.

use super::client::PatientClient;
use crate::domain::{AppError, CustomerId, ask::AskForm, done::Done};
use leptos::prelude::*;

/// Role: operator.
#[server(endpoint = "request_review", client = PatientClient)]
pub async fn request_review(slug: String, id: CustomerId, #[server(default)] form: AskForm) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::request_review(&operator, id, &form).await).await
}
