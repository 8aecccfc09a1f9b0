//! The bar above the table: how many messages match, or how many are ticked and what can be done with them.

use super::{
    page_dialog::{PageDialog, PageDialogs},
    selection::{FORM, Selection},
};
use crate::{
    api::messages::CancelMessages,
    domain::{
        MessageId,
        bulk::{BulkKind, record::BulkQuery},
        filter::MessagesQuery,
        message::MessageRow,
        page::Place,
        stats::{count, thousands},
    },
    ui::{
        hooks::{action::plain_refusal, changing::changing},
        on_demand,
        parts::{
            icon::Icon,
            menu::{MenuButton, MenuItem},
        },
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Without scripts, it is the form that the checkboxes of the rows belong to.
#[component]
pub fn SelectionBar(
    selection: Selection,
    rows: Memo<Vec<MessageRow>>,
    place: Signal<Place>,
    query: Signal<MessagesQuery>,
    #[prop(into)] slug: String,
    dialogs: PageDialogs,
) -> impl IntoView {
    let total = move || place.with(|place| place.total);
    let is_any = Memo::new(move |_| !selection.ticked().is_empty());
    let said = changing(move || {
        let ticked = selection.ticked();
        if ticked.is_empty() {
            return count(total(), "message");
        }
        let page: Vec<MessageId> = rows.with(|rows| rows.iter().map(|row| row.id).collect());
        ticked.sentence(&page, total())
    });
    let class = changing(move || if is_any.get() { "selection-bar selection-bar-active" } else { "selection-bar" });
    let refused = plain_refusal::<CancelMessages>()
        .map(|error| view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any());
    let hidden_slug = slug.clone();
    let tools = changing(move || {
        is_any.get().then(|| {
            let slug = slug.clone();
            on_demand::show(move |all| (all.bulk_tools)(selection, place, query, slug, dialogs))
        })
    });
    view! {
        <form
            class=class
            id=FORM
            method="post"
            action=CancelMessages::PATH
            autocomplete="off"
            on:submit=|event| event.prevent_default()
        >
            <input type="hidden" name="slug" value=hidden_slug />
            <span role="status">{said}</span>
            {tools}
            <button class="button no-js-only" type="submit">
                "Cancel unsent messages"
            </button>
        </form>
        {refused}
    }
}

/// Leads to the records of what was done.
const RECORDS: MenuItem = MenuItem { label: "See all bulk actions", icon: "note", danger: false };

fn item(kind: BulkKind) -> MenuItem {
    MenuItem { label: kind.name(), icon: kind.icon(), danger: matches!(kind, BulkKind::Cancel | BulkKind::Delete) }
}

/// What makes the tools.
pub type BulkToolsFn = fn(Selection, Signal<Place>, Signal<MessagesQuery>, String, PageDialogs) -> AnyView;

/// What can be done with the ticked messages.
pub fn bulk_tools(
    selection: Selection,
    place: Signal<Place>,
    query: Signal<MessagesQuery>,
    slug: String,
    dialogs: PageDialogs,
) -> AnyView {
    let total = move || place.with(|place| place.total);
    let is_more = Memo::new(move |_| selection.ticked().count(total()) < total());
    let offer = move || {
        is_more.get().then(|| {
            view! {
                <button type="button" class="link-button" on:click=move |_| selection.select_all()>
                    {move || format!("Select all {} that match", thousands(total()))}
                </button>
            }
            .into_any()
        })
    };
    let items = Callback::new(|()| BulkKind::ALL.into_iter().map(item).chain([RECORDS]).collect::<Vec<_>>());
    let navigate = use_navigate();
    let on_choose = Callback::new(move |at: usize| {
        let Some(kind) = BulkKind::ALL.get(at).copied() else {
            navigate(&BulkQuery::default().href(&slug), NavigateOptions::default());
            return;
        };
        let (slug, form) = (slug.clone(), query.with_untracked(|q| selection.ticked().form(&q.filter)));
        dialogs.open(match kind {
            BulkKind::Cancel => {
                PageDialog::CancelSelected { slug, number: selection.ticked().count(total()), form, selection }
            }
            kind => PageDialog::Bulk { slug, kind, form, selection },
        });
    });
    view! {
        {offer}
        <MenuButton label="Select bulk action" items on_choose>
            "Select bulk action"
            <Icon name="chevron-down" />
        </MenuButton>
        <button type="button" class="link-button" on:click=move |_| selection.clear()>
            "Clear"
        </button>
    }
    .into_any()
}
