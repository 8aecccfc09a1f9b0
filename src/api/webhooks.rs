//! Webhooks out: addresses that are told what happens in a project.

use super::client::PatientClient;
use crate::domain::{
    AppError, DeliveryId, WebhookId,
    done::Done,
    webhook::{WebhooksPage, form::WebhookForm},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: admin.
#[server(endpoint = "load_webhooks", client = PatientClient, input = GetUrl)]
pub async fn load_webhooks(slug: String) -> Result<WebhooksPage, AppError> {
    use crate::server::{auth, webhooks_out};
    webhooks_out::page(&auth::admin(&slug).await?).await
}

/// Role: admin. The answer has the secret.
#[server(endpoint = "add_webhook", client = PatientClient)]
pub async fn add_webhook(slug: String, #[server(default)] form: WebhookForm) -> Result<Done, AppError> {
    use crate::server::{auth, webhooks_out};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, webhooks_out::add(&admin, &form).await).await
}

/// Role: admin.
#[server(endpoint = "change_webhook", client = PatientClient)]
pub async fn change_webhook(
    slug: String,
    id: WebhookId,
    #[server(default)] form: WebhookForm,
) -> Result<Done, AppError> {
    use crate::server::{auth, webhooks_out};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, webhooks_out::change(&admin, id, &form).await).await
}

/// Role: admin. The answer has the new secret; the one before counts for a day more.
#[server(endpoint = "new_webhook_secret", client = PatientClient)]
pub async fn new_webhook_secret(slug: String, id: WebhookId) -> Result<Done, AppError> {
    use crate::server::{auth, webhooks_out};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, webhooks_out::new_secret(&admin, id).await).await
}

/// Role: admin.
#[server(endpoint = "switch_webhook", client = PatientClient)]
pub async fn switch_webhook(slug: String, id: WebhookId, #[server(default)] on: bool) -> Result<Done, AppError> {
    use crate::server::{auth, webhooks_out};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, webhooks_out::switch(&admin, id, on).await).await
}

/// Role: admin.
#[server(endpoint = "remove_webhook", client = PatientClient)]
pub async fn remove_webhook(slug: String, id: WebhookId) -> Result<Done, AppError> {
    use crate::server::{auth, webhooks_out};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, webhooks_out::remove(&admin, id).await).await
}

/// Role: admin. The answer says what the receiver answered.
#[server(endpoint = "test_webhook", client = PatientClient)]
pub async fn test_webhook(slug: String, id: WebhookId) -> Result<Done, AppError> {
    use crate::server::{auth, webhooks_out};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, webhooks_out::test(&admin, id).await).await
}

/// Role: admin. The answer says what the receiver answered.
#[server(endpoint = "resend_delivery", client = PatientClient)]
pub async fn resend_delivery(slug: String, webhook: WebhookId, id: DeliveryId) -> Result<Done, AppError> {
    use crate::server::{auth, webhooks_out};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, webhooks_out::resend(&admin, webhook, id).await).await
}
