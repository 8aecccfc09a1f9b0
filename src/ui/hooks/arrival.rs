//! Arriving at another page without a load: the focus goes to its heading, so that it is read out and the keyboard starts
//! there. The router does neither.

use super::{focus::without_scrolling, place};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use leptos_router::hooks::use_location;
use std::time::Duration;
use web_sys::HtmlElement;

/// How often, and how many times, the new page is looked for: its data may take a while.
const STEP: Duration = Duration::from_millis(50);
const STEPS: u32 = 100;

/// Called once, around all pages. Where the address points into the page, or leads back to a place that was left, whoever
/// goes there takes the focus.
pub fn use_arrival() {
    let path = use_location().pathname;
    // Each arrival ends the search of the one before.
    let arrivals = StoredValue::new(0_u32);
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|b| b != now) && !place::is_returning() {
            let this = arrivals.get_value() + 1;
            arrivals.set_value(this);
            let old = heading();
            let text = old.as_ref().map(HtmlElement::inner_text);
            find(Search { arrivals, this, old, text, steps: STEPS });
        }
        now
    });
}

struct Search {
    arrivals: StoredValue<u32>,
    this: u32,
    /// The heading of the page that is left, and its words: the next page may take it over with others.
    old: Option<HtmlElement>,
    text: Option<String>,
    steps: u32,
}

fn find(mut search: Search) {
    set_timeout(
        move || {
            if search.arrivals.try_get_value() != Some(search.this) || search.steps == 0 {
                return;
            }
            search.steps -= 1;
            match heading() {
                Some(new) if search.old.as_ref() != Some(&new) || search.text.as_ref() != Some(&new.inner_text()) => {
                    welcome(&new);
                }
                _ => find(search),
            }
        },
        STEP,
    );
}

fn welcome(heading: &HtmlElement) {
    let points_into = window().location().hash().is_ok_and(|hash| !hash.is_empty());
    if !points_into {
        without_scrolling(heading);
    }
}

fn heading() -> Option<HtmlElement> {
    document().query_selector("main h1[tabindex]").ok().flatten()?.dyn_into().ok()
}
