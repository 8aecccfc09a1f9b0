//! Where the browser's build starts: hydrates the application, and says what became of it where that fails.
#![recursion_limit = "256"]

use std::{
    cell::RefCell,
    panic::{self, PanicHookInfo},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Element, HtmlAnchorElement, Location, MouseEvent, Response, Window, js_sys::Date};

/// What a `#[lazy]` function panics with when its part of the WebAssembly cannot be loaded.
const CHUNK_IS_MISSING: &str = "load callback should succeed";

/// Where a tab remembers when it was last reloaded for a missing chunk, in milliseconds since 1970.
const RELOADED_AT: &str = "review-messages-reloaded-at";

/// Milliseconds within which a tab reloads only once.
const RELOAD_PAUSE: u64 = 60_000;

/// Milliseconds for which a link that was followed is where the reader wants to go.
const FOLLOWED_FOR: u64 = 10_000;

thread_local! {
    /// The link that was followed last, and when.
    static FOLLOWED: RefCell<Option<(String, u64)>> = const { RefCell::new(None) };
}

/// The page's code is loaded before anything is hydrated: the router listens from then on, and would follow a link while
/// the page is not there yet.
#[wasm_bindgen]
pub async fn hydrate() {
    panic::set_hook(Box::new(report));
    remember_followed_links();
    let location = web_sys::window().map(|window| window.location());
    let part = |read: fn(&Location) -> Result<String, JsValue>| {
        location.as_ref().and_then(|l| read(l).ok()).unwrap_or_default()
    };
    let (path, query) = (part(Location::pathname), part(Location::search));
    review_messages::app::preload(&path, query.trim_start_matches('?')).await;
    leptos::mount::hydrate_lazy(review_messages::app::App);
}

fn remember_followed_links() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let remember = Closure::<dyn FnMut(MouseEvent)>::new(|event: MouseEvent| {
        let link = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest("a[href]").ok()?);
        let link = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
        let opens_elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key();
        if let Some(link) = link.filter(|_| !opens_elsewhere) {
            FOLLOWED.set(Some((link.href(), Date::now() as u64)));
        }
    });
    let _ = document.add_event_listener_with_callback("click", remember.as_ref().unchecked_ref());
    remember.forget();
}

/// Writes a panic to the console. A chunk is missing when a newer release was deployed since the page was loaded: then
/// the page is loaded again, from that release, or the page that the reader was about to go to.
fn report(panic: &PanicHookInfo) {
    if !panic.to_string().contains(CHUNK_IS_MISSING) || reload_once().is_none() {
        console_error_panic_hook::hook(panic);
    }
}

/// Loads the page again, as soon as the server answers. `None` where that would not help: without a connection, soon after
/// the last time, or where the tab cannot remember that.
fn reload_once() -> Option<()> {
    let window = web_sys::window()?;
    let storage = window.session_storage().ok()??;
    let last = storage.get_item(RELOADED_AT).ok()?.and_then(|at| at.parse::<u64>().ok());
    let now = Date::now() as u64;
    if !window.navigator().on_line() || last.is_some_and(|last| now.saturating_sub(last) < RELOAD_PAUSE) {
        return None;
    }
    storage.set_item(RELOADED_AT, &now.to_string()).ok()?;
    reload_when_healthy(&window);
    Some(())
}

/// While the server is starting, the browser would show an error page of its own.
fn reload_when_healthy(window: &Window) {
    let own = window.clone();
    let reload = Closure::once(move |answer: JsValue| {
        if !answer.dyn_into::<Response>().is_ok_and(|answer| answer.ok()) {
            return;
        }
        let now = Date::now() as u64;
        let followed = FOLLOWED.take().filter(|(_, at)| now.saturating_sub(*at) < FOLLOWED_FOR);
        let _ = match followed {
            Some((href, _)) => own.location().assign(&href),
            None => own.location().reload(),
        };
    });
    let _ = window.fetch_with_str("/health").then(&reload);
    reload.forget();
}
