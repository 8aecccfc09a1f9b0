//! One message in a table. Where the table is narrow it is a card.
//!
//! Fifty of them are most of what the server makes of a page: choices are typed here and in the table (`Either`). `into_any` would
//! copy every text in them.

use super::table::Scene;
use crate::{
    domain::{
        LocalTime,
        customer::message_href,
        message::{Action, Channel, MessageRow},
        status::{State, Status},
    },
    ui::parts::{avatar::Avatar, badge::Badge, icon::Icon, time::Time},
};
use chrono::NaiveDate;
use leptos::{
    either::{Either, EitherOf3},
    prelude::*,
};

pub fn message_row(row: &MessageRow, scene: &Scene) -> impl IntoView + use<> {
    let Scene { today, .. } = *scene;
    let marked = scene.marked == Some(row.id);
    let at = row.sent.unwrap_or(row.scheduled);
    let sent = row.sent.filter(|_| row.status.is_sent());
    view! {
        <tr
            class=if marked { "row row-marked" } else { "row" }
            id=format!("message-{}", row.id)
            tabindex="-1"
            aria-current=marked.then_some("true")
        >
            {scene.may_tick.then(|| tick(row, today))}
            <th scope="row" class="cell-customer">
                <Avatar id=row.customer_id.0 name=row.customer_name.clone() />
                <span class="customer-lines">
                    <a class="customer-name" href=message_href(&scene.slug, row.customer_id, row.id)>
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
                <Badge slug=row.status.slug() label=row.status.name() />
                <Time at today />
            </td>
            {mark("cell-sent", Status::Sent, sent, why_unsent(row), today)}
            {mark("cell-opened", Status::Opened, row.opened, None, today)}
            {mark("cell-clicked", Status::Clicked, row.clicked, None, today)}
            {failed(row, today)}
            <td class="cell-actions">{actions(row, scene)}</td>
        </tr>
    }
}

fn tick(row: &MessageRow, today: NaiveDate) -> impl IntoView + use<> {
    let when = row.sent.unwrap_or(row.scheduled).short(today);
    let name = format!("Select message to {}, {}, {when}", row.customer_name, row.what());
    view! {
        <td class="cell-check">
            <input type="checkbox" class="checkbox" aria-label=name autocomplete="off" />
        </td>
    }
}

/// The button of the actions menu, which `enhance/actions.rs` opens. Without scripts it leads to the message's own page, where
/// everything is a form.
fn actions(row: &MessageRow, scene: &Scene) -> impl IntoView + use<> {
    let allowed = |a: &Action| row.may(*a) && (scene.may_act || a.only_reads());
    let may: Vec<_> = Action::ALL.into_iter().filter(allowed).map(Action::slug).collect();
    view! {
        <form class="menu-button" method="get" action=format!("/projects/{}/messages/{}", scene.slug, row.id)>
            <button
                class="icon-button"
                aria-label=format!("Actions for {} to {}", row.what(), row.customer_name)
                aria-haspopup="menu"
                aria-expanded="false"
                data-actions=may.join(" ")
            >
                <Icon name="more" />
            </button>
        </form>
    }
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
) -> impl IntoView + use<> {
    let shown = match (at, why_not) {
        (Some(at), _) => EitherOf3::A(view! {
            <Icon name=what.slug() />
            <Time at today />
        }),
        (None, Some(why)) => EitherOf3::B(view! { <span class="why-unsent" title=why>{why}</span> }),
        (None, None) => EitherOf3::C(dash(format!("Not {}", what.slug()))),
    };
    view! {
        <td class=class data-label=what.name()>
            {shown}
        </td>
    }
}

fn dash(meaning: String) -> impl IntoView {
    view! {
        <span class="dash" aria-hidden="true">
            "–"
        </span>
        <span class="visually-hidden">{meaning}</span>
    }
}

fn failed(row: &MessageRow, today: NaiveDate) -> impl IntoView + use<> {
    let shown = match row.failed {
        Some(at) => {
            let reason = row.failure.map_or("Could not be delivered", |f| f.reason(row.channel));
            Either::Left(view! {
                <Icon name="failed" />
                <span class="reason" title=format!("{reason}, {}", at.short(today))>
                    {reason}
                </span>
            })
        }
        None => Either::Right(dash("Not failed".into())),
    };
    view! {
        <td class="cell-failed" data-label="Failed">
            {shown}
        </td>
    }
}
