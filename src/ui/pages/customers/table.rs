//! The table of customers.

use crate::{
    domain::{
        CustomerId,
        contact::phone_words,
        customer::{
            CustomerRow, CustomersQuery, ProfileQuery,
            filter::{CustomerFilter, CustomerSort},
        },
        filter::Direction,
        project::Frame,
    },
    ui::{
        customer::stars::stars,
        hooks::{changing::changing, focus::RowFocus},
        messages::{
            selection::{FIELD, FORM, Selection},
            tick_all::TickAll,
        },
        parts::{avatar::Avatar, sort_head::SortHead, time::Time},
    },
};
use leptos::{ev, prelude::*};

/// Tags of a row that are shown; the others are counted.
const TAGS: usize = 3;

#[component]
pub fn CustomerTable(
    rows: Memo<Vec<CustomerRow>>,
    query: Memo<CustomersQuery>,
    /// Where rows can be ticked.
    selection: Option<Selection<CustomerId>>,
    frame: Frame,
) -> impl IntoView {
    let has_locations = frame.locations.len() > 1;
    let frame = StoredValue::new(frame);
    let location = has_locations.then(|| view! { <th scope="col" class="cell-location">"Location"</th> }.into_any());
    let ids = Signal::derive(move || rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>()));
    let tick_all = selection
        .map(|selection| view! { <th scope="col" class="cell-check"><TickAll ids selection /></th> }.into_any());
    let focus = RowFocus::new(move || rows.track());
    let on_change = move |event: ev::Event| {
        if let Some(selection) = selection {
            selection.changed(&event);
        }
    };
    view! {
        <div class="table-wrap">
            <table class=if selection.is_some() { "table customer-table customer-table-ticked" } else { "table customer-table" }>
                <caption class="visually-hidden">"Customers"</caption>
                <thead>
                    <tr>
                        {tick_all} {sort_head("Customer", CustomerSort::Name, query, frame)}
                        <th scope="col" class="cell-contact">
                            "Contact"
                        </th>
                        {location}
                        <th scope="col" class="cell-tags">
                            "Tags"
                        </th>
                        {sort_head("Last messaged", CustomerSort::Messaged, query, frame)}
                        <th scope="col" class="cell-review">
                            "Review"
                        </th>
                    </tr>
                </thead>
                <tbody
                    on:change=on_change
                    on:focusin=move |event| focus.entered(&event)
                    on:focusout=move |_| focus.left()
                >
                    <For each=move || rows.get() key=|row| row.id let:row>
                        <CustomerRowView first=row rows selection frame />
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// The head of a column that leads to the table sorted by it.
fn sort_head(
    label: &'static str,
    sort: CustomerSort,
    query: Memo<CustomersQuery>,
    frame: StoredValue<Frame>,
) -> AnyView {
    let ascends = Signal::derive(move || {
        query.with(|query| (query.filter.sort == sort).then(|| query.filter.dir() == Direction::Ascending))
    });
    let href = Signal::derive(move || {
        query.with(|query| {
            let is_reversed = query.filter.sort == sort && !query.filter.is_reversed;
            let sorted = CustomerFilter { sort, is_reversed, ..query.filter.clone() };
            frame.with_value(|frame| query.filtered(sorted).href(&frame.slug))
        })
    });
    view! { <SortHead label ascends href /> }.into_any()
}

/// `first` is the customer when their row is made. Their later data is in `rows`.
#[component]
fn CustomerRowView(
    first: CustomerRow,
    rows: Memo<Vec<CustomerRow>>,
    selection: Option<Selection<CustomerId>>,
    frame: StoredValue<Frame>,
) -> impl IntoView {
    let id = first.id;
    let check = selection.map(|selection| tick(selection, &first));
    let row = Memo::new(move |_| {
        rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()).unwrap_or_else(|| first.clone())
    });
    let class = changing(move || match selection.is_some_and(|selection| selection.has(id)) {
        true => "row row-ticked",
        false => "row",
    });
    view! {
        <tr class=class id=format!("customer-{id}")>
            {check} {changing(move || row.with(|row| frame.with_value(|frame| cells(row, frame))))}
        </tr>
    }
}

fn tick(selection: Selection<CustomerId>, row: &CustomerRow) -> AnyView {
    let id = row.id;
    // Names repeat; addresses do not.
    let address = if row.email.is_empty() { phone_words(&row.phone) } else { row.email.clone() };
    let name =
        if address.is_empty() { format!("Select {}", row.name) } else { format!("Select {}, {address}", row.name) };
    view! {
        <td class="cell-check">
            <input
                type="checkbox"
                form=FORM
                name=FIELD
                value=id.to_string()
                aria-label=name
                prop:checked=changing(move || selection.has(id))
            />
        </td>
    }
    .into_any()
}

fn cells(row: &CustomerRow, frame: &Frame) -> AnyView {
    let location = (frame.locations.len() > 1).then(|| {
        let name = row.location.map(|id| frame.location_name(id));
        match name {
            Some(name) => view! { <td class="cell-location">{name}</td> }.into_any(),
            None => view! { <td class="cell-location none"><span class="visually-hidden">"No location"</span></td> }
                .into_any(),
        }
    });
    let last = match row.last_messaged {
        Some(at) => view! { <td class="cell-messaged"><Time at today=frame.today /></td> }.into_any(),
        None => view! { <td class="cell-messaged muted">"Never"</td> }.into_any(),
    };
    view! {
        {customer(row, frame)}
        {contact(row)}
        {location}
        {tags(&row.tags)}
        {last}
        {review(row, frame)}
    }
    .into_any()
}

fn customer(row: &CustomerRow, frame: &Frame) -> AnyView {
    let href = ProfileQuery::default().href(&frame.slug, row.id);
    let company = (!row.company.is_empty())
        .then(|| view! { <span class="customer-contact">{row.company.clone()}</span> }.into_any());
    let ribbon = |name: &'static str| view! { <span class="ribbon">{name}</span> }.into_any();
    let ribbons = (row.unsubscribed.is_some() || row.archived.is_some()).then(|| {
        view! {
            <span class="ribbons">
                {row.unsubscribed.map(|_| ribbon("Unsubscribed"))} {row.archived.map(|_| ribbon("Archived"))}
            </span>
        }
        .into_any()
    });
    view! {
        <th class="cell-customer" scope="row">
            <Avatar name=row.name.as_str() id=row.id.0 />
            <span class="customer-lines">
                <a class="customer-name" href=href>
                    {row.name.clone()}
                </a>
                {company}
                {ribbons}
            </span>
        </th>
    }
    .into_any()
}

fn contact(row: &CustomerRow) -> AnyView {
    let line = |text: String| view! { <span class="contact-line">{text}</span> }.into_any();
    let email = (!row.email.is_empty()).then(|| line(row.email.clone()));
    let phone = (!row.phone.is_empty()).then(|| line(phone_words(&row.phone)));
    if email.is_none() && phone.is_none() {
        return view! { <td class="cell-contact none"><span class="visually-hidden">"No address"</span></td> }
            .into_any();
    }
    view! {
        <td class="cell-contact">
            {email} {phone}
        </td>
    }
    .into_any()
}

fn tags(tags: &[String]) -> AnyView {
    if tags.is_empty() {
        return view! { <td class="cell-tags none"><span class="visually-hidden">"No tags"</span></td> }.into_any();
    }
    let shown = tags.iter().take(TAGS).map(|tag| view! { <span class="tag">{tag.clone()}</span> }.into_any());
    let others = tags.len().saturating_sub(TAGS);
    let more = (others > 0).then(|| {
        let title = tags[TAGS..].join(", ");
        view! { <span class="tag" title=title>{format!("+{others}")}</span> }.into_any()
    });
    view! {
        <td class="cell-tags">
            <span class="row-tags">{shown.collect_view()} {more}</span>
        </td>
    }
    .into_any()
}

/// The stars of the newest review or, without one, how far the customer has come.
fn review(row: &CustomerRow, frame: &Frame) -> AnyView {
    if let Some(rating) = row.rating {
        let when = row.reviewed.map(|at| format!("Reviewed {}", at.inline(frame.today)));
        return view! {
            <td class="cell-review">
                <span title=when>{stars(rating).into_any()}</span>
            </td>
        }
        .into_any();
    }
    let (word, title) = match (row.clicked, row.requested) {
        (Some(at), _) => ("Missed", format!("Clicked {}, and left no review", at.inline(frame.today))),
        (None, Some(at)) => ("Requested", format!("Requested {}", at.inline(frame.today))),
        (None, None) => {
            return view! { <td class="cell-review none"><span class="visually-hidden">"Not requested"</span></td> }
                .into_any();
        }
    };
    view! {
        <td class="cell-review">
            <span class="muted" title=title>
                {word}
            </span>
        </td>
    }
    .into_any()
}
