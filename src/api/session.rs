//! Signing in and out, and the frame of every page.

use super::client::PatientClient;
use crate::domain::{AppError, done::Done, project::Frame, sign_in::SignInWays};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer. The frame of a project and, once, the result of a form that was sent without scripts.
#[server(endpoint = "load_frame", client = PatientClient, input = GetUrl)]
pub async fn load_frame(slug: String) -> Result<Frame, AppError> {
    use crate::server::{auth, projects};
    let viewer = auth::viewer(&slug).await?;
    projects::frame(&viewer).await
}

/// Role: anyone. What the sign-in page offers.
#[server(endpoint = "load_sign_in", client = PatientClient, input = GetUrl)]
pub async fn load_sign_in() -> Result<SignInWays, AppError> {
    use crate::server::auth;
    Ok(SignInWays { provider: auth::state()?.provider.name() })
}

/// Role: anyone. Leads to the page that asks for a code where the person has two-factor sign-in; else redirects to `next` if that is a path of this site, else to the project that was used last.
#[server(endpoint = "sign_in", client = PatientClient)]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<Done, AppError> {
    crate::server::auth::sign_in(&email, &password, &next).await?;
    Ok(Done::new("Signed in."))
}

/// Role: anyone. Uses up a one-time link.
#[server(endpoint = "sign_in_by_link", client = PatientClient)]
pub async fn sign_in_by_link(#[server(default)] token: String) -> Result<Done, AppError> {
    crate::server::auth::sign_in_by_link(&token).await?;
    Ok(Done::new("Signed in."))
}

/// Role: anyone who has just given the password, or used a link. Completes that by a code of the person's app, or a recovery code.
#[server(endpoint = "sign_in_by_code", client = PatientClient)]
pub async fn sign_in_by_code(#[server(default)] code: String) -> Result<Done, AppError> {
    crate::server::auth::second::sign_in_by_code(&code).await?;
    Ok(Done::new("Signed in."))
}

/// Role: anyone. Begins to sign in by a passkey: returns the options with which the browser is to ask for it.
#[server(endpoint = "start_passkey_sign_in", client = PatientClient)]
pub async fn start_passkey_sign_in() -> Result<String, AppError> {
    crate::server::auth::passkeys::start_sign_in().await
}

/// Role: anyone who has the device of a passkey. Redirects as `sign_in` does.
#[server(endpoint = "sign_in_by_passkey", client = PatientClient)]
pub async fn sign_in_by_passkey(
    #[server(default)] credential: String,
    #[server(default)] next: String,
) -> Result<Done, AppError> {
    crate::server::auth::passkeys::sign_in(&credential, &next).await?;
    Ok(Done::new("Signed in."))
}

/// Role: signed in.
#[server(endpoint = "sign_out", client = PatientClient)]
pub async fn sign_out() -> Result<Done, AppError> {
    crate::server::auth::sign_out().await?;
    Ok(Done::new("Signed out."))
}
