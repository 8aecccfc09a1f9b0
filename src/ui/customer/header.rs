//! The head of a profile: who it is, how to reach them, and what can be done.

use super::{
    place::{Place, Task},
    task_menu::TaskMenu,
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
use leptos_router::components::Form;

#[component]
pub fn ProfileHeader(profile: Signal<Profile>, frame: Frame, place: Signal<Place>) -> impl IntoView {
    let customer = Memo::new(move |_| profile.with(|p| p.customer.clone()));
    let unsent = Memo::new(move |_| profile.with(|p| p.unsent));
    let who = move || {
        let customer = customer.get();
        let company = customer.company.clone();
        view! {
            <Avatar name=customer.name.clone() id=customer.id.0 />
            <div class="profile-who">
                <h1 tabindex="-1">{customer.name.clone()}</h1>
                {(!company.is_empty()).then(|| view! { <p class="muted">{company}</p> })}
                {ribbons(&customer)}
            </div>
        }
    };
    let actions = frame.may(Role::Operator).then(|| {
        view! {
            <div class="title-actions">
                <RequestButton place />
                {move || view! { <TaskMenu customer=customer.get() unsent=unsent.get() place /> }}
            </div>
        }
    });
    view! {
        <header class="profile-header">
            {who} {actions} {move || view! { <ContactLines customer=customer.get() frame=frame.clone() /> }}
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
#[component]
fn RequestButton(place: Signal<Place>) -> impl IntoView {
    let hidden = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    let kept = move || {
        let Place { query, .. } = place.get();
        let view = (query.view == ProfileView::List).then(|| hidden("view", "list".into()));
        let message = query.message.map(|m| hidden("message", m.to_string()));
        let page = (query.message.is_none() && query.page > 1).then(|| hidden("page", query.page.to_string()));
        (view, message, page)
    };
    view! {
        <Form method="get" action=move || place.get().path() noscroll=true>
            {kept}
            <input type="hidden" name="do" value=Task::RequestReview.slug() />
            <button class="button button-primary" type="submit">
                <Icon name="star" />
                "Request review"
            </button>
        </Form>
    }
}

/// Only the lines that there are.
#[component]
fn ContactLines(customer: Customer, frame: Frame) -> impl IntoView {
    let Customer { email, phone, location, last_messaged, .. } = customer;
    let today = frame.today;
    let mail = (!email.is_empty()).then(|| {
        let href = format!("mailto:{email}");
        view! {
            <li>
                <Icon name="mail" />
                <span class="visually-hidden">"Email: "</span>
                <a href=href rel="external">{email}</a>
            </li>
        }
    });
    let phone = (!phone.is_empty()).then(|| {
        let href = format!("tel:{phone}");
        view! {
            <li>
                <Icon name="phone" />
                <span class="visually-hidden">"Phone: "</span>
                <a href=href rel="external">{phone}</a>
            </li>
        }
    });
    let location = location.map(|id| {
        view! {
            <li>
                <Icon name="location" />
                <span class="visually-hidden">"Location: "</span>
                {frame.location_name(id)}
            </li>
        }
    });
    let last = match last_messaged {
        Some(at) => view! { "Last messaged " <Time at today /> }.into_any(),
        None => view! { "Never messaged" }.into_any(),
    };
    view! {
        <ul class="contact-lines">
            {mail} {phone} {location}
            <li>
                <Icon name="messages" />
                <span>{last}</span>
            </li>
        </ul>
    }
}
