//! The table of suppressed addresses.

use crate::{
    domain::{
        contact::phone_words,
        customer::{ProfileQuery, message_href},
        message::Channel,
        project::Frame,
        role::Role,
        suppression::{SuppressedQuery, SuppressedTask, Suppression},
    },
    ui::parts::time::Time,
};
use leptos::prelude::*;

#[component]
pub fn SuppressedTable(rows: Memo<Vec<Suppression>>, list: Memo<SuppressedQuery>, frame: Frame) -> impl IntoView {
    let may_lift = frame.may(Role::Operator);
    let frame = StoredValue::new(frame);
    let actions = may_lift.then(|| view! { <th scope="col">"Actions"</th> }.into_any());
    view! {
        <div class="table-wrap">
            <table class="table table-suppressed">
                <caption class="visually-hidden">"Suppressed"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Address"</th>
                        <th scope="col">"Channel"</th>
                        <th scope="col">"Reason"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Source"</th>
                        {actions}
                    </tr>
                </thead>
                <tbody>
                    // A row never changes but for the name of a customer: another reason is another time, too.
                    <For each=move || rows.get() key=|row| (row.id, row.since, row.reason, row.customer.clone()) let:row>
                        {frame.with_value(|frame| row_view(&row, list, frame))}
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// As people read it.
pub fn shown(suppression: &Suppression) -> String {
    match suppression.channel {
        Channel::Email => suppression.address.clone(),
        Channel::Sms => phone_words(&suppression.address),
    }
}

fn row_view(row: &Suppression, list: Memo<SuppressedQuery>, frame: &Frame) -> AnyView {
    let address = shown(row);
    let holder = row.customer.as_ref().map(|(id, name)| {
        let href = ProfileQuery::default().href(&frame.slug, *id);
        view! {
            <a class="suppressed-customer" href=href>
                {name.clone()}
            </a>
        }
        .into_any()
    });
    let slug = frame.slug.clone();
    let id = row.id;
    let lift = frame.may(Role::Operator).then(|| {
        let href = move || list.with(|list| list.with(Some(SuppressedTask::Lift(id))).href(&slug));
        view! {
            <td>
                <a class="button" href=href data-noscroll="" aria-label=format!("Lift {address}")>
                    "Lift"
                </a>
            </td>
        }
        .into_any()
    });
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <span class="customer-lines">
                    <span class="suppressed-address">{address.clone()}</span>
                    {holder}
                </span>
            </th>
            <td>{row.channel.name()}</td>
            <td>{row.reason.name()}</td>
            <td>
                <Time at=row.since today=frame.today />
            </td>
            <td>{by_what(row, frame)}</td>
            {lift}
        </tr>
    }
    .into_any()
}

/// The message that it came of, the person who added it, and the words of either.
fn by_what(row: &Suppression, frame: &Frame) -> AnyView {
    let message = row.message.map(|(message, customer)| {
        view! {
            <a href=message_href(&frame.slug, customer, message)>
                "A message"
            </a>
        }
        .into_any()
    });
    let person = row.added_by.clone().map(|name| view! { <span>{name}</span> }.into_any());
    let note = (!row.note.is_empty()).then(|| {
        view! { <span class="suppressed-note muted" title=row.note.clone()>{row.note.clone()}</span> }.into_any()
    });
    view! { <span class="suppressed-origin">{message} {person} {note}</span> }.into_any()
}
