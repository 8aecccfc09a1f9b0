//! A customer's messages by the request that they belong to, newest request first.

use super::stars::stars;
use crate::{
    domain::{
        MessageId, RequestId,
        message::MessageRow,
        review::{Rating, Review},
    },
    ui::messages::table::{MessageTable, TableContext},
};
use leptos::prelude::*;

#[component]
pub fn Grouped(rows: Memo<Vec<MessageRow>>, reviews: Memo<Vec<Review>>, context: TableContext) -> impl IntoView {
    let requests = Memo::new(move |_| rows.with(|rows| requests(rows)));
    view! {
        <For each=move || requests.get() key=|(request, _)| *request let((request, number))>
            <Group request number rows reviews context />
        </For>
    }
}

#[component]
fn Group(
    request: RequestId,
    number: i32,
    rows: Memo<Vec<MessageRow>>,
    reviews: Memo<Vec<Review>>,
    context: TableContext,
) -> impl IntoView {
    let own = Memo::new(move |_| {
        rows.with(|rows| rows.iter().filter(|row| row.request_id == request).cloned().collect::<Vec<_>>())
    });
    let rating = Memo::new(move |_| own.with(|own| reviews.with(|reviews| rating(own, reviews))));
    let chip = move || rating.get().map(|rating| view! { <span class="rating-chip">{stars(rating)}</span> }.into_any());
    let heading = format!("request-{number}");
    view! {
        <section class="request-group" aria-labelledby=heading.clone()>
            <div class="request-head">
                <h3 class="request-heading" id=heading.clone()>
                    {format!("Request #{number}")}
                </h3>
                {chip}
            </div>
            // The style sheet shows only the first table's head, which is the same for all.
            <MessageTable rows=own caption=format!("Messages of request #{number}") context />
        </section>
    }
}

/// The requests of the rows and their numbers, each once, in the order of the rows.
fn requests(rows: &[MessageRow]) -> Vec<(RequestId, i32)> {
    let mut requests: Vec<(RequestId, i32)> = Vec::new();
    for row in rows {
        if requests.iter().all(|(id, _)| *id != row.request_id) {
            requests.push((row.request_id, row.request_number));
        }
    }
    requests
}

/// What the customer gave through one of these messages.
fn rating(rows: &[MessageRow], reviews: &[Review]) -> Option<Rating> {
    let is_of = |message: MessageId| rows.iter().any(|row| row.id == message);
    reviews.iter().find(|review| review.message.is_some_and(is_of)).map(|review| review.rating)
}
