//! The table of customers.

use crate::{
    domain::{
        contact::phone_words,
        customer::{CustomerRow, ProfileQuery},
        project::Frame,
    },
    ui::parts::{avatar::Avatar, time::Time},
};
use leptos::prelude::*;

#[component]
pub fn CustomerTable(rows: Memo<Vec<CustomerRow>>, frame: Frame) -> impl IntoView {
    let has_locations = frame.locations.len() > 1;
    let frame = StoredValue::new(frame);
    let location = has_locations.then(|| view! { <th scope="col">"Location"</th> }.into_any());
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">"Customers"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Company"</th>
                        <th scope="col">"Email"</th>
                        <th scope="col">"Phone"</th>
                        {location}
                        <th scope="col">"Last messaged"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|row| row.id let:row>
                        <CustomerRowView first=row rows frame />
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// `first` is the customer when their row is made. Their later data is in `rows`.
#[component]
fn CustomerRowView(first: CustomerRow, rows: Memo<Vec<CustomerRow>>, frame: StoredValue<Frame>) -> impl IntoView {
    let id = first.id;
    let href = frame.with_value(|frame| ProfileQuery::default().href(&frame.slug, id));
    let row = Memo::new(move |_| {
        rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()).unwrap_or_else(|| first.clone())
    });
    let name = Memo::new(move |_| row.with(|row| row.name.clone()));
    let ribbons = move || {
        let (is_unsubscribed, is_archived) = row.with(|row| (row.unsubscribed, row.archived));
        let ribbon = |name: &'static str| view! { <span class="ribbon">{name}</span> }.into_any();
        [is_unsubscribed.then(|| ribbon("Unsubscribed")), is_archived.then(|| ribbon("Archived"))]
    };
    view! {
        <tr class="row" id=format!("customer-{id}")>
            <th class="cell-customer" scope="row">
                {move || view! { <Avatar name=name.get() id=id.0 /> }} <span class="customer-lines">
                    <a class="customer-name" href=href>
                        {name}
                    </a>
                    <span class="ribbons">{ribbons}</span>
                </span>
            </th>
            {move || row.with(|row| frame.with_value(|frame| cells(row, frame)))}
        </tr>
    }
}

fn cells(row: &CustomerRow, frame: &Frame) -> AnyView {
    let location = (frame.locations.len() > 1).then(|| {
        let name = row.location.map(|id| frame.location_name(id)).unwrap_or_default();
        view! { <td>{name}</td> }.into_any()
    });
    let last = match row.last_messaged {
        Some(at) => view! { <Time at today=frame.today /> }.into_any(),
        None => view! { <span class="muted">"Never"</span> }.into_any(),
    };
    view! {
        <td>{row.company.clone()}</td>
        <td>{row.email.clone()}</td>
        <td>{phone_words(&row.phone)}</td>
        {location}
        <td>{last}</td>
    }
    .into_any()
}
