//! What goes out today, tomorrow, and in the next thirty days.

use crate::{
    domain::{
        project::Frame,
        stats::{count, thousands},
        strategy::page::{DayLoad, StrategyPage},
        time::date_words,
    },
    ui::pages::settings::PauseForm,
};
use chrono::Datelike;
use leptos::prelude::*;

/// A week is seven days, today among them.
const WEEK: usize = 7;

#[component]
pub fn Upcoming(data: Memo<StrategyPage>, frame: Frame) -> impl IntoView {
    let days = Memo::new(move |_| data.with(|page| page.days.clone()));
    let is_paused = Memo::new(move |_| data.with(|page| page.paused.is_some()));
    let today = frame.today;
    let paused = move || {
        data.with(|page| {
            let (since, by) = page.paused.as_ref()?;
            Some(format!("Sending is paused since {} by {by}: messages wait, and none is lost.", since.inline(today)))
        })
    };
    let sum = |days: &[DayLoad]| -> u64 { days.iter().map(|day| u64::from(day.all())).sum() };
    let numbers = move || {
        days.with(|days| {
            let of = |from: usize, to: usize| sum(days.get(from..to.min(days.len())).unwrap_or_default());
            [("Today", of(0, 1)), ("Tomorrow", of(1, 2)), ("Next 7 days", of(0, WEEK)), ("Next 30 days", of(0, 30))]
                .map(|(label, n)| {
                    view! {
                        <div>
                            <dt>{label}</dt>
                            <dd>{thousands(n)}</dd>
                        </div>
                    }
                })
                .collect_view()
        })
    };
    let calendar = move || {
        days.with(|days| {
            let most = days.iter().map(|day| day.all()).max().unwrap_or(0).max(1);
            days.iter().map(|day| bar(*day, most)).collect_view()
        })
    };
    let messages = frame.href("messages?status=scheduled&sort=scheduled&dir=asc");
    view! {
        <section class="card" aria-labelledby="upcoming-heading">
            <h2 id="upcoming-heading">"Upcoming"</h2>
            <p class="muted">
                "Messages that are scheduled, by hand and by the strategy; what waits from before counts as today's. " <a href=messages>"See them all"</a>
            </p>
            {move || paused().map(|words| view! { <p class="notice notice-error">{words}</p> }.into_any())}
            <dl class="numbers">{numbers}</dl>
            <ol class="calendar" aria-label="The next 30 days">
                {calendar}
            </ol>
            <PauseForm is_paused frame />
        </section>
    }
}

fn bar(day: DayLoad, most: u32) -> impl IntoView {
    let words = format!(
        "{}: {} ({} by email, {} by SMS)",
        date_words(day.day),
        count(day.all().into(), "message"),
        thousands(day.email.into()),
        thousands(day.sms.into()),
    );
    let height = day.all() * 100 / most;
    // A day with few messages beside one with many can still be seen.
    let height = if day.all() > 0 { height.max(4) } else { 0 };
    let title = words.clone();
    view! {
        <li title=title>
            <svg class="calendar-bar" viewBox="0 0 1 100" preserveAspectRatio="none" aria-hidden="true">
                <rect width="1" y=100 - height height=height></rect>
            </svg>
            <span class="calendar-day" aria-hidden="true">{day.day.day()}</span>
            <span class="visually-hidden">{words}</span>
        </li>
    }
}
