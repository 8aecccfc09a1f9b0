//! What else can be done with a customer: a disclosure of links, so that it opens and works without scripts too.

use super::profile_address::{ProfileAddress, Task};
use crate::{
    domain::customer::Customer,
    ui::{
        hooks::{effect::effect, focus},
        parts::icon::Icon,
    },
};
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys::Node};

#[component]
pub fn TaskMenu(
    customer: Memo<Customer>,
    unsent: Memo<u32>,
    address: Signal<ProfileAddress>,
    may_erase: bool,
) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let button = NodeRef::<html::Summary>::new();
    close_on_outside_click(details);
    // The focus goes to the button: a dialog, once closed, gives it back to what had it before.
    let close_to_button = move || {
        if close(details)
            && let Some(button) = button.get_untracked()
        {
            focus::without_scrolling(&button);
        }
    };
    let close_on_escape = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            close_to_button();
        }
    };
    let task = move |task: Task, icon: &'static str, label: Signal<&'static str>| {
        view! {
            <li>
                <a
                    class=if icon == "trash" { "menu-item menu-item-danger" } else { "menu-item" }
                    href=move || address.with(|address| address.task(task))
                    data-noscroll=""
                    on:click=move |_| close_to_button()
                >
                    <Icon name=icon />
                    {label}
                </a>
            </li>
        }
        .into_any()
    };
    let contact = move |href: String, icon: &'static str, label: &'static str| {
        view! {
            <li>
                <a class="menu-item" href=href rel="external" on:click=move |_| close_to_button()>
                    <Icon name=icon />
                    {label}
                </a>
            </li>
        }
        .into_any()
    };
    let mail = move || {
        let email = customer.with(|customer| customer.email.clone());
        (!email.is_empty()).then(|| contact(format!("mailto:{email}"), "mail", "Contact by email"))
    };
    let call = move || {
        let phone = customer.with(|customer| customer.phone.clone());
        (!phone.is_empty()).then(|| contact(format!("tel:{phone}"), "phone", "Contact by phone"))
    };
    let has_unsent = Memo::new(move |_| unsent.get() > 0);
    let cancel =
        move || has_unsent.get().then(|| task(Task::CancelUnsent, "canceled", "Cancel unsent messages".into()));
    let is_unsubscribed = move || customer.with(|customer| customer.unsubscribed.is_some());
    let is_archived = move || customer.with(|customer| customer.archived.is_some());
    let subscription = Signal::derive(move || if is_unsubscribed() { "Resubscribe" } else { "Unsubscribe" });
    let archive = Signal::derive(move || if is_archived() { "Unarchive" } else { "Archive" });
    let erase = may_erase.then(|| task(Task::Erase, "trash", "Erase the person".into()));
    view! {
        <details
            class="menu-button task-menu"
            node_ref=details
            on:keydown=close_on_escape
        >
            <summary class="button" aria-label="More actions" node_ref=button>
                <Icon name="more" />
            </summary>
            <ul class="menu">
                {task(Task::Edit, "edit", "Edit customer".into())} {task(Task::AddReview, "plus", "Add review".into())}
                {mail} {call} {cancel} {task(Task::Unsubscribe, "info", subscription)}
                {task(Task::Archive, "archive", archive)} {task(Task::Delete, "trash", "Delete".into())} {erase}
            </ul>
        </details>
    }
}

fn close_on_outside_click(details: NodeRef<html::Details>) {
    effect(move |_| {
        let listener = window_event_listener(ev::click, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            let is_outside = details.get_untracked().is_some_and(|details| !details.contains(target.as_ref()));
            if is_outside {
                close(details);
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// Whether it was open.
fn close(details: NodeRef<html::Details>) -> bool {
    let Some(details) = details.get_untracked().filter(|details| details.open()) else { return false };
    details.set_open(false);
    true
}
