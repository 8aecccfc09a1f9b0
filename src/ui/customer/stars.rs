//! A rating as stars, and in words for screen readers.

use crate::domain::review::Rating;
use leptos::prelude::*;

/// `5 of 5 stars`.
pub fn stars(rating: Rating) -> impl IntoView {
    let star = |n: i16| {
        let icon = if n <= rating.stars() { "/icons.svg#i-star-filled" } else { "/icons.svg#i-star" };
        view! {
            <svg class="icon" aria-hidden="true">
                <use href=icon></use>
            </svg>
        }
    };
    view! {
        <span class="stars">
            <span class="visually-hidden">{format!("{} of 5 stars", rating.stars())}</span>
            {(1..=5).map(star).collect::<Vec<_>>()}
        </span>
    }
}
