//! The templates of messages: one at a time, with what the newest customer would get, and what it said before.

mod editor;
mod fields;
mod history;
mod preview;
mod state;

use crate::{
    api::templates::load_templates,
    domain::{
        message::{Channel, Template},
        project::Frame,
        role::Role,
        template::{TemplateQuery, TemplatesPage as Page},
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::{use_param, use_query_at},
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{heading::PageHeading, trouble::Trouble},
    },
};
use editor::{Editor, Reader};
use history::History;
use leptos::prelude::*;
use leptos_meta::Title;
use preview::Preview;
use state::Draft;

#[component]
pub fn TemplatesRoute() -> impl IntoView {
    let slug = use_param("slug");
    let path = Signal::derive(move || format!("/projects/{}/templates", slug.get()));
    let query = use_query_at(path, TemplateQuery::parse);
    let answer = use_resource(move || (slug.get(), query.get()), |(slug, query)| load_templates(slug, query));
    view! {
        <Title text="Templates" />
        {page_view(
            answer,
            |_| (),
            |page| page.version,
            move |page| view! { <Templates page query frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn Templates(
    page: PageData<Page>,
    /// What the address asks for now. The data may still be of another template.
    query: Memo<TemplateQuery>,
    frame: Frame,
) -> impl IntoView {
    let PageData { data, trouble, pending, read } = page;
    let shown = Memo::new(move |_| data.with(|page| page.query));
    let is_other = move || pending.get() && shown.get() != query.get();
    let tabs = view! { <Choice query slug=frame.slug.clone() /> };
    view! {
        <div class="title-row">
            <PageHeading>"Templates"</PageHeading>
            <div class="title-actions">
                <a class="button" href=frame.href("templates/review-page")>
                    "Review page"
                </a>
            </div>
        </div>
        <p class="muted">
            "What messages say. A message gets its text when it is created: a change is used for later ones, and those that wait stay as they are."
        </p>
        {tabs}
        <Trouble trouble read />
        <div aria-busy=move || if is_other() { "true" } else { "false" }>
            {move || one(shown.get(), data, frame.clone())}
        </div>
    }
}

/// The two choices that the address holds.
#[component]
fn Choice(query: Memo<TemplateQuery>, slug: String) -> impl IntoView {
    let slug = StoredValue::new(slug);
    let template =
        |template: Template| tab(query, slug, template.name(), move |query| TemplateQuery { template, ..query });
    let channel = |channel: Channel| tab(query, slug, channel.name(), move |query| TemplateQuery { channel, ..query });
    view! {
        <div class="template-choice">
            <ul class="tabs" aria-label="Template">
                {Template::ALL.map(template).collect_view()}
            </ul>
            <ul class="tabs" aria-label="Channel">
                {Channel::ALL.map(channel).collect_view()}
            </ul>
        </div>
    }
}

/// A link to the template that `choose` makes of the one that is shown.
fn tab(
    query: Memo<TemplateQuery>,
    slug: StoredValue<String>,
    name: &'static str,
    choose: impl Fn(TemplateQuery) -> TemplateQuery + Copy + Send + Sync + 'static,
) -> AnyView {
    view! {
        <li>
            <a
                class="tab"
                href=move || slug.with_value(|slug| choose(query.get()).href(slug))
                aria-current=move || (choose(query.get()) == query.get()).then_some("true")
                data-noscroll=""
            >
                {name}
            </a>
        </li>
    }
    .into_any()
}

/// Made anew for each template.
fn one(query: TemplateQuery, data: Memo<Page>, frame: Frame) -> AnyView {
    // While another template comes, this one stays as it is.
    let data = Memo::new(move |before: Option<&Page>| match before {
        Some(before) if data.with(|page| page.query != query) => before.clone(),
        _ => data.get(),
    });
    let draft = Draft::new(data);
    let origin = Memo::new(move |_| data.with(|page| (page.is_default, page.language.name())));
    let origin = move || match origin.get() {
        (true, language) => format!(
            "This is the default in {language}, the language of the project. It changes with the language until somebody changes the text."
        ),
        (false, language) => format!(
            "This text is the project's own: it stays as it is when the language changes. The default in {language} can be restored."
        ),
    };
    let main = if frame.may(Role::Manager) {
        view! { <Editor query data draft slug=frame.slug.clone() /> }.into_any()
    } else {
        view! { <Reader query data /> }.into_any()
    };
    view! {
        <p class="muted">{origin}</p>
        <div class="template-columns">
            <div class="template-main">
                {main}
                <History query data draft frame=frame.clone() />
            </div>
            <Preview query data draft frame />
        </div>
    }
    .into_any()
}
