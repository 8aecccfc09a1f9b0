//! The four numbers; each leads to its rows.

use crate::{
    domain::{
        filter::MessagesQuery,
        stats::{Stats, thousands},
        status::Status,
    },
    ui::parts::icon::Icon,
};
use leptos::prelude::*;

pub fn stats_bar(stats: &Stats, query: &MessagesQuery, slug: &str) -> impl IntoView + use<> {
    let cards = Stats::SHOWN.into_iter().map(|status| stat(status, stats, query, slug)).collect_view();
    view! {
        <section aria-label="Summary">
            <ul class="stats">{cards}</ul>
        </section>
    }
}

fn stat(status: Status, stats: &Stats, query: &MessagesQuery, slug: &str) -> impl IntoView + use<> {
    let chosen = query.filter.status == Some(status);
    let share = stats.share(status);
    let of = if status == Status::Failed { "of attempted" } else { "of sent" };
    // The whole is what was sent.
    let bar = share.map_or(if stats.of(status) > 0 { 1000.0 } else { 0.0 }, |share| share * 10.0);
    view! {
        <li>
            <a
                class=format!("stat stat-{}", status.slug())
                href=query.filtered(query.filter.with_status(Some(status))).href(slug)
                data-noscroll=""
                aria-current=chosen.then_some("true")
            >
                <span class="stat-label">
                    <Icon name=status.slug() />
                    {status.name()}
                    {chosen.then(|| view! { <Icon name="check" /> })}
                </span>
                <span class="stat-value">{thousands(stats.of(status))}</span>
                <span class="stat-share">{share.map(|share| format!("{share:.1}% {of}"))}</span>
                <svg class="stat-bar" viewBox="0 0 1000 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect width=format!("{bar:.0}") height="4"></rect>
                </svg>
            </a>
        </li>
    }
}
