//! Arriving at another page without a load. On a new page, the focus goes to the heading. A page that the reader returns to
//! (Back, Forward) is scrolled to where it was left, with the focus where it was.
//!
//! The positions are kept by entry of the history, not by address: the same address can occur in the history twice.

use super::effect::effect;
use super::focus::{self, by_id, without_scrolling};
use leptos::{
    ev,
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{
        Element,
        js_sys::{Date, Object, Reflect},
    },
};
use std::{collections::HashMap, time::Duration};

/// How long a page that the reader returns to may take to come.
const PATIENCE: Duration = Duration::from_secs(10);
/// The name of the entry's key in the history's state.
const KEY: &str = "position";

#[derive(Clone, Debug, Default, PartialEq)]
struct Position {
    /// How far the page is scrolled, in CSS pixels.
    y: f64,
    /// The id of the element that has the focus, or that holds it.
    focus: Option<String>,
}

#[derive(Clone, Copy)]
pub struct Arrival {
    positions: StoredValue<HashMap<u64, Position>>,
    /// Whether the reader returns to a page that has not got its position back yet.
    returning: StoredValue<bool>,
    /// Whether the page is the one that the server rendered: the reader is there already.
    is_first: StoredValue<bool>,
}

pub fn use_arrival() -> Arrival {
    expect_context()
}

/// Scrolls the rows of a page to where they were left, after Back and Forward within it. `shown` says which rows are there.
pub fn use_returning_rows<Q: PartialEq + Send + Sync + 'static>(shown: impl Fn() -> Q + 'static) {
    let arrival = use_arrival();
    effect(move |before: Option<Q>| {
        let now = shown();
        if before.is_some_and(|before| before != now) {
            arrival.at_rows();
        }
        now
    });
}

/// Made once, around all pages.
pub fn provide_arrival() {
    let arrival = Arrival {
        positions: StoredValue::new(HashMap::new()),
        returning: StoredValue::new(false),
        is_first: StoredValue::new(true),
    };
    provide_context(arrival);
    effect(move |_| {
        let back = window_event_listener(ev::popstate, move |_| {
            arrival.returning.set_value(true);
            // Perhaps no page comes: the entry can be of the same page. After that, the reader moves.
            set_timeout(move || _ = arrival.returning.try_set_value(false), PATIENCE);
        });
        let scrolled = window_event_listener(ev::scroll, move |_| {
            let y = window().scroll_y().unwrap_or_default();
            arrival.remember(|position| position.y = y);
        });
        let focused = window_event_listener(ev::focusin, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let named = target.and_then(|target| target.closest("[id]").ok().flatten());
            arrival.remember(|position| position.focus = named.map(|element| element.id()));
        });
        on_cleanup(move || {
            back.remove();
            scrolled.remove();
            focused.remove();
        });
    });
}

impl Arrival {
    /// The page with this heading has come.
    pub fn at(self, heading: &Element) {
        let heading = heading.clone();
        self.when_settled(move |returned| {
            if !returned && !points_into() {
                without_scrolling(&heading);
            }
        });
    }

    /// Other rows have come on the same page.
    pub fn at_rows(self) {
        self.when_settled(|_| {});
    }

    /// Nothing comes: the same page is shown as before. The browser keeps its position.
    pub fn stays(self) {
        self.returning.set_value(false);
    }

    /// The router writes the address and scrolls when the page is there: after that, in the second frame from now.
    fn when_settled(self, then: impl Fn(bool) + 'static) {
        request_animation_frame(move || {
            request_animation_frame(move || {
                // Nobody can return to an entry that is new.
                let is_new = name_entry();
                if self.is_first.try_get_value() != Some(false) {
                    self.is_first.try_set_value(false);
                    return;
                }
                let returned = self.returning.get_value() && !is_new;
                self.returning.set_value(false);
                if returned {
                    self.put_back();
                }
                then(returned);
            });
        });
    }

    fn put_back(self) {
        let kept = entry().and_then(|key| self.positions.with_value(|positions| positions.get(&key).cloned()));
        let Some(position) = kept else { return };
        if let Some(element) = position.focus.as_deref().and_then(by_id)
            && focus::is_lost_or_in_frame()
        {
            without_scrolling(&element);
        }
        window().scroll_to_with_x_and_y(0.0, position.y);
    }

    /// Changes the position of the entry that is shown. Not while the page gets its position back: then it is not the reader
    /// who moves.
    fn remember(self, change: impl FnOnce(&mut Position)) {
        if self.returning.try_get_value() != Some(false) {
            return;
        }
        if let Some(key) = entry() {
            self.positions.update_value(|positions| change(positions.entry(key).or_default()));
        }
    }
}

fn points_into() -> bool {
    window().location().hash().is_ok_and(|hash| !hash.is_empty())
}

fn state() -> JsValue {
    window().history().and_then(|history| history.state()).unwrap_or(JsValue::NULL)
}

/// The key of the entry of the history that is shown: the instant at which it was first shown, in milliseconds.
fn entry() -> Option<u64> {
    Reflect::get(&state(), &KEY.into()).ok()?.as_f64().map(|key| key as u64)
}

/// Gives the entry a key, if it has none; whether it had none.
fn name_entry() -> bool {
    if entry().is_some() {
        return false;
    }
    let Ok(history) = window().history() else { return true };
    let with_key = Object::new();
    if let Ok(old) = state().dyn_into::<Object>() {
        let _ = Object::assign(&with_key, &old);
    }
    let _ = Reflect::set(&with_key, &KEY.into(), &Date::now().into());
    let _ = history.replace_state(&with_key, "");
    true
}
