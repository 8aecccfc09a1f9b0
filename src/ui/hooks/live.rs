//! Following a project live: the server says that something changed, and the page reads anew.

use crate::ui::parts::toast::use_toasts;
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
};
use std::{cell::Cell, rc::Rc, time::Duration};
use web_sys::EventSource;

/// How long an open menu puts the reading off, each time.
const PATIENCE: Duration = Duration::from_millis(700);

/// Calls `read` when anything in the project changes, here or elsewhere. Not while a menu is open: it must not move away
/// under the pointer.
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
    follow(slug, read);
}

/// The same for changes that the server tells of, without those made here that have not come back from it yet.
pub fn follow(slug: Signal<String>, read: impl Fn() + Send + Sync + 'static) {
    let read = Callback::new(move |()| read());
    let seen = RwSignal::new(true);
    Effect::new(move |_| {
        let handle = window_event_listener_untyped("visibilitychange", move |_| seen.set(!document().hidden()));
        on_cleanup(move || handle.remove());
    });
    // A tab in the background holds no connection: browsers allow few to one server. What it missed, it reads when it is
    // looked at again.
    Effect::new(move |before: Option<bool>| {
        let now = seen.get();
        if before == Some(false) && now {
            read.run(());
        }
        now
    });
    Effect::new(move |_| {
        let slug = slug.get();
        if !slug.is_empty() && seen.get() {
            listen(&slug, read);
        }
    });
}

/// What of a page's reading is under way.
#[derive(Default)]
struct Reading {
    waiting: Cell<bool>,
    /// The page was left.
    over: Cell<bool>,
}

/// Until the effect that it is called in runs again or ends.
fn listen(slug: &str, read: Callback<()>) {
    let Ok(source) = EventSource::new(&format!("/projects/{slug}/live")) else { return };
    let reading = Rc::new(Reading::default());
    let changed = {
        let reading = reading.clone();
        Closure::<dyn FnMut()>::new(move || {
            if !reading.waiting.replace(true) {
                when_quiet(read, reading.clone());
            }
        })
    };
    let _ = source.add_event_listener_with_callback("changed", changed.as_ref().unchecked_ref());
    let held = StoredValue::new_local((source, changed, reading));
    on_cleanup(move || {
        held.with_value(|(source, _, reading)| {
            source.close();
            reading.over.set(true);
        });
    });
}

fn when_quiet(read: Callback<()>, reading: Rc<Reading>) {
    if reading.over.get() {
        return;
    }
    let open = "[role=menu], details.menu-button[open]";
    if document().query_selector(open).ok().flatten().is_some() {
        set_timeout(move || when_quiet(read, reading), PATIENCE);
    } else {
        reading.waiting.set(false);
        read.run(());
    }
}
