//! The four numbers. Each is a link that filters by its status. Beneath them stands how many messages are scheduled, and a link
//! decides whether machines count.

use super::{
    chart::ChartLink,
    page_dialog::{PageDialog, PageDialogs},
};
use crate::{
    domain::{
        filter::{MessageFilter, MessagesQuery},
        stats::{Stats, thousands},
        status::Status,
    },
    ui::{hooks::changing::changing, parts::icon::Icon},
};
use leptos::prelude::*;

#[component]
pub fn StatsBar(
    stats: Signal<Stats>,
    query: Signal<MessagesQuery>,
    #[prop(into)] slug: String,
    dialogs: PageDialogs,
) -> impl IntoView {
    let slug = StoredValue::new(slug);
    let cards = Stats::SHOWN.map(|status| view! { <Stat status stats query slug /> }.into_any());
    view! {
        <section aria-label="Summary">
            <ul class="stats">{cards.into_iter().collect_view()}</ul>
        </section>
        <p class="stats-note">
            <Scheduled stats query slug /> <Machines query slug /> <ChartLink query slug />
            <button type="button" class="link-button js-only" on:click=move |_| dialogs.open(PageDialog::TableLook)>
                "Columns"
            </button>
        </p>
    }
}

/// Says whose opens and clicks are counted, and leads to the other numbers.
#[component]
fn Machines(query: Signal<MessagesQuery>, slug: StoredValue<String>) -> impl IntoView {
    let are_counted = Memo::new(move |_| query.with(|q| q.filter.machines));
    let href = changing(move || {
        query.with(|q| {
            let other = MessageFilter { machines: !q.filter.machines, ..q.filter.clone() };
            slug.with_value(|slug| q.filtered(other).href(slug))
        })
    });
    let whose = changing(move || {
        if are_counted.get() { "Opened and clicked by people and machines" } else { "Opened and clicked by people" }
    });
    let change = changing(move || if are_counted.get() { "Leave machines out" } else { "Include machines" });
    view! {
        <span>{whose}</span>
        <a class="link-button" href=href data-noscroll="">
            {change}
        </a>
    }
}

/// How many wait for their time: a link to them.
#[component]
fn Scheduled(stats: Signal<Stats>, query: Signal<MessagesQuery>, slug: StoredValue<String>) -> impl IntoView {
    let href = changing(move || {
        query.with(|q| slug.with_value(|slug| q.filtered(q.filter.with_status(Some(Status::Scheduled))).href(slug)))
    });
    let number = Memo::new(move |_| stats.with(|stats| stats.scheduled));
    view! {
        <a class="link-button stats-scheduled" href=href data-noscroll="">
            "Scheduled "
            {changing(move || thousands(number.get()))}
        </a>
    }
}

#[component]
fn Stat(
    status: Status,
    stats: Signal<Stats>,
    query: Signal<MessagesQuery>,
    slug: StoredValue<String>,
) -> impl IntoView {
    let chosen = Memo::new(move |_| query.with(|q| q.filter.wanted_status() == Some(status)));
    let href = changing(move || {
        query.with(|q| slug.with_value(|slug| q.filtered(q.filter.with_status(Some(status))).href(slug)))
    });
    let number = Memo::new(move |_| stats.with(|stats| stats.of(status)));
    let share = Memo::new(move |_| stats.with(|stats| stats.share_in_tenths(status)));
    let share_text = changing(move || {
        let of = if status == Status::Failed { "of attempted" } else { "of sent" };
        share.get().map(|n| format!("{}.{}% {of}", n / 10, n % 10)).unwrap_or_default()
    });
    // Sent has no share: its bar is full.
    let bar = changing(move || share.get().unwrap_or(if number.get() > 0 { 1000 } else { 0 }).to_string());
    view! {
        <li>
            <a
                class=format!("stat stat-{}", status.slug())
                href=href
                data-noscroll=""
                aria-current=changing(move || chosen.get().then_some("true"))
            >
                <span class="stat-label">
                    <Icon name=status.slug() />
                    {status.name()}
                    {changing(move || chosen.get().then(|| view! { <Icon name="check" /> }.into_any()))}
                </span>
                <span class="stat-value">{changing(move || thousands(number.get()))}</span>
                <span class="stat-share">{share_text}</span>
                <svg class="stat-bar" viewBox="0 0 1000 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect width=bar height="4"></rect>
                </svg>
            </a>
        </li>
    }
}
