//! Addresses to which a project sends nothing.

use super::client::PatientClient;
use crate::domain::{
    AppError, SuppressionId,
    done::Done,
    suppression::{SuppressForm, SuppressedPage, SuppressedQuery},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_suppressed", client = PatientClient, input = GetUrl)]
pub async fn load_suppressed(
    slug: String,
    #[server(default)] query: SuppressedQuery,
) -> Result<SuppressedPage, AppError> {
    use crate::server::{auth, store};
    let viewer = auth::viewer(&slug).await?;
    store::suppressions::page(&viewer, &query).await
}

/// Role: manager. Cancels what is unsent to the address.
#[server(endpoint = "add_suppression", client = PatientClient)]
pub async fn add_suppression(slug: String, #[server(default)] form: SuppressForm) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, actions::add_suppression(&manager, &form).await).await
}

/// Role: operator. What was canceled stays so.
#[server(endpoint = "lift_suppression", client = PatientClient)]
pub async fn lift_suppression(slug: String, id: SuppressionId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::lift_suppression(&operator, id).await).await
}
