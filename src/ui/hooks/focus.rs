//! Moving the focus, and keeping the keyboard's place when the focused element goes away.
//!
//! Only the document knows what has the focus, and which elements are there once the framework has written them: these
//! functions, and those of `keys.rs`, ask it.

use super::effect::effect;
use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{
        Element,
        js_sys::{Function, Object, Reflect},
    },
};
use std::time::Duration;

/// `element.method()`, by name: not every browser has all of them.
pub fn call(element: &Element, method: &str) {
    call1(element, method, &JsValue::UNDEFINED);
}

/// `element.method({ option: value })`
pub fn call_with(element: &Element, method: &str, option: &str, value: &JsValue) {
    let options = Object::new();
    let _ = Reflect::set(&options, &option.into(), value);
    call1(element, method, &options);
}

fn call1(element: &Element, method: &str, argument: &JsValue) {
    if let Ok(method) = Reflect::get(element, &method.into()).and_then(JsCast::dyn_into::<Function>) {
        let _ = method.call1(element, argument);
    }
}

/// Moves the focus without scrolling to it.
pub fn without_scrolling(element: &Element) {
    call_with(element, "focus", "preventScroll", &true.into());
}

/// Whether nothing has the focus.
pub fn is_lost() -> bool {
    document().active_element().is_none_or(|e| e.tag_name() == "BODY")
}

/// Whether nothing has the focus, or something around all pages has it.
pub fn is_lost_or_in_frame() -> bool {
    is_lost()
        || document()
            .active_element()
            .is_some_and(|e| e.id() == "content" || e.closest("header").is_ok_and(|e| e.is_some()))
}

/// Moves the focus from what was pressed in a row of a table, and goes with the change that it makes, to the row.
pub fn to_row(event: &ev::MouseEvent) {
    let pressed: Element = event_target(event);
    if let Ok(Some(row)) = pressed.closest("tr.row") {
        without_scrolling(&row);
    }
}

/// Moves the focus to the page's content.
pub fn to_content() {
    if let Some(content) = by_id("content") {
        without_scrolling(&content);
    }
}

/// Moves the focus to the page's content if, in a moment, nothing has it.
pub fn rescue() {
    let go = || {
        if is_lost() {
            to_content();
        }
    };
    set_timeout(go, Duration::from_millis(60));
}

pub fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// Which row of a table has the focus: its element's id, and its index among all rows of the page.
#[derive(Clone, Copy)]
pub struct RowFocus(StoredValue<Option<(String, u32)>>);

impl RowFocus {
    /// Made once for a table. `rows` is tracked: when the focused row goes, the row that takes its index gets the focus.
    pub fn new(rows: impl Fn() + 'static) -> Self {
        let at = StoredValue::new(None::<(String, u32)>);
        effect(move |_| {
            rows();
            request_animation_frame(move || {
                let gone = at.try_get_value().flatten().filter(|(id, _)| by_id(id).is_none());
                if let Some((_, index)) = gone.filter(|_| is_lost()) {
                    focus_row(index);
                }
            });
        });
        Self(at)
    }

    /// Something in the body of the table got the focus.
    pub fn entered(self, event: &ev::FocusEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(row) = target.and_then(|target| target.closest("tr.row").ok().flatten()) else { return };
        let Ok(rows) = document().query_selector_all("tr.row") else { return };
        let is_it = |index: &u32| rows.item(*index).is_some_and(|other| other.is_same_node(Some(&row)));
        self.0.set_value(Some((row.id(), (0..rows.length()).find(is_it).unwrap_or_default())));
    }

    /// Something there lost the focus. If its row is still there, the person moved it.
    pub fn left(self) {
        let at = self.0;
        let forget = move || {
            let is_there = at.try_get_value().flatten().is_some_and(|(id, _)| by_id(&id).is_some());
            if is_there && is_lost() {
                at.set_value(None);
            }
        };
        set_timeout(forget, Duration::ZERO);
    }
}

/// The last row where `index` is beyond.
fn focus_row(index: u32) {
    let Ok(rows) = document().query_selector_all("tr.row") else { return };
    let last = rows.length().saturating_sub(1);
    if let Some(row) = rows.item(index.min(last)).and_then(|row| row.dyn_into::<Element>().ok()) {
        without_scrolling(&row);
    }
}
