//! The filters in force, each removable.

use crate::{
    domain::{
        filter::{Chip, MessageFilter, MessagesQuery},
        project::Frame,
    },
    ui::{
        hooks::{changing::changing, focus},
        parts::icon::Icon,
    },
};
use leptos::prelude::*;

#[component]
pub fn Chips(query: Signal<MessagesQuery>, frame: Frame) -> impl IntoView {
    changing(move || {
        let q = query.get();
        let slug = &frame.slug;
        let chips = q.filter.chips(|id| frame.location_name(id));
        let cleared = MessageFilter {
            sort: q.filter.sort,
            dir: q.filter.dir,
            machines: q.filter.machines,
            ..MessageFilter::default()
        };
        let chip = |chip: Chip| {
            let name = format!("Remove filter {}: {}", chip.label, chip.value);
            view! {
                <li>
                    <a class="chip" href=q.filtered(chip.without).href(slug) aria-label=name data-noscroll="">
                        <span class="muted">{chip.label}</span>
                        {chip.value}
                        <Icon name="close" />
                    </a>
                </li>
            }
            .into_any()
        };
        (!chips.is_empty()).then(|| {
            view! {
                <ul class="chips" aria-label="Filters in force" on:click=|_| focus::rescue()>
                    {chips.into_iter().map(chip).collect_view()}
                    <li>
                        <a class="link-button" href=q.filtered(cleared).href(slug) data-noscroll="">
                            "Clear filters"
                        </a>
                    </li>
                </ul>
            }
            .into_any()
        })
    })
}
