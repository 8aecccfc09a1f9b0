//! Which rows of how many are shown, links to other pages, and the number of rows per page.

use crate::{
    domain::{
        filter::MessagesQuery,
        page::{PageAt, PageRef, Place},
        stats::thousands,
    },
    ui::parts::pages::{PageLink, Pages},
};
use leptos::prelude::*;

#[component]
pub fn Pager(place: Signal<Place>, query: Signal<MessagesQuery>, #[prop(into)] slug: String) -> impl IntoView {
    let range = Signal::derive(move || {
        let p = place.get();
        format!("{}–{} of {}", thousands(p.first_row), thousands(p.last_row), thousands(p.total))
    });
    let slug = StoredValue::new(slug);
    let href = move |at: PageAt| query.with(|q| slug.with_value(|slug| q.at(q.page.to(at)).href(slug)));
    let links = Callback::new(move |()| {
        let p = place.get();
        let link = |name, icon, to: Option<PageAt>| PageLink { name, icon, href: to.map(href) };
        vec![
            link("First", "chevrons-left", p.previous.map(|_| PageAt::First)),
            link("Previous", "chevron-left", p.previous.map(PageAt::Before)),
            link("Next", "chevron-right", p.next.map(PageAt::After)),
            link("Last", "chevrons-right", p.next.map(|_| PageAt::Last)),
        ]
    });
    let sized = Callback::new(move |per: u16| {
        let page = PageRef { at: PageAt::First, per: Some(per) };
        query.with(|q| slug.with_value(|slug| q.at(page).href(slug)))
    });
    let size = Signal::derive(move || place.with(|place| place.per));
    view! { <Pages label="Pages" range links sizes=&PageRef::SIZES size sized cookie=PageRef::COOKIE /> }
}
