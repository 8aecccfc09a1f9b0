//! Short names for what is asked of the document again and again.

use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
};
use web_sys::{
    Element, Event, HtmlElement, Node,
    js_sys::{Function, Object, Reflect},
};

pub fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// As written in the page: of a form with a control that is called `id`, the property is that control.
pub fn id(element: &Element) -> String {
    element.get_attribute("id").unwrap_or_default()
}

pub fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

pub fn find_in(element: &Element, selector: &str) -> Option<Element> {
    element.query_selector(selector).ok().flatten()
}

pub fn all(selector: &str) -> impl Iterator<Item = Element> + use<> {
    elements(document().query_selector_all(selector).ok())
}

pub fn all_in(element: &Element, selector: &str) -> impl Iterator<Item = Element> + use<> {
    elements(element.query_selector_all(selector).ok())
}

fn elements(list: Option<web_sys::NodeList>) -> impl Iterator<Item = Element> {
    let count = list.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |i| list.as_ref()?.item(i)?.dyn_into().ok())
}

pub fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok().flatten()
}

/// What an event happened to, or what holds it, where that is `selector`.
pub fn target(event: &Event, selector: &str) -> Option<Element> {
    closest(&event.target()?.dyn_into::<Element>().ok()?, selector)
}

pub fn matches(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or(false)
}

pub fn active() -> Option<Element> {
    document().active_element()
}

/// Whether nothing has the focus.
pub fn focus_is_lost() -> bool {
    active().is_none_or(|e| e.tag_name() == "BODY")
}

pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

pub fn focus_without_scrolling(element: &Element) {
    call_with(element, "focus", "preventScroll", &true.into());
}

pub fn click(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.click();
    }
}

/// `element.method()`, by name: some are not in every browser.
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

pub fn remove(node: &Node) {
    if let Some(parent) = node.parent_node() {
        let _ = parent.remove_child(node);
    }
}

/// The project in whose pages we are: the second part of the address.
pub fn slug() -> String {
    let path = window().location().pathname().unwrap_or_default();
    path.split('/').nth(2).unwrap_or_default().to_owned()
}
