//! One message in a table. Where the table is narrow, it is a card.

use super::{
    actions_menu::ActionsMenu,
    page_dialog::preload_dialogs,
    selection::{FIELD, FORM, Selection},
    steering::use_steering,
    table::TableContext,
};
use crate::{
    domain::{
        LocalTime,
        contact::phone_words,
        customer::message_href,
        message::{Channel, MessageRow},
        status::{State, Status},
    },
    ui::parts::{avatar::Avatar, badge::Badge, icon::Icon, time::Time},
};
use chrono::NaiveDate;
use leptos::prelude::*;

/// `first` is the message when its row is made. Its later data is in `rows`.
#[component]
pub fn MessageRowView(first: MessageRow, rows: Memo<Vec<MessageRow>>, context: TableContext) -> impl IntoView {
    let id = first.id;
    let TableContext { today, marked, selection, .. } = context;
    let href = context.frame.with_value(|frame| message_href(&frame.slug, first.customer_id, id));
    let check = selection.map(|selection| tick(selection, &first, today));
    let channel = first.channel;
    let template = first.template.label(first.reminder);
    let template = if context.has_customer {
        view! { <td class="cell-template">{template}</td> }.into_any()
    } else {
        view! {
            <th scope="row" class="cell-template">
                <a class="row-link" href=href.clone() data-noscroll="">
                    {template}
                </a>
            </th>
        }
        .into_any()
    };
    let row = Memo::new(move |_| {
        rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()).unwrap_or_else(|| first.clone())
    });
    let customer = context.has_customer.then(|| customer(row, href));
    let steering = use_steering();
    let doing = Memo::new(move |_| steering.doing(id));
    let is_marked = move || marked.is_some_and(|marked| marked.get() == Some(id));
    let class = move || match selection.is_some_and(|selection| selection.has(id)) {
        true => "row row-ticked",
        false if is_marked() => "row row-marked",
        false => "row",
    };
    view! {
        <tr
            class=class
            id=format!("message-{id}")
            tabindex="-1"
            aria-current=move || is_marked().then_some("true")
            on:pointerenter=|_| preload_dialogs()
            on:focusin=|_| preload_dialogs()
        >
            {check} {customer}
            <td class="cell-channel">
                <Icon name=if channel == Channel::Email { "mail" } else { "sms" } />
                {channel.name()}
            </td>
            {template}
            {move || row.with(|row| changing(row, doing.get(), today))}
            <td class="cell-actions">
                <ActionsMenu row rows context />
            </td>
        </tr>
    }
}

fn customer(row: Memo<MessageRow>, href: String) -> AnyView {
    let (id, name) = row.with_untracked(|row| (row.customer_id.0, row.customer_name.clone()));
    view! {
        <th scope="row" class="cell-customer">
            <Avatar id name />
            <span class="customer-lines">
                <a class="customer-name" href=href>
                    {move || row.with(|row| row.customer_name.clone())}
                </a>
                <span class="customer-contact">{move || row.with(address)}</span>
            </span>
        </th>
    }
    .into_any()
}

/// An email address as it is, a phone number in groups.
fn address(row: &MessageRow) -> String {
    match row.channel {
        Channel::Email => row.recipient.clone(),
        Channel::Sms => phone_words(&row.recipient),
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
                form=FORM
                name=FIELD
                value=id.to_string()
                aria-label=name
                autocomplete="off"
                prop:checked=move || selection.has(id)
                on:change=move |event| selection.tick(id, event_target_checked(&event))
            />
        </td>
    }
    .into_any()
}

/// The cells that change. `doing` is the change that is pending, such as "Canceling…".
fn changing(row: &MessageRow, doing: Option<&'static str>, today: NaiveDate) -> AnyView {
    let at = row.sent.unwrap_or(row.scheduled);
    let sent = row.sent.filter(|_| row.status.is_sent());
    view! {
        <td class="cell-status">{status(row, doing)}</td>
        <td class="cell-when">
            <Time at today />
        </td>
        {mark(Status::Sent, sent.map(|at| delivered(row.delivered, at)))}
        {mark(Status::Opened, row.opened.map(|at| view! { <Time at today /> }.into_any()))}
        {mark(Status::Clicked, row.clicked.map(|at| view! { <Time at today /> }.into_any()))}
        {failed(row, today)}
    }
    .into_any()
}

fn status(row: &MessageRow, doing: Option<&'static str>) -> AnyView {
    if let Some(doing) = doing {
        return view! { <span class="doing">{doing}</span> }.into_any();
    }
    let note = match (row.status, row.state) {
        (Status::Scheduled, State::Sending) => Some("being sent"),
        (Status::Canceled, _) => row.cancel_cause.map(|cause| cause.sentence()),
        _ => None,
    };
    view! {
        <Badge slug=row.status.slug() label=row.status.name() />
        {note.map(|note| view! { <span class="status-note" title=note>{note}</span> }.into_any())}
    }
    .into_any()
}

/// Without the time, which the column beside it shows.
fn delivered(is_delivered: bool, at: LocalTime) -> AnyView {
    let word = if is_delivered { "Delivered" } else { "Sent" };
    view! {
        <time datetime=at.machine() title=at.full()>
            {word}
        </time>
    }
    .into_any()
}

/// An icon and a time, or else a dash (which the style sheet draws), with its meaning for screen readers.
fn mark(what: Status, shown: Option<AnyView>) -> AnyView {
    let slug = what.slug();
    match shown {
        Some(shown) => view! {
            <td class=format!("cell-{slug}")>
                <Icon name=slug />
                {shown}
            </td>
        }
        .into_any(),
        None => view! {
            <td class=format!("cell-{slug} none")>
                <span class="visually-hidden">{format!("Not {slug}")}</span>
            </td>
        }
        .into_any(),
    }
}

fn failed(row: &MessageRow, today: NaiveDate) -> AnyView {
    let shown = row.failed.map(|at| {
        let reason = row.failure.map_or("Could not be delivered", |failure| failure.reason(row.channel));
        view! {
            <span class="reason" title=format!("{reason}, {}", at.short(today))>
                {reason}
            </span>
        }
        .into_any()
    });
    mark(Status::Failed, shown)
}
