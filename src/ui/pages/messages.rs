//! The project's Messages page.

use crate::{
    api::messages::load_messages,
    domain::{
        filter::{Direction, MessageFilter, MessagesQuery, Sort},
        messages_page::MessagesPage as Page,
        project::Frame,
        role::Role,
    },
    ui::{
        IS_SERVER,
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            arrival::use_returning_rows,
            changing::changing,
            effect::effect,
            keys::use_keys,
            later::preload,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::{
            actions_menu::ActionsForm,
            bulk_menu::SelectionBar,
            chart::ChartPlace,
            chips::Chips,
            filter_toolbar::FilterToolbar,
            live_switch::LiveSwitch,
            page_dialog::{DialogHost, PageDialog, PageDialogs},
            pager::Pager,
            rows::{Fresh, use_rows},
            saved_views::ViewTabs,
            selection::Selection,
            stats_bar::StatsBar,
            table::{Head, MessageTable, TableContext},
        },
        pages::customer::CustomerRoute,
        parts::{heading::PageHeading, trouble::Trouble},
    },
};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::LazyRoute;
use std::sync::atomic::{AtomicBool, Ordering};

/// The data of the page: some messages, and the query that they answer.
type MessagesData = (MessagesQuery, Page);

#[component]
pub fn MessagesPage() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || format!("/projects/{}/messages", slug.get()));
    let query = use_query_at(path, MessagesQuery::parse);
    let answer = use_resource(
        move || (slug.get(), query.get()),
        |(slug, query)| async move { load_messages(slug, query.clone()).await.map(|page| (query, page)) },
    );
    view! {
        <Title text="Messages" />
        {page_view(
            answer,
            |_| (),
            |(_, page)| page.version,
            move |page| view! { <Content page query=query.into() frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn Content(
    page: PageData<MessagesData>,
    /// What the address asks for now. The data may still answer another query.
    query: Signal<MessagesQuery>,
    frame: Frame,
) -> impl IntoView {
    let PageData { data, trouble, pending, read } = page;
    // While the pointer or the focus is on the rows, they keep their order.
    let (is_pointed, is_focused) = (RwSignal::new(false), RwSignal::new(false));
    let fresh = Signal::derive(move || {
        data.with(|(query, page)| Fresh {
            key: query.clone(),
            version: page.version,
            rows: page.rows.clone(),
            most: page.place.per.into(),
        })
    });
    let rows = use_rows(fresh, Signal::derive(move || is_pointed.get() || is_focused.get()));
    let stats = Signal::derive(move || data.with(|(_, page)| page.stats));
    let place = Signal::derive(move || data.with(|(_, page)| page.place));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    // Not while the same query is read again.
    let are_awaited =
        Memo::new(move |_| pending.get() && data.with(|(answered, _)| query.with(|query| query != answered)));
    let dialogs = PageDialogs::new();
    let selection = frame.may(Role::Manager).then(|| use_selection(query));
    effect(move |_| use_keys(Callback::new(move |()| dialogs.open(PageDialog::Keyboard))));
    use_returning_rows(move || data.with(|(query, _)| query.clone()));
    let slug = frame.slug.clone();
    let bar = selection
        .map(|selection| view! { <SelectionBar selection rows place query slug=slug.clone() dialogs /> }.into_any());
    let machines = Memo::new(move |_| query.with(|query| query.filter.machines));
    let context = TableContext { machines: Some(machines), ..TableContext::of_project(&frame, selection, dialogs) };
    let table = {
        let frame = frame.clone();
        changing(move || match is_empty.get() {
            true => view! { <Nothing query=query.get() frame=frame.clone() /> }.into_any(),
            false => view! { <MessageTable rows caption="Messages" context head=Head::Sorted(query) /> }.into_any(),
        })
    };
    let pager = {
        let slug = slug.clone();
        changing(move || (!is_empty.get()).then(|| view! { <Pager place query slug=slug.clone() /> }.into_any()))
    };
    view! {
        <div class="title-row">
            <PageHeading>"Messages"</PageHeading>
            <div class="title-actions">
                <LiveSwitch />
                <button
                    type="button"
                    class="button button-quiet js-only"
                    on:click=move |_| dialogs.open(PageDialog::Keyboard)
                >
                    "Keyboard help"
                </button>
                {export_link(query, &frame)}
                {bulk_link(&frame)}
                {request_link(&frame, dialogs)}
            </div>
        </div>
        <ViewTabs query frame=frame.clone() />
        <StatsBar stats query slug dialogs />
        <FilterToolbar query frame=frame.clone() />
        <Chips query frame=frame.clone() />
        <Trouble trouble read />
        <ChartPlace query slug=frame.slug.clone() />
        {bar}
        <div
            class="table-region"
            aria-busy=changing(move || if are_awaited.get() { "true" } else { "false" })
            on:mouseenter=move |_| {
                is_pointed.set(true);
                preload_profile();
            }
            on:mouseleave=move |_| is_pointed.set(false)
            on:focusin=move |_| {
                is_focused.set(true);
                preload_profile();
            }
            on:focusout=move |_| is_focused.set(false)
        >
            <div class="progress working" aria-hidden="true" hidden=changing(move || !are_awaited.get())></div>
            {table}
        </div>
        <ActionsForm />
        {pager}
        <DialogHost dialogs frame />
    }
}

/// Loads the code of the profile, once: the pointer or the focus has come to the rows, which link to it.
fn preload_profile() {
    static STARTED: AtomicBool = AtomicBool::new(false);
    if !STARTED.swap(true, Ordering::Relaxed) {
        preload(|| spawn_local(CustomerRoute::preload()));
    }
}

/// The ticks belong to one filter. Its other pages and other orders keep them.
fn use_selection(query: Signal<MessagesQuery>) -> Selection {
    let selection = Selection::new();
    if !IS_SERVER {
        selection.adopt();
    }
    let filter = Memo::new(move |_| {
        query.with(|q| MessageFilter { sort: Sort::default(), dir: Direction::default(), ..q.filter.clone() })
    });
    effect(move |before: Option<MessageFilter>| {
        let now = filter.get();
        if before.is_some_and(|before| before != now) {
            selection.clear();
        }
        now
    });
    selection
}

/// All that match, as a file.
fn export_link(query: Signal<MessagesQuery>, frame: &Frame) -> Option<AnyView> {
    let path = frame.href("messages/export.csv");
    let href = changing(move || format!("{path}?{}", query.with(|query| query.filter.to_query())));
    frame.may(Role::Manager).then(|| {
        view! {
            <a class="button" href=href title="All that match as a CSV file" download="">
                "Export"
            </a>
        }
        .into_any()
    })
}

/// What was done to many messages. In a small window, the menu of the ticked rows leads there.
fn bulk_link(frame: &Frame) -> Option<AnyView> {
    frame.may(Role::Manager).then(|| {
        view! {
            <a class="button button-quiet js-only" href=frame.href("bulk-actions")>
                "Bulk actions"
            </a>
        }
        .into_any()
    })
}

/// Opens the choice of a customer. Without scripts, it leads to the Customers page.
fn request_link(frame: &Frame, dialogs: PageDialogs) -> Option<AnyView> {
    let choose = move |event: ev::MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        dialogs.open(PageDialog::PickCustomer);
    };
    frame.may(Role::Operator).then(|| {
        view! {
            <a class="button button-primary" href=frame.href("customers") on:click=choose>
                "Request review"
            </a>
        }
        .into_any()
    })
}

#[component]
fn Nothing(query: MessagesQuery, frame: Frame) -> impl IntoView {
    if query.filter.is_narrowed() {
        let all = query.filtered(MessageFilter::default()).href(&frame.slug);
        return view! {
            <div class="empty">
                <h2>"No message matches these filters"</h2>
                <p>"Remove one of the filters above, or look at all messages."</p>
                <a class="button" href=all>
                    "Clear filters"
                </a>
            </div>
        }
        .into_any();
    }
    let label = if frame.may(Role::Operator) { "Choose a customer" } else { "Look at the customers" };
    view! {
        <div class="empty">
            <h2>"No messages yet"</h2>
            <p>"Choose a customer and request a review: its emails and SMS will be listed here."</p>
            <a class="button button-primary" href=frame.href("customers")>
                {label}
            </a>
        </div>
    }
    .into_any()
}
