//! Choosing the customer to request a review from: search, then Enter.

use crate::{
    api::customers::load_customers,
    domain::{
        AppResult,
        customer::{CustomerRow, CustomersPage, CustomersQuery, ProfileQuery, filter::CustomerFilter},
        project::Frame,
    },
    ui::{
        hooks::effect::effect,
        parts::{
            avatar::Avatar,
            dialog::{Dialog, DialogFoot},
        },
    },
};
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

/// How long after the last key a search begins.
const PAUSE: Duration = Duration::from_millis(200);
/// The most customers that are offered.
const OFFERED: usize = 8;

/// Leads to the dialog "Request review" on the customer's profile.
#[component]
pub fn CustomerPicker(frame: Frame, on_close: Callback<()>) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let slug = frame.slug.clone();
    let found = LocalResource::new(move || {
        let words = words.get();
        let query =
            CustomersQuery::default().filtered(CustomerFilter { q: words.clone(), ..CustomerFilter::default() });
        let slug = slug.clone();
        async move { (words, load_customers(slug, query).await) }
    });
    let input = NodeRef::<html::Input>::new();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let written = move || input.get_untracked().map(|input| input.value().trim().to_owned()).unwrap_or_default();
    let search = move || words.set(written());
    let typed = move |_| {
        stop();
        waiting.set_value(set_timeout_with_handle(search, PAUSE).ok());
    };
    let href = move |row: &CustomerRow| format!("{}?do=request", ProfileQuery::default().href(&frame.slug, row.id));
    // Enter takes the first customer found for the words in the field.
    let take_first = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        stop();
        take_first.set(true);
        search();
    };
    let navigate = use_navigate();
    let first_href = href.clone();
    effect(move |_| {
        let Some((words, page)) = found.get() else { return };
        if !take_first.get() || words != written() {
            return;
        }
        take_first.set(false);
        if let Some(first) = page.ok().and_then(|page| page.rows.into_iter().next()) {
            navigate(&first_href(&first), NavigateOptions::default());
        }
    });
    let rows = move || {
        let rows = match found.get() {
            Some((_, Ok(page))) => page.rows.into_iter().take(OFFERED).collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        let item = |row: CustomerRow| {
            let address = if row.email.is_empty() { row.phone.clone() } else { row.email.clone() };
            let href = href(&row);
            view! {
                <li>
                    <a class="picker-item" href=href>
                        <Avatar id=row.id.0 name=row.name.clone() />
                        <span>{row.name}</span>
                        <span class="muted">{address}</span>
                    </a>
                </li>
            }
        };
        rows.into_iter().map(item).collect_view()
    };
    view! {
        <Dialog title="Request review" on_close>
            <form class="dialog-body" role="search" aria-label="Choose a customer" on:submit=submit>
                <div class="field">
                    <label class="field-label" for="picker-q">
                        "Customer"
                    </label>
                    <input
                        class="input"
                        id="picker-q"
                        // Escape is to close the dialog; of type "search", it would clear the field first.
                        type="text"
                        role="searchbox"
                        autocomplete="off"
                        autofocus
                        placeholder="Name, company, email or phone"
                        node_ref=input
                        on:input=typed
                    />
                </div>
                <p class="muted" role="status">
                    {move || found.with(|found| said(found.as_ref().map(|(_, page)| page)))}
                </p>
                <ul class="picker-list">
                    {rows}
                </ul>
            </form>
            <DialogFoot close="Cancel" />
        </Dialog>
    }
}

fn said(found: Option<&AppResult<CustomersPage>>) -> String {
    match found {
        None => "Searching…".to_owned(),
        Some(Ok(page)) if page.rows.is_empty() => "No customer matches. Try fewer letters.".to_owned(),
        Some(Ok(_)) => "Press Enter to choose the first one.".to_owned(),
        Some(Err(error)) => error.to_string(),
    }
}
