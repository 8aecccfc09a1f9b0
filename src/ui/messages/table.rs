//! A table of messages: the project's, and those of a profile.

use super::{dialogs::Dialogs, row::MessageTr, selection::Selection};
use crate::{
    domain::{
        MessageId,
        filter::{Direction, MessageFilter, MessagesQuery, Sort},
        message::{Action, MessageRow},
        project::Frame,
    },
    ui::{
        hooks::focus::RowFocus,
        parts::{icon::Icon, menu::StartAt},
    },
};
use chrono::NaiveDate;
use leptos::{html, prelude::*};

/// What the rows of a table share. A handle: fifty rows copy no project.
#[derive(Clone, Copy)]
pub struct Scene {
    pub frame: StoredValue<Frame>,
    pub today: NaiveDate,
    /// Rows can be ticked where there is one.
    pub selection: Option<Selection>,
    /// The row that the address points to.
    pub marked: Option<Memo<Option<MessageId>>>,
    /// Which row's menu is open.
    pub menu: RwSignal<Option<(MessageId, StartAt)>>,
    /// Which dialog is open, about which message.
    pub asked: RwSignal<Option<(Action, MessageRow)>>,
}

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
    let scene = Scene {
        today: frame.today,
        frame: StoredValue::new(frame),
        selection: use_context(),
        marked,
        menu: RwSignal::new(None),
        asked: RwSignal::new(None),
    };
    let head = move |label: &'static str, sort: Sort| match query {
        Some(query) => view! { <SortHead label sort query frame=scene.frame /> }.into_any(),
        None => view! { <th scope="col">{label}</th> }.into_any(),
    };
    let tick_all =
        scene.selection.map(|selection| view! { <th scope="col" class="cell-check"><TickAll rows selection /></th> });
    let focus = RowFocus::new(move || rows.track());
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
                // A row outlives its changes, and with it the focus and the menu in it: only what changed is written anew.
                <tbody on:focusin=move |e| focus.entered(&e) on:focusout=move |_| focus.left()>
                    <For each=move || rows.get() key=|row| row.id let:row>
                        <MessageTr first=row rows scene />
                    </For>
                </tbody>
            </table>
        </div>
        <Dialogs scene />
    }
}

#[component]
fn SortHead(label: &'static str, sort: Sort, query: Signal<MessagesQuery>, frame: StoredValue<Frame>) -> impl IntoView {
    let by = Memo::new(move |_| query.with(|q| (q.filter.sort == sort).then_some(q.filter.dir)));
    let order = move || by.get().map(|d| if d == Direction::Ascending { "ascending" } else { "descending" });
    let href = move || {
        let dir = by.get().map_or(Direction::Descending, Direction::reversed);
        query.with(|q| {
            let sorted = MessageFilter { sort, dir, ..q.filter.clone() };
            frame.with_value(|f| q.filtered(sorted).href(&f.slug))
        })
    };
    let icon = move || {
        by.get().map(|d| {
            let name = if d == Direction::Ascending { "sort-up" } else { "sort-down" };
            view! { <Icon name /> }.into_any()
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
}

#[component]
fn TickAll(rows: Memo<Vec<MessageRow>>, selection: Selection) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let ticked = Memo::new(move |_| rows.with(|rows| rows.iter().filter(|r| selection.has(r.id)).count()));
    let all = move || ticked.get() > 0 && ticked.get() == rows.with(Vec::len);
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
