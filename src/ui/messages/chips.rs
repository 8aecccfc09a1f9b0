//! The filters in force, each removable.

use crate::{
    domain::{
        filter::{MessageFilter, MessagesQuery},
        project::Frame,
        view::ViewsTask,
    },
    ui::{
        hooks::changing::changing,
        parts::chips::{ShownChip, chip_list},
    },
};
use leptos::prelude::*;

#[component]
pub fn Chips(query: Signal<MessagesQuery>, frame: Frame) -> impl IntoView {
    changing(move || {
        let q = query.get();
        let cleared = MessageFilter {
            sort: q.filter.sort,
            dir: q.filter.dir,
            machines: q.filter.machines,
            ..MessageFilter::default()
        };
        let href = |filter| q.filtered(filter).href(&frame.slug);
        let chips = q.filter.chips(|id| frame.location_name(id)).into_iter();
        let shown = chips.map(|chip| ShownChip { label: chip.label, value: chip.value, href: href(chip.without) });
        let save = ViewsTask::href(Some(&ViewsTask::Save(q.filter.clone())), &frame.slug);
        chip_list(shown.collect(), href(cleared), Some(save))
    })
}
