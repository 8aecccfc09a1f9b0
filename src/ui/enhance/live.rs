//! Following a project live: the server says that something changed, and the page is read anew.

use super::{dom, menu, page::Page};
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
};
use std::time::Duration;
use web_sys::EventSource;

/// How long an open menu puts the reading off, each time.
const PATIENCE: Duration = Duration::from_millis(700);

/// Reads the page anew when anything in its project changes. Not while a menu is open: it must not move away under the pointer.
pub fn follow(page: Page) {
    let project = Memo::new(move |_| {
        page.track();
        dom::by_id("content").map(|_| dom::slug()).unwrap_or_default()
    });
    let seen = RwSignal::new(true);
    Effect::new(move |_| {
        let _ = window_event_listener_untyped("visibilitychange", move |_| seen.set(!document().hidden()));
    });
    // A tab in the background holds no connection: browsers allow few to one server. What it missed, it reads when it is
    // looked at again.
    Effect::new(move |before: Option<bool>| {
        let now = seen.get();
        if before == Some(false) && now {
            page.refresh();
        }
        now
    });
    Effect::new(move |_| {
        let project = project.get();
        if !project.is_empty() && seen.get() {
            listen(&project, page);
        }
    });
}

/// Until the effect that it is called in runs again.
fn listen(project: &str, page: Page) {
    let Ok(source) = EventSource::new(&format!("/projects/{project}/live")) else { return };
    let changed = Closure::<dyn FnMut()>::new(move || when_quiet(page));
    let _ = source.add_event_listener_with_callback("changed", changed.as_ref().unchecked_ref());
    let held = StoredValue::new_local((source, changed));
    on_cleanup(move || held.with_value(|(source, _)| source.close()));
}

/// Reads the page anew as soon as no menu is open.
pub fn when_quiet(page: Page) {
    if menu::is_open() {
        set_timeout(move || when_quiet(page), PATIENCE);
    } else {
        page.refresh();
    }
}
