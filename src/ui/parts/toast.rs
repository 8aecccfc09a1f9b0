//! What was done, said at the bottom of the page in `role="status"`, with Undo where there is one.

use super::icon::Icon;
use crate::{
    api::messages::undo_cancel,
    domain::{AppError, BatchId, customer::Done},
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How long a toast stays, unless the pointer or the focus is on it.
const STAY: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u32,
    sentence: String,
    error: bool,
    undo: Option<BatchId>,
}

#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
    held: RwSignal<bool>,
    /// The project in whose pages we are: whose cancel Undo takes back.
    slug: RwSignal<String>,
    /// Rises when something was changed from here: pages read anew.
    changes: RwSignal<u32>,
}

/// Made once, around all pages.
pub fn provide_toasts() {
    provide_context(Toasts {
        shown: RwSignal::new(Vec::new()),
        next: StoredValue::new(0),
        held: RwSignal::new(false),
        slug: RwSignal::new(String::new()),
        changes: RwSignal::new(0),
    });
}

pub fn use_toasts() -> Toasts {
    expect_context()
}

impl Toasts {
    pub fn enter(self, slug: &str) {
        if self.slug.with_untracked(|s| s != slug) {
            self.slug.set(slug.to_owned());
        }
    }

    pub fn done(self, done: Done) {
        self.push(done.sentence, false, done.undo);
        self.changed();
    }

    pub fn say(self, sentence: impl Into<String>) {
        self.push(sentence.into(), false, None);
    }

    pub fn error(self, error: &AppError) {
        self.push(error.to_string(), true, None);
    }

    pub fn changed(self) {
        self.changes.update(|n| *n += 1);
    }

    /// For an effect: runs again with each change made from here.
    pub fn track(self) -> u32 {
        self.changes.get()
    }

    fn push(self, sentence: String, error: bool, undo: Option<BatchId>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|all| {
            all.retain(|t| t.sentence != sentence);
            all.push(Toast { id, sentence, error, undo });
        });
        self.fade(id);
    }

    fn fade(self, id: u32) {
        set_timeout(
            move || {
                if self.held.get_untracked() {
                    self.fade(id);
                } else {
                    self.dismiss(id);
                }
            },
            STAY,
        );
    }

    fn dismiss(self, id: u32) {
        self.shown.update(|all| all.retain(|t| t.id != id));
    }

    fn undo(self, toast: u32, batch: BatchId) {
        self.dismiss(toast);
        let slug = self.slug.get_untracked();
        spawn_local(async move {
            match undo_cancel(slug, batch).await {
                Ok(done) => self.done(done),
                Err(e) => self.error(&e),
            }
        });
    }
}

/// The region; it is in the page from the start, so that what comes is read out.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    let hold = move |on: bool| toasts.held.set(on);
    view! {
        <div
            class="toasts"
            role="status"
            on:mouseenter=move |_| hold(true)
            on:mouseleave=move |_| hold(false)
            on:focusin=move |_| hold(true)
            on:focusout=move |_| hold(false)
        >
            <For each=move || toasts.shown.get() key=|t| t.id let:toast>
                <div class=if toast.error { "toast toast-error" } else { "toast" }>
                    <p>{toast.sentence.clone()}</p>
                    {toast
                        .undo
                        .map(|batch| {
                            view! {
                                <button type="button" class="link-button" on:click=move |_| toasts.undo(toast.id, batch)>
                                    "Undo"
                                </button>
                            }
                        })}
                    <button
                        type="button"
                        class="icon-button"
                        aria-label="Dismiss"
                        on:click=move |_| toasts.dismiss(toast.id)
                    >
                        <Icon name="close" />
                    </button>
                </div>
            </For>
        </div>
    }
}
