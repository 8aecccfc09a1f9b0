//! Addresses to which the project sends nothing: searched, paged, added to and lifted.

mod dialogs;
mod search;
mod table;

use crate::{
    api::suppressions::load_suppressed,
    domain::{
        project::Frame,
        role::Role,
        stats::thousands,
        suppression::{SuppressedPage as Page, SuppressedQuery, SuppressedTask, Suppression},
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            arrival::use_returning_rows,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{
            dialog::use_address_dialog, first_next::FirstNext, heading::PageHeading, icon::Icon, trouble::Trouble,
        },
    },
};
use dialogs::{AddDialog, GoneDialog, LiftDialog};
use leptos::prelude::*;
use leptos_meta::Title;
use search::SuppressedSearch;
use table::SuppressedTable;

/// The data of the page: some addresses, and the project and the query that they answer.
type SuppressedData = (String, SuppressedQuery, Page);

#[component]
pub fn SuppressedRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || format!("/projects/{}/suppressed", slug.get()));
    let query = use_query_at(path, SuppressedQuery::parse);
    let answer = use_resource(
        move || (slug.get(), query.get()),
        |(slug, query)| async move {
            let page = load_suppressed(slug.clone(), query.clone()).await?;
            Ok((slug, query, page))
        },
    );
    view! {
        <Title text="Suppressed" />
        {page_view(
            answer,
            |(slug, ..)| slug.clone(),
            |(.., page)| page.version,
            move |page| view! { <SuppressedPage page path query frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn SuppressedPage(
    page: PageData<SuppressedData>,
    path: Signal<String>,
    /// What the address asks for now. The data may still answer another query.
    query: Memo<SuppressedQuery>,
    frame: Frame,
) -> impl IntoView {
    let PageData { data, trouble, pending, read } = page;
    let slug = frame.slug.clone();
    // Without the dialog: opening and closing one changes no row.
    let list = Memo::new(move |_| query.with(|query| query.with(None)));
    let answered = Memo::new(move |_| data.with(|(_, query, _)| query.with(None)));
    let rows = Memo::new(move |_| data.with(|(.., page)| page.rows.clone()));
    let total = Memo::new(move |_| data.with(|(.., page)| page.total));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let are_awaited = move || pending.get() && list.get() != answered.get();
    let page_after = {
        let slug = slug.clone();
        move |after| SuppressedQuery { after, ..answered.get() }.href(&slug)
    };
    let first = {
        let page_after = page_after.clone();
        Signal::derive(move || answered.with(|query| query.after.is_some()).then(|| page_after(None)))
    };
    let next = Signal::derive(move || data.with(|(.., page)| page.next.clone()).map(|after| page_after(Some(after))));
    use_returning_rows(move || answered.get());
    let add = frame.may(Role::Manager).then(|| view! { <AddLink list slug=slug.clone() /> }.into_any());
    let dialog =
        frame.may(Role::Operator).then(|| view! { <TaskDialog query list data frame=frame.clone() /> }.into_any());
    let said = move || match total.get() {
        0 => String::new(),
        1 => "1 suppressed address".to_owned(),
        n => format!("{} suppressed addresses", thousands(n)),
    };
    let content = {
        let slug = slug.clone();
        move || {
            if is_empty.get() {
                view! { <Nothing shown=answered.get() slug=slug.clone() /> }.into_any()
            } else {
                view! { <SuppressedTable rows list frame=frame.clone() /> }.into_any()
            }
        }
    };
    view! {
        <div class="title-row">
            <PageHeading>"Suppressed"</PageHeading>
            {add}
        </div>
        <p class="muted">
            "Nothing is sent to these addresses: they do not exist, their owners opted out or complained, or a member added them."
        </p>
        {dialog}
        <SuppressedSearch query=list path slug=slug.clone() />
        <Trouble trouble read />
        <p class="muted" role="status">
            {said}
        </p>
        <div class="table-region" aria-busy=move || if are_awaited() { "true" } else { "false" }>
            {content}
        </div>
        <FirstNext label="Pages of suppressed addresses" first next />
    }
}

#[component]
fn AddLink(list: Memo<SuppressedQuery>, slug: String) -> impl IntoView {
    let href = move || list.with(|list| list.with(Some(SuppressedTask::Add)).href(&slug));
    view! {
        <div class="title-actions">
            <a class="button button-primary" href=href data-noscroll="">
                <Icon name="plus" />
                "Add address"
            </a>
        </div>
    }
}

/// The dialog that the address opens, if any.
#[component]
fn TaskDialog(
    query: Memo<SuppressedQuery>,
    /// The query without the dialog.
    list: Memo<SuppressedQuery>,
    data: Memo<SuppressedData>,
    frame: Frame,
) -> impl IntoView {
    let may_add = frame.may(Role::Manager);
    let task =
        Memo::new(move |_| query.with(|query| query.task.filter(|task| may_add || *task != SuppressedTask::Add)));
    use_address_dialog(Signal::derive(move || task.get().is_some()));
    let slug = frame.slug.clone();
    let back = {
        let slug = slug.clone();
        Signal::derive(move || list.with(|list| list.href(&slug)))
    };
    // The address that is to be lifted, once the answer to this query has come.
    let lifting = Memo::new(move |before: Option<&Option<Lifting>>| {
        let SuppressedTask::Lift(id) = task.get()? else { return None };
        // What the dialog asks about stays, also when somebody else lifts it meanwhile.
        if let Some(Some(Some(known))) = before
            && known.id == id
        {
            return Some(Some(known.clone()));
        }
        data.with(|(_, answered, page)| (answered.task == task.get()).then(|| page.lifting.clone()))
    });
    move || match task.get() {
        Some(SuppressedTask::Add) => Some(view! { <AddDialog slug=slug.clone() back /> }.into_any()),
        Some(SuppressedTask::Lift(_)) => lifting.get().map(|lifting| match lifting {
            Some(suppression) => {
                view! { <LiftDialog suppression slug=slug.clone() back today=frame.today /> }.into_any()
            }
            None => view! { <GoneDialog back /> }.into_any(),
        }),
        None => None,
    }
}

/// What is to be lifted; None if it is not suppressed any more.
type Lifting = Option<Suppression>;

#[component]
fn Nothing(shown: SuppressedQuery, slug: String) -> impl IntoView {
    let is_narrowed = !shown.q.is_empty() || shown.after.is_some();
    let sentence = if is_narrowed {
        "No suppressed address matches. Try fewer letters, or clear the search."
    } else {
        "No address is suppressed. One that does not exist, or whose owner opts out or complains, will appear here by itself."
    };
    let way_on = is_narrowed.then(|| {
        view! {
            <a class="button" href=SuppressedQuery::default().href(&slug)>
                "Clear search"
            </a>
        }
        .into_any()
    });
    view! {
        <div class="empty">
            <p>{sentence}</p>
            {way_on}
        </div>
    }
}
