//! How to reach a customer, where they belong, and when they were last written to.

use crate::{
    domain::{LocalTime, contact::phone_words, customer::Customer, project::Frame},
    ui::parts::icon::Icon,
};
use chrono::NaiveDate;
use leptos::prelude::*;

/// Only the lines that have a value.
#[component]
pub fn ContactLines(customer: Memo<Customer>, frame: Frame) -> impl IntoView {
    move || {
        let Customer { email, phone, location, last_messaged, .. } = customer.get();
        let mail = (!email.is_empty()).then(|| link("mail", "Email", format!("mailto:{email}"), email));
        let phone = (!phone.is_empty()).then(|| link("phone", "Phone", format!("tel:{phone}"), phone_words(&phone)));
        let location = location
            .map(|id| line("location", Some("Location"), view! { <span>{frame.location_name(id)}</span> }.into_any()));
        view! {
            <ul class="contact-lines">
                {mail} {phone} {location} {line("messages", None, last(last_messaged, frame.today))}
            </ul>
        }
    }
}

/// `label` is for screen readers.
fn line(icon: &'static str, label: Option<&'static str>, shown: AnyView) -> AnyView {
    view! {
        <li>
            <Icon name=icon />
            {label.map(|label| view! { <span class="visually-hidden">{format!("{label}: ")}</span> })}
            {shown}
        </li>
    }
    .into_any()
}

fn link(icon: &'static str, label: &'static str, href: String, text: String) -> AnyView {
    let shown = view! {
        <a href=href rel="external">
            {text}
        </a>
    };
    line(icon, Some(label), shown.into_any())
}

fn last(at: Option<LocalTime>, today: NaiveDate) -> AnyView {
    match at {
        Some(at) => view! {
            <span>
                "Last messaged "
                <time datetime=at.machine() title=at.full()>
                    {at.inline(today)}
                </time>
            </span>
        }
        .into_any(),
        None => view! { <span>"Never messaged"</span> }.into_any(),
    }
}
