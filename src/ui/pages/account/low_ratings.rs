//! Whether the person is told by email of reviews with one or two stars in this project.

use super::Account;
use crate::{
    api::account::SetLowRatings,
    ui::{
        hooks::action::FormAction,
        parts::{
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

const HEADING: &str = "low-ratings-heading";

#[component]
pub fn LowRatings(context: Account) -> impl IntoView {
    let action = context.action::<SetLowRatings>(HEADING);
    let told = Memo::new(move |_| context.data.with(|page| page.low_ratings));
    move || {
        told.get().map(|told| {
            let (sentence, label) = match told.is_on {
                true => ("You get an email when a review of 1 or 2 stars comes in.", "Stop these emails"),
                false => ("You get no email when a review of 1 or 2 stars comes in.", "Send me these emails"),
            };
            let closed = (!told.is_sent).then(|| {
                view! {
                    <p class="muted">
                        "This server sends no email by itself, so none arrives until whoever runs it has set SMTP_URL."
                    </p>
                }
                .into_any()
            });
            view! {
                <section class="card" aria-labelledby=HEADING>
                    <h2 id=HEADING tabindex="-1">
                        "Reviews with few stars"
                    </h2>
                    <p>{sentence} " Needs attention lists them, too, for everybody."</p>
                    {closed}
                    <ActionForm action>
                        <input type="hidden" name="slug" value=context.slug.get_value() />
                        <input type="hidden" name="on" value=(!told.is_on).to_string() />
                        <FormNotice error=action.refusal() />
                        <SubmitButton label class=PLAIN pending=action.pending() />
                    </ActionForm>
                </section>
            }
            .into_any()
        })
    }
}
