//! What runs on the server alone.

pub mod actions;
pub mod auth;
pub mod delivery;
pub mod demo;
pub mod guard;
pub mod outbox;
pub mod store;

/// stub
pub fn is_demo() -> bool {
    true
}
