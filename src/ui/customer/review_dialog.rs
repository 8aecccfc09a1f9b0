//! Writing down a review that reached the business another way.

use super::fields::CustomerTarget;
use crate::{
    api::customers::AddReview,
    domain::{CustomerId, contact::TEXT_MAX, customer::Customer},
    ui::{
        hooks::action::FormAction,
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, FormFoot},
            field::{FieldError, FormNotice, described_by, field_error},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn ReviewDialog(
    customer: Customer,
    slug: String,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    let id = customer.id;
    view! {
        <AddressDialog title=format!("Add a review by {}", customer.name) back>
            <ReviewForm slug id back />
        </AddressDialog>
    }
}

#[component]
fn ReviewForm(slug: String, id: CustomerId, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<AddReview>(slug.clone(), || {});
    let error = action.refusal();
    let (for_rating, for_text) = (field_error(error, "rating"), field_error(error, "text"));
    let rating = |n: u8| {
        let label = if n == 1 { "1 star".to_owned() } else { format!("{n} stars") };
        view! { <option value=n.to_string()>{label}</option> }
    };
    view! {
        <div class="dialog-body">
            <p class="muted">"For a review that the customer gave in person, by phone or elsewhere."</p>
            <ActionForm action>
                <CustomerTarget slug id />
                <FormNotice error fields=&["rating", "text"] />
                <div class="field">
                    <label class="field-label" for="review-rating">
                        "Rating"
                    </label>
                    <select
                        class="select"
                        id="review-rating"
                        name="rating"
                        required
                        aria-invalid=move || for_rating.get().map(|_| "true")
                        aria-describedby=described_by("review-rating", false, for_rating)
                    >
                        <option value="">"Choose a rating"</option>
                        {(1..=5).rev().map(rating).collect_view()}
                    </select>
                    <FieldError id="review-rating" error=for_rating />
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
                        aria-invalid=move || for_text.get().map(|_| "true")
                        aria-describedby=described_by("review-text", false, for_text)
                    ></textarea>
                    <FieldError id="review-text" error=for_text />
                </div>
                <FormFoot back submit="Add review" pending=action.pending() />
            </ActionForm>
        </div>
    }
}
