//! The form of a list's filters: the search, and beside it fields that a narrow window shows when they are asked for.

use super::filter_fields::FIELDS;
use crate::ui::{hooks::changing::changing, parts::icon::Icon};
use leptos::{ev, prelude::*};

pub struct FilterForm {
    /// `Filter messages`
    pub label: &'static str,
    pub class: &'static str,
    /// The page's own path.
    pub path: Signal<String>,
    pub search: AnyView,
    /// How many filters are in force beside the search.
    pub in_force: Signal<usize>,
    pub fields: AnyView,
    /// What is wrong with the dates.
    pub validation_error: Memo<Option<&'static str>>,
}

impl FilterForm {
    pub fn view(self) -> AnyView {
        let Self { label, class, path, search, in_force, fields, validation_error } = self;
        let filters = changing(move || match in_force.get() {
            0 => "Filters".to_owned(),
            n => format!("Filters ({n})"),
        });
        view! {
            <form
                class=class
                method="get"
                action=path
                role="search"
                aria-label=label
                // The address says what is filtered by, not what the browser remembers of the form.
                autocomplete="off"
                on:submit=move |event: ev::SubmitEvent| event.prevent_default()
            >
                {search}
                <button type="button" class="button filters-button" popovertarget=FIELDS>
                    <Icon name="filter" />
                    {filters}
                </button>
                <div class="filter-fields" id=FIELDS popover="auto">
                    {fields}
                    <button class="button no-js-only" type="submit">
                        "Apply"
                    </button>
                    <p
                        class="field-error"
                        id="dates-error"
                        role="alert"
                        hidden=changing(move || validation_error.get().is_none())
                    >
                        {changing(move || validation_error.get())}
                    </p>
                </div>
            </form>
        }
        .into_any()
    }
}
