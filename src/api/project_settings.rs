//! A project's own settings.

use super::client::PatientClient;
use crate::domain::{
    AppError,
    done::Done,
    project_settings::{ProjectForm, ProjectSettingsPage},
    retention::KeptForm,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_project_settings", client = PatientClient, input = GetUrl)]
pub async fn load_project_settings(slug: String) -> Result<ProjectSettingsPage, AppError> {
    use crate::server::{auth, project_settings};
    project_settings::page(&auth::viewer(&slug).await?).await
}

/// Role: admin.
#[server(endpoint = "save_project", client = PatientClient)]
pub async fn save_project(slug: String, #[server(default)] form: ProjectForm) -> Result<Done, AppError> {
    use crate::server::{auth, project_settings};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, project_settings::save(&admin, &form).await).await
}

/// Role: admin. For how many months what messages said, and their timelines, are kept.
#[server(endpoint = "save_kept", client = PatientClient)]
pub async fn save_kept(slug: String, #[server(default)] form: KeptForm) -> Result<Done, AppError> {
    use crate::server::{auth, project_settings};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, project_settings::save_kept(&admin, &form).await).await
}
