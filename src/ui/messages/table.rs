//! A table of messages: the project's, and those of a profile.

use super::{dialogs::Dialogs, row::MessageTr, selection::Selection};
use crate::{
    domain::{
        MessageId,
        filter::{Direction, MessageFilter, MessagesQuery, Sort},
        message::{Action, MessageRow},
        project::Frame,
    },
    ui::parts::icon::Icon,
};
use leptos::{html, prelude::*};

/// Which dialog stands open, about which message.
#[derive(Clone, Copy)]
pub struct Asked(pub RwSignal<Option<(Action, MessageRow)>>);

/// Rows can be ticked where a [`Selection`] is given as context.
#[component]
pub fn MessageTable(
    rows: Memo<Vec<MessageRow>>,
    #[prop(into)] caption: String,
    frame: Frame,
    /// The row that the address points to.
    #[prop(optional)]
    marked: Option<Memo<Option<MessageId>>>,
    /// Given, the headers of what can be sorted by are links.
    #[prop(optional)]
    query: Option<Signal<MessagesQuery>>,
) -> impl IntoView {
    let asked = Asked(RwSignal::new(None));
    provide_context(asked);
    let selection = use_context::<Selection>();
    let slug = StoredValue::new(frame.slug.clone());
    let head = move |label: &'static str, sort: Sort| match query {
        Some(query) => {
            let by = move || query.with(|q| (q.filter.sort == sort).then_some(q.filter.dir));
            let order = move || by().map(|d| if d == Direction::Ascending { "ascending" } else { "descending" });
            let href = move || {
                query.with(|q| {
                    let dir = by().map_or(Direction::Descending, Direction::reversed);
                    slug.with_value(|s| q.filtered(MessageFilter { sort, dir, ..q.filter.clone() }).href(s))
                })
            };
            let icon = move || {
                by().map(|d| {
                    let name = if d == Direction::Ascending { "sort-up" } else { "sort-down" };
                    view! { <Icon name /> }
                })
            };
            view! {
                <th scope="col" aria-sort=order>
                    <a href=href data-noscroll="">
                        {label}
                        {icon}
                    </a>
                </th>
            }
            .into_any()
        }
        None => view! { <th scope="col">{label}</th> }.into_any(),
    };
    let tick_all =
        selection.map(|selection| view! { <th scope="col" class="cell-check"><TickAll rows selection /></th> });
    let own = frame.clone();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        {tick_all} <th scope="col">"Customer"</th> <th scope="col">"Channel"</th>
                        <th scope="col">"Template"</th> {head("Scheduled / Sent", Sort::Scheduled)}
                        {head("Sent", Sort::Sent)} {head("Opened", Sort::Opened)} {head("Clicked", Sort::Clicked)}
                        <th scope="col">"Failed"</th> <th scope="col">"Actions"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|row| (row.id, row.version) let:row>
                        <MessageTr row frame=own.clone() marked />
                    </For>
                </tbody>
            </table>
        </div>
        <Dialogs asked frame />
    }
}

#[component]
fn TickAll(rows: Memo<Vec<MessageRow>>, selection: Selection) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let ticked = Memo::new(move |_| rows.with(|rows| rows.iter().filter(|r| selection.has(r.id)).count()));
    let total = Memo::new(move |_| rows.with(Vec::len));
    let all = move || total.get() > 0 && ticked.get() == total.get();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            input.set_indeterminate(ticked.get() > 0 && !all());
        }
    });
    let tick = move |e| {
        let ids: Vec<MessageId> = rows.with_untracked(|rows| rows.iter().map(|r| r.id).collect());
        selection.tick_page(&ids, event_target_checked(&e));
    };
    view! {
        <input
            type="checkbox"
            class="checkbox"
            aria-label="Select all on this page"
            node_ref=input
            prop:checked=all
            on:change=tick
        />
    }
}
