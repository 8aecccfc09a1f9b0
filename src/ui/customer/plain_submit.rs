//! The button of a form in a page.

use leptos::{ev, prelude::*};

/// Submits its form. While that is under way, another press does nothing; it is not `disabled`, which would drop the focus.
#[component]
pub fn PlainSubmit(
    label: &'static str,
    #[prop(default = "button")] class: &'static str,
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
        </button>
    }
}
