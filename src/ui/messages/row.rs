//! One message in a table. Where the table is narrow it is a card.

use super::{actions_menu::Actions, selection::Selection, table::Scene};
use crate::{
    domain::{
        LocalTime,
        customer::message_href,
        message::{Channel, MessageRow},
        status::{State, Status},
    },
    ui::{
        hooks::place,
        parts::{avatar::Avatar, badge::Badge, icon::Icon, time::Time},
    },
};
use chrono::NaiveDate;
use leptos::prelude::*;

/// `first` is the message as it is when the row comes; what becomes of it is in `rows`.
#[component]
pub fn MessageTr(first: MessageRow, rows: Memo<Vec<MessageRow>>, scene: Scene) -> impl IntoView {
    let id = first.id;
    let Scene { today, marked, .. } = scene;
    let href = scene.frame.with_value(|f| message_href(&f.slug, first.customer_id, id));
    let element = format!("message-{id}");
    let left = element.clone();
    let check = scene.selection.map(|selection| tick(selection, &first, today));
    let avatar = view! { <Avatar id=first.customer_id.0 name=first.customer_name.clone() /> };
    let channel = first.channel;
    let template = first.template.label(first.reminder);
    let actions = view! { <Actions id name=format!("{} to {}", first.what(), first.customer_name) rows scene /> };
    let row = Memo::new(move |_| {
        rows.with(|rows| rows.iter().find(|r| r.id == id).cloned()).unwrap_or_else(|| first.clone())
    });
    let is_marked = move || marked.is_some_and(|m| m.get() == Some(id));
    view! {
        <tr
            class=move || if is_marked() { "row row-marked" } else { "row" }
            id=element
            tabindex="-1"
            aria-current=move || is_marked().then_some("true")
        >
            {check}
            <th scope="row" class="cell-customer">
                {avatar}
                <span class="customer-lines">
                    <a class="customer-name" href=href on:click=move |_| place::leave(&left)>
                        {move || row.with(|r| r.customer_name.clone())}
                    </a>
                    <span class="customer-contact">{move || row.with(|r| r.recipient.clone())}</span>
                </span>
            </th>
            <td class="cell-channel">
                <Icon name=if channel == Channel::Email { "mail" } else { "sms" } />
                {channel.name()}
            </td>
            <td class="cell-template">{template}</td>
            {move || row.with(|r| changing(r, today))}
            <td class="cell-actions">{actions}</td>
        </tr>
    }
}

fn tick(selection: Selection, row: &MessageRow, today: NaiveDate) -> AnyView {
    let id = row.id;
    let when = row.sent.unwrap_or(row.scheduled).short(today);
    let name = format!("Select message to {}, {}, {when}", row.customer_name, row.what());
    view! {
        <td class="cell-check">
            <input
                type="checkbox"
                class="checkbox"
                aria-label=name
                prop:checked=move || selection.has(id)
                on:change=move |e| selection.tick(id, event_target_checked(&e))
            />
        </td>
    }
    .into_any()
}

/// The cells that tell what became of the message.
fn changing(row: &MessageRow, today: NaiveDate) -> AnyView {
    let at = row.sent.unwrap_or(row.scheduled);
    let sent = row.sent.filter(|_| row.status.is_sent());
    view! {
        <td class="cell-when">
            <Badge slug=row.status.slug() label=row.status.name() />
            <Time at today />
        </td>
        {mark("cell-sent", Status::Sent, sent, why_unsent(row), today)}
        {mark("cell-opened", Status::Opened, row.opened, None, today)}
        {mark("cell-clicked", Status::Clicked, row.clicked, None, today)}
        {failed(row, today)}
    }
    .into_any()
}

/// Stands where the time of sending would: so that a row keeps its height whatever becomes of its message.
fn why_unsent(row: &MessageRow) -> Option<&'static str> {
    match (row.status, row.state) {
        (Status::Scheduled, State::Sending) => Some("being sent"),
        (Status::Canceled, _) => row.cancel_cause.map(|c| c.sentence()),
        _ => None,
    }
}

/// An icon and a time; else why there is none, or a dash with its meaning hidden.
fn mark(
    class: &'static str,
    what: Status,
    at: Option<LocalTime>,
    why_not: Option<&'static str>,
    today: NaiveDate,
) -> AnyView {
    let shown = match (at, why_not) {
        (Some(at), _) => view! {
            <Icon name=what.slug() />
            <Time at today />
        }
        .into_any(),
        (None, Some(why)) => view! { <span class="why-unsent" title=why>{why}</span> }.into_any(),
        (None, None) => dash(format!("Not {}", what.slug())),
    };
    view! {
        <td class=class data-label=what.name()>
            {shown}
        </td>
    }
    .into_any()
}

fn dash(meaning: String) -> AnyView {
    view! {
        <span class="dash" aria-hidden="true">
            "–"
        </span>
        <span class="visually-hidden">{meaning}</span>
    }
    .into_any()
}

fn failed(row: &MessageRow, today: NaiveDate) -> AnyView {
    let shown = match row.failed {
        Some(at) => {
            let reason = row.failure.map_or("Could not be delivered", |f| f.reason(row.channel));
            view! {
                <Icon name="failed" />
                <span class="reason" title=format!("{reason}, {}", at.short(today))>
                    {reason}
                </span>
            }
            .into_any()
        }
        None => dash("Not failed".into()),
    };
    view! {
        <td class="cell-failed" data-label="Failed">
            {shown}
        </td>
    }
    .into_any()
}
