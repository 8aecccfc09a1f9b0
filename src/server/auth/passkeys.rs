//! Passkeys (WebAuthn): adding one to an account, and signing in by one, which counts as both factors because the device has made sure
//! of its person. Each is a ceremony of two requests; its state waits here, and a cookie binds it to the browser.

use super::{Call, enter, myself::Myself, passing::Passing, proof, session::Token};
use crate::{
    domain::{
        AppError, AppResult, UserId,
        account::{PASSKEY_NAME_MAX, PASSKEYS_MAX},
        contact::parse_line,
        done::Done,
    },
    server::{
        AppState, clock, request_id,
        store::{
            passkeys::{self, Passkey as Stored},
            people,
        },
    },
};
use reqwest::Url;
use serde::Serialize;
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
    Webauthn, WebauthnBuilder,
};

/// The cookie of a ceremony.
const COOKIE: &str = "ceremony";
/// How long a ceremony may take.
const MINUTES: i64 = 5;

/// A passkey that is being added.
#[derive(Clone)]
struct Registration {
    person: UserId,
    name: String,
    state: PasskeyRegistration,
}

/// The relying party, and the ceremonies under way.
pub struct Passkeys {
    /// None where the server's address permits no passkeys.
    webauthn: Option<Webauthn>,
    registrations: Passing<Registration>,
    sign_ins: Passing<DiscoverableAuthentication>,
}

impl Passkeys {
    /// Browsers permit passkeys at https addresses with a name, and at localhost. They belong to the name of the host.
    pub fn new(base_url: &str) -> Self {
        let webauthn = Url::parse(base_url).ok().and_then(|origin| {
            let host = origin.domain()?;
            let is_fit = origin.scheme() == "https" || host == "localhost";
            let webauthn = WebauthnBuilder::new(host, &origin).ok()?.rp_name("review-messages").build().ok();
            webauthn.filter(|_| is_fit)
        });
        Self { webauthn, registrations: Passing::for_minutes(MINUTES), sign_ins: Passing::for_minutes(MINUTES) }
    }

    pub fn is_offered(&self) -> bool {
        self.webauthn.is_some()
    }

    /// # Errors
    /// `Conflict`, saying what a server needs for passkeys.
    fn webauthn(&self) -> AppResult<&Webauthn> {
        self.webauthn.as_ref().ok_or_else(|| {
            let sentence =
                "This server offers no passkeys: its address (BASE_URL) must begin with https and have a name.";
            AppError::Conflict(sentence.into())
        })
    }
}

/// Begins to add a passkey. Returns what the browser is to ask its person for, as JSON.
pub async fn start(me: &Myself, name: &str, password: &str, code: &str) -> AppResult<String> {
    let call = Call::current()?;
    let AppState { db, passkeys, .. } = &call.state;
    let webauthn = passkeys.webauthn()?;
    let name = parse_line("name", "The name", name, PASSKEY_NAME_MAX)?;
    if name.is_empty() {
        return Err(AppError::invalid("name", "Give the passkey a name, such as that of the device."));
    }
    let person = proof::person(&call.state, me).await?;
    let known = passkeys::list(db, person.id).await?;
    if known.len() >= PASSKEYS_MAX {
        let sentence = format!("You have {PASSKEYS_MAX} passkeys, the most there can be. Remove one first.");
        return Err(AppError::invalid("", sentence));
    }
    proof::by_both(&person, password, "password", code).await?;
    let known = known.iter().filter_map(|stored| read(stored).ok()).map(|passkey| passkey.cred_id().clone()).collect();
    let (options, state) = webauthn
        .start_passkey_registration(person.id.0, &person.email, &person.name, Some(known))
        .map_err(|e| broken(&e))?;
    let mut options = public_key(&options)?;
    // The device must be able to say whose it is: at sign-in nobody is named.
    options["authenticatorSelection"]["residentKey"] = json!("required");
    options["authenticatorSelection"]["requireResidentKey"] = json!(true);
    let token = Token::new()?;
    passkeys.registrations.put(token.hash(), Registration { person: person.id, name, state }, clock::now());
    call.set_cookie(COOKIE, token.as_str(), MINUTES * 60);
    Ok(options.to_string())
}

/// Adds the passkey that the browser has made.
pub async fn add(me: &Myself, credential: &str) -> AppResult<Done> {
    let call = Call::current()?;
    let AppState { db, passkeys, .. } = &call.state;
    let webauthn = passkeys.webauthn()?;
    let now = clock::now();
    let begun = ceremony(&call).and_then(|token| passkeys.registrations.take(&token.hash(), now));
    let Registration { person, name, state } = begun.filter(|begun| begun.person == me.user).ok_or_else(late)?;
    let credential: RegisterPublicKeyCredential = serde_json::from_str(credential).map_err(|e| unreadable(&e))?;
    let passkey = webauthn.finish_passkey_registration(&credential, &state).map_err(|error| {
        tracing::info!(%error, "a passkey was not accepted");
        AppError::invalid("", "The passkey could not be checked, and was not added. Try again, or use another device.")
    })?;
    let json = serde_json::to_string(&passkey).map_err(|e| broken(&e))?;
    if !passkeys::add(db, person, passkey.cred_id(), &name, &json, now).await? {
        return Err(AppError::Conflict("This passkey is known already.".into()));
    }
    Ok(Done::new(format!("Added the passkey {name}. From now on you can sign in with it.")))
}

/// Begins to sign in. Returns what the browser is to ask its person for, as JSON; it names nobody.
pub async fn start_sign_in() -> AppResult<String> {
    let call = Call::current()?;
    let AppState { passkeys, limits, .. } = &call.state;
    let webauthn = passkeys.webauthn()?;
    let now = clock::now();
    limits.passkeys.take(&call.network(), now)?;
    let (options, state) = webauthn.start_discoverable_authentication().map_err(|e| broken(&e))?;
    let token = Token::new()?;
    passkeys.sign_ins.put(token.hash(), state, now);
    call.set_cookie(COOKIE, token.as_str(), MINUTES * 60);
    Ok(public_key(&options)?.to_string())
}

/// Signs in by what the browser got from the person's device; leads to `next`.
pub async fn sign_in(credential: &str, next: &str) -> AppResult<()> {
    let call = Call::current()?;
    let AppState { db, passkeys, .. } = &call.state;
    let webauthn = passkeys.webauthn()?;
    let now = clock::now();
    let state = ceremony(&call).and_then(|token| passkeys.sign_ins.take(&token.hash(), now)).ok_or_else(late)?;
    let credential: PublicKeyCredential = serde_json::from_str(credential).map_err(|e| unreadable(&e))?;
    let unknown = || {
        let sentence = "This passkey is not known here; it may have been removed. Sign in with your password.";
        AppError::invalid("", sentence)
    };
    let (person, id) = webauthn.identify_discoverable_authentication(&credential).map_err(|_| unknown())?;
    let stored = passkeys::by_credential(db, id).await?.filter(|stored| stored.person_id.0 == person);
    let stored = stored.ok_or_else(unknown)?;
    let mut passkey = read(&stored)?;
    let result = webauthn.finish_discoverable_authentication_v2(&credential, state, &passkey).map_err(|error| {
        tracing::info!(%error, "a passkey did not sign in");
        AppError::invalid("", "The passkey could not be checked. Try again, or sign in with your password.")
    })?;
    if !result.user_verified() {
        return Err(AppError::invalid("", "The device did not make sure that it is you. Sign in with your password."));
    }
    passkey.update_credential(&result);
    // Before it is seen that the passkey has not been removed.
    let person = people::by_id(db, stored.person_id).await?.ok_or_else(unknown)?;
    let json = serde_json::to_string(&passkey).map_err(|e| broken(&e))?;
    if !passkeys::used(db, stored.id, &json, now).await? {
        return Err(unknown());
    }
    enter(&call, &person, next, now).await
}

/// The token of the browser's ceremony, whose cookie is taken away.
fn ceremony(call: &Call) -> Option<Token> {
    let token = Token::parse(&call.cookie(COOKIE)?)?;
    call.set_cookie(COOKIE, "", 0);
    Some(token)
}

/// The options without their envelope, as `PublicKeyCredential.parse…OptionsFromJSON` reads them.
fn public_key(options: &impl Serialize) -> AppResult<Value> {
    let mut options = serde_json::to_value(options).map_err(|e| broken(&e))?;
    Ok(options["publicKey"].take())
}

fn read(stored: &Stored) -> AppResult<Passkey> {
    serde_json::from_str(&stored.passkey).map_err(|e| broken(&e))
}

fn late() -> AppError {
    let sentence = "This took longer than five minutes, or the server has been started again meanwhile. Try again.";
    AppError::invalid("", sentence)
}

fn unreadable(error: &dyn std::fmt::Display) -> AppError {
    tracing::info!(%error, "a passkey could not be read");
    AppError::invalid("", "What the browser sent could not be read. Try again, or use another browser.")
}

fn broken(error: &dyn std::fmt::Display) -> AppError {
    let reference = request_id::reference();
    tracing::error!(%error, reference, "passkeys do not work");
    AppError::Internal(reference)
}
