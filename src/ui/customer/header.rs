//! The head of a profile: who it is, how to reach them, and what can be done.

use super::{
    place::{Place, Task},
    task_menu::task_menu,
};
use crate::{
    domain::{
        customer::{Customer, Profile, ProfileView},
        project::Frame,
        role::Role,
    },
    ui::parts::{avatar::Avatar, icon::Icon, time::Time},
};
use leptos::prelude::*;

pub fn profile_header(profile: &Profile, place: &Place, frame: &Frame) -> impl IntoView + use<> {
    let customer = &profile.customer;
    let company = &customer.company;
    let actions = frame.may(Role::Operator).then(|| {
        view! { <div class="title-actions">{request_button(place)} {task_menu(profile, place)}</div> }
    });
    view! {
        <header class="profile-header">
            <Avatar name=customer.name.clone() id=customer.id.0 />
            <div class="profile-who">
                <h1 tabindex="-1">{customer.name.clone()}</h1>
                {(!company.is_empty()).then(|| view! { <p class="muted">{company.clone()}</p> })}
                {ribbons(customer)}
            </div>
            {actions}
            {contact_lines(customer, frame)}
        </header>
    }
}

/// Nothing at all where there is neither.
fn ribbons(customer: &Customer) -> Option<impl IntoView + use<>> {
    let archived = customer.archived.map(|_| view! { <span class="ribbon">"Archived"</span> });
    let unsubscribed = customer.unsubscribed.map(|_| view! { <span class="ribbon">"Unsubscribed"</span> });
    let any = archived.is_some() || unsubscribed.is_some();
    any.then(|| view! { <p class="ribbons">{archived} " " {unsubscribed}</p> })
}

/// A form, so that it is a button and leads to the dialog's address also without scripts.
fn request_button(place: &Place) -> impl IntoView + use<> {
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    let query = &place.query;
    let view = (query.view == ProfileView::List).then(|| hidden("view", "list".into()));
    let message = query.message.map(|m| hidden("message", m.to_string()));
    let page = (query.message.is_none() && query.page > 1).then(|| hidden("page", query.page.to_string()));
    view! {
        <form method="get" action=place.path()>
            {view}
            {message}
            {page}
            <input type="hidden" name="do" value=Task::RequestReview.slug() />
            <button class="button button-primary" type="submit">
                <Icon name="star" />
                "Request review"
            </button>
        </form>
    }
}

/// Only the lines that there are.
fn contact_lines(customer: &Customer, frame: &Frame) -> impl IntoView + use<> {
    let today = frame.today;
    let line = |address: &str, scheme: &str, icon: &'static str, label: &'static str| {
        (!address.is_empty()).then(|| {
            view! {
                <li>
                    <Icon name=icon />
                    <span class="visually-hidden">{label}": "</span>
                    <a href=format!("{scheme}:{address}")>{address.to_owned()}</a>
                </li>
            }
        })
    };
    let location = customer.location.map(|id| {
        view! {
            <li>
                <Icon name="location" />
                <span class="visually-hidden">"Location: "</span>
                {frame.location_name(id)}
            </li>
        }
    });
    let last = match customer.last_messaged {
        Some(at) => view! { "Last messaged " <Time at today /> }.into_any(),
        None => view! { "Never messaged" }.into_any(),
    };
    view! {
        <ul class="contact-lines">
            {line(&customer.email, "mailto", "mail", "Email")} {line(&customer.phone, "tel", "phone", "Phone")} {location}
            <li>
                <Icon name="messages" />
                <span>{last}</span>
            </li>
        </ul>
    }
}
