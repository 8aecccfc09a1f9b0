//! Customers from a CSV file. The file itself comes by a form of its own (`web/imports.rs`).

use super::client::PatientClient;
use crate::domain::{
    AppError, ImportId,
    done::Done,
    import::{ImportPage, ImportQuery},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

/// Role: operator.
#[server(endpoint = "load_import", client = PatientClient, input = GetUrl)]
pub async fn load_import(slug: String, #[server(default)] query: ImportQuery) -> Result<ImportPage, AppError> {
    use crate::server::{auth, import};
    import::page(&auth::operator(&slug).await?, query).await
}

/// Role: operator. `form` says for each field the number of its column, from 0; empty for none.
#[server(endpoint = "start_import", client = PatientClient)]
pub async fn start_import(
    slug: String,
    id: ImportId,
    #[server(default)] form: BTreeMap<String, String>,
) -> Result<Done, AppError> {
    use crate::server::{auth, import};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, import::start(&operator, id, &form).await).await
}

/// Role: operator. What was imported stays.
#[server(endpoint = "cancel_import", client = PatientClient)]
pub async fn cancel_import(slug: String, id: ImportId) -> Result<Done, AppError> {
    use crate::server::{auth, import};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, import::cancel(&operator, id).await).await
}
