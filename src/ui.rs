//! What the browser shows.

pub mod customer;
pub mod frame;
pub mod hooks;
pub mod messages;
pub mod pages;
pub mod parts;
