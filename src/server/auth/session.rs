//! Session tokens and the cookies that carry them.

use crate::{
    domain::{AppError, AppResult},
    server::config::Config,
};
use axum::http::HeaderMap;
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cookie::time::Duration;
use sha2::{Digest, Sha256};

pub const NAME: &str = "session";
/// How long a session lasts.
pub const DAYS: i64 = 30;

/// 256 random bits, in base64url. Only its hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn new() -> AppResult<Self> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<32>()?)))
    }

    /// A token has 43 characters of base64url; None for anything else.
    pub fn parse(s: &str) -> Option<Self> {
        let ours = s.len() == 43 && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        ours.then(|| Self(s.to_owned()))
    }

    /// The token in a request's session cookie.
    pub fn of(config: &Config, headers: &HeaderMap) -> Option<Self> {
        CookieJar::from_headers(headers).get(&cookie_name(config, NAME)).and_then(|c| Self::parse(c.value()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256; the token is random enough to need no salt.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

/// # Errors
/// Where the system has no randomness to give.
pub fn random<const N: usize>() -> AppResult<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| {
        tracing::error!(error = %e, "no randomness");
        AppError::Unavailable("The server can't sign anybody in at the moment. Try again later.".into())
    })?;
    Ok(bytes)
}

/// Over https, the prefix `__Host-` binds the cookie to this host (RFC 6265bis section 4.1.3).
pub fn cookie_name(config: &Config, name: &str) -> String {
    if config.is_secure() { format!("__Host-{name}") } else { name.to_owned() }
}

/// A cookie that scripts cannot read; zero seconds removes it.
pub fn cookie(config: &Config, name: &str, value: &str, seconds: i64) -> Cookie<'static> {
    Cookie::build((cookie_name(config, name), value.to_owned()))
        .path("/")
        .max_age(Duration::seconds(seconds))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(config.is_secure())
        .build()
}

/// `next` if it is a path of this site; None for whatever a browser could resolve to another site.
pub fn safe_next(next: &str) -> Option<&str> {
    let plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let path = next.split(['?', '#']).next().unwrap_or_default();
    // Browsers and the router take `//` for another host, and resolve the dots.
    let is_ours =
        path.starts_with('/') && !path.contains("//") && path.split('/').all(|part| part != "." && part != "..");
    (plain && next.len() <= 2_000 && is_ours).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_random_and_read_back() {
        let token = Token::new().unwrap();
        assert!(token != Token::new().unwrap());
        assert!(Token::parse(token.as_str()) == Some(token.clone()));
        assert_eq!(token.hash().len(), 32);
        for wrong in ["", "x", &"é".repeat(43), &"=".repeat(43), &"a".repeat(44)] {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_our_own_paths_are_led_to() {
        for good in ["/", "/projects/a/messages?status=failed&q=x", "/projects/a#message-1"] {
            assert_eq!(safe_next(good), Some(good));
        }
        for bad in [
            "",
            "projects",
            "//evil.example",
            "/.//evil.example",
            "/a/../b",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nb",
            "/a b",
            "/\tevil",
            "\\\\evil",
            "/é",
            &format!("/{}", "a".repeat(3_000)),
        ] {
            assert_eq!(safe_next(bad), None, "{bad:?}");
        }
    }
}
