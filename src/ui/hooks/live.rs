//! Following a project live: the server says that something changed, and the page reads anew.

use crate::ui::parts::toast::use_toasts;
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
};
use std::{cell::RefCell, rc::Rc, time::Duration};
use web_sys::EventSource;

/// How long an open menu or dialog, or a tab in the background, puts the reading off, each time.
const PATIENCE: Duration = Duration::from_millis(700);

/// Calls `read` when anything in the project changes, here or elsewhere. Not while a menu or a dialog is open: what it is
/// about must not move away under it.
pub fn use_live(slug: Signal<String>, read: impl Fn() + Clone + Send + Sync + 'static) {
    let toasts = use_toasts();
    let own = read.clone();
    Effect::new(move |before: Option<u32>| {
        let now = toasts.track();
        if before.is_some_and(|b| b != now) {
            own();
        }
        now
    });
    Effect::new(move |_| {
        let slug = slug.get();
        if slug.is_empty() {
            return;
        }
        let Ok(source) = EventSource::new(&format!("/projects/{slug}/live")) else { return };
        let waiting = Rc::new(RefCell::new(false));
        let read = read.clone();
        let on_change = Closure::<dyn FnMut()>::new(move || {
            if !waiting.replace(true) {
                when_quiet(read.clone(), waiting.clone());
            }
        });
        let _ = source.add_event_listener_with_callback("changed", on_change.as_ref().unchecked_ref());
        let held = StoredValue::new_local((source, on_change));
        on_cleanup(move || held.with_value(|(source, _)| source.close()));
    });
}

fn when_quiet(read: impl Fn() + Clone + 'static, waiting: Rc<RefCell<bool>>) {
    let busy = document().query_selector("[role=menu], dialog[open]").ok().flatten().is_some();
    if busy || document().hidden() {
        set_timeout(move || when_quiet(read, waiting), PATIENCE);
    } else {
        waiting.replace(false);
        read();
    }
}
