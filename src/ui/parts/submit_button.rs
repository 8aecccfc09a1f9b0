//! The button that sends a form.

use leptos::{ev, prelude::*};

/// The classes of a [`SubmitButton`].
pub const PLAIN: &str = "button";
pub const PRIMARY: &str = "button button-primary";
pub const DANGER: &str = "button button-danger";

/// Submits its form. While that is under way, another press does nothing. It is not `disabled`, which would drop the focus.
#[component]
pub fn SubmitButton(
    #[prop(into)] label: Signal<String>,
    /// Follows the label for who hears it: what tells this button from others with the same label.
    #[prop(optional, into)]
    about: Option<String>,
    #[prop(default = PRIMARY)] class: &'static str,
    #[prop(into)] pending: Signal<bool>,
) -> impl IntoView {
    let once = move |event: ev::MouseEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button class=class type="submit" aria-disabled=move || pending.get().then_some("true") on:click=once>
            {label}
            {about.map(|about| view! { <span class="visually-hidden">{about}</span> }.into_any())}
        </button>
    }
}
