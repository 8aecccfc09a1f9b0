//! The project's customers: searched, filtered, paged, and added to.

use crate::{
    api::customers::load_customers,
    domain::{
        customer::{CustomersPage as Page, CustomersQuery},
        project::Frame,
        role::Role,
        stats::count,
    },
    ui::{
        customer::{add_dialog::AddDialog, search::CustomerSearch, table::CustomerTable},
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
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

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
    let total = Memo::new(move |_| data.with(|(.., page)| page.total));
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let are_awaited = move || pending.get() && query.get() != answered.get();
    let page_after = {
        let slug = slug.clone();
        move |after| CustomersQuery { after, ..answered.get() }.href(&slug)
    };
    let first = {
        let page_after = page_after.clone();
        Signal::derive(move || answered.with(|query| query.after.is_some()).then(|| page_after(None)))
    };
    let next = Signal::derive(move || data.with(|(.., page)| page.next.clone()).map(|after| page_after(Some(after))));
    use_returning_rows(move || answered.get());
    let may_add = frame.may(Role::Operator);
    let add = may_add.then(|| view! { <AddLink query slug=slug.clone() /> }.into_any());
    let dialog = may_add.then(|| view! { <AddDialogHost path query frame=frame.clone() /> }.into_any());
    let said = move || match total.get() {
        0 => String::new(),
        n => count(n, "customer"),
    };
    let content = {
        let slug = slug.clone();
        move || {
            if is_empty.get() {
                view! { <Nothing shown=answered.get() may_add slug=slug.clone() /> }.into_any()
            } else {
                view! { <CustomerTable rows frame=frame.clone() /> }.into_any()
            }
        }
    };
    view! {
        <div class="title-row">
            <PageHeading>"Customers"</PageHeading>
            {add}
        </div>
        {dialog}
        <CustomerSearch query path slug=slug.clone() />
        <Trouble trouble read />
        <p class="muted" role="status">
            {said}
        </p>
        <div class="table-region" aria-busy=move || if are_awaited() { "true" } else { "false" }>
            {content}
        </div>
        <FirstNext label="Pages of customers" first next />
    }
}

#[component]
fn AddLink(query: Memo<CustomersQuery>, slug: String) -> impl IntoView {
    view! {
        <div class="title-actions">
            <a
                class="button button-primary"
                href=move || query.with(|query| query.adding(&slug))
                data-noscroll=""
            >
                <Icon name="plus" />
                "Add customer"
            </a>
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
    let (sentence, way_on) = if shown.is_narrowed() || shown.after.is_some() {
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
