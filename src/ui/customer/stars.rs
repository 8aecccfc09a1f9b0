//! A rating as stars, and in words for screen readers.

use crate::{domain::review::Rating, ui::parts::icon::Icon};
use leptos::prelude::*;

/// `5 of 5 stars`.
pub fn stars(rating: Rating) -> impl IntoView {
    let star = |n: i16| {
        let name = if n <= rating.stars() { "star-filled" } else { "star" };
        view! { <Icon name /> }
    };
    view! {
        <span class="stars">
            <span class="visually-hidden">{format!("{} of 5 stars", rating.stars())}</span>
            {(1..=5).map(star).collect::<Vec<_>>()}
        </span>
    }
}
