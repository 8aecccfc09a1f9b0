//! The filters: a form that works without scripts, and applies at once with them. The address is its only store.

use super::{
    filter_fields::{Choice, Day, owned, with_all},
    filter_form::FilterForm,
    search_field::SearchField,
};
use crate::{
    domain::{
        date_preset::DatePreset,
        filter::{Direction, MessageFilter, MessagesQuery, Sort, StatusFilter},
        message::{Channel, Template},
        project::Frame,
    },
    ui::hooks::changing::changing,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[component]
pub fn FilterToolbar(query: Signal<MessagesQuery>, frame: Frame) -> impl IntoView {
    let path = Signal::stored(frame.href("messages"));
    let slug = StoredValue::new(frame.slug.clone());
    let today = frame.today;
    let navigate = use_navigate();
    // A half-typed word is nothing to go back to: while one types, the entry of the history is replaced.
    let go = Callback::new(move |(filter, replace): (MessageFilter, bool)| {
        let now = query.get_untracked();
        if filter != now.filter {
            let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
            navigate(&slug.with_value(|slug| now.filtered(filter).href(slug)), options);
        }
    });
    // A value that cannot be read falls back to the default, as in the address.
    let change = move |name: &'static str| {
        Callback::new(move |value: String| {
            go.run((query.with_untracked(|q| q.filter.with_value(name, &value)), false));
        })
    };
    let search = Callback::new(move |words: String| {
        go.run((query.with_untracked(|q| q.filter.with_value("q", &words)), true));
    });
    let preset = Callback::new(move |value: String| {
        let filter = query.with_untracked(|q| DatePreset::from_slug(&value).map(|p| p.applied_to(&q.filter, today)));
        if let Some(filter) = filter {
            go.run((filter, false));
        }
    });
    let locations = (frame.locations.len() > 1).then(|| {
        let all = frame.locations.iter().map(|l| (l.id.to_string(), l.name.clone()));
        let value = of(query, |f| f.location.map(|l| l.to_string()).unwrap_or_default());
        let options = with_all(all.collect());
        view! { <Choice label="Location" name="location" options value on_change=change("location") /> }.into_any()
    });
    let presets = owned(DatePreset::ALL.map(|p| (p.slug(), p.name())));
    let preset_now = Signal::derive(move || query.with(|q| DatePreset::of(&q.filter, today).slug().to_owned()));
    let validation_error = Memo::new(move |_| query.with(|q| q.filter.validation_error()));
    let per = changing(move || {
        let per = query.with(|q| q.page.per);
        per.map(|per| view! { <input type="hidden" name="per" value=per.to_string() /> }.into_any())
    });
    let machines = changing(move || {
        let are_counted = query.with(|q| q.filter.machines);
        are_counted.then(|| view! { <input type="hidden" name="machines" value="1" /> }.into_any())
    });
    let chart = changing(move || {
        let unit = query.with(|q| q.chart);
        unit.map(|unit| view! { <input type="hidden" name="chart" value=unit.slug() /> }.into_any())
    });
    let in_force = Signal::derive(move || query.with(|q| q.filter.count_beside_search()));
    let search = view! {
        <SearchField
            id="filter-q"
            label="Search"
            placeholder="Name, email, phone, company, subject, reason, UUID"
            searched=of(query, |f| f.q.clone())
            path
            search
        />
    }
    .into_any();
    let fields = view! {
        <Choice
            label="Status"
            name="status"
            options=with_all(owned(StatusFilter::ALL.map(|s| (s.slug(), s.name()))))
            value=of(query, |f| f.status.map_or("", StatusFilter::slug).to_owned())
            on_change=change("status")
        />
        <Choice
            label="Channel"
            name="channel"
            options=with_all(owned(Channel::ALL.map(|c| (c.slug(), c.name()))))
            value=of(query, |f| f.channel.map_or("", Channel::slug).to_owned())
            on_change=change("channel")
        />
        <Choice
            label="Template"
            name="template"
            options=with_all(owned(Template::ALL.map(|t| (t.slug(), t.name()))))
            value=of(query, |f| f.template.map_or("", Template::slug).to_owned())
            on_change=change("template")
        />
        {locations}
        <div class="filter-group" role="group" aria-label="Date range">
            <div class="js-only">
                <Choice label="Date" name="" options=presets value=preset_now on_change=preset />
            </div>
            <Day
                label="From"
                name="from"
                value=of(query, |f| f.from.map(|d| d.to_string()).unwrap_or_default())
                on_change=change("from")
                validation_error
            />
            <Day
                label="To"
                name="to"
                value=of(query, |f| f.to.map(|d| d.to_string()).unwrap_or_default())
                on_change=change("to")
                validation_error
            />
        </div>
        <div class="filter-group filter-order" role="group" aria-label="Order">
            <Choice
                label="Sort by"
                name="sort"
                options=owned(Sort::ALL.map(|s| (s.slug(), s.name())))
                value=of(query, |f| f.sort.slug().to_owned())
                on_change=change("sort")
            />
            <Choice
                label="Direction"
                name="dir"
                options=owned(Direction::ALL.map(|d| (d.slug(), d.name())))
                value=of(query, |f| f.dir.slug().to_owned())
                on_change=change("dir")
            />
        </div>
        {per} {machines} {chart}
    }
    .into_any();
    FilterForm { label: "Filter messages", class: "filters", path, search, in_force, fields, validation_error }.view()
}

/// One control's value as the address has it.
fn of(query: Signal<MessagesQuery>, read: fn(&MessageFilter) -> String) -> Signal<String> {
    Memo::new(move |_| query.with(|q| read(&q.filter))).into()
}
