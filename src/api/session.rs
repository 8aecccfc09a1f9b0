//! Signing in and out, and what stands around every page.

use crate::domain::{AppError, done::Done, project::Frame};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer. The sidebar of a project, and once what a form without scripts did.
#[server(endpoint = "load_frame", input = GetUrl)]
pub async fn load_frame(slug: String) -> Result<Frame, AppError> {
    use crate::server::{auth, projects};
    let viewer = auth::viewer(&slug).await?;
    projects::frame(&viewer).await
}

/// Role: anyone. Leads to `next` where that is a path of ours, else to the project last used.
#[server(endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<Done, AppError> {
    crate::server::auth::sign_in(&email, &password, &next).await?;
    Ok(Done::new("Signed in."))
}

/// Role: signed in.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<Done, AppError> {
    crate::server::auth::sign_out().await?;
    Ok(Done::new("Signed out."))
}
