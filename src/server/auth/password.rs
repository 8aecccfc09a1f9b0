//! Passwords: argon2id with the crate's parameters (19 MiB, two passes), hashed on threads that answer no requests.

use crate::{
    domain::{AppError, AppResult},
    server::request_id,
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::{
    sync::{Arc, LazyLock},
    thread::available_parallelism,
};
use tokio::sync::Semaphore;

/// In characters.
const MIN: usize = 8;
/// In bytes, so that a request cannot make the server hash megabytes.
const MAX: usize = 1_000;

/// How many may wait while others are hashed: some seconds of work.
const WAITING: usize = 32;

static POOL: LazyLock<Pool> =
    LazyLock::new(|| Pool::new(available_parallelism().map_or(2, |cores| cores.get().max(2)), WAITING));

/// Bounds what is hashed at a time, because each takes 19 MiB and a core, and what waits for it.
struct Pool {
    running: Arc<Semaphore>,
    present: Arc<Semaphore>,
}

impl Pool {
    fn new(running: usize, waiting: usize) -> Self {
        Self { running: Arc::new(Semaphore::new(running)), present: Arc::new(Semaphore::new(running + waiting)) }
    }

    /// # Errors
    /// `Unavailable` where too many wait already.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> AppResult<T> {
        let present = self.present.clone().try_acquire_owned().map_err(|_| {
            AppError::Unavailable("Too many people are signing in at the moment. Try again in a few seconds.".into())
        })?;
        let running = self.running.clone().acquire_owned().await.map_err(|e| broken(&e))?;
        let work = move || {
            // Held until the work ends, which may be long after the person hung up.
            let _held = (present, running);
            work()
        };
        request_id::blocking(work).await.map_err(|e| broken(&e))
    }
}

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
    POOL.run(move || hash_now(&password)).await?
}

fn hash_now(password: &str) -> AppResult<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|e| broken(&e))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed. Without a hash the answer is no, after the same time.
pub async fn is_right(password: &str, hash: Option<String>) -> AppResult<bool> {
    // No password that long can have been set.
    let (password, fits) = if password.len() <= MAX { (password.to_owned(), true) } else { (String::new(), false) };
    POOL.run(move || {
        let is_somebody = hash.is_some();
        let Some(hash) = hash.or_else(|| DUMMY_HASH.clone()) else { return Ok(false) };
        let parsed = PasswordHash::new(&hash).map_err(|e| broken(&e))?;
        let is_equal = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(is_equal && is_somebody && fits)
    })
    .await?
}

fn broken(error: &dyn std::fmt::Display) -> AppError {
    let reference = request_id::reference();
    tracing::error!(%error, reference, "a password could not be hashed or compared");
    AppError::Internal(reference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[tokio::test]
    async fn whoever_hangs_up_makes_no_room() {
        let pool = Pool::new(1, 1);
        let (finish, told) = std::sync::mpsc::channel::<()>();
        let mut first = Box::pin(pool.run(move || told.recv()));
        assert!(first.as_mut().now_or_never().is_none(), "it runs");
        drop(first);
        let mut second = Box::pin(pool.run(|| ()));
        assert!(second.as_mut().now_or_never().is_none(), "the first still runs");
        assert!(matches!(pool.run(|| ()).await, Err(AppError::Unavailable(_))), "one may wait");
        finish.send(()).unwrap();
        second.await.unwrap();
        pool.run(|| ()).await.unwrap();
    }

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
