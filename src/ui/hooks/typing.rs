//! What a form holds, once the typing pauses.

use leptos::{
    ev,
    leptos_dom::helpers::TimeoutHandle,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlFormElement},
};
use std::time::Duration;

/// How long after the last key.
const PAUSE: Duration = Duration::from_millis(400);

/// A listener for a form's `input`: calls `then` with the form when the typing pauses.
pub fn after_typing(then: impl Fn(&HtmlFormElement) + Clone + 'static) -> impl Fn(ev::Event) + Clone {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(Some(handle)) = waiting.try_update_value(Option::take) {
            handle.clear();
        }
    };
    on_cleanup(stop);
    move |event: ev::Event| {
        stop();
        let target: Element = event_target(&event);
        let form = target.closest("form").ok().flatten().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form {
            let then = then.clone();
            waiting.set_value(set_timeout_with_handle(move || then(&form), PAUSE).ok());
        }
    }
}
