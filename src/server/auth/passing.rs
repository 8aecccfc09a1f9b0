//! What is kept in memory for some minutes: the state of a ceremony between two requests of one browser, and recovery codes until they
//! are kept. It is gone when the server stops, and another process does not have it.

use crate::domain::Timestamp;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most that is kept; beyond it, the oldest goes.
const MOST: usize = 10_000;

/// Values, each under the hash of a token that one browser alone has.
#[derive(Debug)]
pub struct Passing<T> {
    /// In milliseconds.
    life: i64,
    all: Mutex<HashMap<Vec<u8>, (Timestamp, T)>>,
}

impl<T: Clone> Passing<T> {
    pub fn for_minutes(minutes: i64) -> Self {
        Self { life: minutes * Timestamp::MINUTE, all: Mutex::default() }
    }

    pub fn put(&self, key: Vec<u8>, value: T, now: Timestamp) {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.retain(|_, (since, _)| now.0 - since.0 < self.life);
        }
        if all.len() >= MOST {
            // A tenth, so that a flood does not come here with each.
            let mut times: Vec<Timestamp> = all.values().map(|(since, _)| *since).collect();
            let (_, newest_gone, _) = times.select_nth_unstable(MOST / 10);
            let newest_gone = *newest_gone;
            all.retain(|_, (since, _)| *since > newest_gone);
        }
        all.insert(key, (now, value));
    }

    /// What is kept under `key`, and is not too old.
    pub fn get(&self, key: &[u8], now: Timestamp) -> Option<T> {
        self.lock().get(key).filter(|(since, _)| now.0 - since.0 < self.life).map(|(_, value)| value.clone())
    }

    /// The same; it is kept no longer.
    pub fn take(&self, key: &[u8], now: Timestamp) -> Option<T> {
        self.lock().remove(key).filter(|(since, _)| now.0 - since.0 < self.life).map(|(_, value)| value)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Vec<u8>, (Timestamp, T)>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_taken_once_and_not_too_late() {
        let kept = Passing::for_minutes(5);
        let now = Timestamp(0);
        kept.put(vec![1], "one", now);
        assert_eq!(kept.get(&[1], now), Some("one"));
        assert_eq!(kept.get(&[2], now), None);
        assert_eq!(kept.take(&[1], now.plus(4 * Timestamp::MINUTE)), Some("one"));
        assert_eq!(kept.take(&[1], now), None);
        kept.put(vec![1], "one", now);
        assert_eq!(kept.get(&[1], now.plus(5 * Timestamp::MINUTE)), None);
        assert_eq!(kept.take(&[1], now.plus(5 * Timestamp::MINUTE)), None);
    }

    #[test]
    fn a_flood_drops_the_oldest() {
        let kept = Passing::for_minutes(5);
        for n in 0..2 * MOST as u64 {
            kept.put(n.to_be_bytes().to_vec(), n, Timestamp(n as i64 / 100));
        }
        assert!(kept.lock().len() <= MOST);
        let last = 2 * MOST as u64 - 1;
        assert_eq!(kept.get(&last.to_be_bytes(), Timestamp(200)), Some(last));
        assert_eq!(kept.get(&0u64.to_be_bytes(), Timestamp(200)), None);
    }
}
