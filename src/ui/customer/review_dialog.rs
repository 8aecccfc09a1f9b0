//! Writing down a review that reached the business another way.

use super::fields::target;
use crate::{
    api::customers::AddReview,
    domain::{contact::TEXT_MAX, customer::Customer},
    ui::parts::{
        dialog::{AddressDialog, dialog_foot},
        post::{Post, described_by, field_error},
    },
};
use leptos::prelude::*;

/// `back` is the address without the dialog.
pub fn review_dialog(customer: &Customer, slug: &str, back: String) -> impl IntoView + use<> {
    let post = Post::to::<AddReview>();
    let (for_rating, for_text) = (post.error("rating"), post.error("text"));
    let rating = |n: u8| {
        let label = if n == 1 { "1 star".to_owned() } else { format!("{n} stars") };
        view! { <option value=n.to_string()>{label}</option> }
    };
    let content = view! {
        <p class="muted">"For a review that the customer gave in person, by phone or elsewhere."</p>
        <form method="post" action=post.path>
            {target(slug, customer.id)} {post.notice(&["rating", "text"])}
            <div class="field">
                <label class="field-label" for="review-rating">
                    "Rating"
                </label>
                <select
                    class="select"
                    id="review-rating"
                    name="rating"
                    required
                    aria-invalid=for_rating.as_ref().map(|_| "true")
                    aria-describedby=described_by("review-rating", false)
                >
                    <option value="">"Choose a rating"</option>
                    {(1..=5).rev().map(rating).collect_view()}
                </select>
                {field_error("review-rating", "rating", for_rating)}
            </div>
            <div class="field">
                <label class="field-label" for="review-text">
                    "What the customer said (optional)"
                </label>
                <textarea
                    class="input"
                    id="review-text"
                    name="text"
                    rows="4"
                    maxlength=TEXT_MAX.to_string()
                    aria-invalid=for_text.as_ref().map(|_| "true")
                    aria-describedby=described_by("review-text", false)
                ></textarea>
                {field_error("review-text", "text", for_text)}
            </div>
            {dialog_foot(&back, "Add review", false)}
        </form>
    };
    view! {
        <AddressDialog title=format!("Add a review by {}", customer.name) back>
            {content}
        </AddressDialog>
    }
}
