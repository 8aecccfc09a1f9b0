//! What the browser shows: pages and parts, which the server makes, and what scripts add to them (`enhance`).

pub mod customer;
pub mod enhance;
pub mod frame;
pub mod messages;
pub mod pages;
pub mod parts;
