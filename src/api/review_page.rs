//! How the review page looks and what it says.

use super::client::PatientClient;
use crate::domain::{
    AppError,
    done::Done,
    review_page::{ReviewPage, ReviewPageSettings},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_review_page", client = PatientClient, input = GetUrl)]
pub async fn load_review_page(slug: String) -> Result<ReviewPageSettings, AppError> {
    use crate::server::{auth, review_pages};
    review_pages::page(&auth::viewer(&slug).await?).await
}

/// Role: manager.
#[server(endpoint = "save_review_page", client = PatientClient)]
pub async fn save_review_page(slug: String, #[server(default)] form: ReviewPage) -> Result<Done, AppError> {
    use crate::server::{auth, review_pages};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, review_pages::save(&manager, &form).await).await
}
