//! The facts about a customer that are not in the profile's head.

use crate::{
    domain::{LocalTime, customer::Profile, project::Frame, stats::thousands, time::date_words},
    ui::parts::time::Time,
};
use leptos::prelude::*;

#[component]
pub fn Details(profile: Memo<Profile>, frame: Frame) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="details-heading">
            <h2 id="details-heading">"Details"</h2>
            <dl class="definition-list">{move || profile.with(|profile| facts(profile, &frame))}</dl>
        </section>
    }
}

fn facts(profile: &Profile, frame: &Frame) -> AnyView {
    let today = frame.today;
    let fact = |name: &'static str, value: AnyView| {
        view! {
            <dt>{name}</dt>
            <dd>{value}</dd>
        }
        .into_any()
    };
    let since =
        |name: &'static str, at: Option<LocalTime>| at.map(|at| fact(name, view! { <Time at today /> }.into_any()));
    let number = |name: &'static str, n: u64| fact(name, thousands(n).into_any());
    let customer = &profile.customer;
    let id = customer.id.to_string();
    let strategy = frame.href(&format!("strategy/preview/{id}"));
    view! {
        {number("Messages", profile.message_total.into())}
        {number("Not sent yet", profile.unsent.into())}
        {number("Reviews", profile.reviews.len() as u64)}
        {customer.visited.map(|day| fact("Date of visit", date_words(day).into_any()))}
        {since("Last messaged", customer.last_messaged)}
        {since("Unsubscribed", customer.unsubscribed)}
        {since("Archived", customer.archived)}
        {since("Erased", customer.erased)}
        {fact("Strategy", view! { <a href=strategy>"What it would send"</a> }.into_any())}
        {fact("UUID", view! { <code>{id}</code> }.into_any())}
    }
    .into_any()
}
