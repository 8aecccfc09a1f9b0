//! Browsers in which a person signed in before. Each has a cookie that proves it, so that strangers who guess a person's
//! password can't keep the person's own browser from signing in.

use super::session::{Token, cookie_name};
use crate::{
    domain::{AppError, AppResult, UserId},
    server::{config::Config, request_id, store::people::Person},
};
use axum::http::HeaderMap;
use axum_extra::extract::CookieJar;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How long a browser is known after it signed in.
pub const DAYS: i64 = 365;

/// Each person's is a cookie of its own: two may share a browser.
pub fn name(person: UserId) -> String {
    format!("device-{person}")
}

/// What proves that a browser is known: the password's salted hash, which only the server has, and since when two-factor sign-in is
/// on. So a new password makes every browser unknown, and turning two-factor sign-in on does, because the password alone made those
/// before known. None for a person without a password, whose browsers are never known.
pub fn key(person: &Person) -> Option<String> {
    let hash = person.password_hash.as_deref()?;
    let since = person.two_factor_since.map(|since| since.0.to_string()).unwrap_or_default();
    Some(format!("{hash} {since}"))
}

/// What a browser keeps: a random id, and the proof that this server gave it.
pub fn new(key: &str) -> AppResult<String> {
    let id = Token::new()?;
    let proof = proof(key, id.as_str()).ok_or_else(|| AppError::Internal(request_id::reference()))?;
    let proof = URL_SAFE_NO_PAD.encode(proof.finalize().into_bytes());
    Ok(format!("{}.{proof}", id.as_str()))
}

/// The id of the browser, if the person signed in there before.
pub fn known(config: &Config, headers: &HeaderMap, person: &Person) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let (id, given) = jar.get(&cookie_name(config, &name(person.id)))?.value().split_once('.')?;
    let given = URL_SAFE_NO_PAD.decode(given).ok()?;
    proof(&key(person)?, id)?.verify_slice(&given).is_ok().then(|| id.to_owned())
}

fn proof(key: &str, id: &str) -> Option<Hmac<Sha256>> {
    let hmac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    Some(hmac.chain_update("known device ").chain_update(id))
}
