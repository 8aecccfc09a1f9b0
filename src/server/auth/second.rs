//! The second factor at sign-in. After the password, or a one-time link, the browser gets a cookie that stands for a half sign-in;
//! whoever has it and a code gets a session.

use super::{
    Call, changed_meanwhile, device, enter,
    session::{self, Token},
    totp,
};
use crate::{
    domain::{AppError, AppResult, Timestamp, UserId, account::Code},
    server::{
        AppState, clock,
        config::Config,
        store::{
            people::{self, Person},
            second_factor, sessions,
        },
    },
};
use axum::http::HeaderMap;
use axum_extra::extract::CookieJar;
use uuid::Uuid;

/// The cookie of a half sign-in.
const COOKIE: &str = "half-sign-in";
/// How long a half sign-in waits for its code.
const MINUTES: i64 = 10;
/// Where the code is asked for.
pub const PATH: &str = "/sign-in/code";

/// Has the browser of a person, who gave the first factor, keep what a code at [`PATH`] completes. `person` was read before that was judged.
///
/// # Errors
/// `Invalid` where how they sign in was changed meanwhile.
pub(super) async fn ask(call: &Call, person: &Person, next: &str, now: Timestamp) -> AppResult<()> {
    let token = Token::new()?;
    let next = session::safe_next(next).unwrap_or_default();
    let expires = now.plus(MINUTES * Timestamp::MINUTE);
    if !sessions::add_half(&call.state.db, &token.hash(), person, next, now, expires).await? {
        return Err(changed_meanwhile());
    }
    call.set_cookie(COOKIE, token.as_str(), MINUTES * 60);
    Ok(())
}

/// Whether the browser has given the first factor, and a code is awaited.
pub async fn is_awaited(state: &AppState, headers: &HeaderMap, now: Timestamp) -> AppResult<bool> {
    match token(&state.config, headers) {
        Some(token) => Ok(sessions::half(&state.db, &token.hash(), now).await?.is_some()),
        None => Ok(false),
    }
}

fn token(config: &Config, headers: &HeaderMap) -> Option<Token> {
    let cookie = CookieJar::from_headers(headers).get(&session::cookie_name(config, COOKIE))?.value().to_owned();
    Token::parse(&cookie)
}

/// Completes a half sign-in by a code.
///
/// # Errors
/// `Invalid` without a half sign-in, and for a code that is wrong or was used; `TooMany`.
pub async fn sign_in_by_code(code: &str) -> AppResult<()> {
    let call = Call::current()?;
    let AppState { db, config, .. } = &call.state;
    let headers = &call.parts.headers;
    let now = clock::now();
    let late = || {
        let sentence = "You gave your password more than ten minutes ago, or in another browser. Sign in again.";
        AppError::invalid("", sentence)
    };
    let token = token(config, headers).ok_or_else(late)?;
    let half = sessions::half(db, &token.hash(), now).await?.ok_or_else(late)?;
    let person = people::by_id(db, half.person_id).await?.ok_or_else(late)?;
    let source = Source { network: call.network(), device: device::known(config, headers, &person) };
    accept(&call.state, person.id, code, &source, now).await?;
    if !sessions::end_half(db, &token.hash()).await? {
        return Err(late());
    }
    call.set_cookie(COOKIE, "", 0);
    enter(&call, &person, &half.next, now).await
}

/// Who tries a code, for the limits.
pub(super) struct Source {
    pub network: String,
    /// A browser that the account knows.
    pub device: Option<String>,
}

/// Uses up a code of the person's app, or a recovery code.
///
/// # Errors
/// `Invalid` for the field `code`; `TooMany`.
pub(super) async fn accept(
    state: &AppState,
    person: UserId,
    entered: &str,
    source: &Source,
    now: Timestamp,
) -> AppResult<()> {
    let code = Code::parse(entered)?;
    let attempt = state.limits.code(&person.to_string(), &source.network, source.device.as_deref(), now)?;
    let refused = |sentence: &str| Err(AppError::invalid("code", sentence));
    match code {
        Code::Recovery(code) => {
            if !second_factor::use_recovery_code(&state.db, person, &totp::recovery_hash(person, &code)).await? {
                return refused("This is none of your recovery codes, or it was used already.");
            }
        }
        Code::App(code) => {
            let app = second_factor::totp(&state.db, person).await?.filter(|app| app.confirmed_at.is_some());
            let Some(app) = app else { return refused(WRONG) };
            let Some(secret) = open(state, person, &app.secret) else {
                attempt.give_back();
                return refused(
                    "This server can't check codes of apps, because its SECRET_KEY has changed. Enter a recovery code, or ask \
                     whoever runs this server to reset your two-factor sign-in.",
                );
            };
            let Some(step) = totp::step(&secret, &code, now) else { return refused(WRONG) };
            if !second_factor::use_step(&state.db, person, step).await? {
                return refused("This code was used already. Wait until your app shows the next one.");
            }
        }
    }
    attempt.give_back();
    Ok(())
}

pub const WRONG: &str = "This code is wrong, or too old. Enter the one that your app shows now.";

/// The secret of an app, which was encrypted for its person, or for the session that sets it up.
pub fn open(state: &AppState, owner: impl Into<Uuid>, sealed: &[u8]) -> Option<Vec<u8>> {
    state.transports.key.as_ref()?.open(owner, sealed)
}
