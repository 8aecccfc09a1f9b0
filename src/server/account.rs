//! One's own account: what the Account page shows, and what people change on it.

use super::{
    AppState,
    auth::{self, myself::Myself, password, proof, second, session::Token, totp},
    clock,
    delivery::seal::SealingKey,
    store::{
        guard::Viewer,
        passkeys,
        people::{self, NewPassword},
        reviews::low,
        second_factor::{self, Confirmed, Totp},
        sessions,
    },
};
use crate::domain::{
    AppError, AppResult, PasskeyId, SessionId, Timestamp, UserId,
    account::{AccountPage, Code, LowRatingEmails, Passkey, Session, TwoFactor},
    contact::{NAME_MAX, parse_line},
    done::Done,
    stats::count,
};

/// For how long the secret is shown that an app is to know.
const SETUP: i64 = 10 * Timestamp::MINUTE;

pub async fn page(me: &Myself) -> AppResult<AccountPage> {
    let state = auth::state()?;
    let now = clock::now();
    let person = proof::person(&state, me).await?;
    let this = auth::this_session()?;
    let known = |at: Timestamp| (at.0 > 0).then(|| me.local(at));
    let sessions = sessions::list(&state.db, person.id, now).await?;
    let this_id = sessions.iter().find(|session| session.token_hash == this).map(|session| session.id);
    let mut sessions: Vec<Session> = sessions
        .into_iter()
        .map(|session| Session {
            id: session.id,
            since: me.local(session.created_at),
            used: known(session.used_at),
            is_this: session.token_hash == this,
            browser: session.browser,
        })
        .collect();
    sessions.sort_by_key(|session| !session.is_this);
    let passkeys = passkeys::list(&state.db, person.id).await?.into_iter().map(|passkey| Passkey {
        id: passkey.id,
        name: passkey.name,
        since: me.local(passkey.created_at),
        used: passkey.used_at.map(|at| me.local(at)),
    });
    let two_factor = match second_factor::totp(&state.db, person.id).await? {
        Some(Totp { confirmed_at: Some(since), .. }) => {
            TwoFactor::On { since: me.local(since), codes_left: second_factor::codes_left(&state.db, person.id).await? }
        }
        Some(begun) => match this_id.and_then(|session| secret(&state, session, &begun, now)) {
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
        today: me.today(now),
        low_ratings: low_ratings(&state, me).await?,
        notice: if me.is_in_a_project() { None } else { auth::take_notice() },
        version: me.version(),
    })
}

async fn low_ratings(state: &AppState, me: &Myself) -> AppResult<Option<LowRatingEmails>> {
    let Some(viewer) = me.viewer() else { return Ok(None) };
    let is_on = low::is_told(viewer, me.user).await?;
    Ok(Some(LowRatingEmails { is_on, is_sent: state.config.sends_to_staff() }))
}

pub async fn set_low_ratings(viewer: &Viewer, on: bool) -> AppResult<Done> {
    let member = viewer.user.ok_or(AppError::Unauthorized)?;
    low::set_told(viewer, member, on).await?;
    Ok(Done::new(match on {
        true => "From now on you get an email when a review of 1 or 2 stars comes in.",
        false => "You get no email about reviews of 1 or 2 stars any more.",
    }))
}

/// The secret of what the session has begun a short time ago. It is encrypted for that session, so that no other shows or confirms it.
fn secret(state: &AppState, session: SessionId, begun: &Totp, now: Timestamp) -> Option<Vec<u8>> {
    let is_fresh = begun.confirmed_at.is_none() && now.0 - begun.created_at.0 < SETUP;
    is_fresh.then(|| second::open(state, session, &begun.secret)).flatten()
}

async fn this_session_id(state: &AppState) -> AppResult<SessionId> {
    let session = sessions::of_token(&state.db, &auth::this_session()?).await?;
    session.map(|session| session.id).ok_or(AppError::Unauthorized)
}

fn sealing_key(state: &AppState) -> AppResult<&SealingKey> {
    state.transports.key.as_ref().ok_or_else(|| {
        let sentence =
            "This server cannot store secrets, because it has no SECRET_KEY. Ask whoever runs it to set one.";
        AppError::Unavailable(sentence.into())
    })
}

pub async fn save_name(me: &Myself, name: &str) -> AppResult<Done> {
    let name = parse_line("name", "The name", name, NAME_MAX)?;
    if name.is_empty() {
        return Err(AppError::invalid("name", "Enter your name: the others see it beside what you do."));
    }
    let state = auth::state()?;
    let person = proof::person(&state, me).await?;
    people::set_name(&state.db, person.id, &name).await?;
    Ok(Done::new("Name saved."))
}

/// Ends the person's other sessions, too, and gives the one that asks a new token.
pub async fn change_password(me: &Myself, present: &str, new: &str, repeat: &str, code: &str) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, me).await?;
    password::check(new)?;
    if new != repeat {
        return Err(AppError::invalid("repeat", "This is not the same as the new password."));
    }
    proof::by_both(&person, present, "present", code).await?;
    let hash = password::hash(new.to_owned()).await?;
    let (this, token) = (auth::this_session()?, Token::new()?);
    let new = NewPassword {
        person: person.id,
        before: person.password_hash.as_deref(),
        hash: &hash,
        session: [&this, &token.hash()],
    };
    if !people::change_password(&state.db, &new).await? {
        return Err(AppError::Conflict("Your password has been changed meanwhile. Load the page again.".into()));
    }
    auth::keep_session(&token)?;
    auth::know_this_browser(person.id).await?;
    let now = clock::now();
    if let Some(codes) = state.fresh_codes.take(&this, now) {
        state.fresh_codes.put(token.hash(), codes, now);
    }
    let what = if new.before.is_some() { "changed" } else { "set" };
    let passkeys = still_sign_in(passkeys::list(&state.db, person.id).await?.len());
    Ok(Done::new(format!("Your password is {what}. You are signed out everywhere else.{passkeys}")))
}

pub async fn end_session(me: &Myself, id: SessionId) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, me).await?;
    if !sessions::end_one(&state.db, person.id, id).await? {
        return Err(AppError::Conflict("This session has ended already.".into()));
    }
    Ok(Done::new("Ended the session."))
}

pub async fn end_other_sessions(me: &Myself) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, me).await?;
    let ended = sessions::end_others(&state.db, person.id, &auth::this_session()?).await?;
    Ok(Done::new(match ended {
        0 => "There was no other session.".to_owned(),
        n => format!("Ended {}.", count(n, "other session")),
    }))
}

/// Makes a secret for the person's app. It counts once [`confirm_two_factor`] has seen a code.
pub async fn begin_two_factor(me: &Myself, password: &str) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, me).await?;
    proof::by_password(&person, password, "password").await?;
    let sealed = sealing_key(&state)?.seal(this_session_id(&state).await?, &totp::new_secret()?);
    if !second_factor::begin(&state.db, person.id, &sealed, clock::now()).await? {
        return Err(is_on_already());
    }
    Ok(Done::new("Add the account to your app now, then enter the code that it shows."))
}

fn is_on_already() -> AppError {
    AppError::Conflict("Two-factor sign-in is on already.".into())
}

pub async fn stop_two_factor_setup(me: &Myself) -> AppResult<Done> {
    let state = auth::state()?;
    let person = proof::person(&state, me).await?;
    second_factor::stop_setup(&state.db, person.id).await?;
    Ok(Done::new("Two-factor sign-in stays off."))
}

/// Turns it on, and shows new recovery codes.
pub async fn confirm_two_factor(me: &Myself, code: &str) -> AppResult<Done> {
    let state = auth::state()?;
    let now = clock::now();
    let person = proof::person(&state, me).await?;
    let again = || {
        let sentence =
            "This was begun more than ten minutes ago, or in another browser. Set up two-factor sign-in again.";
        AppError::invalid("", sentence)
    };
    let begun = second_factor::totp(&state.db, person.id).await?.ok_or_else(again)?;
    if begun.confirmed_at.is_some() {
        return Err(is_on_already());
    }
    let secret = secret(&state, this_session_id(&state).await?, &begun, now).ok_or_else(again)?;
    let step = match Code::parse(code) {
        Ok(Code::App(code)) => totp::step(&secret, &code, now),
        _ => return Err(AppError::invalid("code", "Enter the six digits that your app shows now.")),
    };
    let step = step.ok_or_else(|| {
        let sentence = format!("{} If it is that one, check the clock of your device.", second::WRONG);
        AppError::invalid("code", sentence)
    })?;
    let codes = totp::recovery_codes()?;
    let this = auth::this_session()?;
    let hashes = hashes(person.id, &codes);
    let sealed = sealing_key(&state)?.seal(person.id, &secret);
    let secret = [&*begun.secret, &sealed];
    let confirmed = Confirmed { person: person.id, secret, step, codes: &hashes, session: &this };
    if !second_factor::confirm(&state.db, &confirmed, now).await? {
        return Err(again());
    }
    auth::know_this_browser(person.id).await?;
    state.fresh_codes.put(this, codes, now);
    let passkeys = still_sign_in(passkeys::list(&state.db, person.id).await?.len());
    Ok(Done::new(format!(
        "Two-factor sign-in is on. You are signed out everywhere else.{passkeys} Keep your recovery codes."
    )))
}

/// The passkeys that a change has left, of which some may have been added by whoever had the password.
fn still_sign_in(passkeys: usize) -> String {
    match passkeys {
        0 => String::new(),
        1 => " 1 passkey still signs you in: remove it if it is not yours.".into(),
        n => format!(" {n} passkeys still sign you in: remove those that are not yours."),
    }
}

fn hashes(person: UserId, codes: &[String]) -> Vec<Vec<u8>> {
    codes.iter().map(|code| totp::recovery_hash(person, code)).collect()
}

/// Makes new recovery codes; those before are of no use any more.
pub async fn new_recovery_codes(me: &Myself, password: &str, code: &str) -> AppResult<Done> {
    let (state, person) = proved(me, password, code).await?;
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

pub async fn turn_off_two_factor(me: &Myself, password: &str, code: &str) -> AppResult<Done> {
    let (state, person) = proved(me, password, code).await?;
    second_factor::remove(&state.db, person).await?;
    auth::know_this_browser(person).await?;
    state.fresh_codes.take(&auth::this_session()?, clock::now());
    Ok(Done::new("Two-factor sign-in is off."))
}

/// The person, who has given password and code.
async fn proved(me: &Myself, password: &str, code: &str) -> AppResult<(AppState, UserId)> {
    let state = auth::state()?;
    let person = proof::person(&state, me).await?;
    if !second_factor::is_on(&state.db, person.id).await? {
        return Err(AppError::Conflict("Two-factor sign-in is off.".into()));
    }
    proof::by_both(&person, password, "password", code).await?;
    Ok((state, person.id))
}

pub async fn remove_passkey(me: &Myself, id: &str, password: &str, code: &str) -> AppResult<Done> {
    let id: PasskeyId = id.parse().map_err(|_| AppError::invalid("id", "Choose a passkey."))?;
    let state = auth::state()?;
    let person = proof::person(&state, me).await?;
    proof::by_both(&person, password, "password", code).await?;
    let name = passkeys::remove(&state.db, person.id, id).await?;
    let name = name.ok_or_else(|| AppError::Conflict("This passkey has been removed already.".into()))?;
    Ok(Done::new(format!("Removed the passkey {name}. It no longer signs you in; delete it on the device, too.")))
}
