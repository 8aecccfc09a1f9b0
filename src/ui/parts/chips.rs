//! The conditions in force, each removable.

use super::icon::Icon;
use crate::ui::hooks::focus;
use leptos::prelude::*;

/// A condition as it is shown.
pub struct ShownChip {
    pub label: &'static str,
    pub value: String,
    /// The address without the condition.
    pub href: String,
}

/// Nothing where there are none; `clear` is the address without any, `save` the one that saves them as a view.
pub fn chip_list(chips: Vec<ShownChip>, clear: String, save: Option<String>) -> Option<AnyView> {
    let chip = |ShownChip { label, value, href }: ShownChip| {
        let name = format!("Remove filter {label}: {value}");
        view! {
            <li>
                <a class="chip" href=href aria-label=name data-noscroll="">
                    <span class="muted">{label}</span>
                    {value}
                    <Icon name="close" />
                </a>
            </li>
        }
        .into_any()
    };
    (!chips.is_empty()).then(|| {
        let save = save.map(|save| {
            view! {
                <li>
                    <a class="link-button" href=save>
                        "Save as a view"
                    </a>
                </li>
            }
            .into_any()
        });
        view! {
            <ul class="chips" aria-label="Filters in force" on:click=|_| focus::rescue()>
                {chips.into_iter().map(chip).collect_view()}
                <li>
                    <a class="link-button" href=clear data-noscroll="">
                        "Clear filters"
                    </a>
                </li>
                {save}
            </ul>
        }
        .into_any()
    })
}
