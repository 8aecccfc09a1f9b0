//! A customer's messages by the request that they belong to, newest request first.

use super::rows::Rows;
use crate::domain::{MessageId, RequestId, message::MessageRow, project::Frame};
use leptos::prelude::*;

#[component]
pub fn Grouped(rows: Memo<Vec<MessageRow>>, frame: Frame, marked: Memo<Option<MessageId>>) -> impl IntoView {
    let requests = Memo::new(move |_| rows.with(|rows| requests(rows)));
    view! {
        <For each=move || requests.get() key=|(request, _)| *request let((request, number))>
            <Group request number rows frame=frame.clone() marked />
        </For>
    }
}

#[component]
fn Group(
    request: RequestId,
    number: i32,
    rows: Memo<Vec<MessageRow>>,
    frame: Frame,
    marked: Memo<Option<MessageId>>,
) -> impl IntoView {
    let own = Memo::new(move |_| {
        rows.with(|rows| rows.iter().filter(|row| row.request_id == request).cloned().collect::<Vec<_>>())
    });
    let heading = format!("request-{number}");
    view! {
        <section class="request-group" aria-labelledby=heading.clone()>
            <h3 class="request-heading" id=heading.clone()>{format!("Request #{number}")}</h3>
            <Rows rows=own caption=format!("Messages of request #{number}") frame marked />
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
