//! What was done, said at the bottom of the page in `role="status"`, with Undo where there is one; and what is under way.

use super::{Desk, dom, forms, page::Visit, place};
use crate::{
    api::messages::UndoCancel,
    domain::{AppError, customer::Done},
    ui::parts::icon::Icon,
};
use leptos::prelude::*;
use std::time::Duration;

/// How long a toast stays, unless the pointer or the focus is on it.
const STAY: Duration = Duration::from_secs(10);
/// The same where there is something to do or to note: reaching it by keyboard takes a while.
const STAY_LONG: Duration = Duration::from_secs(30);

#[derive(Clone, PartialEq)]
struct Toast {
    id: u32,
    sentence: String,
    error: bool,
    offer: Option<Offer>,
}

/// What a toast's button does.
#[derive(Clone, PartialEq)]
enum Offer {
    /// Takes back a cancel of this project.
    Undo {
        project: String,
        batch: String,
    },
    Retry(String, Visit),
}

#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u32>,
    held: RwSignal<bool>,
    /// How many calls to the server are under way.
    working: RwSignal<u32>,
}

impl Toasts {
    pub fn new() -> Self {
        Self {
            shown: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            held: RwSignal::new(false),
            working: RwSignal::new(0),
        }
    }

    pub fn done(self, done: Done) {
        let undo = done.undo.map(|batch| Offer::Undo { project: dom::slug(), batch: batch.to_string() });
        self.push(done.sentence, false, undo);
    }

    pub fn say(self, sentence: impl Into<String>) {
        self.push(sentence.into(), false, None);
    }

    pub fn error(self, error: &AppError) {
        self.push(error.to_string(), true, None);
    }

    pub fn say_unreachable(self) {
        self.push(UNREACHABLE.into(), true, None);
    }

    /// A page could not be fetched.
    pub fn retry(self, to: String, how: Visit) {
        let sentence = match how {
            Visit::Refresh => format!("{UNREACHABLE} What you see may be out of date."),
            _ => UNREACHABLE.into(),
        };
        self.push(sentence, true, Some(Offer::Retry(to, how)));
    }

    /// Waits for a call to the server; meanwhile the page shows that something is under way.
    pub async fn wait<T>(self, call: impl Future<Output = T>) -> T {
        self.working.update(|n| *n += 1);
        let answer = call.await;
        self.working.update(|n| *n = n.saturating_sub(1));
        answer
    }

    fn push(self, sentence: String, error: bool, offer: Option<Offer>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let stay = if error || offer.is_some() { STAY_LONG } else { STAY };
        self.shown.update(|all| {
            all.retain(|t| t.sentence != sentence);
            all.push(Toast { id, sentence, error, offer });
        });
        self.fade(id, stay);
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
        // When it has gone.
        request_animation_frame(place::rescue);
    }
}

const UNREACHABLE: &str = "The server could not be reached. Check the connection and try again.";

fn take(desk: Desk, toast: u32, offer: Offer) {
    desk.toasts.dismiss(toast);
    match offer {
        Offer::Undo { project, batch } => forms::run::<UndoCancel>(desk, &[("slug", &project), ("batch", &batch)]),
        Offer::Retry(to, how) => desk.page.visit(to, how),
    }
}

/// The region; it is in the page from the start, so that what comes is read out.
#[component]
pub fn ToastRegion(desk: Desk) -> impl IntoView {
    let toasts = desk.toasts;
    let hold = move |on: bool| toasts.held.set(on);
    let toast = move |toast: Toast| {
        let offer = toast.offer.map(|offer| {
            let name = if matches!(offer, Offer::Undo { .. }) { "Undo" } else { "Try again" };
            view! {
                <button type="button" class="link-button" on:click=move |_| take(desk, toast.id, offer.clone())>
                    {name}
                </button>
            }
        });
        view! {
            <div class=if toast.error { "toast toast-error" } else { "toast" }>
                <p>{toast.sentence}</p>
                {offer}
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
