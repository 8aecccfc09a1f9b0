//! The project's customers: searched, filtered, paged, and added to.

use super::{awaited, param, query};
use crate::{
    api::customers::{AddCustomer, load_customers},
    domain::{
        customer::{CustomerForm, CustomerRow, CustomersPage as Page, ProfileQuery},
        project::Frame,
        role::Role,
        stats::count,
    },
    ui::{
        customer::fields::customer_fields,
        frame::use_frame,
        parts::{
            avatar::Avatar,
            dialog::{AddressDialog, dialog_foot},
            icon::Icon,
            post::Post,
            time::Time,
        },
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What the page's address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Query {
    q: String,
    archived: bool,
    unsubscribed: bool,
    after: Option<String>,
}

impl Query {
    fn parse(search: &str) -> Self {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(search.trim_start_matches('?').as_bytes()) {
            match &*name {
                "q" => query.q = value.trim().to_owned(),
                "archived" => query.archived = value == "yes",
                "unsubscribed" => query.unsubscribed = value == "yes",
                "after" => query.after = Some(value.into_owned()).filter(|a| !a.is_empty()),
                _ => {}
            }
        }
        query
    }

    fn narrows(&self) -> bool {
        !self.q.is_empty() || self.archived || self.unsubscribed
    }

    fn to_query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        if !self.q.is_empty() {
            out.append_pair("q", &self.q);
        }
        if self.archived {
            out.append_pair("archived", "yes");
        }
        if self.unsubscribed {
            out.append_pair("unsubscribed", "yes");
        }
        if let Some(after) = &self.after {
            out.append_pair("after", after);
        }
        out.finish()
    }

    fn href(&self, slug: &str) -> String {
        let query = self.to_query();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/projects/{slug}/customers{mark}{query}")
    }

    /// The same with the form for a new customer open.
    fn adding(&self, slug: &str) -> String {
        let href = self.href(slug);
        let mark = if href.contains('?') { '&' } else { '?' };
        format!("{href}{mark}do=add")
    }
}

#[component]
pub fn CustomersPage() -> impl IntoView {
    let query = Query::parse(&query());
    let adding = use_query_map().with_untracked(|q| q.get("do")).as_deref() == Some("add");
    let data = load_customers(param("slug"), query.to_query());
    view! {
        <Title text="Customers" />
        {awaited(data, move |page| content(page, &query, adding, &use_frame()))}
    }
}

fn content(page: Page, query: &Query, adding: bool, frame: &Frame) -> impl IntoView + use<> {
    let may_add = frame.may(Role::Operator);
    let slug = &frame.slug;
    let total = match page.total {
        0 => String::new(),
        n => count(n, "customer"),
    };
    let next = page.next.clone().map(|after| Query { after: Some(after), ..query.clone() }.href(slug));
    let start = query.after.is_some().then(|| Query { after: None, ..query.clone() }.href(slug));
    let list =
        if page.rows.is_empty() { empty(query, may_add, slug).into_any() } else { table(page.rows, frame).into_any() };
    let add = may_add.then(|| {
        view! {
            <div class="title-actions">
                <a class="button button-primary" href=query.adding(slug) data-noscroll="">
                    <Icon name="plus" />
                    "Add customer"
                </a>
            </div>
        }
    });
    view! {
        <div class="title-row">
            <h1 tabindex="-1">"Customers"</h1>
            {add}
        </div>
        {(adding && may_add).then(|| add_dialog(frame, query.href(slug)))}
        {search_form(query, slug)}
        <p class="muted" role="status">
            {total}
        </p>
        {list}
        <nav class="pager" aria-label="Pages of customers">
            <span class="pager-links">
                {start.map(|href| view! { <a class="button" href=href>"First page"</a> })}
                {next.map(|href| view! { <a class="button" rel="next" href=href>"Next page"</a> })}
            </span>
        </nav>
    }
}

fn search_form(shown: &Query, slug: &str) -> impl IntoView + use<> {
    let all = Query::default().href(slug);
    let clear = shown.narrows().then(|| {
        view! {
            <a class="link-button" href=all.clone()>
                "Clear filters"
            </a>
        }
    });
    let choice = |name: &'static str, label: &'static str, on: bool| {
        view! {
            <label class="checkbox">
                <input type="checkbox" name=name value="yes" checked=on />
                {label}
            </label>
        }
    };
    view! {
        <form method="get" action=all>
            <div class="filters" role="search" aria-label="Search customers">
                <div class="field filter-search">
                    <label class="field-label" for="customers-q">
                        "Search customers"
                    </label>
                    <input
                        class="input"
                        id="customers-q"
                        type="search"
                        name="q"
                        value=shown.q.clone()
                        placeholder="Name, company, email or phone"
                        maxlength="200"
                    />
                </div>
                {choice("archived", "Archived", shown.archived)}
                {choice("unsubscribed", "Unsubscribed", shown.unsubscribed)}
                <button class="button" type="submit">
                    "Search"
                </button>
                {clear}
            </div>
        </form>
    }
}

/// `back` is the address without the dialog.
fn add_dialog(frame: &Frame, back: String) -> impl IntoView + use<> {
    let post = Post::to::<AddCustomer>();
    let content = view! {
        <form method="post" action=post.path>
            <input type="hidden" name="slug" value=frame.slug.clone() />
            {customer_fields(CustomerForm::default(), &frame.locations, &post)}
            {dialog_foot(&back, "Add customer", false)}
        </form>
    };
    view! {
        <AddressDialog title="Add customer" back>
            {content}
        </AddressDialog>
    }
}

fn empty(shown: &Query, may_add: bool, slug: &str) -> impl IntoView + use<> {
    let (sentence, way_on) = if shown.narrows() || shown.after.is_some() {
        let all = Query::default().href(slug);
        ("No customer matches. Try fewer letters, or clear the filters.", Some((all, "Clear filters")))
    } else {
        let add = may_add.then(|| (Query::default().adding(slug), "Add customer"));
        ("No customers yet. Add the first one to request a review.", add)
    };
    view! {
        <div class="empty">
            <p>{sentence}</p>
            {way_on.map(|(href, label)| view! { <a class="button" href=href>{label}</a> })}
        </div>
    }
}

fn table(rows: Vec<CustomerRow>, frame: &Frame) -> impl IntoView + use<> {
    let several = frame.locations.len() > 1;
    let rows = rows.into_iter().map(|row| table_row(row, several, frame)).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Customers"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Company"</th>
                        <th scope="col">"Email"</th>
                        <th scope="col">"Phone"</th>
                        {several.then(|| view! { <th scope="col">"Location"</th> })}
                        <th scope="col">"Last messaged"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn table_row(row: CustomerRow, several: bool, frame: &Frame) -> impl IntoView + use<> {
    let today = frame.today;
    let href = ProfileQuery::parse("").href(&frame.slug, row.id);
    let location = several.then(|| row.location.map(|id| frame.location_name(id)).unwrap_or_default());
    let last = match row.last_messaged {
        Some(at) => view! { <Time at today /> }.into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    };
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <Avatar name=row.name.clone() id=row.id.0 />
                <a class="customer-name row-link" href=href>{row.name}</a>
                {row.unsubscribed.then(|| view! { <span class="ribbon">"Unsubscribed"</span> })}
                {row.archived.then(|| view! { <span class="ribbon">"Archived"</span> })}
            </th>
            <td>{row.company}</td>
            <td>{row.email}</td>
            <td>{row.phone}</td>
            {location.map(|name| view! { <td>{name}</td> })}
            <td>{last}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_as_it_is_written() {
        for query in ["", "q=ana+r", "archived=yes&unsubscribed=yes", "q=%26&after=Ana.1"] {
            assert_eq!(Query::parse(query).to_query(), query);
        }
        assert_eq!(Query::parse("archived=maybe&x=y"), Query::default());
        assert_eq!(Query::parse("?q=a").adding("p"), "/projects/p/customers?q=a&do=add");
        assert_eq!(Query::default().adding("p"), "/projects/p/customers?do=add");
    }
}
