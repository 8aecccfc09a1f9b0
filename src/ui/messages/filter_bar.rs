//! The filters: a form that works by itself, and answers at once with scripts.

use crate::{
    domain::{
        filter::{Chip, MessageFilter, MessagesQuery, Sort},
        message::{Channel, Template},
        project::Frame,
        status::Status,
    },
    ui::{hooks::focus, parts::icon::Icon},
};
use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;
use web_sys::HtmlInputElement;

/// How long after the last key a search begins.
const PAUSE: Duration = Duration::from_millis(250);

type Options = Vec<(String, String)>;

#[component]
pub fn FilterBar(query: Signal<MessagesQuery>, frame: Frame) -> impl IntoView {
    let slug = StoredValue::new(frame.slug.clone());
    let navigate = use_navigate();
    let go = Callback::new(move |(filter, replace): (MessageFilter, bool)| {
        let now = query.get_untracked();
        if filter != now.filter {
            let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
            navigate(&slug.with_value(|s| now.filtered(filter).href(s)), options);
        }
    });
    // A value that the query would not take falls back to the default, as in the address.
    let change = move |name: &'static str| {
        Callback::new(move |value: String| {
            let mut pairs = query.with_untracked(|q| q.filter.pairs());
            pairs.retain(|(n, _)| *n != name);
            pairs.push((name, value));
            go.run((MessageFilter::from_pairs(&pairs), false));
        })
    };
    let options = |all: &'static str, list: Vec<(&'static str, &'static str)>| -> Options {
        let all = (!all.is_empty()).then(|| (String::new(), all.to_owned()));
        all.into_iter().chain(list.into_iter().map(|(v, n)| (v.to_owned(), n.to_owned()))).collect()
    };
    let locations = (frame.locations.len() > 1).then(|| {
        let mut list: Options = vec![(String::new(), "All".into())];
        list.extend(frame.locations.iter().map(|l| (l.id.to_string(), l.name.clone())));
        let value = of(query, |f| f.location.map(|l| l.to_string()).unwrap_or_default());
        view! { <Choice label="Location" name="location" options=list value on_change=change("location") /> }
    });
    let channels = options("All", Channel::ALL.map(|c| (c.slug(), c.name())).to_vec());
    let templates = options("All", Template::ALL.map(|t| (t.slug(), t.name())).to_vec());
    let statuses = options("All", Status::ALL.map(|s| (s.slug(), s.name())).to_vec());
    let sorts = options("", Sort::ALL.map(|s| (s.slug(), s.name())).to_vec());
    let directions = options("", vec![("desc", "Newest first"), ("asc", "Oldest first")]);
    let channel = of(query, |f| f.channel.map_or("", Channel::slug).to_owned());
    let template = of(query, |f| f.template.map_or("", Template::slug).to_owned());
    let status = of(query, |f| f.status.map_or("", Status::slug).to_owned());
    let sort = of(query, |f| f.sort.slug().to_owned());
    let dir = of(query, |f| f.dir.slug().to_owned());
    let from = of(query, |f| f.from.map(|d| d.to_string()).unwrap_or_default());
    let to = of(query, |f| f.to.map(|d| d.to_string()).unwrap_or_default());
    let complaint = Memo::new(move |_| query.with(|q| q.filter.complaint()));
    let per = move || query.with(|q| (q.page.per != 50).then(|| q.page.per.to_string()));
    view! {
        <form
            class="filters"
            method="get"
            action=frame.href("messages")
            role="search"
            aria-label="Filter messages"
            // The address says what is filtered by, not what the browser remembers of the form.
            autocomplete="off"
            on:submit=move |e: ev::SubmitEvent| e.prevent_default()
        >
            <Search query go />
            {locations} <Choice label="Channel" name="channel" options=channels value=channel on_change=change("channel") />
            <Choice label="Template" name="template" options=templates value=template on_change=change("template") />
            <Choice label="Status" name="status" options=statuses value=status on_change=change("status") />
            <Day label="From" name="from" value=from on_change=change("from") complaint />
            <Day label="To" name="to" value=to on_change=change("to") complaint />
            <Choice label="Sort by" name="sort" options=sorts value=sort on_change=change("sort") />
            <Choice label="Direction" name="dir" options=directions value=dir on_change=change("dir") />
            {move || per().map(|n| view! { <input type="hidden" name="per" value=n /> }.into_any())}
            <button class="button no-js-only" type="submit">
                "Apply"
            </button>
            <p class="field-error" id="dates-error" role="alert" hidden=move || complaint.get().is_none()>
                {move || complaint.get()}
            </p>
        </form>
        <Chips query frame />
    }
}

/// One control's value as the address has it.
fn of(query: Signal<MessagesQuery>, read: fn(&MessageFilter) -> String) -> Signal<String> {
    Signal::derive(move || query.with(|q| read(&q.filter)))
}

#[component]
fn Search(query: Signal<MessagesQuery>, go: Callback<(MessageFilter, bool)>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let searched = Memo::new(move |_| query.with(|q| q.filter.q.clone()));
    // What was asked for from here: its echo must not overwrite what is typed meanwhile.
    let asked = StoredValue::new(searched.get_untracked());
    let stop = move || {
        if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let search = move || {
        stop();
        let Some(input) = input.get_untracked() else { return };
        let q = input.value().trim().to_owned();
        let filter = query.with_untracked(|now| MessageFilter { q, ..now.filter.clone() });
        // As the address will have it.
        let filter = MessageFilter::from_pairs(&filter.pairs());
        asked.set_value(filter.q.clone());
        // Each key on the way to a word is not a place to come back to.
        go.run((filter, true));
    };
    let on_input = move |_| {
        stop();
        waiting.set_value(set_timeout_with_handle(search, PAUSE).ok());
    };
    // Back, a chip or a link changed what is searched for.
    Effect::new(move |_| {
        let q = searched.get();
        if let Some(input) = input.get()
            && asked.get_value() != q
        {
            stop();
            input.set_value(&q);
            asked.set_value(q);
        }
    });
    let initial = searched.get_untracked();
    view! {
        <div class="field filter-search">
            <label class="field-label" for="filter-q">
                "Search"
            </label>
            <input
                class="input"
                id="filter-q"
                type="search"
                name="q"
                value=initial
                maxlength="200"
                autocomplete="off"
                placeholder="Name, email, phone, company, subject, reason, UUID"
                node_ref=input
                on:input=on_input
                on:keydown=move |e| {
                    if e.key() == "Enter" {
                        e.prevent_default();
                        search();
                    }
                }
            />
        </div>
    }
}

#[component]
fn Choice(
    label: &'static str,
    name: &'static str,
    options: Options,
    value: Signal<String>,
    on_change: Callback<String>,
) -> impl IntoView {
    let id = format!("filter-{name}");
    let select = NodeRef::<html::Select>::new();
    Effect::new(move |_| {
        let value = value.get();
        if let Some(select) = select.get() {
            select.set_value(&value);
        }
    });
    let now = value.get_untracked();
    let option = |(value, text): (String, String)| {
        let chosen = value == now;
        view! {
            <option value=value selected=chosen>
                {text}
            </option>
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <select class="select" id=id name=name node_ref=select on:change=move |e| on_change.run(event_target_value(&e))>
                {options.into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}

#[component]
fn Day(
    label: &'static str,
    name: &'static str,
    value: Signal<String>,
    on_change: Callback<String>,
    /// What is wrong with the two days together.
    complaint: Memo<Option<&'static str>>,
) -> impl IntoView {
    let id = format!("filter-{name}");
    // While a year is typed, the day is one of the first centuries, or none: nothing to ask for yet.
    let changed = move |e: ev::Event| {
        let input: HtmlInputElement = event_target(&e);
        if input.check_validity() {
            on_change.run(input.value());
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <input
                class="input"
                type="date"
                id=id
                name=name
                value=value.get_untracked()
                prop:value=value
                min="1970-01-01"
                max="9999-12-31"
                aria-describedby="dates-error"
                aria-invalid=move || complaint.get().map(|_| "true")
                on:change=changed
            />
        </div>
    }
}

/// The filters in force, each removable.
#[component]
fn Chips(query: Signal<MessagesQuery>, frame: Frame) -> impl IntoView {
    let slug = frame.slug.clone();
    move || {
        let q = query.get();
        let chips = q.filter.chips(|id| frame.location_name(id));
        let cleared = MessageFilter { sort: q.filter.sort, dir: q.filter.dir, ..MessageFilter::default() };
        let chip = |c: Chip| {
            let name = format!("Remove filter {}: {}", c.label, c.value);
            view! {
                <li>
                    <a class="chip" href=q.filtered(c.without).href(&slug) aria-label=name data-noscroll="">
                        <span class="muted">{c.label}</span>
                        {c.value}
                        <Icon name="close" />
                    </a>
                </li>
            }
        };
        (!chips.is_empty()).then(|| {
            view! {
                <ul class="chips" aria-label="Filters in force" on:click=|_| focus::rescue()>
                    {chips.into_iter().map(chip).collect_view()}
                    <li>
                        <a class="link-button" href=q.filtered(cleared).href(&slug) data-noscroll="">
                            "Clear filters"
                        </a>
                    </li>
                </ul>
            }
        })
    }
}
