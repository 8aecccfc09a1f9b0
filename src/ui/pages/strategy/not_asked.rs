//! Customers whom the strategy has not asked, with the condition that is not met.

use crate::{
    api::strategy::load_not_asked,
    domain::{
        customer::ProfileQuery,
        project::Frame,
        role::Role,
        strategy::{
            page::{NotAsked, NotAskedPage, Reason},
            verdict::Condition,
        },
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{first_next::FirstNext, heading::PageHeading, trouble::Trouble},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The query of the list's address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct NotAskedQuery {
    why: String,
    q: String,
    after: String,
}

impl NotAskedQuery {
    fn parse(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value: String = value.chars().filter(|c| !c.is_control()).take(200).collect();
            match &*name {
                "why" => read.why = value,
                "q" => read.q = value,
                "after" => read.after = value,
                _ => {}
            }
        }
        read
    }

    fn reason(&self) -> Reason {
        Reason::from_slug(&self.why)
    }

    fn href(&self, slug: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("why", self.reason().slug()), ("q", &self.q), ("after", &self.after)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("/projects/{slug}/strategy/not-asked?{}", query.finish())
    }
}

/// The address of the customers who do not meet a condition.
pub fn href(slug: &str, condition: Condition) -> String {
    NotAskedQuery { why: condition.slug().to_owned(), ..NotAskedQuery::default() }.href(slug)
}

#[component]
pub fn NotAskedRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || format!("/projects/{}/strategy/not-asked", slug.get()));
    let query = use_query_at(path, NotAskedQuery::parse);
    let page = use_resource(
        move || (slug.get(), query.get()),
        |(slug, query)| load_not_asked(slug, query.why, query.q, query.after),
    );
    view! {
        <Title text="Not asked" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <NotAskedList page query frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn NotAskedList(page: PageData<NotAskedPage>, query: Memo<NotAskedQuery>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let slug = frame.slug.clone();
    let reason = Memo::new(move |_| query.with(NotAskedQuery::reason));
    let may_ask = frame.may(Role::Operator);
    let to = {
        let slug = slug.clone();
        move |after: String| NotAskedQuery { after, ..query.get() }.href(&slug)
    };
    let first = {
        let to = to.clone();
        Signal::derive(move || query.with(|query| !query.after.is_empty()).then(|| to(String::new())))
    };
    let next = Signal::derive(move || data.with(|page| page.next.clone()).map(&to));
    let rows = Memo::new(move |_| data.with(|page| page.customers.clone()));
    let list = move || {
        let rows = rows.get();
        if rows.is_empty() {
            return view! {
                <div class="empty">
                    <p>"No customer is among these."</p>
                </div>
            }
            .into_any();
        }
        let row = |row: &NotAsked| row_view(row, &slug, may_ask);
        view! {
            <div class="table-wrap">
                <table class="table settings-table">
                    <caption class="visually-hidden">"Not asked"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Customer"</th>
                            <th scope="col">"Why"</th>
                            <th scope="col">"Conditions"</th>
                            <th scope="col">"Actions"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let option = move |of: Reason| {
        view! {
            <option value=of.slug() selected=move || reason.get() == of>
                {of.words()}
            </option>
        }
    };
    let off = move || {
        data.with(|page| page.is_off).then(|| {
            view! {
                <p class="notice">"The strategy is off, so nobody is asked automatically. What stands here is from when it was on last."</p>
            }
            .into_any()
        })
    };
    view! {
        <div class="title-row">
            <PageHeading>"Not asked, and why"</PageHeading>
        </div>
        <p class="muted">
            <a href=frame.href("strategy")>"Strategy"</a>
            " – customers whom it does not ask. Once the condition is met, they are looked at again."
        </p>
        <form class="filters" method="get" action=frame.href("strategy/not-asked") role="search">
            <label class="visually-hidden" for="why">
                "Reason"
            </label>
            <select class="select" id="why" name="why">
                {Reason::all().map(option).collect_view()}
            </select>
            <label class="visually-hidden" for="not-asked-q">
                "Search"
            </label>
            <input
                class="input"
                id="not-asked-q"
                name="q"
                type="search"
                placeholder="Name, email or phone"
                value=move || query.with(|query| query.q.clone())
            />
            <button class="button" type="submit">
                "Show"
            </button>
        </form>
        <Trouble trouble read />
        {off}
        {list}
        <FirstNext label="Pages of customers" first next />
    }
}

fn row_view(row: &NotAsked, slug: &str, may_ask: bool) -> impl IntoView + use<> {
    let profile = ProfileQuery::default().href(slug, row.id);
    let preview = format!("/projects/{slug}/strategy/preview/{}", row.id);
    let ask = may_ask.then(|| {
        view! {
            <a class="button" href=format!("{profile}?do=request")>
                "Request review"
                <span class="visually-hidden">{format!(" from {}", row.name)}</span>
            </a>
        }
        .into_any()
    });
    view! {
        <tr class="row">
            <th class="cell-customer" scope="row">
                <a class="settings-name" href=profile>
                    {row.name.clone()}
                </a>
            </th>
            <td>{row.words()}</td>
            <td>
                <a href=preview>
                    "All conditions" <span class="visually-hidden">{format!(" of {}", row.name)}</span>
                </a>
            </td>
            <td class="cell-buttons">
                <div class="row-buttons">{ask}</div>
            </td>
        </tr>
    }
}
