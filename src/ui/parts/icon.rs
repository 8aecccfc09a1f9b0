//! A drawing beside a word, in the word's color.

use leptos::prelude::*;

/// `name` is a class of style/icons.css, without `i-`. It says nothing to screen readers: it has no content.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! { <span class=format!("icon i-{name}")></span> }
}
