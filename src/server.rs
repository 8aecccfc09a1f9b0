//! What runs on the server alone.

pub mod actions;
pub mod auth;
pub mod guard;
pub mod outbox;
pub mod store;
