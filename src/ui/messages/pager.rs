//! Where the page stands, and the pages around it.

use crate::{
    domain::{
        filter::MessagesQuery,
        page::{PageAt, PageRef, Place},
        stats::thousands,
    },
    ui::parts::icon::Icon,
};
use leptos::prelude::*;

pub fn pager(place: &Place, query: &MessagesQuery, slug: &str) -> impl IntoView + use<> {
    let range = format!("{}–{} of {}", thousands(place.first_row), thousands(place.last_row), thousands(place.total));
    let link = |to: Option<PageAt>, name: &'static str, icon: &'static str| match to {
        Some(at) => {
            let href = query.at(query.page.to(at)).href(slug);
            view! { <a class="icon-button" href=href aria-label=name title=name><Icon name=icon /></a> }.into_any()
        }
        None => view! { <span class="icon-button" aria-disabled="true"><Icon name=icon /></span> }.into_any(),
    };
    let size = |per: u16| {
        let href = query.at(PageRef { at: PageAt::First, per }).href(slug);
        view! {
            <a href=href aria-current=(query.page.per == per).then_some("true") data-noscroll="">
                {per}
            </a>
        }
    };
    view! {
        <nav class="pager" aria-label="Pages">
            <span class="pager-range" role="status">
                {range}
            </span>
            <span class="pager-links">
                {link(place.previous.map(|_| PageAt::First), "First", "chevrons-left")}
                {link(place.previous.map(PageAt::Before), "Previous", "chevron-left")}
                {link(place.next.map(PageAt::After), "Next", "chevron-right")}
                {link(place.next.map(|_| PageAt::Last), "Last", "chevrons-right")}
            </span>
            <span class="pager-sizes">
                <span class="muted">"Rows a page"</span>
                {PageRef::SIZES.map(size).into_iter().collect_view()}
            </span>
        </nav>
    }
}
