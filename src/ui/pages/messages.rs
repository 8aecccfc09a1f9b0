//! The project's Messages page.

use super::{awaited, param, query};
use crate::{
    api::messages::load_messages,
    domain::{
        filter::{MessageFilter, MessagesQuery},
        messages_page::MessagesPage as Page,
        project::Frame,
        role::Role,
        stats::count,
    },
    ui::{
        enhance::{
            CANCEL_UNSENT,
            keys::{HELP, KEYS},
        },
        frame::use_frame,
        messages::{
            filter_bar::filter_bar,
            pager::pager,
            stats_bar::stats_bar,
            table::{Scene, message_table},
        },
        parts::icon::Icon,
    },
};
use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

#[component]
pub fn MessagesPage() -> impl IntoView {
    let query = MessagesQuery::parse(&query());
    let data = load_messages(param("slug"), query.to_query());
    view! {
        <Title text="Messages" />
        {awaited(data, move |page| content(&page, &query, &use_frame()))}
    }
}

fn content(page: &Page, query: &MessagesQuery, frame: &Frame) -> impl IntoView + use<> {
    let may_tick = frame.may(Role::Manager);
    let ask = frame.may(Role::Operator).then(|| {
        view! {
            <a class="button button-primary" href=frame.href("customers")>
                "Request review"
            </a>
        }
    });
    let scene = Scene { may_tick, ..Scene::new(frame) };
    let table = if page.rows.is_empty() {
        Either::Left(nothing(query, frame))
    } else {
        Either::Right(message_table(&page.rows, "Messages".into(), &scene, Some(query)))
    };
    view! {
        <div class="title-row">
            <h1 tabindex="-1">"Messages"</h1>
            <div class="title-actions">
                <button type="button" class="button button-quiet js-only" data-opens=HELP>
                    "Keyboard help"
                </button>
                {ask}
            </div>
        </div>
        {stats_bar(&page.stats, query, &frame.slug)}
        {filter_bar(query, frame)}
        {may_tick.then(|| selection_bar(page, query, frame))}
        <div class="table-region" aria-busy="false" data-rows=query.page.per>
            {table}
        </div>
        {(!page.rows.is_empty()).then(|| pager(&page.place, query, &frame.slug))}
        {keyboard_help()}
    }
}

/// The line above the table, for `enhance/selection.rs`: how many match, which filter that is as the server takes it, and in
/// words.
fn selection_bar(page: &Page, query: &MessagesQuery, frame: &Frame) -> impl IntoView + use<> {
    let chips = query.filter.chips(|id| frame.location_name(id));
    let words: Vec<_> = chips.into_iter().map(|c| format!("{}: {}", c.label, c.value)).collect();
    let filter = MessageFilter { sort: Default::default(), dir: Default::default(), ..query.filter.clone() };
    view! {
        <div
            class="selection-bar"
            id="selection-bar"
            data-total=page.place.total
            data-filter=filter.to_query()
            data-words=words.join(", ")
            data-own=""
        >
            <span role="status">{count(page.place.total, "message")}</span>
            <button type="button" class="link-button" data-select="all"></button>
            <div class="menu-button">
                <button
                    type="button"
                    class="button"
                    aria-haspopup="menu"
                    aria-expanded="false"
                    data-actions=CANCEL_UNSENT
                >
                    "Select bulk action"
                    <Icon name="chevron-down" />
                </button>
            </div>
            <button type="button" class="link-button" data-select="none">
                "Clear"
            </button>
        </div>
    }
}

fn nothing(query: &MessagesQuery, frame: &Frame) -> impl IntoView + use<> {
    if query.filter.narrows() {
        let all = query.filtered(MessageFilter::default()).href(&frame.slug);
        return view! {
            <div class="empty">
                <h2>"No message matches these filters"</h2>
                <p>"Remove one of the filters above, or look at all messages."</p>
                <a class="button" href=all>
                    "Clear filters"
                </a>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="empty">
            <h2>"No messages yet"</h2>
            <p>"Choose a customer and request a review: each email and SMS of it will stand here."</p>
            <a class="button button-primary" href=frame.href("customers")>
                {if frame.may(Role::Operator) { "Choose a customer" } else { "Look at the customers" }}
            </a>
        </div>
    }
    .into_any()
}

fn keyboard_help() -> impl IntoView {
    let line = |(key, what): (&'static str, &'static str)| {
        view! {
            <dt>
                <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
        }
    };
    view! {
        <dialog class="dialog" id=HELP aria-labelledby="keyboard-title">
            <h2 id="keyboard-title">"Keyboard"</h2>
            <dl class="dialog-body definition-list">{KEYS.map(line).into_iter().collect_view()}</dl>
            <div class="dialog-foot">
                <form method="dialog">
                    <button class="button">"Close"</button>
                </form>
            </div>
        </dialog>
    }
}
