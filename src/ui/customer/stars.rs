//! A rating as stars, and in words for screen readers.

use crate::{domain::review::Rating, ui::parts::icon::Icon};
use leptos::prelude::*;

/// `5 of 5 stars`.
pub fn stars(rating: Rating) -> impl IntoView {
    stars_saying(rating, format!("{} of 5 stars", rating.stars()))
}

/// With the `words` that say it.
pub fn stars_saying(rating: Rating, words: String) -> impl IntoView {
    let star = |n: i16| {
        let name = if n <= rating.stars() { "star-filled" } else { "star" };
        view! { <Icon name /> }
    };
    view! {
        <span class="stars">
            <span class="visually-hidden">{words}</span>
            {(1..=5).map(star).collect::<Vec<_>>()}
        </span>
    }
}
