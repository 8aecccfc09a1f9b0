//! The project's customers: searched, filtered, sorted, paged, changed many at once, exported, and added to.

mod bulk;
mod bulk_dialog;
mod pager;
mod table;
mod toolbar;

use crate::{
    api::customers::load_customers,
    domain::{
        CustomerId,
        customer::{CustomersPage as Page, CustomersQuery, filter::CustomerFilter},
        import::ImportQuery,
        project::Frame,
        role::Role,
    },
    ui::{
        IS_SERVER,
        customer::add_dialog::AddDialog,
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            arrival::use_returning_rows,
            effect::effect,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        messages::selection::Selection,
        parts::{dialog::use_address_dialog, heading::PageHeading, icon::Icon, trouble::Trouble},
    },
};
use bulk::{CustomerSelectionBar, Known};
use bulk_dialog::{Asked, BulkDialog};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};
use pager::{CustomerPager, Place};
use table::CustomerTable;
use toolbar::{CustomerChips, CustomerToolbar};

/// The data of the page: some customers, and the project and the query that they answer.
type CustomersData = (String, CustomersQuery, Page);

pub struct CustomersRoute;

#[lazy_route]
impl LazyRoute for CustomersRoute {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let CustomersRoute = this;
        let slug = use_param("slug");
        let path = Signal::derive(move || format!("/projects/{}/customers", slug.get()));
        let query = use_query_at(path, CustomersQuery::parse);
        let answer = use_resource(
            move || (slug.get(), query.get()),
            |(slug, query)| async move {
                let page = load_customers(slug.clone(), query.clone()).await?;
                Ok((slug, query, page))
            },
        );
        view! {
            <Title text="Customers" />
            {page_view(
                answer,
                |(slug, ..)| slug.clone(),
                |(.., page)| page.version,
                move |page| view! { <CustomersPage page path query frame=use_frame() /> }.into_any(),
            )}
        }
        .into_any()
    }
}

#[component]
fn CustomersPage(
    page: PageData<CustomersData>,
    path: Signal<String>,
    /// What the address asks for now. The data may still answer another query.
    query: Memo<CustomersQuery>,
    frame: Frame,
) -> impl IntoView {
    let PageData { data, trouble, pending, read } = page;
    let slug = frame.slug.clone();
    let answered = Memo::new(move |_| data.with(|(_, query, _)| query.clone()));
    let rows = Memo::new(move |_| data.with(|(.., page)| page.rows.clone()));
    let tags = Memo::new(move |_| data.with(|(.., page)| page.tags.clone()));
    let place = Memo::new(move |_| data.with(|(.., page)| Place::of(page)));
    let known = Memo::new(move |_| {
        data.with(|(.., page)| page.total().map_or_else(|| Known::MoreThan(page.last_row()), Known::Exactly))
    });
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let are_awaited = move || pending.get() && query.get() != answered.get();
    use_returning_rows(move || answered.get());
    let selection = frame.may(Role::Manager).then(|| use_selection(query));
    let asked = RwSignal::new(None::<Asked>);
    let may_add = frame.may(Role::Operator);
    let dialog = may_add.then(|| view! { <AddDialogHost path query frame=frame.clone() /> }.into_any());
    let bar = match selection {
        Some(selection) => {
            view! { <CustomerSelectionBar selection rows known query slug=slug.clone() asked /> }.into_any()
        }
        None => view! {
            <p class="muted" role="status">
                {move || known.get().sentence()}
            </p>
        }
        .into_any(),
    };
    let content = {
        let frame = frame.clone();
        move || {
            if is_empty.get() {
                view! { <Nothing shown=answered.get() may_add slug=frame.slug.clone() /> }.into_any()
            } else {
                view! { <CustomerTable rows query selection frame=frame.clone() /> }.into_any()
            }
        }
    };
    let question = {
        let frame = frame.clone();
        let on_close = Callback::new(move |()| asked.set(None));
        move || {
            let asked = asked.get()?;
            Some(view! { <BulkDialog asked frame=frame.clone() tags on_close /> }.into_any())
        }
    };
    let pager = {
        let slug = slug.clone();
        move || (!is_empty.get()).then(|| view! { <CustomerPager place query slug=slug.clone() /> }.into_any())
    };
    view! {
        <div class="title-row">
            <PageHeading>"Customers"</PageHeading>
            <TitleActions query frame=frame.clone() />
        </div>
        {dialog}
        <CustomerToolbar query path tags frame=frame.clone() />
        <CustomerChips query frame />
        <Trouble trouble read />
        {bar}
        <div class="table-region" aria-busy=move || if are_awaited() { "true" } else { "false" }>
            {content}
        </div>
        {pager}
        {question}
    }
}

/// The ticks belong to one filter. Its other pages and other orders keep them.
fn use_selection(query: Memo<CustomersQuery>) -> Selection<CustomerId> {
    let selection = Selection::new();
    if !IS_SERVER {
        selection.adopt();
    }
    let filter = Memo::new(move |_| {
        let order = CustomerFilter::default();
        query.with(|query| CustomerFilter { sort: order.sort, is_reversed: order.is_reversed, ..query.filter.clone() })
    });
    effect(move |before: Option<CustomerFilter>| {
        let now = filter.get();
        if before.is_some_and(|before| before != now) {
            selection.clear();
        }
        now
    });
    selection
}

#[component]
fn TitleActions(query: Memo<CustomersQuery>, frame: Frame) -> impl IntoView {
    let slug = frame.slug.clone();
    let export = frame.may(Role::Manager).then(|| {
        let slug = slug.clone();
        view! {
            <a
                class="button"
                href=move || query.with(|query| query.export_href(&slug))
                title="All that match as a CSV file"
                download=""
            >
                "Export"
            </a>
            <a class="button" href=frame.href("customers/ask")>
                "Ask by a list"
            </a>
        }
        .into_any()
    });
    let add = frame.may(Role::Operator).then(|| {
        let import = ImportQuery::default().href(&slug);
        view! {
            <a class="button" href=import>
                "Import"
            </a>
            <a
                class="button button-primary"
                href=move || query.with(|query| query.adding(&slug))
                data-noscroll=""
            >
                <Icon name="plus" />
                "Add customer"
            </a>
        }
        .into_any()
    });
    view! {
        <div class="title-actions">
            {export} {add}
        </div>
    }
}

/// The dialog that the address opens, if any.
#[component]
fn AddDialogHost(path: Signal<String>, query: Memo<CustomersQuery>, frame: Frame) -> impl IntoView {
    let is_adding = use_query_at(path, is_adding);
    use_address_dialog(is_adding.into());
    let slug = frame.slug.clone();
    let back = Signal::derive(move || query.with(|query| query.href(&slug)));
    move || is_adding.get().then(|| view! { <AddDialog frame=frame.clone() back /> }.into_any())
}

fn is_adding(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, value)| name == "do" && value == "add")
}

#[component]
fn Nothing(shown: CustomersQuery, may_add: bool, slug: String) -> impl IntoView {
    let all = CustomersQuery::default();
    let (sentence, way_on) = if shown.filter.is_narrowed() {
        ("No customer matches. Try fewer letters, or clear the filters.", Some((all.href(&slug), "Clear filters")))
    } else {
        let add = may_add.then(|| (all.adding(&slug), "Add customer"));
        ("No customers yet. Add the first one to request a review.", add)
    };
    let way_on = way_on.map(|(href, label)| {
        view! {
            <a class="button" href=href>
                {label}
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
