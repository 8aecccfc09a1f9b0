//! How often somebody may try: buckets of tokens that refill with time.

use crate::domain::{AppError, AppResult, Timestamp};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most keys of a limit. Beyond them, buckets that are full again are dropped, and then those that nobody used for longest.
const KEYS: usize = 10_000;
/// How many requests a minute one key of the REST API may send, unless another number was chosen.
pub const API_A_MINUTE: u32 = 1_200;

/// The limits that all requests share.
#[derive(Debug)]
pub struct Limits {
    /// Failed sign-ins of one account from one network, or from one browser that it knows.
    pub source: Limit,
    /// Failed sign-ins from one network.
    pub address: Limit,
    /// Failed sign-ins of one account from everywhere, but for the browsers that it knows.
    pub account: Limit,
    /// Wrong codes of one person from one network, or from one browser that the account knows.
    pub codes: Limit,
    /// Wrong codes of one person from everywhere, but for the browsers that the account knows.
    pub person_codes: Limit,
    /// Wrong codes of one person from all browsers that the account knows.
    pub known_codes: Limit,
    /// Sign-ins by passkey that one network begins.
    pub passkeys: Limit,
    /// Requests for unknown links of public pages, from one address.
    pub public: Limit,
    /// Opens or clicks of one message that are recorded.
    pub hits: Limit,
    /// Requests to the REST API by one key.
    pub api: Limit,
    /// Test messages and other questions to providers and to the DNS that the staff of one project ask.
    pub tests: Limit,
    /// Deliveries of webhooks that the admins of one project send again.
    pub resends: Limit,
    /// Invitations that the admins of one project send, at once and in a day.
    pub invitations: Limit,
    pub invitations_of_day: Limit,
    /// Invitations that go to one address, of whichever project.
    pub invited: Limit,
    /// Live connections of one person.
    pub live: Connections,
    /// Files that are being uploaded to one project.
    pub uploads: Connections,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(API_A_MINUTE)
    }
}

impl Limits {
    /// `api_a_minute` is how many requests one key of the REST API may send in a minute.
    pub fn new(api_a_minute: u32) -> Self {
        Self {
            api: Limit::per_minute(api_a_minute),
            source: Limit::per_minute(10),
            address: Limit::per_minute(100),
            account: Limit::per_minute(30),
            // Three codes of a million are right at a time: whoever has the password guesses one with a chance of a tenth in ten weeks.
            codes: Limit::per_hour(10),
            person_codes: Limit::per_hour(20),
            known_codes: Limit::per_hour(60),
            passkeys: Limit::per_minute(30),
            public: Limit::per_minute(120),
            hits: Limit::per_minute(30),
            tests: Limit::per_minute(6),
            resends: Limit::per_minute(30),
            invitations: Limit::per_minute(10),
            invitations_of_day: Limit::per_day(100),
            invited: Limit::per_day(5),
            live: Connections::default(),
            uploads: Connections::default(),
        }
    }

    /// Takes an attempt to sign in. A browser that the account knows counts for itself, so that no stranger's attempts keep
    /// it out; it has no more attempts than a stranger's network.
    ///
    /// # Errors
    /// `TooMany` with a sentence that says how long to wait.
    pub fn sign_in(
        &self,
        account: &str,
        network: &str,
        device: Option<&str>,
        now: Timestamp,
    ) -> AppResult<Attempt<'_>> {
        let mut attempt = Attempt(vec![(&self.source, format!("{account} {}", device.unwrap_or(network)))]);
        if device.is_none() {
            attempt.0.insert(0, (&self.address, network.to_owned()));
            attempt.0.push((&self.account, account.to_owned()));
        }
        attempt.taken(now)
    }

    /// Takes an invitation of somebody to a project.
    ///
    /// # Errors
    /// `TooMany` with a sentence that says how long to wait.
    pub fn invitation(&self, project: &str, email: &str, now: Timestamp) -> AppResult<()> {
        self.invitations.take(project, now)?;
        self.invited.take(email, now)?;
        self.invitations_of_day.take(project, now)
    }

    /// Takes an attempt to enter a code, likewise; the known browsers of a person are limited together, too.
    ///
    /// # Errors
    /// `TooMany` with a sentence that says how long to wait.
    pub fn code(&self, person: &str, network: &str, device: Option<&str>, now: Timestamp) -> AppResult<Attempt<'_>> {
        let mut attempt = Attempt(vec![(&self.codes, format!("{person} {}", device.unwrap_or(network)))]);
        if device.is_none() {
            attempt.0.insert(0, (&self.address, network.to_owned()));
        }
        let all = if device.is_none() { &self.person_codes } else { &self.known_codes };
        attempt.0.push((all, person.to_owned()));
        attempt.taken(now)
    }
}

/// An attempt that counts, unless it is given back.
#[derive(Debug)]
pub struct Attempt<'a>(Vec<(&'a Limit, String)>);

impl Attempt<'_> {
    fn taken(self, now: Timestamp) -> AppResult<Self> {
        // In this order, so that what one network may not do takes nothing from the account.
        self.0.iter().try_for_each(|(limit, key)| limit.take(key, now))?;
        Ok(self)
    }

    pub fn give_back(&self) {
        for (limit, key) in &self.0 {
            limit.give_back(key);
        }
    }
}

/// A number of attempts in some time for each key, all at once or spread.
#[derive(Debug)]
pub struct Limit {
    most: f64,
    per_minute: f64,
    left: Mutex<HashMap<String, Left>>,
}

/// What is left of a limit after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// The most attempts at once.
    pub limit: u64,
    pub remaining: u64,
    /// In how many seconds all of them are there again.
    pub reset: u64,
    /// How many seconds to wait, where there was none to take.
    pub wait: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Left {
    tokens: f64,
    at: Timestamp,
}

impl Limit {
    pub fn per_minute(n: u32) -> Self {
        Self { most: n.into(), per_minute: n.into(), left: Mutex::default() }
    }

    pub fn per_hour(n: u32) -> Self {
        Self { per_minute: f64::from(n) / 60.0, ..Self::per_minute(n) }
    }

    pub fn per_day(n: u32) -> Self {
        Self { per_minute: f64::from(n) / (24.0 * 60.0), ..Self::per_minute(n) }
    }

    /// Takes one attempt; legitimate ones are given back with [`Limit::give_back`].
    ///
    /// # Errors
    /// `TooMany` with a sentence that says how long to wait.
    pub fn take(&self, key: &str, now: Timestamp) -> AppResult<()> {
        let wait = match self.spend(key, now).wait {
            None => return Ok(()),
            Some(wait) => wait as f64,
        };
        let (wait, unit) = match wait {
            wait if wait > 90.0 * 60.0 => ((wait / 3600.0).ceil(), "hour"),
            wait if wait > 90.0 => ((wait / 60.0).ceil(), "minute"),
            wait => (wait, "second"),
        };
        let unit = if wait == 1.0 { unit.to_owned() } else { format!("{unit}s") };
        Err(AppError::TooMany(format!("Too many attempts. Wait {wait} {unit}, then try again.")))
    }

    /// Takes one attempt if there is one, and tells what is left.
    pub fn spend(&self, key: &str, now: Timestamp) -> Quota {
        let mut all = self.lock();
        if all.len() >= KEYS && !all.contains_key(key) {
            self.make_room(&mut all, now);
        }
        let left = all.entry(key.to_owned()).or_insert(Left { tokens: self.most, at: now });
        let tokens = self.refilled(*left, now);
        let rest = if tokens < 1.0 { tokens } else { tokens - 1.0 };
        *left = Left { tokens: rest, at: now };
        let seconds_to = |more: f64| (more * 60.0 / self.per_minute).ceil() as u64;
        Quota {
            limit: self.most as u64,
            remaining: rest as u64,
            reset: seconds_to(self.most - rest),
            wait: (tokens < 1.0).then(|| seconds_to(1.0 - tokens)),
        }
    }

    pub fn give_back(&self, key: &str) {
        if let Some(left) = self.lock().get_mut(key) {
            left.tokens = (left.tokens + 1.0).min(self.most);
        }
    }

    /// Drops a tenth at least, so that a flood of keys does not come here with each.
    fn make_room(&self, all: &mut HashMap<String, Left>, now: Timestamp) {
        all.retain(|_, left| self.refilled(*left, now) < self.most);
        let keep = KEYS / 10 * 9;
        if all.len() > keep {
            let mut times: Vec<Timestamp> = all.values().map(|left| left.at).collect();
            let (_, oldest_kept, _) = times.select_nth_unstable(all.len() - keep);
            let oldest_kept = *oldest_kept;
            all.retain(|_, left| left.at > oldest_kept);
        }
    }

    fn refilled(&self, left: Left, now: Timestamp) -> f64 {
        let minutes = (now.0 - left.at.0).max(0) as f64 / Timestamp::MINUTE as f64;
        (left.tokens + minutes * self.per_minute).min(self.most)
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
    fn what_is_left_is_told() {
        let limit = Limit::per_minute(3);
        let now = Timestamp(0);
        let quota = |remaining, reset, wait| Quota { limit: 3, remaining, reset, wait };
        assert_eq!(limit.spend("key", now), quota(2, 20, None));
        assert_eq!(limit.spend("key", now), quota(1, 40, None));
        assert_eq!(limit.spend("key", now), quota(0, 60, None));
        assert_eq!(limit.spend("key", now), quota(0, 60, Some(20)));
        assert_eq!(limit.spend("key", now.plus(20 * Timestamp::SECOND)), quota(0, 60, None));
        assert_eq!(limit.spend("key", now.plus(Timestamp::HOUR)), quota(2, 20, None));
    }

    #[test]
    fn so_many_an_hour() {
        let limit = Limit::per_hour(10);
        let now = Timestamp(0);
        assert!((0..10).all(|_| limit.take("ana", now).is_ok()));
        let refused = limit.take("ana", now).unwrap_err();
        assert_eq!(refused.to_string(), "Too many attempts. Wait 6 minutes, then try again.");
        assert!(limit.take("ana", now.plus(6 * Timestamp::MINUTE)).is_ok());
        assert!(limit.take("ana", now.plus(7 * Timestamp::MINUTE)).is_err());
    }

    #[test]
    fn nobody_gets_many_invitations_and_no_project_sends_many() {
        let limits = Limits::default();
        let at = |minute: i64| Timestamp(minute * Timestamp::MINUTE);
        let refused = (0..6).find_map(|minute| limits.invitation("cup", "ana@example.com", at(minute)).err()).unwrap();
        assert_eq!(refused.to_string(), "Too many attempts. Wait 5 hours, then try again.");
        assert!(limits.invitation("bean", "ana@example.com", at(6)).is_err(), "of whichever project");
        assert!(limits.invitation("cup", "ben@example.com", at(6)).is_ok());
        let sent = (0..200).filter(|n| limits.invitation("leaf", &n.to_string(), at(*n)).is_ok()).count();
        assert!((100..120).contains(&sent), "{sent}: those of a day, and what has refilled meanwhile");
    }

    #[test]
    fn codes_of_strangers_lock_nobody_out_of_a_known_browser() {
        let limits = Limits::default();
        let now = Timestamp(0);
        let allowed = |network: &str| (0..20).filter(|_| limits.code("ana", network, None, now).is_ok()).count();
        assert_eq!([allowed("192.0.2.1"), allowed("192.0.2.2"), allowed("192.0.2.3")], [10, 10, 0]);
        assert!((0..10).all(|_| limits.code("ana", "192.0.2.1", Some("known"), now).is_ok()));
        assert!(limits.code("ana", "192.0.2.1", Some("known"), now).is_err());
        assert!(limits.code("ben", "192.0.2.5", None, now).is_ok());
    }

    #[test]
    fn many_known_browsers_have_no_more_codes_than_some() {
        let limits = Limits::default();
        let now = Timestamp(0);
        let tried = (0..1_000).filter(|n| limits.code("ana", "192.0.2.1", Some(&format!("{}", n / 10)), now).is_ok());
        assert_eq!(tried.count(), 60);
        assert!(limits.code("ben", "192.0.2.1", Some("known"), now).is_ok());
    }

    #[test]
    fn a_flood_of_keys_drops_the_oldest() {
        let limit = Limit::per_minute(1);
        for key in 0..3 * KEYS {
            limit.take(&key.to_string(), Timestamp(i64::try_from(key / 10).unwrap())).unwrap();
        }
        assert!(limit.lock().len() <= KEYS);
        let now = Timestamp(i64::try_from(3 * KEYS / 10).unwrap());
        assert!(limit.take(&(3 * KEYS - 1).to_string(), now).is_err() && limit.take("0", now).is_ok());
    }

    #[test]
    fn strangers_lock_nobody_out_of_a_known_browser() {
        let limits = Limits::default();
        let now = Timestamp(0);
        for network in ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"] {
            for _ in 0..20 {
                let _ = limits.sign_in("ana", network, None, now);
            }
        }
        assert!(limits.sign_in("ana", "192.0.2.9", None, now).is_err(), "from everywhere together: 30");
        assert!((0..10).all(|_| limits.sign_in("ana", "192.0.2.1", Some("known"), now).is_ok()));
        assert!(limits.sign_in("ana", "192.0.2.1", Some("known"), now).is_err());
    }

    #[test]
    fn one_network_alone_locks_no_other_out() {
        let limits = Limits::default();
        let now = Timestamp(0);
        let allowed = (0..1_000).filter(|_| limits.sign_in("ana", "192.0.2.1", None, now).is_ok()).count();
        assert_eq!(allowed, 10);
        assert!(limits.sign_in("ana", "192.0.2.9", None, now).is_ok());
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
