//! What is asked for before something changes how a person signs in: who has found a browser that is signed in must not be able to
//! lock its person out, or to come back.

use super::{
    Call,
    myself::Myself,
    password,
    second::{self, Source},
    session::Token,
};
use crate::{
    domain::{AppError, AppResult, Timestamp},
    server::{
        AppState, clock,
        store::{
            people::{self, Person},
            second_factor, sessions,
        },
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// How long after signing in a session proves who has no password.
const FRESH: i64 = 10 * Timestamp::MINUTE;

/// The person behind a session.
pub async fn person(state: &AppState, me: &Myself) -> AppResult<Person> {
    people::by_id(&state.db, me.user).await?.ok_or(AppError::Unauthorized)
}

/// Checks the password of the person. Whoever has none must have signed in a short time ago.
///
/// # Errors
/// `Invalid` for `field`, or for the form where there is no password; `TooMany`; `Unavailable` where too many passwords are hashed
/// at once.
pub async fn by_password(person: &Person, password: &str, field: &str) -> AppResult<()> {
    let call = Call::current()?;
    let now = clock::now();
    let Some(hash) = person.password_hash.clone() else { return by_session(&call, now).await };
    if password.is_empty() {
        return Err(AppError::invalid(field, "Enter your password."));
    }
    let source = source(&call);
    let attempt = call.state.limits.sign_in(&person.email, &source.network, source.device.as_deref(), now)?;
    let is_right = password::is_right(password, Some(hash)).await.inspect_err(|_| attempt.give_back())?;
    if !is_right {
        return Err(AppError::invalid(field, "This is not your password."));
    }
    attempt.give_back();
    Ok(())
}

async fn by_session(call: &Call, now: Timestamp) -> AppResult<()> {
    let token = Token::of(&call.state.config, &call.parts.headers).ok_or(AppError::Unauthorized)?;
    let session = sessions::of_token(&call.state.db, &token.hash()).await?.ok_or(AppError::Unauthorized)?;
    if now.0 - session.created_at.0 < FRESH {
        return Ok(());
    }
    let sentence = "You have no password, and signed in more than ten minutes ago. Sign in again, by a passkey or a new link, or ask \
        whoever runs this server to set a password with review-messages user passwd.";
    Err(AppError::invalid("", sentence))
}

/// The same, and a code where two-factor sign-in is on.
///
/// # Errors
/// The same, and `Invalid` for `code`.
pub async fn by_both(person: &Person, password: &str, field: &str, code: &str) -> AppResult<()> {
    by_password(person, password, field).await?;
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
