//! Random choices that repeat: the same seed gives the same choices. Never for secrets.

use crate::domain::Timestamp;
use fastrand::Rng;
use uuid::{Builder, Uuid};

#[derive(Clone, Debug)]
pub struct Chance {
    random: Rng,
    ids: u16,
}

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self { random: Rng::with_seed(seed), ids: 0 }
    }

    pub fn happens(&mut self, probability: f64) -> bool {
        self.random.f64() < probability
    }

    /// A number from `low` to `high`, without `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        if low < high { self.random.i64(low..high) } else { low }
    }

    /// An exponentially distributed time, for how long people take.
    pub fn wait(&mut self, mean: i64) -> i64 {
        (-(1.0 - self.random.f64()).ln() * mean as f64) as i64
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.random.usize(..of.len())]
    }

    /// Picks one of the choices by their weights.
    pub fn weighted<T: Copy>(&mut self, of: &[(T, u32)]) -> Option<T> {
        let total: u32 = of.iter().map(|(_, weight)| weight).sum();
        let mut left = self.random.u32(..total.max(1));
        of.iter()
            .find(|(_, weight)| {
                if left < *weight {
                    true
                } else {
                    left -= weight;
                    false
                }
            })
            .map(|(item, _)| *item)
    }

    /// A UUIDv7 for an instant; ids of the same instant ascend.
    pub fn id(&mut self, at: Timestamp) -> Uuid {
        let mut bytes = [0; 10];
        self.ids = self.ids.wrapping_add(1) & 0x0fff;
        bytes[..2].copy_from_slice(&self.ids.to_be_bytes());
        bytes[2..].copy_from_slice(&self.random.u64(..).to_be_bytes());
        Builder::from_unix_timestamp_millis(u64::try_from(at.0).unwrap_or(0), &bytes).into_uuid()
    }
}
