//! Saved views of the Messages page.

use super::client::PatientClient;
use crate::domain::{
    AppError, ViewId,
    done::Done,
    filter::MessageFilter,
    view::{ViewForm, ViewsPage},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_views", client = PatientClient, input = GetUrl)]
pub async fn load_views(slug: String) -> Result<ViewsPage, AppError> {
    use crate::server::{auth, views};
    views::page(&auth::viewer(&slug).await?).await
}

/// Role: viewer; manager for a view that is shared.
#[server(endpoint = "save_view", client = PatientClient)]
pub async fn save_view(
    slug: String,
    #[server(default)] filter: MessageFilter,
    #[server(default)] form: ViewForm,
) -> Result<Done, AppError> {
    use crate::server::{auth, views};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, views::save(&viewer, &filter, &form).await).await
}

/// Role: viewer, for one's own views; manager for those that are shared.
#[server(endpoint = "change_view", client = PatientClient)]
pub async fn change_view(slug: String, id: ViewId, #[server(default)] form: ViewForm) -> Result<Done, AppError> {
    use crate::server::{auth, views};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, views::change(&viewer, id, &form).await).await
}

/// Role: viewer, for one's own views; manager for those that are shared.
#[server(endpoint = "remove_view", client = PatientClient)]
pub async fn remove_view(slug: String, id: ViewId) -> Result<Done, AppError> {
    use crate::server::{auth, views};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, views::remove(&viewer, id).await).await
}

/// Role: viewer. Makes a view the one that the link Messages leads this member to, or takes that back.
#[server(endpoint = "toggle_default_view", client = PatientClient)]
pub async fn toggle_default_view(slug: String, id: ViewId) -> Result<Done, AppError> {
    use crate::server::{auth, views};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, views::toggle_default(&viewer, id).await).await
}
