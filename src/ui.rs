//! What the browser shows: pages, the components that they arrange, and hooks.

pub mod connections;
pub mod customer;
pub mod frame;
pub mod hooks;
pub mod messages;
pub mod on_demand;
pub mod pages;
pub mod parts;
