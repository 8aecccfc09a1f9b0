//! The heading of a page.

use crate::ui::hooks::{arrival::use_arrival, effect::effect};
use leptos::{html, prelude::*};

/// The page's only `h1`. Once it is in the page, the reader has arrived.
#[component]
pub fn PageHeading(children: Children) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    let arrival = use_arrival();
    effect(move |_| {
        let Some(heading) = heading.get() else { return };
        arrival.at(&heading);
        // Tests wait for it, and the style sheets show what needs scripts only then.
        if let Some(body) = document().body() {
            let _ = body.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <h1 tabindex="-1" node_ref=heading>
            {children()}
        </h1>
    }
}
