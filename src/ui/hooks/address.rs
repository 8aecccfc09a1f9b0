//! What the address says, typed.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

/// A part of the path: `:slug`, `:customer`, `:message`, `:file`. Empty where it has none of that name.
pub fn use_param(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name)).unwrap_or_default())
}

/// The query string of the page at `path`, read by `parse`: the only store of what the page shows. It stays as it was once the
/// address is another page's, which may still be loading.
pub fn use_query_at<T>(path: Signal<String>, parse: fn(&str) -> T) -> Memo<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let location = use_location();
    Memo::new(move |before: Option<&T>| match before {
        Some(before) if !is_here(path, location.pathname) => before.clone(),
        _ => location.search.with(|search| parse(search.trim_start_matches('?'))),
    })
}

/// Whether the address is that of the page at `path`. What a page does later, such as a search when the typing pauses, it
/// must do only then.
pub fn use_is_here(path: Signal<String>) -> Signal<bool> {
    let pathname = use_location().pathname;
    Signal::derive(move || is_here(path, pathname))
}

fn is_here(path: Signal<String>, pathname: Memo<String>) -> bool {
    pathname.with(|now| path.with(|path| now.trim_end_matches('/') == path))
}
