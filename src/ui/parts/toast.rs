//! What was done, said at the bottom of the page in `role="status"`, with Undo where there is one.

use super::icon::Icon;
use crate::{
    domain::{AppError, BatchId, done::Done},
    ui::hooks::focus,
};
use leptos::prelude::*;
use std::time::Duration;

/// How long a toast stays, unless the pointer or the focus is on it.
const STAY: Duration = Duration::from_secs(10);
/// The same where there is something to do or to note: reaching it by keyboard takes a while.
const STAY_LONG: Duration = Duration::from_secs(30);
/// The most that stand above each other.
const MOST: usize = 2;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u32,
    sentence: String,
    is_error: bool,
    undo: Option<Undo>,
}

/// What an Undo takes back: captured when the toast is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    pub slug: String,
    pub batch: BatchId,
}

#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
    /// Whether the pointer or the focus is on them.
    held: RwSignal<bool>,
}

/// Made once, around all pages.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0), held: RwSignal::new(false) };
    provide_context(toasts);
    toasts
}

pub fn use_toasts() -> Toasts {
    expect_context()
}

impl Toasts {
    /// `slug` is of the project in which it was done.
    pub fn done(self, slug: &str, done: &Done) {
        let undo = done.undo.map(|batch| Undo { slug: slug.to_owned(), batch });
        self.push(done.sentence.clone(), false, undo);
    }

    pub fn say(self, sentence: impl Into<String>) {
        self.push(sentence.into(), false, None);
    }

    pub fn error(self, error: &AppError) {
        self.push(error.to_string(), true, None);
    }

    fn push(self, sentence: String, is_error: bool, undo: Option<Undo>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let stay = if is_error || undo.is_some() { STAY_LONG } else { STAY };
        self.shown.update(|all| {
            all.retain(|toast| toast.sentence != sentence || toast.undo.is_some());
            all.push(Toast { id, sentence, is_error, undo });
            let beyond = all.len().saturating_sub(MOST);
            all.drain(..beyond);
        });
        self.fade(id, stay);
    }

    fn fade(self, id: u32, stay: Duration) {
        set_timeout(
            move || match self.held.try_get_untracked() {
                Some(true) => self.fade(id, STAY),
                Some(false) => self.remove(id),
                None => {}
            },
            stay,
        );
    }

    fn remove(self, id: u32) {
        self.shown.update(|all| all.retain(|toast| toast.id != id));
    }

    /// By a button of it: whatever held the toasts was on this one.
    fn dismiss(self, id: u32) {
        self.remove(id);
        self.held.set(false);
        focus::rescue();
    }
}

/// The region; it is in the page from the start, so that what comes is read out.
#[component]
pub fn ToastRegion(on_undo: Callback<Undo>) -> impl IntoView {
    let toasts = use_toasts();
    let hold = move |on: bool| toasts.held.set(on);
    let toast = move |toast: Toast| {
        let undo = toast.undo.map(|undo| {
            let take_back = move |_| {
                toasts.dismiss(toast.id);
                on_undo.run(undo.clone());
            };
            view! {
                <button type="button" class="link-button" on:click=take_back>
                    "Undo"
                </button>
            }
        });
        view! {
            <div class=if toast.is_error { "toast toast-error" } else { "toast" }>
                <p>{toast.sentence}</p>
                {undo}
                <button
                    type="button"
                    class="icon-button"
                    aria-label="Dismiss"
                    on:click=move |_| toasts.dismiss(toast.id)
                >
                    <Icon name="close" />
                </button>
            </div>
        }
    };
    view! {
        <div
            class="toasts"
            role="status"
            on:mouseenter=move |_| hold(true)
            on:mouseleave=move |_| hold(false)
            on:focusin=move |_| hold(true)
            on:focusout=move |_| hold(false)
        >
            <For each=move || toasts.shown.get() key=|toast| toast.id children=toast />
        </div>
    }
}
