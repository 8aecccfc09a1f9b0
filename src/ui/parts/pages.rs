//! Which rows of a table are shown, links to its other pages, and the number of rows per page.

use super::icon::Icon;
use crate::ui::hooks::{
    changing::changing,
    cookie::{YEAR, set_cookie},
};
use leptos::prelude::*;

/// A link to another page.
pub struct PageLink {
    pub name: &'static str,
    pub icon: &'static str,
    /// None where there is no such page.
    pub href: Option<String>,
}

#[component]
pub fn Pages(
    label: &'static str,
    /// `51–100 of 1,240`.
    range: Signal<String>,
    links: Callback<(), Vec<PageLink>>,
    /// The numbers of rows per page to choose from.
    sizes: &'static [u16],
    /// The one that the page has.
    size: Signal<u16>,
    /// The address with another number.
    sized: Callback<u16, String>,
    /// The cookie that holds the number that the person chose last.
    cookie: &'static str,
) -> impl IntoView {
    let link = |PageLink { name, icon, href }: PageLink| match href {
        Some(href) => {
            view! { <a class="icon-button" href=href aria-label=name title=name><Icon name=icon /></a> }.into_any()
        }
        None => view! { <span class="icon-button" aria-disabled="true"><Icon name=icon /></span> }.into_any(),
    };
    let links = changing(move || links.run(()).into_iter().map(link).collect_view().into_any());
    let to_size = move |n: u16| {
        view! {
            <a
                href=changing(move || sized.run(n))
                aria-current=changing(move || (size.get() == n).then_some("true"))
                data-noscroll=""
                on:click=move |_| set_cookie(cookie, &n.to_string(), Some(YEAR))
            >
                {n.to_string()}
            </a>
        }
        .into_any()
    };
    view! {
        <nav class="pager" aria-label=label>
            <span class="pager-range" role="status">
                {changing(move || range.get())}
            </span>
            <span class="pager-links">{links}</span>
            <span class="pager-sizes">
                <span class="muted">"Rows per page"</span>
                {sizes.iter().copied().map(to_size).collect_view()}
            </span>
        </nav>
    }
}
