//! Which rows of how many are shown, links to other pages, and the number of rows per page.

use crate::{
    domain::{
        filter::MessagesQuery,
        page::{PageAt, PageRef, Place},
        stats::thousands,
    },
    ui::{
        hooks::{
            changing::changing,
            cookie::{YEAR, set_cookie},
        },
        parts::icon::Icon,
    },
};
use leptos::prelude::*;

#[component]
pub fn Pager(place: Signal<Place>, query: Signal<MessagesQuery>, #[prop(into)] slug: String) -> impl IntoView {
    let range = changing(move || {
        let p = place.get();
        format!("{}–{} of {}", thousands(p.first_row), thousands(p.last_row), thousands(p.total))
    });
    let slug = StoredValue::new(slug);
    let href = move |at: PageAt| query.with(|q| slug.with_value(|slug| q.at(q.page.to(at)).href(slug)));
    let link = move |to: Option<PageAt>, name: &'static str, icon: &'static str| match to {
        Some(at) => {
            view! { <a class="icon-button" href=href(at) aria-label=name title=name><Icon name=icon /></a> }.into_any()
        }
        None => view! { <span class="icon-button" aria-disabled="true"><Icon name=icon /></span> }.into_any(),
    };
    let links = changing(move || {
        let p = place.get();
        view! {
            {link(p.previous.map(|_| PageAt::First), "First", "chevrons-left")}
            {link(p.previous.map(PageAt::Before), "Previous", "chevron-left")}
            {link(p.next.map(PageAt::After), "Next", "chevron-right")}
            {link(p.next.map(|_| PageAt::Last), "Last", "chevrons-right")}
        }
        .into_any()
    });
    let size = move |per: u16| {
        let to = changing(move || {
            query.with(|q| {
                let page = PageRef { at: PageAt::First, per: Some(per) };
                slug.with_value(|slug| q.at(page).href(slug))
            })
        });
        view! {
            <a
                href=to
                aria-current=changing(move || place.with(|place| place.per == per).then_some("true"))
                data-noscroll=""
                on:click=move |_| set_cookie(PageRef::COOKIE, &per.to_string(), Some(YEAR))
            >
                {per.to_string()}
            </a>
        }
        .into_any()
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="pager-range" role="status">
                {range}
            </span>
            <span class="pager-links">{links}</span>
            <span class="pager-sizes">
                <span class="muted">"Rows per page"</span>
                {PageRef::SIZES.map(size).into_iter().collect_view()}
            </span>
        </nav>
    }
}
