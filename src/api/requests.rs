//! Asking for reviews by hand.

use super::client::PatientClient;
use crate::domain::{
    AppError, CustomerId,
    ask::{AskForm, many::WhomForm, preview::AskPreview},
    done::Done,
};
use leptos::prelude::*;

/// Role: operator.
#[server(endpoint = "request_review", client = PatientClient)]
pub async fn request_review(slug: String, id: CustomerId, #[server(default)] form: AskForm) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::request_review(&operator, id, &form).await).await
}

/// Role: manager. Asks many customers: those of a selection, or of a list of addresses. From a list it redirects to the Customers page.
#[server(endpoint = "ask_many", client = PatientClient)]
pub async fn ask_many(
    slug: String,
    #[server(default)] whom: WhomForm,
    #[server(default)] form: AskForm,
) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let manager = auth::manager(&slug).await?;
    let is_list = whom.is_list;
    let done = actions::ask_many(&manager, whom, &form).await;
    if is_list && done.is_ok() {
        leptos_axum::redirect(&format!("/projects/{slug}/customers"));
    }
    auth::answer(&manager, done).await
}

/// Role: manager. What [`ask_many`] would do, at this moment. POST, because an address is too short for a thousand ids.
#[server(endpoint = "preview_ask", client = PatientClient)]
pub async fn preview_ask(
    slug: String,
    #[server(default)] whom: WhomForm,
    #[server(default)] form: AskForm,
) -> Result<AskPreview, AppError> {
    use crate::server::{actions, auth};
    let manager = auth::manager(&slug).await?;
    actions::preview_ask(&manager, whom, &form).await
}
