//! The box that ticks all rows of a page.

use super::selection::{RowId, Selection};
use crate::ui::hooks::{changing::changing, effect::effect};
use leptos::{html, prelude::*};

#[component]
pub fn TickAll<K: RowId>(
    /// The rows in sight.
    ids: Signal<Vec<K>>,
    selection: Selection<K>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let ticked = Memo::new(move |_| ids.with(|ids| ids.iter().filter(|id| selection.has(**id)).count()));
    let all = move || ticked.get() > 0 && ticked.get() == ids.with(Vec::len);
    effect(move |_| {
        if let Some(input) = input.get() {
            input.set_indeterminate(ticked.get() > 0 && !all());
        }
    });
    view! {
        <input
            type="checkbox"
            class="checkbox js-only"
            aria-label="Select all on this page"
            autocomplete="off"
            node_ref=input
            prop:checked=changing(all)
            on:change=move |event| selection.tick_page(&ids.get_untracked(), event_target_checked(&event))
        />
    }
}
