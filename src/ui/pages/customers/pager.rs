//! Which customers of the list are shown, and links to others. They are not counted, so there is no last page to lead to.

use crate::{
    domain::{
        customer::{CustomerCursor, CustomersAt, CustomersPage, CustomersQuery},
        page::PageRef,
        stats::thousands,
    },
    ui::parts::pages::{PageLink, Pages},
};
use leptos::prelude::*;

/// Where the page stands in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    first_row: u64,
    last_row: u64,
    total: Option<u64>,
    per: u16,
    previous: Option<CustomerCursor>,
    next: Option<CustomerCursor>,
}

impl Place {
    pub fn of(page: &CustomersPage) -> Self {
        Self {
            first_row: page.first_row,
            last_row: page.last_row(),
            total: page.total(),
            per: page.per,
            previous: page.previous.clone(),
            next: page.next.clone(),
        }
    }
}

#[component]
pub fn CustomerPager(place: Memo<Place>, query: Memo<CustomersQuery>, slug: String) -> impl IntoView {
    let range = Signal::derive(move || {
        let Place { first_row, last_row, total, .. } = place.get();
        let of_all = total.map(|total| format!(" of {}", thousands(total))).unwrap_or_default();
        format!("{}–{}{of_all}", thousands(first_row), thousands(last_row))
    });
    let slug = StoredValue::new(slug);
    let links = Callback::new(move |()| {
        let Place { previous, next, .. } = place.get();
        let href = |at| query.with(|query| slug.with_value(|slug| query.to(at).href(slug)));
        let link = |name, icon, at: Option<CustomersAt>| PageLink { name, icon, href: at.map(href) };
        vec![
            link("First", "chevrons-left", previous.is_some().then_some(CustomersAt::First)),
            link("Previous", "chevron-left", previous.map(CustomersAt::Before)),
            link("Next", "chevron-right", next.map(CustomersAt::After)),
        ]
    });
    let sized = Callback::new(move |per: u16| {
        query.with(|query| {
            let sized = CustomersQuery { per: Some(per), ..query.to(CustomersAt::First) };
            slug.with_value(|slug| sized.href(slug))
        })
    });
    let size = Signal::derive(move || place.with(|place| place.per));
    view! { <Pages label="Pages of customers" range links sizes=&PageRef::SIZES size sized cookie=PageRef::COOKIE /> }
}
