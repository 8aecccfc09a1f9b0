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

#[component]
pub fn StatsBar(stats: Signal<Stats>, query: Signal<MessagesQuery>, #[prop(into)] slug: String) -> impl IntoView {
    let card = move |status: Status| {
        let slug = slug.clone();
        let chosen = move || query.with(|q| q.filter.status == Some(status));
        // The chosen one leads back to all.
        let href = move || query.with(|q| q.filtered(q.filter.with_status((!chosen()).then_some(status))).href(&slug));
        let share = move || stats.with(|s| s.share(status));
        let share_text = move || {
            let of = if status == Status::Failed { "of attempted" } else { "of sent" };
            share().map(|s| format!("{s} % {of}")).unwrap_or_default()
        };
        view! {
            <li>
                <a
                    class=format!("stat stat-{}", status.slug())
                    href=href
                    data-noscroll=""
                    aria-current=move || chosen().then_some("true")
                >
                    <span class="stat-label">
                        <Icon name=status.slug() />
                        {status.name()}
                    </span>
                    <span class="stat-value">{move || thousands(stats.with(|s| s.of(status)))}</span>
                    <span class="stat-share">{share_text}</span>
                    <svg class="stat-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                        <rect width=move || share().unwrap_or(100.0).to_string() height="4"></rect>
                    </svg>
                </a>
            </li>
        }
    };
    view! {
        <section aria-label="Summary">
            <ul class="stats">{Stats::SHOWN.map(card).into_iter().collect_view()}</ul>
        </section>
    }
}
