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
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use not_found::ErrorPage;

/// Waits for what a page shows; an error takes the page's place.
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
            Ok(data) => page(data).into_any(),
            Err(error) => view! { <ErrorPage error /> }.into_any(),
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
