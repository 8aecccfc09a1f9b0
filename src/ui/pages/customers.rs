//! The project's customers: searched, filtered, paged, and added to.

use super::{customer_form::CustomerFields, not_found::ErrorPage};
use crate::{
    api::customers::{AddCustomer, load_customers},
    domain::{
        customer::{CustomerForm, CustomerRow, CustomersPage as Page, ProfileQuery},
        project::Frame,
        role::Role,
        stats::count,
    },
    ui::{
        customer::address_dialog::{AddressDialog, DialogFoot},
        frame::use_frame,
        hooks::resource::use_resource,
        parts::{
            avatar::Avatar,
            icon::Icon,
            post::{Post, PostForm},
            time::Time,
            toast::use_toasts,
        },
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    components::Form,
    hooks::{use_location, use_params_map, use_query_map},
};

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
    let params = use_params_map();
    let search = use_location().search;
    let slug = Memo::new(move |_| params.with(|p| p.get("slug")).unwrap_or_default());
    let query = Memo::new(move |_| search.with(|s| Query::parse(s)));
    let page = use_resource(
        move || (slug.get(), query.get().to_query()),
        |(slug, query)| async move { load_customers(slug, query).await },
    );
    let action = Post::to::<AddCustomer>();
    let toasts = use_toasts();
    // The answer leads to the new profile by itself.
    action.on_done(Callback::new(move |done| toasts.done(done)));
    view! {
        <Title text="Customers" />
        <Transition>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Content page query action frame=use_frame() /> }.into_any(),
                    Err(error) => view! { <ErrorPage error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Content(page: Page, query: Memo<Query>, action: Post, frame: Frame) -> impl IntoView {
    let may_add = frame.may(Role::Operator);
    let slug = StoredValue::new(frame.slug.clone());
    let asked = use_query_map();
    let adding = Memo::new(move |_| may_add && asked.with(|q| q.get("do")).is_some_and(|task| task == "add"));
    let back = Signal::derive(move || query.get().href(&slug.get_value()));
    let add_href = move || query.get().adding(&slug.get_value());
    let shown = query.get_untracked();
    let total = match page.total {
        0 => String::new(),
        n => count(n, "customer"),
    };
    let next = page.next.clone().map(|after| Query { after: Some(after), ..shown.clone() }.href(&frame.slug));
    let start = shown.after.is_some().then(|| Query { after: None, ..shown.clone() }.href(&frame.slug));
    let content = if page.rows.is_empty() {
        empty(&shown, may_add, &frame.slug).into_any()
    } else {
        table(page.rows, &frame).into_any()
    };
    view! {
        <div class="title-row">
            <h1 tabindex="-1">"Customers"</h1>
            {may_add
                .then(|| {
                    view! {
                        <div class="title-actions">
                            <a class="button button-primary" href=add_href data-noscroll="">
                                <Icon name="plus" />
                                "Add customer"
                            </a>
                        </div>
                    }
                })}
        </div>
        {move || adding.get().then(|| view! { <AddDialog frame=frame.clone() action back /> })}
        <SearchForm shown slug=slug.get_value() />
        <p class="muted" role="status">{total}</p>
        {content}
        <nav class="pager" aria-label="Pages of customers">
            <span class="pager-links">
                {start.map(|href| view! { <a class="button" href=href>"First page"</a> })}
                {next.map(|href| view! { <a class="button" rel="next" href=href>"Next page"</a> })}
            </span>
        </nav>
    }
}

#[component]
fn SearchForm(shown: Query, slug: String) -> impl IntoView {
    let narrows = shown.narrows();
    let clear = Query::default().href(&slug);
    let choice = |name: &'static str, label: &'static str, on: bool| {
        view! {
            <label class="checkbox">
                <input type="checkbox" name=name value="yes" checked=on />
                {label}
            </label>
        }
    };
    view! {
        <Form method="get" action=clear.clone()>
            <div class="filters" role="search" aria-label="Search customers">
                <div class="field filter-search">
                    <label class="field-label" for="customers-q">"Search customers"</label>
                    <input
                        class="input"
                        id="customers-q"
                        type="search"
                        name="q"
                        value=shown.q
                        placeholder="Name, company, email or phone"
                        maxlength="200"
                    />
                </div>
                {choice("archived", "Archived", shown.archived)}
                {choice("unsubscribed", "Unsubscribed", shown.unsubscribed)}
                <button class="button" type="submit">"Search"</button>
                {narrows.then(|| view! { <a class="link-button" href=clear>"Clear filters"</a> })}
            </div>
        </Form>
    }
}

#[component]
fn AddDialog(frame: Frame, action: Post, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="Add customer" back>
            <div class="dialog-body">
                <PostForm to=action>
                    <input type="hidden" name="slug" value=frame.slug />
                    <CustomerFields form=CustomerForm::default() locations=frame.locations error=action.refusal() />
                    <DialogFoot back submit="Add customer" pending=action.pending() />
                </PostForm>
            </div>
        </AddressDialog>
    }
}

fn empty(shown: &Query, may_add: bool, slug: &str) -> impl IntoView {
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
