//! The templates of messages.

use super::client::PatientClient;
use crate::domain::{
    AppError,
    done::Done,
    template::{TemplateQuery, TemplatesPage, Wording},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_templates", client = PatientClient, input = GetUrl)]
pub async fn load_templates(slug: String, #[server(default)] query: TemplateQuery) -> Result<TemplatesPage, AppError> {
    use crate::server::{auth, templates};
    templates::page(&auth::viewer(&slug).await?, query).await
}

/// Role: manager. `follows` is the version that the form showed.
#[server(endpoint = "save_template", client = PatientClient)]
pub async fn save_template(
    slug: String,
    #[server(default)] query: TemplateQuery,
    #[server(default)] wording: Wording,
    #[server(default)] follows: i32,
) -> Result<Done, AppError> {
    use crate::server::{auth, templates};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, templates::save(&manager, query, &wording, follows).await).await
}

/// Role: manager. `number` is the version that is restored; 0 for the default.
#[server(endpoint = "restore_template", client = PatientClient)]
pub async fn restore_template(
    slug: String,
    #[server(default)] query: TemplateQuery,
    #[server(default)] number: i32,
    #[server(default)] follows: i32,
) -> Result<Done, AppError> {
    use crate::server::{auth, templates};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, templates::restore(&manager, query, number, follows).await).await
}

/// Role: manager. Sends what the form holds to the person who asks.
#[server(endpoint = "send_template_test", client = PatientClient)]
pub async fn send_template_test(
    slug: String,
    #[server(default)] query: TemplateQuery,
    #[server(default)] wording: Wording,
) -> Result<Done, AppError> {
    use crate::server::{auth, templates};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, templates::send_test(&manager, query, &wording).await).await
}
