//! Importing customers from a CSV file: choosing the file, saying what its columns hold, following the import, and what became of it.

mod progress;
mod result;
mod setup;
mod upload;

use crate::{
    api::imports::load_import,
    domain::{
        import::{Import, ImportPage as Page, ImportQuery, ImportState},
        project::Frame,
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            effect::effect,
            focus,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{heading::PageHeading, trouble::Trouble},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use progress::Progress;
use result::ImportResult;
use setup::Setup;
use upload::{Recent, Upload};

#[component]
pub fn ImportRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || format!("/projects/{}/customers/import", slug.get()));
    let query = use_query_at(path, ImportQuery::parse);
    let page = use_resource(move || (slug.get(), query.get()), |(slug, query)| load_import(slug, query));
    view! {
        <Title text="Import customers" />
        {page_view(
            page,
            |page| page.import.as_ref().map(|import| import.id),
            |page| page.version,
            |page| view! { <ImportPage page frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn ImportPage(page: PageData<Page>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let customers = frame.href("customers");
    let first = data.with_untracked(|page| page.import.clone());
    let content = match first {
        None => view! {
            <Upload data frame=frame.clone() />
            <Recent data frame />
        }
        .into_any(),
        Some(first) => {
            let import = Memo::new(move |_| data.with(|page| page.import.clone()).unwrap_or_else(|| first.clone()));
            let is_automatic = Memo::new(move |_| data.with(|page| page.is_automatic));
            view! { <OneImport import is_automatic frame /> }.into_any()
        }
    };
    view! {
        <div class="title-row">
            <PageHeading>"Import customers"</PageHeading>
            <div class="title-actions">
                <a class="button" href=customers>
                    "All customers"
                </a>
            </div>
        </div>
        <Trouble trouble read />
        <div class="import">{content}</div>
    }
}

const HEADING: &str = "import-heading";

#[component]
fn OneImport(import: Memo<Import>, is_automatic: Memo<bool>, frame: Frame) -> impl IntoView {
    let state = Memo::new(move |_| import.with(|import| import.state));
    // The button that had the focus goes when the import begins or is canceled.
    effect(move |was: Option<ImportState>| {
        let is = state.get();
        if was.is_some_and(|was| was != is)
            && focus::is_lost()
            && let Some(heading) = focus::by_id(HEADING)
        {
            focus::without_scrolling(&heading);
        }
        is
    });
    let name = import.with_untracked(|import| import.file_name.clone());
    let said = move || match state.get() {
        ImportState::Ready | ImportState::Failed => "",
        ImportState::Started => "The import has begun.",
        ImportState::Done => "The import is done.",
        ImportState::Canceled => "The import is canceled.",
    };
    let content = move || match state.get() {
        ImportState::Ready => view! { <Setup import is_automatic frame=frame.clone() /> }.into_any(),
        ImportState::Started => view! { <Progress import frame=frame.clone() /> }.into_any(),
        _ => view! { <ImportResult import frame=frame.clone() /> }.into_any(),
    };
    view! {
        <h2 id=HEADING tabindex="-1">
            {name}
        </h2>
        <p class="visually-hidden" role="status">
            {said}
        </p>
        {content}
    }
}
