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
    let slug = StoredValue::new(slug);
    let cards = Stats::SHOWN.map(|status| view! { <Stat status stats query slug /> });
    view! {
        <section aria-label="Summary">
            <ul class="stats">{cards.into_iter().collect_view()}</ul>
        </section>
    }
}

#[component]
fn Stat(
    status: Status,
    stats: Signal<Stats>,
    query: Signal<MessagesQuery>,
    slug: StoredValue<String>,
) -> impl IntoView {
    let chosen = Memo::new(move |_| query.with(|q| q.filter.status == Some(status)));
    // The chosen one leads back to all.
    let href = move || {
        let to = (!chosen.get()).then_some(status);
        query.with(|q| slug.with_value(|s| q.filtered(q.filter.with_status(to)).href(s)))
    };
    let share = move || stats.with(|s| tenths(s.share(status)));
    let share_text = move || {
        let of = if status == Status::Failed { "of attempted" } else { "of sent" };
        share().map(|n| format!("{}.{}% {of}", n / 10, n % 10)).unwrap_or_default()
    };
    // The whole is what was sent.
    let bar = move || share().unwrap_or_else(|| if stats.with(|s| s.of(status)) > 0 { 1000 } else { 0 }).to_string();
    view! {
        <li>
            <a
                class=format!("stat stat-{}", status.slug())
                href=href
                data-noscroll=""
                aria-current=move || chosen.get().then_some("true")
            >
                <span class="stat-label">
                    <Icon name=status.slug() />
                    {status.name()}
                    {move || chosen.get().then(|| view! { <Icon name="check" /> }.into_any())}
                </span>
                <span class="stat-value">{move || thousands(stats.with(|s| s.of(status)))}</span>
                <span class="stat-share">{share_text}</span>
                <svg class="stat-bar" viewBox="0 0 1000 4" preserveAspectRatio="none" aria-hidden="true">
                    <rect width=bar height="4"></rect>
                </svg>
            </a>
        </li>
    }
}

/// Whole tenths of a percent. (Formatting a fraction would cost the browser's build 14 kB.)
fn tenths(share: Option<f64>) -> Option<u32> {
    share.map(|s| (s * 10.0).round() as u32)
}
