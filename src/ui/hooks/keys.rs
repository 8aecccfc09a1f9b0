//! The keyboard on the Messages page: `/` search, `j` and `k` rows, `x` tick, `Enter` open, `?` help.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, HtmlElement};

/// What the help lists.
pub const KEYS: [(&str, &str); 6] = [
    ("/", "Search"),
    ("j", "Next row"),
    ("k", "Previous row"),
    ("x", "Tick or untick the row"),
    ("Enter", "Open the row's customer at this message"),
    ("?", "This help"),
];

/// `help` is called for `?`.
pub fn use_keys(help: Callback<()>) {
    let handle = window_event_listener(ev::keydown, move |e| {
        if e.ctrl_key() || e.meta_key() || e.alt_key() || e.default_prevented() || is_taken() {
            return;
        }
        let done = match e.key().as_str() {
            "/" => focus("#filter-q"),
            "j" => step(1),
            "k" => step(-1),
            "x" => click_in_row("input[type=checkbox]"),
            "Enter" => row_has_focus() && click_in_row("a.customer-name"),
            "?" => {
                help.run(());
                true
            }
            _ => false,
        };
        if done {
            e.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Typing goes where it is typed; menus and dialogs have keys of their own.
fn is_taken() -> bool {
    let open = document().query_selector("dialog[open], [role=menu]").ok().flatten().is_some();
    open || document().active_element().is_some_and(|e| {
        let tick = e.get_attribute("type").as_deref() == Some("checkbox");
        e.matches("input, textarea, select, [contenteditable]").unwrap_or(false) && !tick
    })
}

fn focus(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten().and_then(|e| e.dyn_into::<HtmlElement>().ok());
    found.is_some_and(|e| e.focus().is_ok())
}

/// The row that holds the focus.
fn current() -> Option<Element> {
    document().active_element()?.closest("tr.row").ok().flatten()
}

fn row_has_focus() -> bool {
    document().active_element().is_some_and(|e| e.matches("tr.row").unwrap_or(false))
}

fn step(by: i32) -> bool {
    let Ok(rows) = document().query_selector_all("tr.row") else { return false };
    let here = current();
    let at = (0..rows.length()).find(|i| rows.item(*i).as_ref() == here.as_ref().map(AsRef::as_ref));
    let to = match at {
        Some(i) => (i as i32 + by).clamp(0, rows.length() as i32 - 1),
        None => 0,
    };
    let row = rows.item(to as u32).and_then(|r| r.dyn_into::<HtmlElement>().ok());
    row.is_some_and(|r| r.focus().is_ok())
}

fn click_in_row(selector: &str) -> bool {
    let inside = current().and_then(|row| row.query_selector(selector).ok().flatten());
    inside.and_then(|e| e.dyn_into::<HtmlElement>().ok()).is_some_and(|e| {
        e.click();
        true
    })
}
