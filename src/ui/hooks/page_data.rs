//! A page stays while its data is read again. New data about the same thing changes only what the page shows, so that open
//! menus, typed text and loaded frames stay.

use super::effect::effect;
use super::{live::use_live, resource::PageResource};
use crate::{
    domain::{AppError, AppResult},
    ui::{IS_SERVER, pages::not_found::ErrorPage, parts::whole::Whole},
};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

/// What a page shows.
#[derive(Clone, Copy)]
pub struct PageData<T: Send + Sync + 'static> {
    /// The last answer that was not an error.
    pub data: Memo<T>,
    /// Why the data could not be read again. What is shown may be out of date.
    pub trouble: Memo<Option<AppError>>,
    /// Whether other data is being read.
    pub pending: Signal<bool>,
    /// Reads the data again.
    pub read: Callback<()>,
}

#[derive(Clone, PartialEq)]
enum Shown<K> {
    Waiting,
    Page(K),
    Error(AppError),
}

/// Whether trying again may help, so that the page can stay meanwhile.
fn is_passing(error: &AppError) -> bool {
    matches!(error, AppError::Transport(_) | AppError::Unavailable(_) | AppError::TooMany(_) | AppError::Internal(_))
}

/// Makes `page` when the data of `resource` has come, and makes it again only when the `key` of the data changes.
/// `version` is the project's version that the data shows. When the project has a newer one, the data is read again.
pub fn page_view<T, K>(
    resource: PageResource<T>,
    key: fn(&T) -> K,
    version: fn(&T) -> i64,
    page: impl Fn(PageData<T>) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    K: Clone + PartialEq + Send + Sync + 'static,
{
    let read = Callback::new(move |()| resource.refetch());
    let loading = RwSignal::new(false);
    // The server sends a page only when it is complete: nothing is pending before it is hydrated.
    let is_hydrated = RwSignal::new(false);
    effect(move |_| is_hydrated.set(true));
    let pending = Signal::derive(move || is_hydrated.get() && loading.get());
    // On the server nobody reads it, and Leptos 0.8.23 keeps it with a task that panics when two threads meet in it.
    let set_pending: Option<SignalSetter<bool>> = (!IS_SERVER).then(|| loading.into());
    let waiting = || view! { <p class="muted loading" role="status">"Loading"</p> };
    view! {
        <Transition fallback=waiting nostrip:set_pending=set_pending>
            {answered(resource, key, version, pending, read, page.clone())}
        </Transition>
    }
}

/// Called within the Transition, which waits for what is read below it.
fn answered<T, K>(
    resource: PageResource<T>,
    key: fn(&T) -> K,
    version: fn(&T) -> i64,
    pending: Signal<bool>,
    read: Callback<()>,
    page: impl Fn(PageData<T>) -> AnyView + Send + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static,
    K: Clone + PartialEq + Send + Sync + 'static,
{
    // It may run after the page, and with it the resource, has been dropped.
    let latest = Memo::new(move |before: Option<&Option<AppResult<T>>>| match resource.try_get().flatten() {
        Some(Some(answer)) => Some(answer),
        // A newer question took the place of this one.
        Some(None) => before.cloned().flatten(),
        None => None,
    });
    let trouble =
        Memo::new(move |_| latest.with(|latest| latest.as_ref().and_then(|answer| answer.as_ref().err().cloned())));
    let shown = Memo::new(move |before: Option<&Shown<K>>| {
        latest.with(|latest| match (latest, before) {
            (Some(Ok(data)), _) => Shown::Page(key(data)),
            (None, Some(before)) => before.clone(),
            (None, None) => Shown::Waiting,
            (Some(Err(error)), Some(page @ Shown::Page(_))) if is_passing(error) => page.clone(),
            (Some(Err(error)), _) => Shown::Error(error.clone()),
        })
    });
    if let Some(live) = use_live() {
        let shown = Signal::derive(move || latest.with(|latest| Some(version(latest.as_ref()?.as_ref().ok()?))));
        let failed = Signal::derive(move || trouble.with(Option::is_some));
        live.follow(shown, failed, read);
    }
    let view = move || {
        // On the server the answer can come, on another thread, while a memo that reads it is being computed: the memo would
        // miss it for good. So the server asks the resource itself.
        let now = if IS_SERVER { resource.try_get().flatten().flatten() } else { None };
        let shown = match &now {
            Some(Ok(data)) => Shown::Page(key(data)),
            Some(Err(error)) => Shown::Error(error.clone()),
            None => shown.get(),
        };
        match shown {
            Shown::Waiting => ().into_any(),
            Shown::Error(error) => view! { <ErrorPage error /> }.into_any(),
            Shown::Page(_) => match now.or_else(|| latest.get_untracked()) {
                Some(Ok(first)) => {
                    let data = Memo::new(move |last: Option<&T>| {
                        let new =
                            latest.with(|latest| latest.as_ref().and_then(|answer| answer.as_ref().ok()).cloned());
                        new.or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
                    });
                    page(PageData { data, trouble, pending, read })
                }
                _ => ().into_any(),
            },
        }
    };
    Whole::new(move || drop(resource.try_read()), view)
}
