//! One's own account: what the Account page shows, and what people change on it.

use super::{
    AppState,
    auth::{self, password, proof, second, totp},
    clock,
    store::{
        guard::Viewer,
        passkeys, people,
        second_factor::{self, Totp},
        sessions,
    },
};
use crate::domain::{
    AppError, AppResult, PasskeyId, SessionId, Timestamp, UserId,
    account::{AccountPage, Code, Passkey, Session, TwoFactor},
    contact::{NAME_MAX, parse_line},
    done::Done,
    stats::count,
};

/// For how long the secret is shown that an app is to know.
const SETUP: i64 = 10 * Timestamp::MINUTE;

pub async fn page(viewer: &Viewer) -> AppResult<AccountPage> {
    let state = auth::state()?;
    let now = clock::now();
    let person = proof::person(&state, viewer).await?;
    let this = auth::this_session()?;
    let known = |at: Timestamp| (at.0 > 0).then(|| viewer.local(at));
    let mut sessions: Vec<Session> = sessions::list(&state.db, person.id, now)
        .await?
        .into_iter()
        .map(|session| Session {
            id: session.id,
            since: viewer.local(session.created_at),
            used: known(session.used_at),
            is_this: session.token_hash == this,
            browser: session.browser,
        })
        .collect();
    sessions.sort_by_key(|session| !session.is_this);
    let passkeys = passkeys::list(&state.db, person.id).await?.into_iter().map(|passkey| Passkey {
        id: passkey.id,
        name: passkey.name,
        since: viewer.local(passkey.created_at),
        used: passkey.used_at.map(|at| viewer.local(at)),
    });
    let two_factor = match second_factor::totp(&state.db, person.id).await? {
        Some(Totp { confirmed_at: Some(since), .. }) => TwoFactor::On {
            since: viewer.local(since),
            codes_left: second_factor::codes_left(&state.db, person.id).await?,
        },
        Some(begun) => match secret(&state, person.id, &begun, now) {
            Some(secret) => TwoFactor::SettingUp(totp::setup(&secret, &person.email)?),
            None => TwoFactor::Off,
        },
        None => TwoFactor::Off,
    };
    Ok(AccountPage {
        name: person.name,
        email: person.email,
        has_password: person.password_hash.is_some(),
        two_factor,
        fresh_codes: state.fresh_codes.get(&this, now).unwrap_or_default(),
        passkeys: passkeys.collect(),
        offers_passkeys: state.passkeys.is_offered(),
        sessions,
        version: viewer.version,
    })
}

/// The secret of what was begun a short time ago.
fn secret(state: &AppState, person: UserId, begun: &Totp, now: Timestamp) -> Option<Vec<u8>> {
    let is_fresh = begun.confirmed_at.is_none() && now.0 - begun.created_at.0 < SETUP;
    is_fresh.then(|| second::open(state, person, &begun.secret)).flatten()
}

pub async fn save_name(viewer: &Viewer, name: &str) -> AppResult<Done> {
    let name = parse_line("name", "The name", name, NAME_MAX)?;
    if name.is_empty() {
        return Err(AppError::invalid("name", "Enter your name: the others see it beside what you do."));
    }
    let state = auth::state()?;
    let person = proof::person(&state, viewer).await?;
    people::set_name(&state.db, person.id, &name).await?;
    Ok(Done::new("Name saved."))
}

/// Ends the person's other sessions, too.
pub async fn change_password(viewer: &Viewer, present: &str, new: &str, repeat: &str) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, viewer).await?;
    password::check(new)?;
    if new != repeat {
        return Err(AppError::invalid("repeat", "This is not the same as the new password."));
    }
    proof::by_password(&person, present, "present").await?;
    let hash = password::hash(new.to_owned()).await?;
    let (before, this) = (person.password_hash.as_deref(), auth::this_session()?);
    if !people::change_password(&state.db, person.id, before, &hash, &this).await? {
        return Err(AppError::Conflict("Your password has been changed meanwhile. Load the page again.".into()));
    }
    auth::know_this_browser(person.id, &hash)?;
    let what = if before.is_some() { "changed" } else { "set" };
    Ok(Done::new(format!("Your password is {what}. You are signed out everywhere else.")))
}

pub async fn end_session(viewer: &Viewer, id: SessionId) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, viewer).await?;
    if !sessions::end_one(&state.db, person.id, id).await? {
        return Err(AppError::Conflict("This session has ended already.".into()));
    }
    Ok(Done::new("Ended the session."))
}

pub async fn end_other_sessions(viewer: &Viewer) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, viewer).await?;
    let ended = sessions::end_others(&state.db, person.id, &auth::this_session()?).await?;
    Ok(Done::new(match ended {
        0 => "There was no other session.".to_owned(),
        n => format!("Ended {}.", count(n, "other session")),
    }))
}

/// Makes a secret for the person's app. It counts once [`confirm_two_factor`] has seen a code.
pub async fn begin_two_factor(viewer: &Viewer, password: &str) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, viewer).await?;
    proof::by_password(&person, password, "password").await?;
    let key = state.transports.key.as_ref().ok_or_else(|| {
        let sentence =
            "This server cannot store secrets, because it has no SECRET_KEY. Ask whoever runs it to set one.";
        AppError::Unavailable(sentence.into())
    })?;
    let sealed = key.seal(person.id, &totp::new_secret()?);
    if !second_factor::begin(&state.db, person.id, &sealed, clock::now()).await? {
        return Err(is_on_already());
    }
    Ok(Done::new("Add the account to your app now, then enter the code that it shows."))
}

fn is_on_already() -> AppError {
    AppError::Conflict("Two-factor sign-in is on already.".into())
}

pub async fn stop_two_factor_setup(viewer: &Viewer) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, viewer).await?;
    second_factor::stop_setup(&state.db, person.id).await?;
    Ok(Done::new("Two-factor sign-in stays off."))
}

/// Turns it on, and shows new recovery codes.
pub async fn confirm_two_factor(viewer: &Viewer, code: &str) -> AppResult<Done> {
    let state = auth::state()?;
    let now = clock::now();
    let person = proof::person(&state, viewer).await?;
    let again = || AppError::invalid("", "This took longer than ten minutes. Set up two-factor sign-in again.");
    let begun = second_factor::totp(&state.db, person.id).await?.ok_or_else(again)?;
    if begun.confirmed_at.is_some() {
        return Err(is_on_already());
    }
    let secret = secret(&state, person.id, &begun, now).ok_or_else(again)?;
    let step = match Code::parse(code) {
        Ok(Code::App(code)) => totp::step(&secret, &code, now),
        _ => return Err(AppError::invalid("code", "Enter the six digits that your app shows now.")),
    };
    let step = step.ok_or_else(|| {
        let sentence = format!("{} If it is that one, check the clock of your device.", second::WRONG);
        AppError::invalid("code", sentence)
    })?;
    let codes = totp::recovery_codes()?;
    if !second_factor::confirm(&state.db, person.id, &begun.secret, step, &hashes(person.id, &codes), now).await? {
        return Err(again());
    }
    state.fresh_codes.put(auth::this_session()?, codes, now);
    Ok(Done::new("Two-factor sign-in is on. Keep your recovery codes."))
}

fn hashes(person: UserId, codes: &[String]) -> Vec<Vec<u8>> {
    codes.iter().map(|code| totp::recovery_hash(person, code)).collect()
}

/// Makes new recovery codes; those before are of no use any more.
pub async fn new_recovery_codes(viewer: &Viewer, password: &str, code: &str) -> AppResult<Done> {
    let (state, person) = proved(viewer, password, code).await?;
    let codes = totp::recovery_codes()?;
    second_factor::replace_codes(&state.db, person, &hashes(person, &codes)).await?;
    state.fresh_codes.put(auth::this_session()?, codes, clock::now());
    Ok(Done::new("Made new recovery codes. The ones before no longer work."))
}

/// The person has kept the codes: they are shown no longer.
pub fn forget_recovery_codes() -> AppResult<Done> {
    auth::state()?.fresh_codes.take(&auth::this_session()?, clock::now());
    Ok(Done::new("The recovery codes are not shown again."))
}

pub async fn turn_off_two_factor(viewer: &Viewer, password: &str, code: &str) -> AppResult<Done> {
    let (state, person) = proved(viewer, password, code).await?;
    second_factor::remove(&state.db, person).await?;
    state.fresh_codes.take(&auth::this_session()?, clock::now());
    Ok(Done::new("Two-factor sign-in is off."))
}

/// The person, who has given password and code.
async fn proved(viewer: &Viewer, password: &str, code: &str) -> AppResult<(AppState, UserId)> {
    let state = auth::state()?;
    let person = proof::person(&state, viewer).await?;
    if !second_factor::is_on(&state.db, person.id).await? {
        return Err(AppError::Conflict("Two-factor sign-in is off.".into()));
    }
    proof::by_both(&person, password, code).await?;
    Ok((state, person.id))
}

pub async fn remove_passkey(viewer: &Viewer, id: PasskeyId) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, viewer).await?;
    let name = passkeys::remove(&state.db, person.id, id).await?;
    let name = name.ok_or_else(|| AppError::Conflict("This passkey has been removed already.".into()))?;
    Ok(Done::new(format!("Removed the passkey {name}. It no longer signs you in; delete it on the device, too.")))
}
