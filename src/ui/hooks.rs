//! State and behavior that components share.

pub mod action;
pub mod address;
pub mod arrival;
pub mod changing;
pub mod cookie;
pub mod deep_link;
pub mod effect;
pub mod focus;
pub mod keys;
pub mod later;
pub mod live;
pub mod page_data;
pub mod passkeys;
pub mod resource;
pub mod typing;
