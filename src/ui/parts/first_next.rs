//! The links of a list that is paged by key: back to its first page, and on to the next.

use leptos::prelude::*;

#[component]
pub fn FirstNext(
    /// What the pages are of: "Pages of customers".
    label: &'static str,
    /// The address of the first page. None on that page.
    #[prop(into)]
    first: Signal<Option<String>>,
    /// The address of the next page. None on the last.
    #[prop(into)]
    next: Signal<Option<String>>,
) -> impl IntoView {
    let to_first = move || {
        first.get().map(|href| {
            view! {
                <a class="button" href=href>
                    "First page"
                </a>
            }
            .into_any()
        })
    };
    let to_next = move || {
        next.get().map(|href| {
            view! {
                <a class="button" rel="next" href=href>
                    "Next page"
                </a>
            }
            .into_any()
        })
    };
    view! {
        <nav class="pager" aria-label=label>
            <span class="pager-links">{to_first} {to_next}</span>
        </nav>
    }
}
