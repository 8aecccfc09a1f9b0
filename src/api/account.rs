//! One's own account: name, password, sessions, two-factor sign-in and passkeys. Everybody changes their own only, in a project or, with
//! an empty slug, outside of all.

use super::client::PatientClient;
use crate::domain::{AppError, SessionId, account::AccountPage, done::Done};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer; with an empty slug, whoever is signed in.
#[server(endpoint = "load_account", client = PatientClient, input = GetUrl)]
pub async fn load_account(slug: String) -> Result<AccountPage, AppError> {
    use crate::server::{account, auth::myself::myself};
    account::page(&myself(&slug).await?).await
}

/// Role: viewer; with an empty slug, whoever is signed in.
#[server(endpoint = "save_name", client = PatientClient)]
pub async fn save_name(slug: String, #[server(default)] name: String) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::save_name(&me, &name).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in. Ends the person's other sessions.
#[server(endpoint = "change_password", client = PatientClient)]
pub async fn change_password(
    slug: String,
    #[server(default)] present: String,
    #[server(default)] password: String,
    #[server(default)] repeat: String,
    #[server(default)] code: String,
) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::change_password(&me, &present, &password, &repeat, &code).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in.
#[server(endpoint = "end_session", client = PatientClient)]
pub async fn end_session(slug: String, id: SessionId) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::end_session(&me, id).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in.
#[server(endpoint = "end_other_sessions", client = PatientClient)]
pub async fn end_other_sessions(slug: String) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::end_other_sessions(&me).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in. Makes the secret that an authenticator app is to know.
#[server(endpoint = "begin_two_factor", client = PatientClient)]
pub async fn begin_two_factor(slug: String, #[server(default)] password: String) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::begin_two_factor(&me, &password).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in.
#[server(endpoint = "stop_two_factor_setup", client = PatientClient)]
pub async fn stop_two_factor_setup(slug: String) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::stop_two_factor_setup(&me).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in. Turns two-factor sign-in on by a code of the app.
#[server(endpoint = "confirm_two_factor", client = PatientClient)]
pub async fn confirm_two_factor(slug: String, #[server(default)] code: String) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::confirm_two_factor(&me, &code).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in.
#[server(endpoint = "new_recovery_codes", client = PatientClient)]
pub async fn new_recovery_codes(
    slug: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::new_recovery_codes(&me, &password, &code).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in. The codes that were just made are shown no longer.
#[server(endpoint = "forget_recovery_codes", client = PatientClient)]
pub async fn forget_recovery_codes(slug: String) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::forget_recovery_codes()).await
}

/// Role: viewer; with an empty slug, whoever is signed in.
#[server(endpoint = "turn_off_two_factor", client = PatientClient)]
pub async fn turn_off_two_factor(
    slug: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::turn_off_two_factor(&me, &password, &code).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in. Begins to add a passkey: returns the options with which the browser is to make it.
#[server(endpoint = "start_passkey", client = PatientClient)]
pub async fn start_passkey(
    slug: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<String, AppError> {
    use crate::server::auth::{myself::myself, passkeys};
    passkeys::start(&myself(&slug).await?, &name, &password, &code).await
}

/// Role: viewer; with an empty slug, whoever is signed in. Adds what the browser has made.
#[server(endpoint = "add_passkey", client = PatientClient)]
pub async fn add_passkey(slug: String, #[server(default)] credential: String) -> Result<Done, AppError> {
    use crate::server::auth::{myself::myself, passkeys};
    let me = myself(&slug).await?;
    me.answer(passkeys::add(&me, &credential).await).await
}

/// Role: viewer; with an empty slug, whoever is signed in.
#[server(endpoint = "remove_passkey", client = PatientClient)]
pub async fn remove_passkey(
    slug: String,
    #[server(default)] id: String,
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Done, AppError> {
    use crate::server::{account, auth::myself::myself};
    let me = myself(&slug).await?;
    me.answer(account::remove_passkey(&me, &id, &password, &code).await).await
}

/// Role: viewer. Whether the person is told by email of reviews with one or two stars in this project.
#[server(endpoint = "set_low_ratings", client = PatientClient)]
pub async fn set_low_ratings(slug: String, #[server(default)] on: bool) -> Result<Done, AppError> {
    use crate::server::{account, auth};
    let viewer = auth::viewer(&slug).await?;
    auth::answer(&viewer, account::set_low_ratings(&viewer, on).await).await
}
