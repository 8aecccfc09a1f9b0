//! The language of a project.

use super::client::PatientClient;
use crate::domain::{AppError, done::Done};
use leptos::prelude::*;

/// Role: manager.
#[server(endpoint = "save_language", client = PatientClient)]
pub async fn save_language(slug: String, #[server(default)] language: String) -> Result<Done, AppError> {
    use crate::server::{auth, projects};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, projects::save_language(&manager, &language).await).await
}
