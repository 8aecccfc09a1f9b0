//! A table of messages: the project's, and those of a profile.

use super::{
    actions_menu::{RowMenu, RowMenus},
    page_dialog::PageDialogs,
    row::MessageRowView,
    selection::Selection,
    tick_all::TickAll,
};
use crate::{
    domain::{
        MessageId,
        filter::{Direction, MessageFilter, MessagesQuery, Sort},
        message::MessageRow,
        project::Frame,
    },
    ui::{hooks::focus::RowFocus, on_demand::preload_on_demand, parts::sort_head::SortHead},
};
use chrono::NaiveDate;
use leptos::{ev, prelude::*};

/// What the rows of a table share. It is `Copy`, so that a hundred rows do not copy the project.
#[derive(Clone, Copy)]
pub struct TableContext {
    pub frame: StoredValue<Frame>,
    pub today: NaiveDate,
    /// Where rows can be ticked.
    pub selection: Option<Selection>,
    /// The row that the address points to.
    pub marked: Option<Memo<Option<MessageId>>>,
    /// Whether each row names its customer. On a profile, the template is the row's header instead.
    pub has_customer: bool,
    /// Where it can be chosen: whether opens and clicks that only machines made are shown, too.
    pub machines: Option<Memo<bool>>,
    pub dialogs: PageDialogs,
}

impl TableContext {
    pub fn of_project(frame: &Frame, selection: Option<Selection>, dialogs: PageDialogs) -> Self {
        Self {
            frame: StoredValue::new(frame.clone()),
            today: frame.today,
            selection,
            marked: None,
            has_customer: true,
            machines: None,
            dialogs,
        }
    }

    pub fn of_profile(frame: &Frame, marked: Memo<Option<MessageId>>, dialogs: PageDialogs) -> Self {
        Self {
            frame: StoredValue::new(frame.clone()),
            today: frame.today,
            selection: None,
            marked: Some(marked),
            has_customer: false,
            machines: None,
            dialogs,
        }
    }
}

/// The head of a table.
#[derive(Clone, Copy, Default)]
pub enum Head {
    #[default]
    Plain,
    /// Columns that can be sorted by are links.
    Sorted(Signal<MessagesQuery>),
}

#[component]
pub fn MessageTable(
    rows: Memo<Vec<MessageRow>>,
    #[prop(into)] caption: String,
    context: TableContext,
    #[prop(optional)] head: Head,
) -> impl IntoView {
    let sortable = move |label: &'static str, sort: Sort| match head {
        Head::Sorted(query) => sort_head(label, sort, query, context.frame),
        Head::Plain => view! { <th scope="col">{label}</th> }.into_any(),
    };
    let ids = Signal::derive(move || rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>()));
    let tick_all = context
        .selection
        .map(|selection| view! { <th scope="col" class="cell-check"><TickAll ids selection /></th> }.into_any());
    let customer = context.has_customer.then(|| view! { <th scope="col">"Customer"</th> }.into_any());
    let focus = RowFocus::new(move || rows.track());
    let menus = RowMenus::new();
    let on_change = move |event: ev::Event| {
        if let Some(selection) = context.selection {
            selection.changed(&event);
        }
    };
    let on_focus = move |event: ev::FocusEvent| {
        preload_on_demand();
        focus.entered(&event);
    };
    // The columns that it has, for the style sheet.
    let table = match (context.has_customer, context.selection) {
        (true, Some(_)) => "table message-table",
        (true, None) => "table message-table message-table-plain",
        (false, _) => "table message-table message-table-profile",
    };
    view! {
        <div class="table-wrap">
            <table class=table>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        {tick_all} {customer} <th scope="col">"Channel"</th> <th scope="col">"Template"</th>
                        <th scope="col">"Status"</th> {sortable("Scheduled / Sent", Sort::Scheduled)}
                        {sortable("Sent", Sort::Sent)} {sortable("Opened", Sort::Opened)}
                        {sortable("Clicked", Sort::Clicked)} <th scope="col">"Failed"</th>
                        <th scope="col">"Actions"</th>
                    </tr>
                </thead>
                // A changed row stays in the document, with the focus in it: only what has changed in its cells is replaced. The body
                // listens for all rows.
                <tbody
                    on:pointerenter=|_| preload_on_demand()
                    on:focusin=on_focus
                    on:focusout=move |_| focus.left()
                    on:change=on_change
                    on:click=move |event| menus.clicked(&event)
                    on:keydown=move |event| menus.key_pressed(&event)
                >
                    <For each=move || rows.get() key=|row| row.id let:row>
                        <MessageRowView first=row rows context />
                    </For>
                </tbody>
            </table>
            <RowMenu menus rows context />
        </div>
    }
}

/// The head of a column that leads to the table sorted by it.
fn sort_head(label: &'static str, sort: Sort, query: Signal<MessagesQuery>, frame: StoredValue<Frame>) -> AnyView {
    let by = Memo::new(move |_| query.with(|q| (q.filter.sort == sort).then_some(q.filter.dir)));
    let ascends = Signal::derive(move || by.get().map(|dir| dir == Direction::Ascending));
    let href = Signal::derive(move || {
        let dir = by.get().map_or(Direction::Descending, Direction::reversed);
        query.with(|q| {
            let sorted = MessageFilter { sort, dir, ..q.filter.clone() };
            frame.with_value(|frame| q.filtered(sorted).href(&frame.slug))
        })
    });
    view! { <SortHead label ascends href /> }.into_any()
}
