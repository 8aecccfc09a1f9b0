//! Passwords: argon2id with the crate's parameters (19 MiB, two passes), off the threads that answer requests.

use crate::domain::{AppError, AppResult};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// In characters.
const MIN: usize = 8;
/// In bytes: more is no password, and costs time to read.
const MAX: usize = 1_000;

/// How many are hashed at a time: each takes 19 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What is compared with where there is nobody: the answer takes as long.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("the password of nobody").ok());

/// # Errors
/// `Invalid` with what a password must be.
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
    off_the_threads(move || hash_now(&password)).await?
}

fn hash_now(password: &str) -> AppResult<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|e| broken(&e))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed; never where there is no hash, and as slowly.
pub async fn is_right(password: &str, hash: Option<String>) -> AppResult<bool> {
    // What is too long to have been set cannot be right.
    let (password, fits) = if password.len() <= MAX { (password.to_owned(), true) } else { (String::new(), false) };
    off_the_threads(move || {
        let is_somebody = hash.is_some();
        let Some(hash) = hash.or_else(|| NOBODY.clone()) else { return Ok(false) };
        let parsed = PasswordHash::new(&hash).map_err(|e| broken(&e))?;
        let is_equal = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(is_equal && is_somebody && fits)
    })
    .await?
}

async fn off_the_threads<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> AppResult<T> {
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
