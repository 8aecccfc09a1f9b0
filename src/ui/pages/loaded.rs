//! A page that stands while its data is read anew.

use super::not_found::ErrorPage;
use crate::{
    domain::AppError,
    ui::{hooks::resource::PageResource, parts::whole::Whole},
};
use leptos::prelude::*;

#[derive(Clone, PartialEq)]
enum Shown<K> {
    Waiting,
    Page(K),
    Error(AppError),
}

/// Within a Transition: makes `page` when its data has come, and anew only where `key` of it has changed. New data about the
/// same thing changes what the page shows: what is open, typed in or loaded in a frame stays.
pub fn loaded<T, K>(
    resource: PageResource<T>,
    key: impl Fn(&T) -> K + Send + Sync + 'static,
    page: impl Fn(Memo<T>) -> AnyView + Send + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    K: Clone + PartialEq + Send + Sync + 'static,
{
    // Read in here: the Transition waits for what is read below it.
    let latest = Memo::new(move |_| resource.try_get().flatten());
    let shown = Memo::new(move |_| {
        let shown = latest.try_with(|latest| match latest {
            None => Shown::Waiting,
            Some(Ok(data)) => Shown::Page(key(data)),
            Some(Err(error)) => Shown::Error(error.clone()),
        });
        shown.unwrap_or(Shown::Waiting)
    });
    let view = move || match shown.get() {
        Shown::Waiting => ().into_any(),
        Shown::Error(error) => view! { <ErrorPage error /> }.into_any(),
        Shown::Page(_) => match latest.get_untracked() {
            Some(Ok(first)) => page(Memo::new(move |last: Option<&T>| {
                latest.get().and_then(Result::ok).or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
            })),
            _ => ().into_any(),
        },
    };
    Whole::new(move || drop(shown.try_read()), view)
}
