//! An icon of the sprite; decoration beside a word.

use leptos::prelude::*;

/// `name` is a symbol of public/icons.svg, without `i-`.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=format!("/icons.svg#i-{name}")></use>
        </svg>
    }
}
