//! What members did in a project.

use super::client::PatientClient;
use crate::domain::{
    AppError,
    audit::{AuditPage, AuditQuery},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: manager.
#[server(endpoint = "load_audit", client = PatientClient, input = GetUrl)]
pub async fn load_audit(slug: String, #[server(default)] query: AuditQuery) -> Result<AuditPage, AppError> {
    use crate::server::{auth, store::audit};
    audit::page(&auth::manager(&slug).await?, &query).await
}
