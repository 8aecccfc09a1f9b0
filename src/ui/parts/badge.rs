//! A status: icon, word and hue.

use super::icon::Icon;
use leptos::prelude::*;

/// `slug` names the icon and the class.
#[component]
pub fn Badge(slug: &'static str, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <span class=format!("badge badge-{slug}")>
            <Icon name=slug />
            {label}
        </span>
    }
}
