//! The head of a column that the table can be sorted by.

use super::icon::Icon;
use crate::ui::hooks::changing::changing;
use leptos::prelude::*;

#[component]
pub fn SortHead(
    label: &'static str,
    /// Whether the table ascends by it; None where it is sorted by another column.
    #[prop(into)]
    ascends: Signal<Option<bool>>,
    /// The address of the table sorted by it or, where it is already, the other way round.
    #[prop(into)]
    href: Signal<String>,
) -> impl IntoView {
    let order = changing(move || ascends.get().map(|ascends| if ascends { "ascending" } else { "descending" }));
    let icon = changing(move || {
        ascends.get().map(|ascends| view! { <Icon name=if ascends { "sort-up" } else { "sort-down" } /> }.into_any())
    });
    view! {
        <th scope="col" aria-sort=order>
            <a href=changing(move || href.get()) data-noscroll="">
                {label}
                {icon}
            </a>
        </th>
    }
}
