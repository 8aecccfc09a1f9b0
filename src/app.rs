//! The document shell and the router.

use leptos::prelude::*;

#[component]
pub fn App() -> impl IntoView {
    view! { <p>"review-messages"</p> }
}
