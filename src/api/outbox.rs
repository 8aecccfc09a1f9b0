//! The demo's outbox: the messages that would have been sent, as customers would see them.

use super::client::PatientClient;
use crate::domain::{
    AppError,
    outbox::{OutboxItem, OutboxMail},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer; in demo mode only. Newest first, at most 200.
#[server(endpoint = "load_outbox", client = PatientClient, input = GetUrl)]
pub async fn load_outbox(slug: String) -> Result<Vec<OutboxItem>, AppError> {
    use crate::server::{auth, outbox};
    let viewer = auth::viewer(&slug).await?;
    outbox::list(&viewer).await
}

/// Role: viewer; in demo mode only.
#[server(endpoint = "open_outbox_mail", client = PatientClient, input = GetUrl)]
pub async fn open_outbox_mail(slug: String, file: String) -> Result<OutboxMail, AppError> {
    use crate::server::{auth, outbox};
    let viewer = auth::viewer(&slug).await?;
    outbox::open(&viewer, &file).await
}
