//! Browsers in which a person signed in before. Each has a cookie that proves it, so that strangers who guess a person's
//! password can't keep the person's own browser from signing in.

use super::session::{Token, cookie_name};
use crate::{
    domain::{AppError, AppResult, UserId},
    server::{config::Config, request_id},
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

/// What a browser keeps: a random id, and the proof that this server gave it.
pub fn new(password_hash: &str) -> AppResult<String> {
    let id = Token::new()?;
    let proof = proof(password_hash, id.as_str()).ok_or_else(|| AppError::Internal(request_id::reference()))?;
    let proof = URL_SAFE_NO_PAD.encode(proof.finalize().into_bytes());
    Ok(format!("{}.{proof}", id.as_str()))
}

/// The id of the browser, if the person of `password_hash` signed in there before.
pub fn known(config: &Config, headers: &HeaderMap, person: UserId, password_hash: &str) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let (id, given) = jar.get(&cookie_name(config, &name(person)))?.value().split_once('.')?;
    let given = URL_SAFE_NO_PAD.decode(given).ok()?;
    proof(password_hash, id)?.verify_slice(&given).is_ok().then(|| id.to_owned())
}

/// The key is the password's salted hash, which only the server has: a new password makes every browser unknown.
fn proof(password_hash: &str, id: &str) -> Option<Hmac<Sha256>> {
    let hmac = Hmac::<Sha256>::new_from_slice(password_hash.as_bytes()).ok()?;
    Some(hmac.chain_update("known device ").chain_update(id))
}
