//! What staff choose about a project's sending: the Settings page and its changes.

use super::client::PatientClient;
use crate::domain::{AppError, done::Done, sending::SendingPage};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_sending", input = GetUrl, client = PatientClient)]
pub async fn load_sending(slug: String) -> Result<SendingPage, AppError> {
    use crate::server::{auth, sending};
    sending::page(&auth::viewer(&slug).await?).await
}

/// Pauses all sending, or resumes it. Role: manager.
#[server(endpoint = "set_paused", client = PatientClient)]
pub async fn set_paused(slug: String, #[server(default)] on: bool) -> Result<Done, AppError> {
    use crate::server::{auth, sending};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, sending::set_paused(&manager, on).await).await
}

/// Role: manager.
#[server(endpoint = "save_quiet_hours", client = PatientClient)]
pub async fn save_quiet_hours(
    slug: String,
    #[server(default)] email: bool,
    #[server(default)] sms: bool,
    #[server(default)] start: String,
    #[server(default)] end: String,
) -> Result<Done, AppError> {
    use crate::server::{auth, sending};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, sending::save_quiet_hours(&manager, email, sms, &start, &end).await).await
}

/// Role: manager.
#[server(endpoint = "save_pace", client = PatientClient)]
pub async fn save_pace(slug: String, #[server(default)] per_minute: String) -> Result<Done, AppError> {
    use crate::server::{auth, sending};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, sending::save_pace(&manager, &per_minute).await).await
}

/// How long review links work. Role: manager.
#[server(endpoint = "save_link_days", client = PatientClient)]
pub async fn save_link_days(slug: String, #[server(default)] days: String) -> Result<Done, AppError> {
    use crate::server::{auth, sending};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, sending::save_link_days(&manager, &days).await).await
}

/// Lets a channel go on that the reputation guard held. Role: manager.
#[server(endpoint = "resume_channel", client = PatientClient)]
pub async fn resume_channel(
    slug: String,
    #[server(default)] channel: String,
    #[server(default)] per_minute: String,
) -> Result<Done, AppError> {
    use crate::server::{auth, sending};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, sending::resume_channel(&manager, &channel, &per_minute).await).await
}

/// To whom a project in trial mode sends beside its members. Role: admin.
#[server(endpoint = "save_guests", client = PatientClient)]
pub async fn save_guests(slug: String, #[server(default)] guests: String) -> Result<Done, AppError> {
    use crate::server::{auth, sending};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, sending::save_guests(&admin, &guests).await).await
}

/// Ends the trial. Role: admin.
#[server(endpoint = "go_live", client = PatientClient)]
pub async fn go_live(slug: String) -> Result<Done, AppError> {
    use crate::server::{auth, sending};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, sending::go_live(&admin).await).await
}
