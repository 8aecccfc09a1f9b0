//! Moving to the element that an address points to: it is scrolled to the middle of the window and focused.
//!
//! The browser scrolls to a fragment that is there when the page loads. It does not where the element comes later (a change
//! of the page without a load, another view of the same data), and it never moves the focus.

use super::focus::{by_id, call_with, without_scrolling};
use leptos::prelude::*;

/// Remembers what was reached, so that new data under the same address does not pull the reader back to it.
#[derive(Clone, Copy)]
pub struct DeepLink(StoredValue<Option<String>>);

impl DeepLink {
    /// Made once for a page.
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// Called in an effect, each time that the page has new data. `target` is the id of the element that `address` points to.
    /// It is reached once for each address.
    pub fn reach(self, address: String, target: Option<String>) {
        let Some(target) = target else {
            self.0.set_value(None);
            return;
        };
        if self.0.with_value(|reached| reached.as_deref() == Some(&address)) {
            return;
        }
        self.0.set_value(Some(address));
        // The element is made by an effect of the same change, and the router scrolls one frame later.
        request_animation_frame(move || request_animation_frame(move || reach(&target)));
    }
}

impl Default for DeepLink {
    fn default() -> Self {
        Self::new()
    }
}

fn reach(id: &str) {
    let Some(element) = by_id(id) else { return };
    call_with(&element, "scrollIntoView", "block", &"center".into());
    without_scrolling(&element);
}
