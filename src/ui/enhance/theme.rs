//! Light, dark, or as the system has it; remembered in a cookie, so that the server sends the page in it.

use super::dom;
use leptos::{ev, prelude::*};

/// Whether it was the switch.
pub fn clicked(e: &ev::MouseEvent) -> bool {
    let is_switch = dom::target(e, ".theme-switch").is_some();
    if is_switch {
        switch();
    }
    is_switch
}

fn switch() {
    let Some(root) = document().document_element() else { return };
    let dark_now = match root.get_attribute("data-theme").as_deref() {
        Some(theme) => theme == "dark",
        None => window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|m| m.matches()),
    };
    let theme = if dark_now { "light" } else { "dark" };
    let _ = root.set_attribute("data-theme", theme);
    let cookie = format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax");
    let _ = web_sys::js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}
