//! Chance that repeats: a small generator with a seed (SplitMix64), never for secrets.

use crate::domain::Timestamp;
use uuid::{Builder, Uuid};

#[derive(Clone, Debug)]
pub struct Chance {
    state: u64,
    ids: u16,
}

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self { state: seed, ids: 0 }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// From `low` to below `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.unit() * (high - low) as f64) as i64
    }

    /// Often short, sometimes many times as long: how long people take.
    pub fn wait(&mut self, mean: i64) -> i64 {
        (-(1.0 - self.unit()).ln() * mean as f64) as i64
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.between(0, of.len() as i64) as usize]
    }

    /// By weight.
    pub fn weighted<T: Copy>(&mut self, of: &[(T, u32)]) -> Option<T> {
        let total: u32 = of.iter().map(|(_, weight)| weight).sum();
        let mut left = self.between(0, total.into()) as u32;
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

    /// A UUIDv7 of an instant; those of one instant keep their order.
    pub fn id(&mut self, at: Timestamp) -> Uuid {
        let mut bytes = [0; 10];
        self.ids = self.ids.wrapping_add(1) & 0x0fff;
        bytes[..2].copy_from_slice(&self.ids.to_be_bytes());
        bytes[2..].copy_from_slice(&self.next().to_be_bytes());
        Builder::from_unix_timestamp_millis(u64::try_from(at.0).unwrap_or(0), &bytes).into_uuid()
    }
}
