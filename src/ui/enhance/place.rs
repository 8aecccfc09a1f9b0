//! The place of the reader: where a page was left and is come back to, and what has the focus when a page changes.

use super::dom;
use leptos::prelude::*;
use web_sys::{Element, ScrollRestoration};

/// A page that is come back to is first read anew, and only then scrolled: here, not by the browser. It does it itself where
/// the page is loaded anew.
pub fn keep() {
    by_browser(false);
    let _ = window_event_listener_untyped("pagehide", |_| by_browser(true));
    let _ = window_event_listener_untyped("pageshow", |_| by_browser(false));
}

fn by_browser(restores: bool) {
    let how = if restores { ScrollRestoration::Auto } else { ScrollRestoration::Manual };
    let _ = window().history().and_then(|h| h.set_scroll_restoration(how));
}

fn key() -> Option<String> {
    let place = window().location();
    Some(format!("place:{}{}", place.pathname().ok()?, place.search().ok()?))
}

/// Remembers where the page is scrolled to, and which row led away.
pub fn leave(row: Option<String>) {
    let (Some(key), Ok(Some(storage))) = (key(), window().session_storage()) else { return };
    // Whole pixels do, and reading fractions would cost the browser's build dear.
    let y = window().scroll_y().unwrap_or_default() as i32;
    let _ = storage.set_item(&key, &format!("{y} {}", row.unwrap_or_default()));
}

/// Returns to the place where this page was left, if it was; whether a row took the focus.
pub fn restore() -> bool {
    let saved = window().session_storage().ok().flatten().and_then(|s| s.get_item(&key()?).ok().flatten());
    let Some((y, row)) = saved.as_deref().and_then(|saved| saved.split_once(' ')) else { return false };
    window().scroll_to_with_x_and_y(0.0, y.parse::<i32>().unwrap_or_default().into());
    let row = dom::by_id(row);
    if let Some(row) = &row {
        dom::focus_without_scrolling(row);
    }
    row.is_some()
}

/// What had the focus before a page changed.
pub struct Focus {
    element: Option<Element>,
    /// The id of the row that it was in, and its place among the rows.
    row: Option<(String, usize)>,
}

impl Focus {
    pub fn now() -> Self {
        let element = dom::active().filter(|_| !dom::focus_is_lost());
        let row = element.as_ref().and_then(|e| dom::closest(e, "tr.row"));
        let row = row.map(|row| (row.id(), dom::all("tr.row").take_while(|r| *r != row).count()));
        Self { element, row }
    }

    /// Where it was lost, it goes to the same thing in its new place, to the row that took the place, or to the content.
    pub fn rescue(self) {
        if self.element.is_none() || !dom::focus_is_lost() {
            return;
        }
        let same = self.element.filter(|e| e.is_connected());
        let row = || {
            let (id, place) = self.row.as_ref()?;
            dom::by_id(id).or_else(|| {
                let rows: Vec<Element> = dom::all("tr.row").collect();
                rows.get((*place).min(rows.len().checked_sub(1)?)).cloned()
            })
        };
        if let Some(to) = same.or_else(row).or_else(|| dom::by_id("content")) {
            dom::focus_without_scrolling(&to);
        }
    }
}

/// To the page's content, if what had the focus is gone.
pub fn rescue() {
    if let Some(content) = dom::by_id("content").filter(|_| dom::focus_is_lost()) {
        dom::focus_without_scrolling(&content);
    }
}
