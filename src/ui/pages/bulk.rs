//! The project's bulk actions: the list of their records.

mod record;

pub use record::BulkRecordRoute;

use crate::{
    api::bulk::load_bulk_actions,
    domain::{
        bulk::record::{BulkPage as Page, BulkQuery, BulkRecord},
        project::Frame,
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{first_next::FirstNext, heading::PageHeading, time::Time, trouble::Trouble},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn BulkActionsRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || BulkQuery::default().href(&slug.get()));
    let query = use_query_at(path, BulkQuery::parse);
    let page = use_resource(move || (slug.get(), query.get()), |(slug, query)| load_bulk_actions(slug, query));
    view! {
        <Title text="Bulk actions" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            move |page| view! { <BulkActionsPage page query frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn BulkActionsPage(page: PageData<Page>, query: Memo<BulkQuery>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let slug = frame.slug.clone();
    let messages = frame.href("messages");
    let is_empty = Memo::new(move |_| data.with(|page| page.records.is_empty()));
    let first = {
        let slug = slug.clone();
        Signal::derive(move || query.get().before.map(|_| BulkQuery::default().href(&slug)))
    };
    let next = Signal::derive(move || {
        data.with(|page| {
            let last = page.records.last().filter(|_| page.has_more)?;
            Some(BulkQuery { before: Some(last.id) }.href(&slug))
        })
    });
    let content = move || match is_empty.get() {
        true => view! {
            <div class="empty">
                <h2>"No bulk actions yet"</h2>
                <p>"Tick messages on the Messages page, or select all that match, and choose what to do with them."</p>
                <a class="button button-primary" href=messages.clone()>
                    "Go to Messages"
                </a>
            </div>
        }
        .into_any(),
        false => view! { <Records data frame=frame.clone() /> }.into_any(),
    };
    view! {
        <div class="title-row">
            <PageHeading>"Bulk actions"</PageHeading>
        </div>
        <p class="muted">"What was done to many messages at once, and what became of them."</p>
        <Trouble trouble read />
        {content}
        <FirstNext label="Pages of bulk actions" first next />
    }
}

#[component]
fn Records(data: Memo<Page>, frame: Frame) -> impl IntoView {
    let frame = StoredValue::new(frame);
    // A record that got on is another row: it has little in it, and no focus but on its link.
    let key = |record: &BulkRecord| record.id;
    let row = move |record: BulkRecord| {
        let id = record.id;
        let now = Memo::new(move |last: Option<&BulkRecord>| {
            let new = data.with(|page| page.records.iter().find(|other| other.id == id).cloned());
            new.or_else(|| last.cloned()).unwrap_or_else(|| record.clone())
        });
        frame.with_value(|frame| row_view(now, frame))
    };
    view! {
        <div class="table-wrap">
            <table class="table table-imports bulk-table">
                <caption class="visually-hidden">"Bulk actions"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Action"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Result"</th>
                        <th scope="col">"Started by"</th>
                        <th scope="col">"Started"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || data.with(|page| page.records.clone()) key=key children=row />
                </tbody>
            </table>
        </div>
    }
}

fn row_view(record: Memo<BulkRecord>, frame: &Frame) -> AnyView {
    let (first, today) = (record.get_untracked(), frame.today);
    let details = first.details(today).join(", ");
    view! {
        <tr class="row">
            <th scope="row">
                <a href=first.href(&frame.slug)>{first.kind.name()}</a>
                " "
                <span class="muted">{details}</span>
            </th>
            <td>{move || record.with(BulkRecord::standing)}</td>
            <td>{move || record.with(BulkRecord::result)}</td>
            <td>{first.by.clone()}</td>
            <td>
                <Time at=first.at today />
            </td>
        </tr>
    }
    .into_any()
}
