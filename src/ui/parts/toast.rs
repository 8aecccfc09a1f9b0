//! What was done, said at the bottom of the page in `role="status"`, with Undo where there is one; and what is under way.

use super::{icon::Icon, post::post};
use crate::{
    api::messages::UndoCancel,
    domain::{AppError, AppResult, BatchId, customer::Done},
    ui::hooks::focus,
};
use leptos::{prelude::*, task::spawn_local};
use std::{future::Future, time::Duration};

/// How long a toast stays, unless the pointer or the focus is on it.
const STAY: Duration = Duration::from_secs(10);
/// The same where there is something to do or to note: reaching it by keyboard takes a while.
const STAY_LONG: Duration = Duration::from_secs(30);

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
    /// How many calls to the server are under way.
    working: RwSignal<u32>,
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
        working: RwSignal::new(0),
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

    /// Waits for a call to the server; meanwhile the page shows that something is under way.
    pub async fn wait<T>(self, call: impl Future<Output = T>) -> T {
        self.working.update(|n| *n += 1);
        let answer = call.await;
        self.working.update(|n| *n = n.saturating_sub(1));
        answer
    }

    /// Calls the server, and says what came of it.
    pub fn run(self, call: impl Future<Output = AppResult<Done>> + 'static) {
        spawn_local(async move {
            let answer = self.wait(call).await;
            self.say_answer(answer);
        });
    }

    pub fn say_answer(self, answer: AppResult<Done>) {
        match answer {
            Ok(done) => self.done(done),
            Err(e) => {
                self.error(&e);
                // What was shown may be out of date: that is why it was refused.
                self.changed();
            }
        }
        focus::rescue();
    }

    fn push(self, sentence: String, error: bool, undo: Option<BatchId>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|all| {
            all.retain(|t| t.sentence != sentence);
            all.push(Toast { id, sentence, error, undo });
        });
        self.fade(id, if error || undo.is_some() { STAY_LONG } else { STAY });
    }

    fn fade(self, id: u32, stay: Duration) {
        set_timeout(
            move || {
                if self.held.get_untracked() {
                    self.fade(id, STAY);
                } else {
                    self.remove(id);
                }
            },
            stay,
        );
    }

    fn remove(self, id: u32) {
        self.shown.update(|all| all.retain(|t| t.id != id));
    }

    /// By a button of it: whatever held the toasts was on this one.
    fn dismiss(self, id: u32) {
        self.remove(id);
        self.held.set(false);
        focus::rescue();
    }

    fn undo(self, toast: u32, batch: BatchId) {
        self.dismiss(toast);
        self.run(post(&UndoCancel { slug: self.slug.get_untracked(), batch }));
    }
}

/// The region; it is in the page from the start, so that what comes is read out.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    let hold = move |on: bool| toasts.held.set(on);
    let toast = move |toast: Toast| {
        let undo = toast.undo.map(|batch| {
            view! {
                <button type="button" class="link-button" on:click=move |_| toasts.undo(toast.id, batch)>
                    "Undo"
                </button>
            }
        });
        view! {
            <div class=if toast.error { "toast toast-error" } else { "toast" }>
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
        <div class="progress working" role="progressbar" aria-label="Working" hidden=move || toasts.working.get() == 0></div>
        <div
            class="toasts"
            role="status"
            on:mouseenter=move |_| hold(true)
            on:mouseleave=move |_| hold(false)
            on:focusin=move |_| hold(true)
            on:focusout=move |_| hold(false)
        >
            <For each=move || toasts.shown.get() key=|t| t.id children=toast />
        </div>
    }
}
