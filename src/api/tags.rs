//! The tags of a project's customers.

use super::client::PatientClient;
use crate::domain::{
    AppError,
    done::Done,
    tag::{RenameTagForm, TagsPage},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_tags", client = PatientClient, input = GetUrl)]
pub async fn load_tags(slug: String) -> Result<TagsPage, AppError> {
    use crate::server::{auth, tags};
    tags::page(&auth::viewer(&slug).await?).await
}

/// Role: manager.
#[server(endpoint = "rename_tag", client = PatientClient)]
pub async fn rename_tag(slug: String, #[server(default)] form: RenameTagForm) -> Result<Done, AppError> {
    use crate::server::{auth, tags};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, tags::rename(&manager, &form).await).await
}

/// Role: manager. Takes it from all customers.
#[server(endpoint = "remove_tag", client = PatientClient)]
pub async fn remove_tag(slug: String, #[server(default)] tag: String) -> Result<Done, AppError> {
    use crate::server::{auth, tags};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, tags::remove(&manager, &tag).await).await
}
