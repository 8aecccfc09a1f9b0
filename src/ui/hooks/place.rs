//! Coming back to a list: the place where it was left, and the row that was opened.

use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::HtmlElement;

/// Whether the page was reached by Back or Forward; asked once by the page that is reached.
#[derive(Clone, Copy)]
struct Returned(StoredValue<bool>);

/// Made once, around all pages.
pub fn provide_return() {
    let returned = Returned(StoredValue::new(false));
    provide_context(returned);
    Effect::new(move |_| {
        let back = window_event_listener(ev::popstate, move |_| returned.0.set_value(true));
        // Whoever follows a link goes on, not back.
        let on = window_event_listener(ev::click, move |_| returned.0.set_value(false));
        on_cleanup(move || {
            back.remove();
            on.remove();
        });
    });
}

fn key() -> Option<String> {
    let place = window().location();
    Some(format!("place:{}{}", place.pathname().ok()?, place.search().ok()?))
}

/// Remembers where this list was scrolled to, and the element that led away.
pub fn leave(element: &str) {
    let (Some(key), Ok(Some(storage))) = (key(), window().session_storage()) else { return };
    // Whole pixels do, and reading fractions would cost the browser's build dear.
    let y = window().scroll_y().unwrap_or_default() as i32;
    let _ = storage.set_item(&key, &format!("{y} {element}"));
}

/// Called when the list stands: returns to the place where it was left, if that is how it was reached.
pub fn come_back() {
    let Some(Returned(returned)) = use_context() else { return };
    if !returned.get_value() {
        return;
    }
    returned.set_value(false);
    request_animation_frame(|| request_animation_frame(restore));
}

/// Whether Back or Forward led here, to a list that was left at a place: it takes the focus there.
pub fn is_returning() -> bool {
    use_context::<Returned>().is_some_and(|Returned(returned)| returned.get_value()) && saved().is_some()
}

fn saved() -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(&key()?).ok().flatten()
}

fn restore() {
    let Some(saved) = saved() else { return };
    let Some((y, element)) = saved.split_once(' ') else { return };
    if let Some(element) = document().get_element_by_id(element).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
    window().scroll_to_with_x_and_y(0.0, y.parse::<i32>().unwrap_or_default().into());
}
