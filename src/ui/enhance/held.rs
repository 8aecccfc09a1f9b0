//! Rows that the pointer or the focus is on: they stay in their places while the page is read anew.

use super::dom;
use web_sys::Element;

fn region() -> Option<Element> {
    dom::find(".table-region")
}

pub fn is_held() -> bool {
    region().is_some_and(|r| dom::matches(&r, ":hover") || dom::active().is_some_and(|a| r.contains(Some(&a))))
}
