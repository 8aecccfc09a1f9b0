//! The reviews that a customer left, each with the message that led to it.

use super::{place::Place, stars::stars};
use crate::{
    domain::{customer::Profile, review::Review},
    ui::parts::time::Time,
};
use chrono::NaiveDate;
use leptos::prelude::*;

pub fn reviews(profile: &Profile, place: &Place, today: NaiveDate) -> impl IntoView + use<> {
    let list = if profile.reviews.is_empty() {
        view! { <p class="muted">"No reviews yet."</p> }.into_any()
    } else {
        let items = profile.reviews.iter().map(|review| item(review, place, today)).collect_view();
        view! { <ul class="reviews">{items}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="reviews-heading">
            <h2 id="reviews-heading">"Reviews"</h2>
            {list}
        </section>
    }
}

fn item(review: &Review, place: &Place, today: NaiveDate) -> impl IntoView + use<> {
    let source = match (review.message, &review.message_label, &review.added_by) {
        (Some(message), label, _) => {
            let label = label.clone().unwrap_or_else(|| "Message".into());
            view! {
                "Left through "
                <a href=place.message(message)>{label}</a>
            }
            .into_any()
        }
        (None, _, Some(person)) => format!("Added by {person}").into_any(),
        (None, _, None) => "Left without a message".into_any(),
    };
    let text = &review.text;
    view! {
        <li class="review">
            <p>{stars(review.rating)} " " <Time at=review.created today /></p>
            {(!text.is_empty()).then(|| view! { <p class="review-text">{text.clone()}</p> })}
            <p class="muted">{source}</p>
        </li>
    }
}
