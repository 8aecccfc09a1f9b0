//! One file a screen. The server makes them; what they do in the browser beside is in `enhance`.

pub mod customer;
pub mod customers;
pub mod message;
pub mod messages;
pub mod not_found;
pub mod outbox;
pub mod review;
pub mod sign_in;
pub mod unsubscribe;

use crate::domain::AppResult;
use leptos::{prelude::*, tachys::html::InertElement};
use leptos_router::hooks::{use_location, use_params_map};
use not_found::ErrorPage;

/// Waits for what a page shows; an error takes the page's place. Nothing in a page waits for anything else, so it is written down at
/// once: as part of the stream around it, each of its elements would be written into a text of its own first.
fn awaited<T, V>(
    data: impl Future<Output = AppResult<T>> + Send + 'static,
    page: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    Suspend::new(async move {
        match data.await {
            Ok(data) => InertElement::new(page(data).into_view().to_html()),
            Err(error) => InertElement::new(view! { <ErrorPage error /> }.to_html()),
        }
    })
}

/// A part of the address: `:slug`, `:customer`, `:message`, `:file`.
fn param(name: &str) -> String {
    use_params_map().with_untracked(|params| params.get(name)).unwrap_or_default()
}

/// The address's query, without the question mark.
fn query() -> String {
    use_location().search.with_untracked(|search| search.trim_start_matches('?').to_owned())
}
