//! What else can be done with a customer: a disclosure of links, so that it opens and works without scripts too.

use super::place::{Place, Task};
use crate::{domain::customer::Customer, ui::parts::icon::Icon};
use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

#[component]
pub fn TaskMenu(customer: Customer, unsent: u32, place: Signal<Place>) -> impl IntoView {
    let item = move |task: Task, icon: &'static str, label: &'static str| {
        view! {
            <li>
                <a class="menu-item" href=move || place.get().task(task) data-noscroll="">
                    <Icon name=icon />
                    {label}
                </a>
            </li>
        }
    };
    let contact = |href: String, icon: &'static str, label: &'static str| {
        view! {
            <li>
                <a class="menu-item" href=href rel="external">
                    <Icon name=icon />
                    {label}
                </a>
            </li>
        }
    };
    let Customer { email, phone, unsubscribed, archived, .. } = customer;
    let mail = (!email.is_empty()).then(|| contact(format!("mailto:{email}"), "mail", "Contact by email"));
    let call = (!phone.is_empty()).then(|| contact(format!("tel:{phone}"), "phone", "Contact by phone"));
    let subscription = if unsubscribed.is_some() { "Resubscribe" } else { "Unsubscribe" };
    let archive = if archived.is_some() { "Unarchive" } else { "Archive" };
    view! {
        <details class="menu-button task-menu" on:keydown=close_on_escape on:click=close_on_choice>
            <summary class="button" aria-label="More actions">
                <Icon name="more" />
            </summary>
            <ul class="menu">
                {item(Task::Edit, "edit", "Edit customer")} {item(Task::AddReview, "plus", "Add review")} {mail} {call}
                {(unsent > 0).then(|| item(Task::CancelUnsent, "canceled", "Cancel unsent messages"))}
                {item(Task::Unsubscribe, "info", subscription)} {item(Task::Archive, "archive", archive)}
                {item(Task::Delete, "trash", "Delete")}
            </ul>
        </details>
    }
}

fn close_on_escape(ev: ev::KeyboardEvent) {
    if ev.key() == "Escape" {
        close(event_target(&ev));
    }
}

fn close_on_choice(ev: ev::MouseEvent) {
    let target: Element = event_target(&ev);
    if target.closest("a").is_ok_and(|a| a.is_some()) {
        close(target);
    }
}

/// The focus goes back to the button: it is where a dialog, once closed, is to return it to.
fn close(inside: Element) {
    let Ok(Some(details)) = inside.closest("details") else { return };
    let _ = details.remove_attribute("open");
    if let Some(button) =
        details.query_selector("summary").ok().flatten().and_then(|s| s.dyn_into::<HtmlElement>().ok())
    {
        let _ = button.focus();
    }
}
