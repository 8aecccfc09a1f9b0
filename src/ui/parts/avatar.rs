//! The initials of a name, on one of eight hues.

use crate::domain::contact::initials;
use leptos::prelude::*;
use uuid::Uuid;

#[component]
pub fn Avatar(#[prop(into)] name: String, id: Uuid) -> impl IntoView {
    // The last bits of a UUIDv7 are random.
    let hue = id.as_bytes()[15] % 8;
    view! {
        <span class=format!("avatar avatar-{hue}") aria-hidden="true">
            {initials(&name)}
        </span>
    }
}
