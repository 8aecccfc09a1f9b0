//! The reviews that a customer left, each with the message that led to it.

use super::{profile_address::ProfileAddress, stars::stars};
use crate::{
    domain::{customer::Profile, review::Review},
    ui::parts::time::Time,
};
use chrono::NaiveDate;
use leptos::prelude::*;

#[component]
pub fn Reviews(profile: Memo<Profile>, today: NaiveDate, address: Signal<ProfileAddress>) -> impl IntoView {
    let reviews = Memo::new(move |_| profile.with(|profile| profile.reviews.clone()));
    let list = move || {
        let reviews = reviews.get();
        if reviews.is_empty() {
            return view! { <p class="muted">"No reviews yet."</p> }.into_any();
        }
        let items = reviews.into_iter().map(|review| item(review, today, address)).collect_view();
        view! { <ul class="reviews">{items}</ul> }.into_any()
    };
    view! {
        <section class="card profile-reviews" aria-labelledby="reviews-heading">
            <h2 id="reviews-heading">"Reviews"</h2>
            {list}
        </section>
    }
}

fn item(review: Review, today: NaiveDate, address: Signal<ProfileAddress>) -> AnyView {
    let source = match (review.message, review.message_label, review.added_by) {
        (Some(message), label, _) => {
            let label = label.unwrap_or_else(|| "Message".to_owned());
            view! {
                "Left through "
                <a href=move || address.with(|address| address.message(message)) data-noscroll="">
                    {label}
                </a>
            }
            .into_any()
        }
        (None, _, Some(person)) => format!("Added by {person}").into_any(),
        (None, _, None) => "Left without a message".into_any(),
    };
    view! {
        <li class="review" id=format!("review-{}", review.id) tabindex="-1">
            <p>{stars(review.rating)} " " <Time at=review.created today /></p>
            {(!review.text.is_empty()).then(|| view! { <p class="review-text">{review.text}</p> })}
            <p class="muted">{source}</p>
        </li>
    }
    .into_any()
}
