//! Reviews of one or two stars that nobody has dealt with yet.

use super::AttentionData;
use crate::{
    api::attention::SettleReview,
    domain::{attention::REVIEWS_SHOWN, customer::review_href, project::Frame, review::LowReview, role::Role},
    ui::{
        customer::stars::stars,
        hooks::action::FormAction,
        messages::steering::use_steering,
        parts::{field::FormNotice, submit_button::PLAIN, time::Time},
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn LowReviews(data: Memo<AttentionData>, frame: Frame) -> impl IntoView {
    let reviews = Memo::new(move |_| data.with(|(_, page)| page.reviews.clone()));
    let is_empty = Memo::new(move |_| reviews.with(Vec::is_empty));
    let action = ServerAction::<SettleReview>::new();
    let steering = use_steering();
    let slug = frame.slug.clone();
    action.on_done(move |done| steering.done(&slug, done));
    let frame = StoredValue::new(frame);
    let is_cut = Memo::new(move |_| reviews.with(Vec::len) == REVIEWS_SHOWN as usize);
    move || {
        (!is_empty.get()).then(|| {
            let cut = move || {
                is_cut.get().then(|| {
                    let sentence =
                        format!("The newest {REVIEWS_SHOWN} are shown; others follow as these are dealt with.");
                    view! { <p class="muted">{sentence}</p> }.into_any()
                })
            };
            view! {
                <section class="attention-group" aria-labelledby="low-reviews-heading">
                    <div class="section-head">
                        <h2 id="low-reviews-heading">"Reviews of 1 or 2 stars"</h2>
                    </div>
                    <FormNotice error=action.refusal() />
                    <ul class="account-list">
                        <For each=move || reviews.get() key=|review| review.id let:review>
                            {item(review, action, frame)}
                        </For>
                    </ul>
                    {cut}
                </section>
            }
            .into_any()
        })
    }
}

fn item(review: LowReview, action: ServerAction<SettleReview>, frame: StoredValue<Frame>) -> AnyView {
    let LowReview { id, customer, customer_name, rating, text, created } = review;
    let (today, slug) = frame.with_value(|frame| (frame.today, frame.slug.clone()));
    let href = review_href(&slug, customer, id);
    let named = format!(" with the review of {customer_name}, {}", created.short(today));
    let settle = frame.with_value(|frame| frame.may(Role::Operator)).then(|| {
        view! {
            <ActionForm action>
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="id" value=id.to_string() />
                <button class=PLAIN type="submit">
                    "Dealt with"
                    <span class="visually-hidden">{named}</span>
                </button>
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <li>
            <div>
                <p>{stars(rating)} " " <a href=href>{customer_name}</a> " " <Time at=created today /></p>
                {(!text.is_empty()).then(|| view! { <p class="review-text">{text}</p> })}
            </div>
            {settle}
        </li>
    }
    .into_any()
}
