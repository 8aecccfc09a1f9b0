//! The locations of a project.

use super::client::PatientClient;
use crate::domain::{AppError, LocationId, done::Done, location::LocationsPage};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_locations", client = PatientClient, input = GetUrl)]
pub async fn load_locations(slug: String) -> Result<LocationsPage, AppError> {
    use crate::server::{auth, locations};
    locations::page(&auth::viewer(&slug).await?).await
}

/// Role: manager.
#[server(endpoint = "add_location", client = PatientClient)]
pub async fn add_location(slug: String, #[server(default)] name: String) -> Result<Done, AppError> {
    use crate::server::{auth, locations};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, locations::add(&manager, &name).await).await
}

/// Role: manager.
#[server(endpoint = "rename_location", client = PatientClient)]
pub async fn rename_location(slug: String, id: LocationId, #[server(default)] name: String) -> Result<Done, AppError> {
    use crate::server::{auth, locations};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, locations::rename(&manager, id, &name).await).await
}

/// Role: manager. Its customers and messages move to the location `to`; to none where that is empty.
#[server(endpoint = "remove_location", client = PatientClient)]
pub async fn remove_location(slug: String, id: LocationId, #[server(default)] to: String) -> Result<Done, AppError> {
    use crate::server::{auth, locations};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, locations::remove(&manager, id, &to).await).await
}
