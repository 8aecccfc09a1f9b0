//! Bulk actions on messages, and their records.

use super::client::PatientClient;
use crate::domain::{
    AppError, BulkId,
    bulk::{
        SelectionForm,
        plan::{BulkForm, BulkPreview},
        record::{BulkPage, BulkQuery, BulkRecordPage},
    },
    done::Done,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer. The newest first.
#[server(endpoint = "load_bulk_actions", client = PatientClient, input = GetUrl)]
pub async fn load_bulk_actions(slug: String, #[server(default)] query: BulkQuery) -> Result<BulkPage, AppError> {
    use crate::server::{auth, bulk};
    bulk::page(&auth::viewer(&slug).await?, query).await
}

/// Role: viewer.
#[server(endpoint = "load_bulk_action", client = PatientClient, input = GetUrl)]
pub async fn load_bulk_action(slug: String, id: BulkId) -> Result<BulkRecordPage, AppError> {
    use crate::server::{auth, bulk};
    bulk::record(&auth::viewer(&slug).await?, id).await
}

/// Role: manager. What [`start_bulk`] would do; changes nothing. POST, because an address is too short for a thousand ids.
#[server(endpoint = "preview_bulk", client = PatientClient)]
pub async fn preview_bulk(
    slug: String,
    #[server(default)] selection: SelectionForm,
    #[server(default)] form: BulkForm,
) -> Result<BulkPreview, AppError> {
    use crate::server::{auth, bulk};
    let manager = auth::manager(&slug).await?;
    bulk::preview(&manager, selection, &form).await
}

/// Role: manager. Begins a bulk action; what takes long goes on in the background.
#[server(endpoint = "start_bulk", client = PatientClient)]
pub async fn start_bulk(
    slug: String,
    #[server(default)] selection: SelectionForm,
    #[server(default)] form: BulkForm,
) -> Result<Done, AppError> {
    use crate::server::{auth, bulk};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, bulk::start(&manager, selection, &form).await).await
}

/// Role: manager. What was changed stays so.
#[server(endpoint = "stop_bulk", client = PatientClient)]
pub async fn stop_bulk(slug: String, id: BulkId) -> Result<Done, AppError> {
    use crate::server::{auth, bulk};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, bulk::stop(&manager, id).await).await
}
