//! Forms that lead to an address: sent at once where they filter, and without what the address leaves out.

use super::{
    dom,
    page::{Page, Visit},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, wasm_bindgen::JsCast};
use std::{cell::RefCell, time::Duration};
use web_sys::{
    Event, FormData, HtmlFormElement, HtmlInputElement,
    js_sys::{Array, try_iter},
};

/// How long after the last key a search begins.
const PAUSE: Duration = Duration::from_millis(250);

thread_local! {
    static WAITING: RefCell<Option<TimeoutHandle>> = const { RefCell::new(None) };
}

fn stop_waiting() {
    if let Some(waiting) = WAITING.take() {
        waiting.clear();
    }
}

/// Something was chosen.
pub fn changed(page: Page, e: &Event) {
    let Some(control) = dom::target(e, "form[data-filters] :is(select, input[type=date])") else { return };
    // While a year is typed, the day is one of the first centuries, or none: nothing to ask for yet.
    if control.dyn_ref::<HtmlInputElement>().is_some_and(|input| !input.check_validity()) {
        return;
    }
    if let Some(form) = form_of(&control) {
        go(page, &form, Visit::Go { stay: true });
    }
}

/// A key of a search.
pub fn typed(page: Page, e: &Event) {
    let Some(form) = dom::target(e, "form[data-filters] input[type=search]").and_then(|input| form_of(&input)) else {
        return;
    };
    stop_waiting();
    let begin = move || go(page, &form, Visit::Instead);
    WAITING.set(set_timeout_with_handle(begin, PAUSE).ok());
}

fn form_of(control: &web_sys::Element) -> Option<HtmlFormElement> {
    dom::closest(control, "form")?.dyn_into().ok()
}

pub fn go(page: Page, form: &HtmlFormElement, how: Visit) {
    stop_waiting();
    let to = address(form);
    let here = window().location();
    let now = format!("{}{}", here.pathname().unwrap_or_default(), here.search().unwrap_or_default());
    if to == now {
        // It was changed back before the answer came.
        page.stay();
    } else {
        super::place::leave(None);
        page.visit(to, how);
    }
}

/// Where it leads: what is empty or at its default stays out of the address.
fn address(form: &HtmlFormElement) -> String {
    let mut to = form_urlencoded::Serializer::new(String::new());
    let entries = FormData::new_with_form(form).ok().and_then(|data| try_iter(&data).ok().flatten());
    for entry in entries.into_iter().flatten().flatten() {
        let entry: Array = entry.unchecked_into();
        let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) else { continue };
        let default = dom::find_in(form, &format!("[name='{name}']")).and_then(|e| e.get_attribute("data-default"));
        let value = value.trim();
        if !value.is_empty() && default.as_deref() != Some(value) {
            to.append_pair(&name, value);
        }
    }
    let (path, query) = (form.get_attribute("action").unwrap_or_default(), to.finish());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}
