//! The search field: it searches when the typing pauses.

use crate::ui::hooks::{address::use_is_here, effect::effect};
use leptos::{ev, html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;

/// How long after the last key a search begins.
const PAUSE: Duration = Duration::from_millis(250);

#[component]
pub fn SearchField(
    id: &'static str,
    label: &'static str,
    placeholder: &'static str,
    /// What the address searches for.
    searched: Signal<String>,
    /// The page's own path. Once the address is another page's, a waiting search is dropped.
    path: Signal<String>,
    /// Called with what to search for.
    search: Callback<String>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    // What this field searched for: when the address says so too, it must not overwrite what is typed meanwhile.
    let asked = StoredValue::new(searched.get_untracked());
    let is_here = use_is_here(path);
    let stop = move || {
        if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let go = move || {
        stop();
        let Some(input) = input.get_untracked() else { return };
        let words = input.value().trim().to_owned();
        if is_here.get_untracked() && asked.get_value() != words {
            asked.set_value(words.clone());
            search.run(words);
        }
    };
    let on_input = move |_| {
        stop();
        waiting.set_value(set_timeout_with_handle(go, PAUSE).ok());
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            go();
        }
    };
    // Back, a chip or a link changed what is searched for.
    effect(move |before: Option<()>| {
        let words = searched.get();
        let Some(input) = input.get() else { return };
        if before.is_none() {
            // Search for what was typed before the scripts came.
            go();
        } else if asked.get_value() != words {
            stop();
            input.set_value(&words);
            asked.set_value(words);
        }
    });
    view! {
        <div class="field filter-search">
            <label class="field-label" for=id>
                {label}
            </label>
            <input
                class="input"
                id=id
                type="search"
                name="q"
                value=searched.get_untracked()
                maxlength="200"
                autocomplete="off"
                placeholder=placeholder
                node_ref=input
                on:input=on_input
                on:keydown=on_key
            />
        </div>
    }
}
