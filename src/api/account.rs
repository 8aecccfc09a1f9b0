//! One's own account: name, password, sessions, two-factor sign-in and passkeys. Everybody changes their own only.

use super::client::PatientClient;
use crate::domain::{AppError, SessionId, account::AccountPage, done::Done};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_account", client = PatientClient, input = GetUrl)]
pub async fn load_account(slug: String) -> Result<AccountPage, AppError> {
    use crate::server::{account, auth};
    account::page(&auth::viewer(&slug).await?).await
}

/// Role: viewer.
#[server(endpoint = "save_name", client = PatientClient)]
pub async fn save_name(slug: String, #[server(default)] name: String) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::save_name(&viewer, &name).await).await
}

/// Role: viewer. Ends the person's other sessions.
#[server(endpoint = "change_password", client = PatientClient)]
pub async fn change_password(
    slug: String,
    #[server(default)] present: String,
    #[server(default)] password: String,
    #[server(default)] repeat: String,
    #[server(default)] code: String,
) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::change_password(&viewer, &present, &password, &repeat, &code).await).await
}

/// Role: viewer.
#[server(endpoint = "end_session", client = PatientClient)]
pub async fn end_session(slug: String, id: SessionId) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::end_session(&viewer, id).await).await
}

/// Role: viewer.
#[server(endpoint = "end_other_sessions", client = PatientClient)]
pub async fn end_other_sessions(slug: String) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::end_other_sessions(&viewer).await).await
}

/// Role: viewer. Makes the secret that an authenticator app is to know.
#[server(endpoint = "begin_two_factor", client = PatientClient)]
pub async fn begin_two_factor(slug: String, #[server(default)] password: String) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::begin_two_factor(&viewer, &password).await).await
}

/// Role: viewer.
#[server(endpoint = "stop_two_factor_setup", client = PatientClient)]
pub async fn stop_two_factor_setup(slug: String) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::stop_two_factor_setup(&viewer).await).await
}

/// Role: viewer. Turns two-factor sign-in on by a code of the app.
#[server(endpoint = "confirm_two_factor", client = PatientClient)]
pub async fn confirm_two_factor(slug: String, #[server(default)] code: String) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::confirm_two_factor(&viewer, &code).await).await
}

/// Role: viewer.
#[server(endpoint = "new_recovery_codes", client = PatientClient)]
pub async fn new_recovery_codes(
    slug: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::new_recovery_codes(&viewer, &password, &code).await).await
}

/// Role: viewer. The codes that were just made are shown no longer.
#[server(endpoint = "forget_recovery_codes", client = PatientClient)]
pub async fn forget_recovery_codes(slug: String) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::forget_recovery_codes()).await
}

/// Role: viewer.
#[server(endpoint = "turn_off_two_factor", client = PatientClient)]
pub async fn turn_off_two_factor(
    slug: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::turn_off_two_factor(&viewer, &password, &code).await).await
}

/// Role: viewer. Begins to add a passkey: returns the options with which the browser is to make it.
#[server(endpoint = "start_passkey", client = PatientClient)]
pub async fn start_passkey(
    slug: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<String, AppError> {
    use crate::server::{auth, auth::passkeys};
    passkeys::start(&auth::viewer(&slug).await?, &name, &password, &code).await
}

/// Role: viewer. Adds what the browser has made.
#[server(endpoint = "add_passkey", client = PatientClient)]
pub async fn add_passkey(slug: String, #[server(default)] credential: String) -> Result<Done, AppError> {
    use crate::server::{auth, auth::passkeys};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, passkeys::add(&viewer, &credential).await).await
}

/// Role: viewer.
#[server(endpoint = "remove_passkey", client = PatientClient)]
pub async fn remove_passkey(
    slug: String,
    #[server(default)] id: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::remove_passkey(&viewer, &id, &password, &code).await).await
}
