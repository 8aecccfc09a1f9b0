//! What was done, said at the bottom of the page in `role="status"`, with Undo or the next step where there is one.

use super::icon::Icon;
use crate::{
    domain::{AppError, BatchId, MessageId, bulk::record::href, done::Done},
    ui::hooks::focus,
};
use leptos::prelude::*;
use std::time::Duration;

/// How long a toast is shown, unless the pointer or the focus is on one.
const STAY: Duration = Duration::from_secs(10);
/// The same for an error, or with a button: reaching it by keyboard takes a while.
const STAY_LONG: Duration = Duration::from_secs(30);
/// The most that are shown at once.
const MOST: usize = 2;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Toast {
    id: u32,
    sentence: String,
    is_error: bool,
    offer: Option<Offer>,
    /// The address of a page that says more.
    details: Option<String>,
}

impl Toast {
    fn stay(&self) -> Duration {
        if self.is_error || self.offer.is_some() || self.details.is_some() { STAY_LONG } else { STAY }
    }
}

/// Adds a toast to those that are shown: the oldest go where there are too many, and a sentence is shown once, except with a
/// button of its own.
fn add(shown: &mut Vec<Toast>, toast: Toast) {
    shown.retain(|other| other.sentence != toast.sentence || other.offer.is_some());
    shown.push(toast);
    let beyond = shown.len().saturating_sub(MOST);
    shown.drain(..beyond);
}

/// What the button of a toast does, captured when the toast is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub slug: String,
    pub what: Offered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    Undo(BatchId),
    /// Sends a failed message again.
    Resend(MessageId),
}

impl Offered {
    fn of(done: &Done) -> Option<Self> {
        done.undo.map(Self::Undo).or_else(|| done.resend.map(Self::Resend))
    }

    fn label(self) -> &'static str {
        match self {
            Self::Undo(_) => "Undo",
            Self::Resend(_) => "Resend message",
        }
    }
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
        let offer = Offered::of(done).map(|what| Offer { slug: slug.to_owned(), what });
        let details = done.bulk.map(|id| href(slug, id));
        self.push(done.sentence.clone(), false, offer, details);
    }

    pub fn say(self, sentence: impl Into<String>) {
        self.push(sentence.into(), false, None, None);
    }

    pub fn error(self, error: &AppError) {
        self.push(error.to_string(), true, None, None);
    }

    fn push(self, sentence: String, is_error: bool, offer: Option<Offer>, details: Option<String>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let toast = Toast { id, sentence, is_error, offer, details };
        let stay = toast.stay();
        self.shown.update(|shown| add(shown, toast));
        self.fade(id, stay);
    }

    /// Removes a toast later, and later again while the toasts are held.
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

    /// By a button of the toast: the pointer or the focus that held the toasts goes with it.
    fn dismiss(self, id: u32) {
        self.remove(id);
        self.held.set(false);
        focus::rescue();
    }
}

/// Where the toasts are shown. It is in the page from the start, so that screen readers announce them.
#[component]
pub fn ToastRegion(on_offer: Callback<Offer>) -> impl IntoView {
    let toasts = use_toasts();
    let hold = move |on: bool| toasts.held.set(on);
    let toast = move |toast: Toast| {
        let offer = toast.offer.map(|offer| {
            let label = offer.what.label();
            let take = move |_| {
                toasts.dismiss(toast.id);
                on_offer.run(offer.clone());
            };
            view! {
                <button type="button" class="link-button" on:click=take>
                    {label}
                </button>
            }
        });
        let details = toast.details.map(|href| {
            view! {
                <a class="link-button" href=href on:click=move |_| toasts.dismiss(toast.id)>
                    "Details"
                </a>
            }
        });
        view! {
            <div class=if toast.is_error { "toast toast-error" } else { "toast" }>
                <p>{toast.sentence}</p>
                {offer}
                {details}
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

#[cfg(test)]
mod tests {
    use super::*;

    fn toast(id: u32, sentence: &str) -> Toast {
        Toast { id, sentence: sentence.into(), is_error: false, offer: None, details: None }
    }

    fn undo(id: u32, sentence: &str) -> Toast {
        let batch = BatchId(uuid::Uuid::from_u128(id.into()));
        let offer = Offer { slug: "harbor".into(), what: Offered::Undo(batch) };
        Toast { offer: Some(offer), ..toast(id, sentence) }
    }

    /// The ids of what is shown after these toasts, in this order.
    fn shown(toasts: impl IntoIterator<Item = Toast>) -> Vec<u32> {
        let mut shown = Vec::new();
        toasts.into_iter().for_each(|toast| add(&mut shown, toast));
        shown.iter().map(|toast| toast.id).collect()
    }

    #[test]
    fn the_two_newest_are_shown_in_order() {
        assert_eq!(shown([toast(1, "a"), toast(2, "b")]), [1, 2]);
        assert_eq!(shown([toast(1, "a"), toast(2, "b"), toast(3, "c")]), [2, 3]);
        assert_eq!(shown([undo(1, "a"), undo(2, "b"), undo(3, "c")]), [2, 3]);
    }

    #[test]
    fn a_sentence_said_again_takes_the_place_of_the_first() {
        assert_eq!(shown([toast(1, "a"), toast(2, "b"), toast(3, "a")]), [2, 3]);
        let error = |id| Toast { is_error: true, ..toast(id, "No connection.") };
        assert_eq!(shown([error(1), error(2)]), [2]);
    }

    #[test]
    fn each_undo_is_kept_under_the_same_sentence() {
        assert_eq!(shown([undo(1, "Canceled 1 message."), undo(2, "Canceled 1 message.")]), [1, 2]);
        assert_eq!(shown([undo(1, "a"), toast(2, "a")]), [1, 2]);
    }

    #[test]
    fn errors_and_buttons_are_shown_longer() {
        assert_eq!(toast(1, "a").stay(), STAY);
        assert_eq!(undo(1, "a").stay(), STAY_LONG);
        assert_eq!(Toast { is_error: true, ..toast(1, "a") }.stay(), STAY_LONG);
    }
}
