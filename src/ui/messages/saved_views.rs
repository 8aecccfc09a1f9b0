//! The saved views above the filters of the Messages page, and which of them the link Messages leads to.

use crate::{
    domain::{
        filter::MessagesQuery,
        project::Frame,
        view::{ViewLink, ViewsTask},
    },
    ui::hooks::changing::changing,
};
use leptos::prelude::*;

/// The views of the project that is shown, by name.
#[derive(Clone, Copy)]
pub struct SavedViews(pub RwSignal<Vec<ViewLink>>);

/// Called by the frame around all pages of a project.
pub fn provide_saved_views() -> SavedViews {
    let views = SavedViews(RwSignal::new(Vec::new()));
    provide_context(views);
    views
}

pub fn use_saved_views() -> SavedViews {
    expect_context()
}

impl SavedViews {
    /// Where the link Messages leads.
    pub fn messages_href(self, slug: &str) -> String {
        self.0.with(|views| {
            let default = views.iter().find(|view| view.is_default).cloned();
            default.map_or_else(|| MessagesQuery::default().href(slug), |view| view.href(slug))
        })
    }
}

/// Nothing where there are none.
#[component]
pub fn ViewTabs(query: Signal<MessagesQuery>, frame: Frame) -> impl IntoView {
    let SavedViews(views) = use_saved_views();
    changing(move || {
        let shown = query.with(|query| query.filter.clone());
        let tab = |view: ViewLink| {
            let is_shown = view.filter == shown;
            view! {
                <li>
                    <a class="tab" href=view.href(&frame.slug) aria-current=is_shown.then_some("true")>
                        {view.name.clone()}
                    </a>
                </li>
            }
            .into_any()
        };
        let views = views.get();
        (!views.is_empty()).then(|| {
            view! {
                <nav class="view-tabs" aria-label="Saved views">
                    <ul class="tabs">{views.into_iter().map(tab).collect_view()}</ul>
                    <a class="link-button" href=ViewsTask::href(None, &frame.slug)>
                        "Edit views"
                    </a>
                </nav>
            }
            .into_any()
        })
    })
}
