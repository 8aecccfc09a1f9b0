//! How often somebody may try: buckets of tokens that refill with time.

use crate::domain::{AppError, AppResult, Timestamp};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Beyond this many keys, buckets that are full again are dropped.
const KEYS: usize = 10_000;

/// The limits that all requests share.
#[derive(Debug)]
pub struct Limits {
    /// Failed sign-ins of one account.
    pub account: Limit,
    /// Failed sign-ins from one address.
    pub address: Limit,
    /// Requests for unknown links of public pages, from one address.
    pub public: Limit,
    /// Live connections of one person.
    pub live: Connections,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            account: Limit::per_minute(10),
            address: Limit::per_minute(100),
            public: Limit::per_minute(120),
            live: Connections::default(),
        }
    }
}

/// A number of attempts a minute for each key, all at once or spread.
#[derive(Debug)]
pub struct Limit {
    per_minute: f64,
    left: Mutex<HashMap<String, Left>>,
}

#[derive(Clone, Copy, Debug)]
struct Left {
    tokens: f64,
    at: Timestamp,
}

impl Limit {
    pub fn per_minute(n: u32) -> Self {
        Self { per_minute: n.into(), left: Mutex::default() }
    }

    /// Takes one attempt; legitimate ones are given back with [`Limit::give_back`].
    ///
    /// # Errors
    /// `TooMany` with a sentence that says how long to wait.
    pub fn take(&self, key: &str, now: Timestamp) -> AppResult<()> {
        let mut all = self.lock();
        if all.len() >= KEYS {
            all.retain(|_, left| self.refilled(*left, now) < self.per_minute);
        }
        let left = all.entry(key.to_owned()).or_insert(Left { tokens: self.per_minute, at: now });
        let tokens = self.refilled(*left, now);
        *left = Left { tokens: if tokens < 1.0 { tokens } else { tokens - 1.0 }, at: now };
        if tokens >= 1.0 {
            return Ok(());
        }
        let wait = ((1.0 - tokens) * 60.0 / self.per_minute).ceil();
        let unit = if wait == 1.0 { "second" } else { "seconds" };
        Err(AppError::TooMany(format!("Too many attempts. Wait {wait} {unit}, then try again.")))
    }

    pub fn give_back(&self, key: &str) {
        if let Some(left) = self.lock().get_mut(key) {
            left.tokens = (left.tokens + 1.0).min(self.per_minute);
        }
    }

    fn refilled(&self, left: Left, now: Timestamp) -> f64 {
        let minutes = (now.0 - left.at.0).max(0) as f64 / Timestamp::MINUTE as f64;
        (left.tokens + minutes * self.per_minute).min(self.per_minute)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Left>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many connections of each key are open.
#[derive(Clone, Debug, Default)]
pub struct Connections(std::sync::Arc<Mutex<HashMap<String, usize>>>);

/// An open connection, counted until it is dropped.
#[derive(Debug)]
pub struct Connection {
    all: Connections,
    key: String,
}

impl Connections {
    /// None where `max` are open already.
    pub fn open(&self, key: &str, max: usize) -> Option<Connection> {
        let mut all = self.lock();
        let n = all.entry(key.to_owned()).or_default();
        if *n >= max {
            return None;
        }
        *n += 1;
        Some(Connection { all: self.clone(), key: key.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        match all.get_mut(&self.key) {
            Some(n) if *n > 1 => *n -= 1,
            _ => {
                all.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_a_minute_and_no_more() {
        let limit = Limit::per_minute(3);
        let now = Timestamp(0);
        assert!((0..3).all(|_| limit.take("ana", now).is_ok()));
        let refused = limit.take("ana", now).unwrap_err();
        assert_eq!(refused.to_string(), "Too many attempts. Wait 20 seconds, then try again.");
        assert!(limit.take("ben", now).is_ok());
        assert!(limit.take("ana", now.plus(20 * Timestamp::SECOND)).is_ok());
        assert!(limit.take("ana", now.plus(21 * Timestamp::SECOND)).is_err());
        limit.give_back("ana");
        assert!(limit.take("ana", now.plus(21 * Timestamp::SECOND)).is_ok());
    }

    #[test]
    fn a_closed_connection_makes_room() {
        let all = Connections::default();
        let first = all.open("ana", 1);
        assert!(first.is_some() && all.open("ana", 1).is_none() && all.open("ben", 1).is_some());
        drop(first);
        assert!(all.open("ana", 1).is_some());
    }
}
