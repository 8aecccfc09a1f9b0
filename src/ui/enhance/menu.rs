//! A menu button (ARIA Authoring Practices: Menu Button): arrows, Home, End, letters, Escape, Tab.
//!
//! The page has the button, with what it offers in `data-actions`; the menu is made when it opens, beside the button.

use super::{Desk, actions, dom};
use crate::ui::parts::icon::Icon;
use leptos::{ev, html, portal::Portal, prelude::*, wasm_bindgen::JsCast};
use send_wrapper::SendWrapper;
use web_sys::{Element, HtmlElement, Node};

/// Which button's menu is open, and which item has the focus first.
#[derive(Clone, Copy)]
pub struct Open(RwSignal<Option<SendWrapper<(Element, StartAt)>>>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum StartAt {
    First,
    Last,
}

impl Open {
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    fn button(self) -> Option<Element> {
        self.0.with_untracked(|open| open.as_ref().map(|open| open.0.clone()))
    }

    fn close(self) {
        if let Some(button) = self.button() {
            let _ = button.set_attribute("aria-expanded", "false");
            self.0.set(None);
        }
    }

    fn open(self, button: Element, start: StartAt) {
        self.close();
        let _ = button.set_attribute("aria-expanded", "true");
        self.0.set(Some(SendWrapper::new((button, start))));
    }
}

/// Whether any menu is open, also one of those that need no scripts.
pub fn is_open() -> bool {
    dom::find("button[data-actions][aria-expanded=true], details.menu-button[open]").is_some()
}

const BUTTON: &str = "button[data-actions]";

/// Whether it was a menu's button.
pub fn clicked(desk: Desk, e: &ev::MouseEvent) -> bool {
    let Some(button) = dom::target(e, BUTTON) else { return false };
    if desk.menu.button().as_ref() == Some(&button) {
        desk.menu.close();
    } else {
        desk.menu.open(button, StartAt::First);
    }
    true
}

/// Whether it was for a menu's button.
pub fn key(desk: Desk, e: &ev::KeyboardEvent) -> bool {
    let start = match e.key().as_str() {
        "ArrowDown" => StartAt::First,
        "ArrowUp" => StartAt::Last,
        _ => return false,
    };
    let Some(button) = dom::target(e, BUTTON) else { return false };
    desk.menu.open(button, start);
    true
}

/// Where the menu that is open comes from.
#[component]
pub fn MenuHost(desk: Desk) -> impl IntoView {
    move || {
        let (button, start) = desk.menu.0.get()?.take();
        let mount = button.parent_element()?;
        let label = button.get_attribute("aria-label").or_else(|| button.text_content()).unwrap_or_default();
        let offered = button.get_attribute("data-actions").unwrap_or_default();
        let menu = move || view! { <Menu desk label=label.clone() offered=offered.clone() start /> };
        Some(view! { <Portal mount>{menu()}</Portal> }.into_any())
    }
}

#[component]
fn Menu(desk: Desk, label: String, offered: String, start: StartAt) -> impl IntoView {
    let list = NodeRef::<html::Ul>::new();
    Effect::new(move |_| {
        if list.get().is_some() {
            focus_item(list, if start == StartAt::First { 0 } else { usize::MAX });
        }
    });
    let close = move || {
        if let Some(button) = desk.menu.button() {
            dom::focus(&button);
        }
        desk.menu.close();
    };
    let on_key = move |e: ev::KeyboardEvent| match e.key().as_str() {
        "Escape" => {
            e.stop_propagation();
            e.prevent_default();
            close();
        }
        // The browser goes on from the button.
        "Tab" => close(),
        key => {
            if let Some(to) = next_item(list, key, &e) {
                e.prevent_default();
                e.stop_propagation();
                focus_item(list, to);
            }
        }
    };
    // Leaving the menu by pointer or otherwise closes it.
    let on_leave = move |e: ev::FocusEvent| {
        let to = e.related_target().and_then(|t| t.dyn_into::<Node>().ok());
        let around = desk.menu.button().and_then(|b| b.parent_element());
        if !around.is_some_and(|a| to.is_some_and(|to| a.contains(Some(&to)))) {
            desk.menu.close();
        }
    };
    let item = |slug: &str| {
        let (name, icon, danger) = actions::face(slug)?;
        let slug = slug.to_owned();
        let class = if danger { "menu-item menu-item-danger" } else { "menu-item" };
        let choose = move |_| {
            let button = desk.menu.button();
            close();
            if let Some(button) = button {
                actions::choose(desk, &slug, &button);
            }
        };
        Some(view! {
            <li role="none">
                <button type="button" class=class role="menuitem" tabindex="-1" on:click=choose>
                    <Icon name=icon />
                    {name}
                </button>
            </li>
        })
    };
    view! {
        <ul class="menu" role="menu" aria-label=label node_ref=list on:keydown=on_key on:focusout=on_leave>
            {offered.split(' ').filter_map(item).collect_view()}
        </ul>
    }
}

type List = NodeRef<html::Ul>;

/// Where a key leads from the item that has the focus.
fn next_item(list: List, key: &str, e: &ev::KeyboardEvent) -> Option<usize> {
    let all = items(list);
    let count = all.len().max(1);
    let here = all.iter().position(|b| dom::active().as_ref() == Some(b)).unwrap_or(0);
    match key {
        "ArrowDown" => Some((here + 1) % count),
        "ArrowUp" => Some((here + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(usize::MAX),
        letter if letter.chars().count() == 1 && letter != " " && !e.ctrl_key() && !e.meta_key() && !e.alt_key() => {
            let begins = |i: &usize| {
                let text = all[*i].inner_text();
                text.trim().get(..letter.len()).is_some_and(|t| t.eq_ignore_ascii_case(letter))
            };
            (1..=all.len()).map(|n| (here + n) % count).find(begins)
        }
        _ => None,
    }
}

fn items(list: List) -> Vec<HtmlElement> {
    let Some(list) = list.get_untracked() else { return Vec::new() };
    dom::all_in(&list, "[role=menuitem]").filter_map(|e| e.dyn_into().ok()).collect()
}

/// The last one where `at` is beyond.
fn focus_item(list: List, at: usize) {
    let all = items(list);
    if let Some(item) = all.get(at.min(all.len().saturating_sub(1))) {
        let _ = item.focus();
    }
}
