//! The menu of what may be done with one message, by its status and the person's role.

use super::table::Asked;
use crate::{
    api::messages::{resend_message, send_copy, send_now},
    domain::{
        AppResult,
        customer::Done,
        message::{Action, MessageRow},
        project::Frame,
        role::Role,
    },
    ui::parts::{
        menu::{Menu, MenuItem},
        toast::{Toasts, use_toasts},
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

fn icon(action: Action) -> &'static str {
    match action {
        Action::View => "mail",
        Action::SendNow => "send",
        Action::Cancel => "canceled",
        Action::Reschedule => "calendar",
        Action::Resend => "undo",
        Action::SendCopy => "user",
        Action::CopyUuid => "copy",
        Action::Delete => "trash",
    }
}

/// Without scripts, the button leads to the message's own page, where everything is a form.
#[component]
pub fn ActionsMenu(row: MessageRow, frame: Frame) -> impl IntoView {
    let Asked(asked) = expect_context();
    let toasts = use_toasts();
    let may_act = frame.may(Role::Operator);
    let what = format!("Actions for {} to {}", row.what(), row.customer_name);
    let fallback = frame.href(&format!("messages/{}", row.id));
    let slug = frame.slug;
    let row = StoredValue::new(row);
    let actions = move || {
        let allowed = |a: &Action| row.with_value(|r| r.may(*a)) && (may_act || a.only_reads());
        Action::ALL.into_iter().filter(allowed).collect::<Vec<_>>()
    };
    let items = Callback::new(move |()| {
        let item = |a: Action| MenuItem { label: a.name().into(), icon: icon(a), danger: a == Action::Delete };
        actions().into_iter().map(item).collect()
    });
    let on_choose = Callback::new(move |i: usize| {
        let Some(action) = actions().get(i).copied() else { return };
        let row = row.get_value();
        let (slug, id) = (slug.clone(), row.id);
        match action {
            Action::SendNow => run(toasts, send_now(slug, id)),
            Action::Resend => run(toasts, resend_message(slug, id)),
            Action::SendCopy => run(toasts, send_copy(slug, id)),
            Action::CopyUuid => copy(toasts, id.to_string()),
            Action::View | Action::Cancel | Action::Reschedule | Action::Delete => asked.set(Some((action, row))),
        }
    });
    view! { <Menu label=what fallback items on_choose /> }
}

/// Calls the server, and says what came of it.
pub fn run(toasts: Toasts, call: impl Future<Output = AppResult<Done>> + 'static) {
    spawn_local(async move {
        match call.await {
            Ok(done) => toasts.done(done),
            Err(e) => {
                toasts.error(&e);
                // What was shown may be out of date: that is why it was refused.
                toasts.changed();
            }
        }
    });
}

fn copy(toasts: Toasts, uuid: String) {
    let written = window().navigator().clipboard().write_text(&uuid);
    spawn_local(async move {
        match wasm_bindgen_futures::JsFuture::from(written).await {
            Ok(_) => toasts.say(format!("Copied {uuid}.")),
            Err(_) => toasts.say(format!("The browser does not allow copying. The UUID is {uuid}.")),
        }
    });
}
