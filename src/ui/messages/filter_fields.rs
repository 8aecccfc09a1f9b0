//! The fields of a filter: each applies at once with scripts, and is sent with the form without.

use crate::ui::hooks::{changing::changing, effect::effect};
use leptos::{ev, html, prelude::*, web_sys::HtmlInputElement};

/// The id of the fields beside the search. In a narrow window they are a popover that needs no scripts.
pub const FIELDS: &str = "filter-fields";

/// The values of a select and their names.
pub type Options = Vec<(String, String)>;

pub fn owned<const N: usize>(list: [(&'static str, &'static str); N]) -> Options {
    list.map(|(value, name)| (value.to_owned(), name.to_owned())).to_vec()
}

pub fn with_all(list: Options) -> Options {
    std::iter::once((String::new(), "All".to_owned())).chain(list).collect()
}

#[component]
pub fn Choice(
    label: &'static str,
    /// In the address; without one, the form does not send it.
    name: &'static str,
    options: Options,
    value: Signal<String>,
    on_change: Callback<String>,
) -> impl IntoView {
    let id = format!("filter-{}", if name.is_empty() { "preset" } else { name });
    let select = NodeRef::<html::Select>::new();
    effect(move |before: Option<()>| {
        let value = value.get();
        let Some(select) = select.get() else { return };
        let chosen = select.value();
        if before.is_none() && chosen != value {
            // Chosen before the scripts came.
            on_change.run(chosen);
        } else {
            select.set_value(&value);
        }
    });
    let now = value.get_untracked();
    let option = |(value, text): (String, String)| {
        let is_chosen = value == now;
        view! {
            <option value=value selected=is_chosen>
                {text}
            </option>
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <select
                class="select"
                id=id
                name=(!name.is_empty()).then_some(name)
                node_ref=select
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                {options.into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}

#[component]
pub fn Day(
    label: &'static str,
    name: &'static str,
    value: Signal<String>,
    on_change: Callback<String>,
    /// What is wrong with the two days together.
    validation_error: Memo<Option<&'static str>>,
) -> impl IntoView {
    let id = format!("filter-{name}");
    let input = NodeRef::<html::Input>::new();
    effect(move |before: Option<()>| {
        let value = value.get();
        let Some(input) = input.get() else { return };
        let typed = input.value();
        if before.is_none() && typed != value {
            // Typed before the scripts came.
            on_change.run(typed);
        } else {
            input.set_value(&value);
        }
    });
    // While a year is being typed, the day is in the first centuries or invalid: do not apply it yet.
    let changed = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
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
                node_ref=input
                min="1970-01-01"
                max="9999-12-31"
                aria-describedby="dates-error"
                aria-invalid=changing(move || validation_error.get().map(|_| "true"))
                on:change=changed
            />
        </div>
    }
}
