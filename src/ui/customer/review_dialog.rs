//! Writing down a review that reached the business another way.

use super::{
    address_dialog::{AddressDialog, DialogFoot},
    form::{CustomerTarget, FieldError, FormNotice, described_by, field_error},
};
use crate::{
    domain::{contact::TEXT_MAX, customer::Customer},
    ui::parts::post::{Post, PostForm},
};
use leptos::prelude::*;

#[component]
pub fn ReviewDialog(
    slug: String,
    customer: Customer,
    action: Post,
    #[prop(into)] back: Signal<String>,
) -> impl IntoView {
    let error = action.refusal();
    let for_rating = field_error(error, "rating");
    let for_text = field_error(error, "text");
    let ratings = (1..=5)
        .rev()
        .map(|n| {
            let label = if n == 1 { "1 star".to_owned() } else { format!("{n} stars") };
            view! { <option value=n.to_string()>{label}</option> }
        })
        .collect_view();
    view! {
        <AddressDialog title=format!("Add a review by {}", customer.name) back>
            <div class="dialog-body">
                <p class="muted">"For a review that the customer gave in person, by phone or elsewhere."</p>
                <PostForm to=action>
                    <CustomerTarget slug id=customer.id />
                    <FormNotice error fields=&["rating", "text"] />
                    <div class="field">
                        <label class="field-label" for="review-rating">"Rating"</label>
                        <select
                            class="select"
                            id="review-rating"
                            name="rating"
                            required
                            aria-invalid=move || for_rating.get().map(|_| "true")
                            aria-describedby=described_by("review-rating", false, for_rating)
                        >
                            <option value="">"Choose a rating"</option>
                            {ratings}
                        </select>
                        <FieldError id="review-rating" error=for_rating />
                    </div>
                    <div class="field">
                        <label class="field-label" for="review-text">"What the customer said (optional)"</label>
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
                    <DialogFoot back submit="Add review" pending=action.pending() />
                </PostForm>
            </div>
        </AddressDialog>
    }
}
