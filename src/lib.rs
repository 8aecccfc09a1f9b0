//! review-messages: ask customers for reviews by email and SMS, and see and steer every message in a browser.
//!
//! One crate, two builds of it: the server (`ssr`) and, by the small crate in browser/, the browser's WebAssembly
//! (`hydrate`). ARCHITECTURE.md tells the zones and what each may do; this file holds the only gates between them.
#![recursion_limit = "256"]

pub mod api;
pub mod app;
#[cfg(feature = "ssr")]
pub mod commands;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(all(test, feature = "ssr"))]
mod tests;
pub mod ui;
#[cfg(feature = "ssr")]
pub mod web;
