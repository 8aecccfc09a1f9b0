//! One message in a table. Below 720 px it is a card.

use super::{actions_menu::ActionsMenu, selection::Selection};
use crate::{
    domain::{
        LocalTime, MessageId,
        customer::message_href,
        message::{Channel, MessageRow},
        project::Frame,
        status::{State, Status},
    },
    ui::{
        hooks::place,
        parts::{avatar::Avatar, badge::Badge, icon::Icon, time::Time},
    },
};
use chrono::NaiveDate;
use leptos::prelude::*;

/// The column's name stands in each cell for the cards, which have no header.
#[component]
pub fn MessageTr(row: MessageRow, frame: Frame, marked: Option<Memo<Option<MessageId>>>) -> impl IntoView {
    let id = row.id;
    let today = frame.today;
    let is_marked = move || marked.is_some_and(|m| m.get() == Some(id));
    let class = move || if is_marked() { "row row-marked" } else { "row" };
    let href = message_href(&frame.slug, row.customer_id, id);
    let element = format!("message-{id}");
    let back_to = element.clone();
    let check = use_context::<Selection>().map(|selection| tick(selection, &row, today));
    let when = row.sent.unwrap_or(row.scheduled);
    let (badge, note) = badge(&row);
    view! {
        <tr class=class id=element tabindex="-1" aria-current=move || is_marked().then_some("true")>
            {check} <th scope="row" class="cell-customer">
                <Avatar id=row.customer_id.0 name=row.customer_name.clone() />
                <span class="customer-lines">
                    <a class="customer-name" href=href on:click=move |_| place::leave(&back_to)>
                        {row.customer_name.clone()}
                    </a>
                    <span class="customer-contact">{row.recipient.clone()}</span>
                </span>
            </th>
            <td class="cell-channel">
                <Icon name=if row.channel == Channel::Email { "mail" } else { "sms" } />
                {row.channel.name()}
            </td>
            <td class="cell-template">{row.template.label(row.reminder)}</td>
            <td class="cell-when">
                <Badge slug=row.status.slug() label=badge />
                <Time at=when today />
                {note.map(|n| view! { <span class="muted">{n}</span> })}
            </td>
            {mark("cell-sent", "Sent", "sent", row.sent.filter(|_| row.status.is_sent()), today)}
            {mark("cell-opened", "Opened", "opened", row.opened, today)}
            {mark("cell-clicked", "Clicked", "clicked", row.clicked, today)} {failed(&row, today)}
            <td class="cell-actions">
                <ActionsMenu row frame />
            </td>
        </tr>
    }
}

fn tick(selection: Selection, row: &MessageRow, today: NaiveDate) -> impl IntoView + use<> {
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
}

/// The badge's word, and what stands beneath.
fn badge(row: &MessageRow) -> (&'static str, Option<&'static str>) {
    match (row.status, row.state) {
        (Status::Scheduled, State::Sending) => (row.status.name(), Some("being sent")),
        (Status::Canceled, _) => (row.status.name(), row.cancel_cause.map(|c| c.sentence())),
        _ => (row.status.name(), None),
    }
}

/// An icon and a time, or a dash with its meaning hidden.
fn mark(
    class: &'static str,
    label: &'static str,
    icon: &'static str,
    at: Option<LocalTime>,
    today: NaiveDate,
) -> impl IntoView {
    let shown = match at {
        Some(at) => view! {
            <Icon name=icon />
            <Time at today />
        }
        .into_any(),
        None => dash(format!("Not {}", label.to_lowercase())),
    };
    view! {
        <td class=class data-label=label>
            {shown}
        </td>
    }
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

fn failed(row: &MessageRow, today: NaiveDate) -> impl IntoView + use<> {
    let shown = match (row.failed, row.failure) {
        (Some(at), failure) => {
            let reason = failure.map_or("Could not be delivered", |f| f.reason(row.channel));
            view! {
                <Icon name="failed" />
                <span class="reason" title=format!("{reason}, {}", at.short(today))>
                    {reason}
                </span>
            }
            .into_any()
        }
        (None, _) => dash("Not failed".into()),
    };
    view! {
        <td class="cell-failed" data-label="Failed">
            {shown}
        </td>
    }
}
