//! The command palette (Ctrl K, or ⌘ K): a page, an action, a customer, a saved view or a message, found by typing. It is loaded when
//! it is asked for.

use super::{
    messages::saved_views::use_saved_views,
    on_demand,
    parts::dialog::{Dialog, DialogFoot, use_dialog},
};
use crate::{
    api::{customers::load_customers, messages::load_message},
    domain::{
        MessageId,
        customer::{CustomersQuery, ProfileQuery, filter::CustomerFilter, message_href},
        palette::places,
        project::Frame,
        role::Role,
    },
};
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

/// How long after the last key customers are searched.
const PAUSE: Duration = Duration::from_millis(200);
/// The most of each kind that are offered.
const PLACES_SHOWN: usize = 8;
const CUSTOMERS_SHOWN: usize = 5;
const LIST: &str = "palette-list";

/// The palette, which its keys open. Once in a frame.
#[component]
pub fn PaletteHost(is_open: RwSignal<bool>, frame: Frame) -> impl IntoView {
    let handle = window_event_listener(ev::keydown, move |event| {
        let is_asked = (event.ctrl_key() || event.meta_key()) && !event.shift_key() && !event.alt_key();
        if is_asked && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            is_open.set(true);
        }
    });
    on_cleanup(move || handle.remove());
    let on_close = Callback::new(move |()| is_open.set(false));
    // The keys may be pressed while it is open: it stays as it is.
    let is_shown = Memo::new(move |_| is_open.get());
    move || {
        let frame = frame.clone();
        is_shown.get().then(|| on_demand::show(move |all| (all.palette)(frame, on_close)))
    }
}

/// Opens the palette for whom has no keyboard, and says its keys.
#[component]
pub fn PaletteButton(is_open: RwSignal<bool>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button button-quiet palette-button js-only"
            aria-keyshortcuts="Control+K Meta+K"
            on:click=move |_| is_open.set(true)
        >
            "Go to"
            <kbd aria-hidden="true">"Ctrl K"</kbd>
        </button>
    }
}

/// What makes the palette.
pub type PaletteFn = fn(Frame, Callback<()>) -> AnyView;

pub fn palette(frame: Frame, on_close: Callback<()>) -> AnyView {
    view! {
        <Dialog title="Go to" on_close>
            <Palette frame />
            <DialogFoot />
        </Dialog>
    }
    .into_any()
}

/// What can be gone to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    kind: &'static str,
    name: String,
    href: String,
}

fn item(kind: &'static str, name: impl Into<String>, href: String) -> Item {
    Item { kind, name: name.into(), href }
}

/// A component of its own, made within the dialog: a choice closes that.
#[component]
fn Palette(frame: Frame) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let role = frame.role;
    // No resource: the frame's Suspense would take the open dialog out of the page while it loads.
    let answer = RwSignal::new(None::<(String, Vec<Item>)>);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let views = use_saved_views();
    let slug = StoredValue::new(frame.slug);
    let items = Memo::new(move |_| {
        let q = typed.get();
        let lower = q.trim().to_lowercase();
        let place = |place: crate::domain::palette::Place| {
            item("Page", place.name, slug.with_value(|slug| format!("/projects/{slug}/{}", place.rest)))
        };
        let mut items: Vec<Item> = places(&q, role).into_iter().take(PLACES_SHOWN).map(place).collect();
        let views = views.0.get().into_iter().filter(|view| view.name.to_lowercase().contains(&lower));
        items.extend(views.map(|view| item("Saved view", view.name.clone(), slug.with_value(|slug| view.href(slug)))));
        if let Some((of, more)) = answer.get()
            && of == q.trim()
        {
            items.extend(more);
        }
        items
    });
    let chosen = RwSignal::new(0_usize);
    let last = move || items.with(|items| items.len().saturating_sub(1));
    let (navigate, dialog) = (use_navigate(), use_dialog());
    let go = move |href: &str| {
        dialog.close();
        navigate(href, NavigateOptions::default());
    };
    let written = move |event: ev::Event| {
        typed.set(event_target_value(&event));
        chosen.set(0);
        stop();
        let search = move || {
            let words = typed.get_untracked().trim().to_owned();
            let found = found(slug.get_value(), role, words);
            spawn_local(async move { drop(answer.try_set(Some(found.await))) });
        };
        waiting.set_value(set_timeout_with_handle(search, PAUSE).ok());
    };
    let pressed = {
        let go = go.clone();
        move |event: ev::KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" => chosen.update(|at| *at = if *at >= last() { 0 } else { *at + 1 }),
                "ArrowUp" => chosen.update(|at| *at = if *at == 0 { last() } else { *at - 1 }),
                "Enter" => {
                    let href = items.with(|items| items.get(chosen.get_untracked()).map(|item| item.href.clone()));
                    if let Some(href) = href {
                        go(&href);
                    }
                }
                _ => return,
            }
            event.prevent_default();
        }
    };
    let option = move |(place, Item { kind, name, href }): (usize, Item)| {
        let go = go.clone();
        let is_chosen = move || if chosen.get() == place { "true" } else { "false" };
        view! {
            <li
                class="palette-item"
                id=format!("palette-{place}")
                role="option"
                aria-selected=is_chosen
                on:pointermove=move |_| chosen.set(place)
                on:click=move |_| go(&href)
            >
                <span>{name}</span>
                <span class="muted">{kind}</span>
            </li>
        }
        .into_any()
    };
    let said = move || match items.with(Vec::len) {
        0 => "Nothing has this name. A message is found by its whole UUID.".to_owned(),
        1 => "1 result".to_owned(),
        n => format!("{n} results"),
    };
    view! {
        <div class="dialog-body palette">
            <input
                class="input"
                type="text"
                role="combobox"
                aria-label="Page, action, customer, view or message UUID"
                aria-expanded="true"
                aria-controls=LIST
                aria-activedescendant=move || format!("palette-{}", chosen.get())
                aria-autocomplete="list"
                placeholder="Page, action, customer, view or message UUID"
                autocomplete="off"
                autofocus
                on:input=written
                on:keydown=pressed
            />
            <ul class="palette-list" id=LIST role="listbox" aria-label="Results">
                {move || items.get().into_iter().enumerate().map(option.clone()).collect_view()}
            </ul>
            <p class="visually-hidden" role="status">
                {said}
            </p>
        </div>
    }
}

/// What the server finds for `words`: customers, what can be done with them, and the message with this UUID.
async fn found(slug: String, role: Role, words: String) -> (String, Vec<Item>) {
    if words.chars().nth(1).is_none() {
        return (words, Vec::new());
    }
    let mut items = Vec::new();
    if let Ok(id) = words.parse::<MessageId>() {
        if let Ok(message) = load_message(slug.clone(), id).await {
            let row = message.row;
            let href = message_href(&slug, row.customer_id, id);
            items.push(item("Message", format!("{} to {}", row.template.name(), row.customer_name), href));
        }
        return (words, items);
    }
    let filter = CustomerFilter { q: words.clone(), ..CustomerFilter::default() };
    if let Ok(page) = load_customers(slug.clone(), CustomersQuery::default().filtered(filter)).await {
        for row in page.rows.into_iter().take(CUSTOMERS_SHOWN) {
            let href = ProfileQuery::default().href(&slug, row.id);
            items.push(item("Customer", row.name.clone(), href.clone()));
            if role >= Role::Operator {
                items.push(item("Action", format!("Request a review from {}", row.name), format!("{href}?do=request")));
            }
        }
    }
    (words, items)
}
