//! review-messages: ask customers for reviews by email and SMS, and see and steer every message in a browser.
//!
//! One crate, two builds of it: the server (`ssr`) and the browser's WebAssembly (`hydrate`). ARCHITECTURE.md tells the
//! zones and what each may do; this file holds the only gates between them.
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

/// Where the browser's build starts.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    use leptos::wasm_bindgen::JsCast;

    console_error_panic_hook::set_once();
    let root = leptos::prelude::document().get_element_by_id(ui::enhance::ROOT);
    if let Some(root) = root.and_then(|root| root.dyn_into().ok()) {
        leptos::mount::hydrate_from(root, ui::enhance::Enhancements).forget();
    }
}
