//! The search of the Suppressed page: a form that works without scripts, and applies at once with them.

use crate::{domain::suppression::SuppressedQuery, ui::messages::search_field::SearchField};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[component]
pub fn SuppressedSearch(
    /// What the address asks for.
    query: Memo<SuppressedQuery>,
    /// The page's own path.
    path: Signal<String>,
    slug: String,
) -> impl IntoView {
    let all = SuppressedQuery::default().href(&slug);
    let navigate = use_navigate();
    let search = Callback::new(move |q: String| {
        // Back leads from the first search to all addresses; the keys after it replace its entry of the history.
        let replace = query.with_untracked(|now| !now.q.is_empty());
        let to = SuppressedQuery { q, ..SuppressedQuery::default() };
        if to != query.get_untracked() {
            navigate(&to.href(&slug), NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
        }
    });
    view! {
        <form
            class="filters"
            method="get"
            action=all
            role="search"
            aria-label="Search suppressed addresses"
            // The address says what is searched for, not what the browser remembers of the form.
            autocomplete="off"
            on:submit=move |event: ev::SubmitEvent| event.prevent_default()
        >
            <SearchField
                id="suppressed-q"
                label="Search suppressed addresses"
                placeholder="Email or phone"
                searched=Signal::derive(move || query.with(|query| query.q.clone()))
                path
                search
            />
            <button class="button no-js-only" type="submit">
                "Search"
            </button>
        </form>
    }
}
