//! The search of the Customers page: a form that works without scripts, and applies at once with them.

use crate::{
    domain::customer::CustomersQuery,
    ui::{hooks::effect::effect, messages::search_field::SearchField},
};
use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[component]
pub fn CustomerSearch(
    /// What the address asks for.
    query: Memo<CustomersQuery>,
    /// The page's own path.
    path: Signal<String>,
    slug: String,
) -> impl IntoView {
    let all = CustomersQuery::default().href(&slug);
    let navigate = use_navigate();
    let go = Callback::new(move |(to, replace): (CustomersQuery, bool)| {
        if to != query.get_untracked() {
            navigate(&to.href(&slug), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        }
    });
    let search = Callback::new(move |q: String| {
        let now = query.get_untracked();
        // Back leads from the first search to all customers; the keys after it replace its entry of the history.
        let replace = !now.q.is_empty();
        go.run((CustomersQuery { q, after: None, ..now }, replace));
    });
    let archived = Callback::new(move |archived: bool| {
        go.run((CustomersQuery { archived, after: None, ..query.get_untracked() }, false));
    });
    let unsubscribed = Callback::new(move |unsubscribed: bool| {
        go.run((CustomersQuery { unsubscribed, after: None, ..query.get_untracked() }, false));
    });
    let is_narrowed = Memo::new(move |_| query.with(CustomersQuery::is_narrowed));
    let clear = {
        let all = all.clone();
        move || {
            is_narrowed.get().then(|| {
                view! {
                    <a class="link-button" href=all.clone()>
                        "Clear filters"
                    </a>
                }
                .into_any()
            })
        }
    };
    view! {
        <form
            class="filters"
            method="get"
            action=all
            role="search"
            aria-label="Search customers"
            // The address says what is searched for, not what the browser remembers of the form.
            autocomplete="off"
            on:submit=move |event: ev::SubmitEvent| event.prevent_default()
        >
            <SearchField
                id="customers-q"
                label="Search customers"
                placeholder="Name, company, email or phone"
                searched=Signal::derive(move || query.with(|query| query.q.clone()))
                path
                search
            />
            <Only
                label="Only archived"
                name="archived"
                is_on=Signal::derive(move || query.with(|query| query.archived))
                on_change=archived
            />
            <Only
                label="Only unsubscribed"
                name="unsubscribed"
                is_on=Signal::derive(move || query.with(|query| query.unsubscribed))
                on_change=unsubscribed
            />
            <button class="button no-js-only" type="submit">
                "Search"
            </button>
            {clear}
        </form>
    }
}

/// A filter that is on or off.
#[component]
fn Only(
    label: &'static str,
    /// In the address.
    name: &'static str,
    is_on: Signal<bool>,
    on_change: Callback<bool>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    effect(move |before: Option<()>| {
        let is_on = is_on.get();
        let Some(input) = input.get() else { return };
        if before.is_none() && input.checked() != is_on {
            // Ticked before the scripts came.
            on_change.run(input.checked());
        } else {
            input.set_checked(is_on);
        }
    });
    view! {
        <label class="checkbox">
            <input
                type="checkbox"
                name=name
                value="yes"
                checked=is_on.get_untracked()
                node_ref=input
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            {label}
        </label>
    }
}
