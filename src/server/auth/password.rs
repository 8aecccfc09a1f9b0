//! Passwords: argon2id with the crate's parameters (19 MiB, two passes), hashed on threads that answer no requests.

use crate::domain::{AppError, AppResult};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// In characters.
const MIN: usize = 8;
/// In bytes, so that a request cannot make the server hash megabytes.
const MAX: usize = 1_000;

/// How many passwords are hashed at a time: each takes 19 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The hash that is compared for an unknown person, so that the answer takes as long as for a known one.
static DUMMY_HASH: LazyLock<Option<String>> = LazyLock::new(|| hash_now("the password of nobody").ok());

/// # Errors
/// `Invalid`, saying which passwords are allowed.
pub fn check(password: &str) -> AppResult<()> {
    if password.chars().count() < MIN || password.len() > MAX {
        return Err(AppError::invalid(
            "password",
            format!("A password has at least {MIN} characters, and {MAX} at most."),
        ));
    }
    Ok(())
}

/// A PHC string.
pub async fn hash(password: String) -> AppResult<String> {
    on_a_blocking_thread(move || hash_now(&password)).await?
}

fn hash_now(password: &str) -> AppResult<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|e| broken(&e))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed. Without a hash the answer is no, after the same time.
pub async fn is_right(password: &str, hash: Option<String>) -> AppResult<bool> {
    // No password that long can have been set.
    let (password, fits) = if password.len() <= MAX { (password.to_owned(), true) } else { (String::new(), false) };
    on_a_blocking_thread(move || {
        let is_somebody = hash.is_some();
        let Some(hash) = hash.or_else(|| DUMMY_HASH.clone()) else { return Ok(false) };
        let parsed = PasswordHash::new(&hash).map_err(|e| broken(&e))?;
        let is_equal = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(is_equal && is_somebody && fits)
    })
    .await?
}

async fn on_a_blocking_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> AppResult<T> {
    let permit = AT_ONCE.acquire().await.map_err(|e| broken(&e))?;
    let done = tokio::task::spawn_blocking(work).await.map_err(|e| broken(&e));
    drop(permit);
    done
}

fn broken(error: &dyn std::fmt::Display) -> AppError {
    tracing::error!(%error, "a password could not be hashed or compared");
    AppError::Internal("password".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let stored = hash("a long password".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(is_right("a long password", Some(stored.clone())).await.unwrap());
        for wrong in ["", "a long passwor", "A long password", &"x".repeat(2_000)] {
            assert!(!is_right(wrong, Some(stored.clone())).await.unwrap(), "{wrong}");
        }
        assert!(!is_right("the password of nobody", None).await.unwrap());
    }
}
