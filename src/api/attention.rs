//! Failures that need attention, and what staff do about them.

use super::client::PatientClient;
use crate::domain::{
    AppError, MessageId, ReviewId,
    attention::{AttentionPage, AttentionQuery, Cause},
    done::Done,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_attention", client = PatientClient, input = GetUrl)]
pub async fn load_attention(slug: String, #[server(default)] query: AttentionQuery) -> Result<AttentionPage, AppError> {
    use crate::server::{attention, auth};
    let viewer = auth::viewer(&slug).await?;
    attention::page(&viewer, query).await
}

/// Role: operator. Takes a failed message from the list, until it fails anew.
#[server(endpoint = "dismiss_message", client = PatientClient)]
pub async fn dismiss_message(slug: String, id: MessageId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::dismiss_message(&operator, id).await).await
}

/// Role: manager. The same with all failed messages of a cause.
#[server(endpoint = "dismiss_cause", client = PatientClient)]
pub async fn dismiss_cause(slug: String, cause: Cause) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, actions::dismiss_cause(&manager, cause).await).await
}

/// Role: manager. Sends all failed messages of a cause again that may be sent again.
#[server(endpoint = "resend_cause", client = PatientClient)]
pub async fn resend_cause(slug: String, cause: Cause) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, actions::resend_cause(&manager, cause).await).await
}

/// Role: operator. Takes a review of one or two stars from the list.
#[server(endpoint = "settle_review", client = PatientClient)]
pub async fn settle_review(slug: String, id: ReviewId) -> Result<Done, AppError> {
    use crate::server::{attention, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, attention::settle_review(&operator, id).await).await
}
