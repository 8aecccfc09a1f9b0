//! A status: icon, word and hue.

use leptos::prelude::*;

/// `slug` names the icon and the hue. The style sheet draws the icon.
#[component]
pub fn Badge(slug: &'static str, label: &'static str) -> impl IntoView {
    view! { <span class=format!("badge badge-{slug} i-{slug}")>{label}</span> }
}
