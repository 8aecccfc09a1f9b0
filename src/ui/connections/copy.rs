//! A value to be entered elsewhere, with a button that copies it.

use crate::ui::{
    messages::actions_menu::copy_text,
    parts::{icon::Icon, toast::use_toasts},
};
use leptos::prelude::*;

#[component]
pub fn CopyValue(
    /// What it is, for the name of the button.
    what: String,
    value: String,
) -> impl IntoView {
    let toasts = use_toasts();
    let copied = value.clone();
    let copy = move |_| copy_text(toasts, copied.clone(), "Copied.".into());
    view! {
        <span class="copy-value">
            <code>{value}</code>
            <button type="button" class="button button-quiet js-only" on:click=copy>
                <Icon name="copy" />
                "Copy"
                <span class="visually-hidden">{format!(" {what}")}</span>
            </button>
        </span>
    }
}
