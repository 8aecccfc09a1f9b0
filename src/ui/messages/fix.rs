//! The button or link that does what helps against a failure, wherever its reason is shown.

use super::steering::{Change, use_steering};
use crate::{
    api::messages::ResendMessage,
    domain::{
        MessageId,
        message::{Fix, MessageRow},
    },
    ui::hooks::focus,
};
use leptos::{ev, prelude::*, server_fn::ServerFn};

/// The id of the one form that the Resend buttons of all rows belong to.
pub const RESEND: &str = "resend";

/// Once on a page: with it, each button works without scripts, and a row needs no form of its own.
#[component]
pub fn ResendForm(slug: String) -> impl IntoView {
    view! {
        <form id=RESEND method="post" action=ResendMessage::PATH hidden>
            <input type="hidden" name="slug" value=slug />
        </form>
    }
}

/// For people who may act.
pub fn fix_button(fix: Fix, row: &MessageRow, slug: &str, class: &'static str) -> AnyView {
    labelled(fix, fix.label(), row, slug, class)
}

/// The same in a row of a table.
pub fn fix_in_row(fix: Fix, row: &MessageRow, slug: &str) -> AnyView {
    labelled(fix, fix.short_label(), row, slug, "fix")
}

fn labelled(fix: Fix, label: &'static str, row: &MessageRow, slug: &str, class: &'static str) -> AnyView {
    match fix.href(slug, row.customer_id, row.id) {
        Some(href) => view! {
            <a class=class href=href>
                {label}
            </a>
        }
        .into_any(),
        None => resend_button(row.id, label, class),
    }
}

pub fn resend_button(id: MessageId, label: &'static str, class: &'static str) -> AnyView {
    let steering = use_steering();
    let resend = move |event: ev::MouseEvent| {
        event.prevent_default();
        focus::to_row(&event);
        steering.run(Change::Resend(id));
    };
    view! {
        <button class=class form=RESEND name="id" value=id.to_string() on:click=resend>
            {label}
        </button>
    }
    .into_any()
}
