//! Cookies for choices that the server should know when it renders the next page.

use leptos::{prelude::*, web_sys::js_sys::Reflect};

/// In seconds.
pub const YEAR: u32 = 31_536_000;

/// Sets a cookie for so many seconds, or removes it.
pub fn set_cookie(name: &str, value: &str, seconds: Option<u32>) {
    let cookie = format!("{name}={value}; Path=/; Max-Age={}; SameSite=Lax", seconds.unwrap_or(0));
    let _ = Reflect::set(&document(), &"cookie".into(), &cookie.into());
}
