//! The dialog in which the columns of the messages and the density of their rows are chosen. A choice counts at once.

use crate::{
    domain::table_look::{COLUMNS, COMPACT, DENSITY, HIDDEN},
    ui::{
        hooks::cookie::{YEAR, set_cookie},
        parts::dialog::{Dialog, DialogFoot},
    },
};
use leptos::{ev, prelude::*};

#[component]
pub fn TableLook(on_close: Callback<()>) -> impl IntoView {
    let hidden: Vec<String> = attribute(HIDDEN).split(' ').map(str::to_owned).collect();
    let hidden = StoredValue::new(hidden);
    let column = move |(name, heading): (&'static str, &'static str)| {
        let choose = move |event: ev::Event| {
            let is_shown = event_target_checked(&event);
            hidden.update_value(|hidden| {
                hidden.retain(|other| other != name && !other.is_empty());
                if !is_shown {
                    hidden.push(name.to_owned());
                }
            });
            hidden.with_value(|hidden| keep(HIDDEN, &hidden.join(" "), &hidden.join(".")));
        };
        let is_shown = hidden.with_value(|hidden| !hidden.iter().any(|hidden| hidden == name));
        view! {
            <label class="checkbox">
                <input type="checkbox" checked=is_shown on:change=choose />
                {heading}
            </label>
        }
        .into_any()
    };
    let is_compact = attribute(DENSITY) == COMPACT;
    let density = move |label: &'static str, value: &'static str| {
        view! {
            <label class="checkbox">
                <input
                    type="radio"
                    name="density"
                    checked=is_compact == (value == COMPACT)
                    on:change=move |_| keep(DENSITY, value, value)
                />
                {label}
            </label>
        }
        .into_any()
    };
    view! {
        <Dialog title="Columns" on_close>
            <div class="dialog-body">
                <fieldset class="field">
                    <legend class="field-label">"Shown"</legend>
                    <p class="field-hint">"Customer, status and actions are always there."</p>
                    {COLUMNS.map(column).into_iter().collect_view()}
                </fieldset>
                <fieldset class="field">
                    <legend class="field-label">"Density"</legend>
                    {density("Comfortable", "")}
                    {density("Compact", COMPACT)}
                </fieldset>
                <p class="field-hint">"This browser remembers it, for all projects."</p>
            </div>
            <DialogFoot />
        </Dialog>
    }
}

/// What the document says of `name`; empty where it says nothing.
fn attribute(name: &str) -> String {
    document().document_element().and_then(|root| root.get_attribute(&format!("data-{name}"))).unwrap_or_default()
}

/// Has the document say it, and the browser remember it; an empty value is forgotten.
fn keep(name: &str, value: &str, cookie: &str) {
    let Some(root) = document().document_element() else { return };
    let attribute = format!("data-{name}");
    let _ = match value {
        "" => root.remove_attribute(&attribute),
        value => root.set_attribute(&attribute, value),
    };
    set_cookie(name, cookie, (!value.is_empty()).then_some(YEAR));
}
