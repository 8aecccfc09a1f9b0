//! What is asked for before something changes how a person signs in: who has found a browser that is signed in must not be able to
//! lock its person out, or to come back.

use super::{
    Call, password,
    second::{self, Source},
    session::Token,
};
use crate::{
    domain::{AppError, AppResult},
    server::{
        AppState, clock,
        store::{
            guard::Viewer,
            people::{self, Person},
            second_factor,
        },
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// The person behind a session.
pub async fn person(state: &AppState, viewer: &Viewer) -> AppResult<Person> {
    let id = viewer.user.ok_or(AppError::Unauthorized)?;
    people::by_id(&state.db, id).await?.ok_or(AppError::Unauthorized)
}

/// Checks the password of the person, where they have one.
///
/// # Errors
/// `Invalid` for `field`; `TooMany`; `Unavailable` where too many passwords are hashed at once.
pub async fn by_password(person: &Person, password: &str, field: &str) -> AppResult<()> {
    let Some(hash) = person.password_hash.clone() else { return Ok(()) };
    if password.is_empty() {
        return Err(AppError::invalid(field, "Enter your password."));
    }
    let call = Call::current()?;
    let source = source(&call);
    let attempt = call.state.limits.sign_in(&person.email, &source.network, source.device.as_deref(), clock::now())?;
    let is_right = password::is_right(password, Some(hash)).await.inspect_err(|_| attempt.give_back())?;
    if !is_right {
        return Err(AppError::invalid(field, "This is not your password."));
    }
    attempt.give_back();
    Ok(())
}

/// The same, and a code where two-factor sign-in is on.
///
/// # Errors
/// The same, and `Invalid` for `code`.
pub async fn by_both(person: &Person, password: &str, code: &str) -> AppResult<()> {
    by_password(person, password, "password").await?;
    let call = Call::current()?;
    if second_factor::is_on(&call.state.db, person.id).await? {
        second::accept(&call.state, person.id, code, &source(&call), clock::now()).await?;
    }
    Ok(())
}

/// A session counts for itself, as a browser does that the account knows.
fn source(call: &Call) -> Source {
    let session = Token::of(&call.state.config, &call.parts.headers);
    let device = session.map(|token| format!("session {}", URL_SAFE_NO_PAD.encode(token.hash())));
    Source { network: call.network(), device }
}
