//! Single-key shortcuts on the Messages page: `/` search, `j` and `k` rows, `x` tick, `Enter` open, `?` help. They can be
//! switched off (WCAG 2.1.4), which this browser remembers.

use super::focus;
use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement, Storage},
};

/// What the help lists.
pub const KEYS: [(&str, &str); 6] = [
    ("/", "Search"),
    ("j", "Next row"),
    ("k", "Previous row"),
    ("x", "Tick or untick the row"),
    ("Enter", "Open the row's customer at this message"),
    ("?", "This help"),
];

/// Where this browser remembers that they are off.
const OFF: &str = "single-key-shortcuts-off";

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

pub fn are_on() -> bool {
    storage().and_then(|storage| storage.get_item(OFF).ok().flatten()).is_none()
}

pub fn switch(on: bool) {
    let Some(storage) = storage() else { return };
    let _ = if on { storage.remove_item(OFF) } else { storage.set_item(OFF, "yes") };
}

/// `help` is called for `?`.
pub fn use_keys(help: Callback<()>) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() || is_taken() {
            return;
        }
        let done = match event.key().as_str() {
            // This is no single-key shortcut: it opens the focused row.
            "Enter" => row_has_focus() && click_in_row("a.customer-name"),
            _ if !are_on() => false,
            "/" => focus_search(),
            "j" => step(1),
            "k" => step(-1),
            "x" => click_in_row("input[type=checkbox]"),
            "?" => {
                help.run(());
                true
            }
            _ => false,
        };
        if done {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether the key goes elsewhere: into a control, or to an open menu or dialog.
fn is_taken() -> bool {
    let open = document().query_selector("dialog[open], [role=menu]").ok().flatten().is_some();
    open || document().active_element().is_some_and(|element| {
        let is_checkbox = element.get_attribute("type").as_deref() == Some("checkbox");
        element.matches("input, textarea, select, [contenteditable]").unwrap_or(false) && !is_checkbox
    })
}

fn focus_search() -> bool {
    let search = focus::by_id("filter-q").and_then(|element| element.dyn_into::<HtmlElement>().ok());
    search.is_some_and(|search| search.focus().is_ok())
}

/// The row that holds the focus.
fn current() -> Option<Element> {
    document().active_element()?.closest("tr.row").ok().flatten()
}

fn row_has_focus() -> bool {
    document().active_element().is_some_and(|element| element.matches("tr.row").unwrap_or(false))
}

fn step(by: i32) -> bool {
    let Ok(rows) = document().query_selector_all("tr.row") else { return false };
    let here = current();
    let at = (0..rows.length()).find(|i| rows.item(*i).as_ref() == here.as_ref().map(AsRef::as_ref));
    let to = match at {
        Some(i) => (i as i32 + by).clamp(0, rows.length() as i32 - 1),
        None => 0,
    };
    let row = rows.item(to as u32).and_then(|row| row.dyn_into::<HtmlElement>().ok());
    row.is_some_and(|row| row.focus().is_ok())
}

fn click_in_row(selector: &str) -> bool {
    let inside = current().and_then(|row| row.query_selector(selector).ok().flatten());
    inside.and_then(|element| element.dyn_into::<HtmlElement>().ok()).is_some_and(|element| {
        element.click();
        true
    })
}
