//! The chart above the messages. It is loaded when somebody asks for it.

use crate::{
    api::messages::load_chart,
    domain::{
        chart::{Bar, Chart, ChartUnit},
        filter::{MessageFilter, MessagesQuery},
        stats::{Stats, count, thousands},
        status::Status,
        time::date_words,
    },
    ui::{
        hooks::{
            effect::effect,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        on_demand,
        parts::trouble::Trouble,
    },
};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The width of a bar's place, and the heights of the two drawings, in units of the drawing.
const STEP: usize = 24;
const HEIGHT: u64 = 140;
const REVIEWS_HEIGHT: u64 = 36;

/// Whether the chart is shown, and the link that changes it.
#[component]
pub fn ChartLink(query: Signal<MessagesQuery>, slug: StoredValue<String>) -> impl IntoView {
    let is_shown = Memo::new(move |_| query.with(|query| query.chart.is_some()));
    let href = move || {
        query.with(|query| {
            let chart = if query.chart.is_some() { None } else { Some(ChartUnit::Day) };
            slug.with_value(|slug| MessagesQuery { chart, ..query.clone() }.href(slug))
        })
    };
    view! {
        <a class="link-button js-only" href=href data-noscroll="">
            {move || if is_shown.get() { "Hide chart" } else { "Show chart" }}
        </a>
    }
}

/// The chart, where the address asks for it. The server sends the page without it, and scripts add it.
#[component]
pub fn ChartPlace(query: Signal<MessagesQuery>, slug: String) -> impl IntoView {
    let is_hydrated = RwSignal::new(false);
    effect(move |_| is_hydrated.set(true));
    let is_shown = Memo::new(move |_| is_hydrated.get() && query.with(|query| query.chart.is_some()));
    move || {
        let slug = slug.clone();
        is_shown.get().then(|| on_demand::show(move |all| (all.chart)(query, slug)))
    }
}

/// What makes the chart.
pub type ChartFn = fn(Signal<MessagesQuery>, String) -> AnyView;

pub fn chart(query: Signal<MessagesQuery>, slug: String) -> AnyView {
    view! { <MessagesChart query slug /> }.into_any()
}

#[component]
fn MessagesChart(query: Signal<MessagesQuery>, slug: String) -> impl IntoView {
    let project = slug.clone();
    // Neither the page of the table nor the status changes the chart.
    let asked = Memo::new(move |_| {
        query.with(|query| MessagesQuery {
            filter: MessageFilter { status: None, ..query.filter.clone() },
            chart: query.chart,
            ..MessagesQuery::default()
        })
    });
    let answer = use_resource(move || (project.clone(), asked.get()), |(slug, query)| load_chart(slug, query));
    let tabs = {
        let slug = slug.clone();
        let tab = move |unit: ChartUnit| {
            let slug = slug.clone();
            view! {
                <li>
                    <a
                        class="tab"
                        href=move || query.with(|query| MessagesQuery { chart: Some(unit), ..query.clone() }.href(&slug))
                        aria-current=move || query.with(|query| query.chart == Some(unit)).then_some("true")
                        data-noscroll=""
                    >
                        {unit.name()}
                    </a>
                </li>
            }
        };
        view! {
            <ul class="tabs" aria-label="A bar for each">
                {ChartUnit::ALL.map(tab).into_iter().collect_view()}
            </ul>
        }
    };
    view! {
        <section class="card chart" aria-labelledby="chart-heading">
            <div class="section-head">
                <h2 id="chart-heading">"Over time"</h2>
                {tabs}
            </div>
            {page_view(
                answer,
                |_| (),
                |chart| chart.version,
                move |page| view! { <ChartView page query slug=slug.clone() /> }.into_any(),
            )}
        </section>
    }
}

#[component]
fn ChartView(page: PageData<Chart>, query: Signal<MessagesQuery>, slug: String) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let cut = move || {
        data.with(|chart| chart.is_cut)
            .then(|| view! { <p class="muted">"The dates reach further back; the newest bars are shown. Choose weeks or months."</p> }.into_any())
    };
    let drawing = {
        let slug = slug.clone();
        move || match data.with(|chart| chart.bars.clone()) {
            bars if bars.is_empty() => view! { <p class="muted">"No day is within these dates."</p> }.into_any(),
            bars => view! { <Drawing bars query slug=slug.clone() /> }.into_any(),
        }
    };
    view! {
        <Trouble trouble read />
        {cut}
        {drawing}
    }
}

/// The filter that shows what a bar, or several, stand for.
fn between(query: &MessagesQuery, first: &Bar, last: &Bar) -> MessagesQuery {
    let (first, last) = if first.from <= last.from { (first, last) } else { (last, first) };
    query.filtered(MessageFilter { from: Some(first.from), to: Some(last.to), ..query.filter.clone() })
}

fn days(bar: &Bar) -> String {
    match bar.from == bar.to {
        true => date_words(bar.from),
        false => format!("{} – {}", date_words(bar.from), date_words(bar.to)),
    }
}

/// `24 Nov 2026: 12 sent, 5 opened, 2 clicked, 1 failed, 1 review`
fn sentence(bar: &Bar) -> String {
    let Stats { sent, opened, clicked, failed, .. } = bar.stats;
    let [sent, opened, clicked, failed] = [sent, opened, clicked, failed].map(thousands);
    let reviews = count(bar.reviews, "review");
    format!("{}: {sent} sent, {opened} opened, {clicked} clicked, {failed} failed, {reviews}", days(bar))
}

#[component]
fn Drawing(bars: Vec<Bar>, query: Signal<MessagesQuery>, slug: String) -> impl IntoView {
    let most = bars.iter().map(|bar| bar.stats.sent + bar.stats.failed).max().unwrap_or(0).max(1);
    let most_reviews = bars.iter().map(|bar| bar.reviews).max().unwrap_or(0).max(1);
    let width = bars.len() * STEP;
    let (first, last) = (bars.first().map(days), bars.last().map(days));
    // A drag from one bar to another chooses the days between them.
    let (begun, reached) = (RwSignal::new(None::<usize>), RwSignal::new(0_usize));
    let navigate = use_navigate();
    let kept = StoredValue::new(bars.clone());
    let project = slug.clone();
    let release = move |event: ev::PointerEvent| {
        let Some(start) = begun.get_untracked() else { return };
        begun.set(None);
        let end = reached.get_untracked();
        if start != end {
            event.prevent_default();
            let href = kept.with_value(|bars| {
                let (from, to) = (bars.get(start)?, bars.get(end)?);
                Some(query.with_untracked(|query| between(query, from, to).href(&project)))
            });
            if let Some(href) = href {
                navigate(&href, NavigateOptions { scroll: false, ..NavigateOptions::default() });
            }
        }
    };
    let bar = {
        let slug = slug.clone();
        move |(place, bar): (usize, Bar)| {
            let slug = slug.clone();
            let href = move || query.with(|query| between(query, &bar, &bar).href(&slug));
            let is_dragged = move || {
                begun.get().is_some_and(|start| (start.min(reached.get())..=start.max(reached.get())).contains(&place))
            };
            let label = sentence(&bar);
            view! {
                // Within an element of SVG, so that the link is one, too.
                <g>
                <a
                    class="chart-bar"
                    class:chart-dragged=is_dragged
                    href=href
                    aria-label=label.clone()
                    data-noscroll=""
                    on:pointerdown=move |_| {
                        reached.set(place);
                        begun.set(Some(place));
                    }
                    on:pointerenter=move |_| reached.set(place)
                >
                    <title>{label.clone()}</title>
                    {shapes(place, &bar, most, most_reviews)}
                </a>
                </g>
            }
            .into_any()
        }
    };
    let rows = bars.clone();
    view! {
        <ul class="chart-key" aria-label="Key">
            <li class="key-sent">"Sent"</li>
            <li class="key-opened">"Opened"</li>
            <li class="key-clicked">"Clicked"</li>
            <li class="key-failed">"Failed"</li>
            <li class="key-reviews">"Reviews, in the lower row"</li>
        </ul>
        <div class="chart-frame">
            <p class="chart-most" aria-hidden="true">
                {thousands(most)}
            </p>
            <svg
                class="chart-drawing"
                viewBox=format!("0 0 {width} {}", HEIGHT + 8 + REVIEWS_HEIGHT)
                preserveAspectRatio="none"
                role="group"
                aria-label="Messages over time. Each bar filters by its days."
                // The browser would drag the link.
                on:dragstart=|event| event.prevent_default()
                on:pointerup=release
                on:pointerleave=move |_| begun.set(None)
            >
                <defs>
                    <pattern id="chart-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                        <rect class="hatch-ground" width="6" height="6"></rect>
                        <rect class="hatch-line" width="3" height="6"></rect>
                    </pattern>
                </defs>
                <line class="chart-ground" x1="0" x2=width.to_string() y1=HEIGHT.to_string() y2=HEIGHT.to_string()></line>
                {bars.into_iter().enumerate().map(bar).collect_view()}
            </svg>
            <p class="chart-ends muted" aria-hidden="true">
                <span>{first}</span>
                <span>{last}</span>
            </p>
        </div>
        <p class="muted">
            "A message belongs to the day on which it was sent; its open, its click and its review are counted there, too. Click a bar to filter by its days, or drag over several."
        </p>
        <details class="chart-table">
            <summary>"Show the numbers as a table"</summary>
            <ChartTable bars=rows query slug />
        </details>
    }
}

/// Opened stands within Sent and Clicked within Opened, each narrower than the one around it; Failed is hatched and stands on top.
fn shapes(place: usize, bar: &Bar, most: u64, most_reviews: u64) -> AnyView {
    let left = place * STEP;
    let column = |class: &'static str, n: u64, inset: usize, on: u64| {
        // What there is can be seen, however little it is.
        let height = if n == 0 { 0 } else { (n * HEIGHT / most).max(1) };
        let y = HEIGHT.saturating_sub(on + height);
        let view = view! {
            <rect
                class=class
                x=(left + inset).to_string()
                y=y.to_string()
                width=(STEP - 2 * inset).to_string()
                height=height.to_string()
            ></rect>
        };
        (view, height)
    };
    let Stats { sent, opened, clicked, failed, .. } = bar.stats;
    let (sent, sent_height) = column("bar-sent", sent, 3, 0);
    let (opened, _) = column("bar-opened", opened, 6, 0);
    let (clicked, _) = column("bar-clicked", clicked, 9, 0);
    let (failed, _) = column("bar-failed", failed, 3, sent_height);
    let height = if bar.reviews == 0 { 0 } else { (bar.reviews * REVIEWS_HEIGHT / most_reviews).max(2) };
    view! {
        // The whole height can be clicked.
        <rect
            class="bar-ground"
            x=left.to_string()
            y="0"
            width=STEP.to_string()
            height=(HEIGHT + 8 + REVIEWS_HEIGHT).to_string()
        ></rect>
        {sent}
        {opened}
        {clicked}
        {failed}
        <rect
            class="bar-reviews"
            x=(left + 6).to_string()
            y=(HEIGHT + 8 + REVIEWS_HEIGHT - height).to_string()
            width=(STEP - 12).to_string()
            height=height.to_string()
        ></rect>
    }
    .into_any()
}

#[component]
fn ChartTable(bars: Vec<Bar>, query: Signal<MessagesQuery>, slug: String) -> impl IntoView {
    let row = move |bar: Bar| {
        let slug = slug.clone();
        let numbers =
            [Status::Sent, Status::Opened, Status::Clicked, Status::Failed].map(|status| bar.stats.of(status));
        let numbers = numbers.into_iter().chain([bar.reviews]);
        view! {
            <tr>
                <th scope="row">
                    <a href=move || query.with(|query| between(query, &bar, &bar).href(&slug)) data-noscroll="">
                        {days(&bar)}
                    </a>
                </th>
                {numbers.map(|n| view! { <td>{thousands(n)}</td> }).collect_view()}
            </tr>
        }
        .into_any()
    };
    view! {
        <table>
            <caption class="visually-hidden">"Messages over time"</caption>
            <thead>
                <tr>
                    {["Days", "Sent", "Opened", "Clicked", "Failed", "Reviews"]
                        .map(|name| view! { <th scope="col">{name}</th> })
                        .into_iter()
                        .collect_view()}
                </tr>
            </thead>
            // The newest first, as in the table of messages.
            <tbody>{bars.into_iter().rev().map(row).collect_view()}</tbody>
        </table>
    }
}
