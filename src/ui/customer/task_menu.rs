//! What else can be done with a customer: a disclosure of links, so that it opens and works without scripts too.

use super::place::{Place, Task};
use crate::{domain::customer::Profile, ui::parts::icon::Icon};
use leptos::prelude::*;

pub fn task_menu(profile: &Profile, place: &Place) -> impl IntoView + use<> {
    let item = |href: String, icon: &'static str, label: &'static str| {
        view! {
            <li>
                <a class="menu-item" href=href data-noscroll="">
                    <Icon name=icon />
                    {label}
                </a>
            </li>
        }
    };
    let task = |task: Task, icon: &'static str, label: &'static str| item(place.task(task), icon, label);
    let customer = &profile.customer;
    let contact = |address: &str, scheme: &str, icon: &'static str, label: &'static str| {
        (!address.is_empty()).then(|| item(format!("{scheme}:{address}"), icon, label))
    };
    let subscription = if customer.unsubscribed.is_some() { "Resubscribe" } else { "Unsubscribe" };
    let archive = if customer.archived.is_some() { "Unarchive" } else { "Archive" };
    view! {
        <details class="menu-button task-menu">
            <summary class="button" aria-label="More actions">
                <Icon name="more" />
            </summary>
            <ul class="menu">
                {task(Task::Edit, "edit", "Edit customer")} {task(Task::AddReview, "plus", "Add review")}
                {contact(&customer.email, "mailto", "mail", "Contact by email")}
                {contact(&customer.phone, "tel", "phone", "Contact by phone")}
                {(profile.unsent > 0).then(|| task(Task::CancelUnsent, "canceled", "Cancel unsent messages"))}
                {task(Task::Unsubscribe, "info", subscription)} {task(Task::Archive, "archive", archive)}
                {task(Task::Delete, "trash", "Delete")}
            </ul>
        </details>
    }
}
