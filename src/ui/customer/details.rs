//! The facts about a customer that are not in the profile's head.

use crate::{
    domain::{LocalTime, customer::Profile, stats::thousands},
    ui::parts::time::Time,
};
use chrono::NaiveDate;
use leptos::prelude::*;

pub fn details(profile: &Profile, today: NaiveDate) -> impl IntoView + use<> {
    let since = |label: &'static str, at: Option<LocalTime>| {
        at.map(|at| {
            view! {
                <dt>{label}</dt>
                <dd>
                    <Time at today />
                </dd>
            }
        })
    };
    let customer = &profile.customer;
    view! {
        <section class="card" aria-labelledby="details-heading">
            <h2 id="details-heading">"Details"</h2>
            <dl class="definition-list">
                <dt>"Messages"</dt>
                <dd>{thousands(profile.message_total.into())}</dd>
                <dt>"Not sent yet"</dt>
                <dd>{thousands(profile.unsent.into())}</dd>
                <dt>"Reviews"</dt>
                <dd>{thousands(profile.reviews.len() as u64)}</dd>
                {since("Last messaged", customer.last_messaged)}
                {since("Unsubscribed", customer.unsubscribed)}
                {since("Archived", customer.archived)}
                <dt>"UUID"</dt>
                <dd>
                    <code>{customer.id.to_string()}</code>
                </dd>
            </dl>
        </section>
    }
}
