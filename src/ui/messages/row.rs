//! One message in a table. Where the table is narrow, it is a card.
//!
//! A page has up to a hundred rows, each of which is made, hydrated and kept: so what changes together is one closure, and the
//! table listens for what is pressed in its rows.

use super::{
    actions_menu::row_button,
    fix::fix_in_row,
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
        review::Rating,
        role::Role,
        status::{State, Status},
    },
    ui::{
        hooks::changing::changing,
        parts::{avatar::Avatar, badge::Badge, time::Time},
    },
};
use chrono::NaiveDate;
use leptos::prelude::*;

/// What a row shows: the message, and the change that is pending, such as "Canceling…".
#[derive(Clone, PartialEq)]
struct Shown {
    row: MessageRow,
    doing: Option<&'static str>,
}

/// `first` is the message when its row is made. Its later data is in `rows`.
#[component]
pub fn MessageRowView(first: MessageRow, rows: Memo<Vec<MessageRow>>, context: TableContext) -> impl IntoView {
    let id = first.id;
    let TableContext { today, marked, selection, .. } = context;
    let check = selection.map(|selection| tick(selection, &first, today));
    let actions = row_button(&first, context);
    let steering = use_steering();
    let shown = Memo::new(move |_| {
        let row = rows.with(|rows| rows.iter().find(|row| row.id == id).cloned());
        Shown { row: row.unwrap_or_else(|| first.clone()), doing: steering.doing(id) }
    });
    let class = changing(move || match selection.is_some_and(|selection| selection.has(id)) {
        true => "row row-ticked",
        false if marked.is_some_and(|marked| marked.get() == Some(id)) => "row row-marked",
        false => "row",
    });
    let is_current = marked.map(|marked| changing(move || (marked.get() == Some(id)).then_some("true")));
    view! {
        <tr class=class id=format!("message-{id}") tabindex="-1" aria-current=is_current>
            {check}
            {changing(move || shown.with(|shown| cells(shown, context)))}
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
                form=FORM
                name=FIELD
                value=id.to_string()
                aria-label=name
                prop:checked=changing(move || selection.has(id))
            />
        </td>
    }
    .into_any()
}

/// Made again when the message changes: then only what differs is written into the cells that are there.
fn cells(Shown { row, doing }: &Shown, context: TableContext) -> AnyView {
    let today = context.today;
    let href = context.frame.with_value(|frame| message_href(&frame.slug, row.customer_id, row.id));
    let at = row.sent.unwrap_or(row.scheduled);
    let machines = context.machines.is_some_and(|machines| machines.get());
    let (customer, template) = if context.has_customer {
        let template = row.template.label(row.reminder);
        (Some(customer(row, href)), view! { <td class="cell-template">{template}</td> }.into_any())
    } else {
        (None, template(row, href))
    };
    view! {
        {customer}
        {channel(row.channel)}
        {template}
        <td class="cell-status">{status(row, *doing)}</td>
        <td class="cell-when">
            <Time at today />
        </td>
        {sent(row)}
        {opened(row, machines, today)}
        {clicked(row, machines, today)}
        {failed(row, context)}
    }
    .into_any()
}

fn customer(row: &MessageRow, href: String) -> AnyView {
    view! {
        <th scope="row" class="cell-customer">
            <Avatar id=row.customer_id.0 name=row.customer_name.as_str() />
            <span class="customer-lines">
                <a class="customer-name" href=href>
                    {row.customer_name.clone()}
                </a>
                <span class="customer-contact">{address(row)}</span>
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

/// The header of a row that names no customer.
fn template(row: &MessageRow, href: String) -> AnyView {
    view! {
        <th scope="row" class="cell-template">
            <a class="row-link" href=href data-noscroll="">
                {row.template.label(row.reminder)}
            </a>
        </th>
    }
    .into_any()
}

// What has no variable part is written out: such elements cost next to nothing.

fn channel(channel: Channel) -> AnyView {
    match channel {
        Channel::Email => view! { <td class="cell-channel"><span class="icon i-mail"></span>"Email"</td> }.into_any(),
        Channel::Sms => view! { <td class="cell-channel"><span class="icon i-sms"></span>"SMS"</td> }.into_any(),
    }
}

fn status(row: &MessageRow, doing: Option<&'static str>) -> AnyView {
    if let Some(doing) = doing {
        return view! { <span class="doing">{doing}</span> }.into_any();
    }
    let badge = view! { <Badge slug=row.status.slug() label=row.status.name() /> }.into_any();
    let note = match (row.status, row.state) {
        (Status::Scheduled, State::Sending) => Some("being sent"),
        (Status::Canceled, _) => row.cancel_cause.map(|cause| cause.sentence()),
        (Status::Scheduled, _) => row.hold.map(|hold| hold.note()),
        _ => row.rating.map(Rating::words),
    };
    match note {
        None => badge,
        Some(note) => view! { {badge} <span class="status-note" title=note>{note}</span> }.into_any(),
    }
}

/// Without the time, which the column beside it shows.
fn sent(row: &MessageRow) -> AnyView {
    match row.sent.filter(|_| row.status.is_sent()) {
        Some(at) => view! {
            <td class="cell-sent">
                <span class="icon i-sent"></span>
                <time datetime=at.machine()>{if row.delivered { "Delivered" } else { "Sent" }}</time>
            </td>
        }
        .into_any(),
        None => view! { <td class="cell-sent none"><span class="visually-hidden">"Not sent"</span></td> }.into_any(),
    }
}

fn opened(row: &MessageRow, machines: bool, today: NaiveDate) -> AnyView {
    match (row.opened, row.machine_opened.filter(|_| machines)) {
        (Some(at), _) => {
            view! { <td class="cell-opened"><span class="icon i-opened"></span><Time at today /></td> }.into_any()
        }
        (None, Some(at)) => view! { <td class="cell-opened by-machine">{by_machine(at, today)}</td> }.into_any(),
        (None, None) => {
            view! { <td class="cell-opened none"><span class="visually-hidden">"Not opened"</span></td> }.into_any()
        }
    }
}

fn clicked(row: &MessageRow, machines: bool, today: NaiveDate) -> AnyView {
    match (row.clicked, row.machine_clicked.filter(|_| machines)) {
        (Some(at), _) => {
            view! { <td class="cell-clicked"><span class="icon i-clicked"></span><Time at today /></td> }.into_any()
        }
        (None, Some(at)) => view! { <td class="cell-clicked by-machine">{by_machine(at, today)}</td> }.into_any(),
        (None, None) => {
            view! { <td class="cell-clicked none"><span class="visually-hidden">"Not clicked"</span></td> }.into_any()
        }
    }
}

/// What no person has done.
fn by_machine(at: LocalTime, today: NaiveDate) -> AnyView {
    view! {
        <span class="icon i-machine"></span>
        <span class="visually-hidden">"By a machine, "</span>
        <Time at today />
    }
    .into_any()
}

/// The reason and, for who may act, what helps.
fn failed(row: &MessageRow, context: TableContext) -> AnyView {
    match row.failed {
        Some(at) => {
            let reason = row.failure.map_or("Could not be delivered", |failure| failure.reason(row.channel));
            let fix = context.frame.with_value(|frame| {
                let fix = row.fix().filter(|_| frame.may(Role::Operator))?;
                Some(fix_in_row(fix, row, &frame.slug))
            });
            view! {
                <td class="cell-failed">
                    <span class="icon i-failed"></span>
                    <span
                        class=if fix.is_some() { "reason reason-short" } else { "reason" }
                        title=format!("{reason}, {}", at.short(context.today))
                    >
                        {reason}
                    </span>
                    {fix}
                </td>
            }
            .into_any()
        }
        None => {
            view! { <td class="cell-failed none"><span class="visually-hidden">"Not failed"</span></td> }.into_any()
        }
    }
}
