//! A menu button (ARIA Authoring Practices: Menu Button): arrows, Home, End, letters, Escape, Tab.

use super::icon::Icon;
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};
use web_sys::{HtmlElement, Node};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    pub label: String,
    pub icon: &'static str,
    pub danger: bool,
}

/// Which item has the focus when a menu opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartAt {
    First,
    Last,
}

impl StartAt {
    /// For a key on the button that opens the menu.
    pub fn of_key(e: &ev::KeyboardEvent) -> Option<Self> {
        match e.key().as_str() {
            "ArrowDown" => Some(Self::First),
            "ArrowUp" => Some(Self::Last),
            _ => None,
        }
    }
}

/// A button and its menu, whose items are made when it opens.
#[component]
pub fn Menu(
    /// On the button; also the menu's name.
    label: &'static str,
    items: Callback<(), Vec<MenuItem>>,
    /// Called with the index of the item.
    on_choose: Callback<usize>,
) -> impl IntoView {
    let open = RwSignal::new(None::<StartAt>);
    let on_close = Callback::new(move |()| open.set(None));
    let on_click = move |_| open.update(|o| *o = if o.is_some() { None } else { Some(StartAt::First) });
    let on_key = move |e: ev::KeyboardEvent| {
        if let Some(start) = StartAt::of_key(&e) {
            e.prevent_default();
            open.set(Some(start));
        }
    };
    view! {
        <div class="menu-button">
            <button
                type="button"
                class="button"
                aria-haspopup="menu"
                aria-expanded=move || if open.get().is_some() { "true" } else { "false" }
                on:click=on_click
                on:keydown=on_key
            >
                {label}
                <Icon name="chevron-down" />
            </button>
            {move || {
                open.get().map(|start| view! { <MenuList label items=items.run(()) start on_choose on_close /> }.into_any())
            }}
        </div>
    }
}

/// The open menu. It stands beside its button in a `.menu-button`, and is taken away by `on_close`.
#[component]
pub fn MenuList(
    #[prop(into)] label: String,
    items: Vec<MenuItem>,
    start: StartAt,
    /// Called with the index of the item, when the menu is closed and the button has the focus.
    on_choose: Callback<usize>,
    on_close: Callback<()>,
) -> impl IntoView {
    let list = NodeRef::<html::Ul>::new();
    Effect::new(move |_| {
        if list.get().is_some() {
            focus_item(list, if start == StartAt::First { 0 } else { usize::MAX });
        }
    });
    let close = move || {
        focus_button(list);
        on_close.run(());
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
        let around = list.get_untracked().and_then(|l| l.parent_element());
        if !around.is_some_and(|a| to.is_some_and(|to| a.contains(Some(&to)))) {
            on_close.run(());
        }
    };
    let item = |(i, item): (usize, MenuItem)| {
        let class = if item.danger { "menu-item menu-item-danger" } else { "menu-item" };
        let choose = move |_| {
            close();
            on_choose.run(i);
        };
        view! {
            <li role="none">
                <button type="button" class=class role="menuitem" tabindex="-1" on:click=choose>
                    <Icon name=item.icon />
                    {item.label}
                </button>
            </li>
        }
    };
    view! {
        <ul class="menu" role="menu" aria-label=label node_ref=list on:keydown=on_key on:focusout=on_leave>
            {items.into_iter().enumerate().map(item).collect_view()}
        </ul>
    }
}

type List = NodeRef<html::Ul>;

/// Where a key leads from the item that has the focus.
fn next_item(list: List, key: &str, e: &ev::KeyboardEvent) -> Option<usize> {
    let all = buttons(list);
    let count = all.len().max(1);
    let here = all.iter().position(|b| document().active_element().as_ref() == Some(b)).unwrap_or(0);
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

fn buttons(list: List) -> Vec<HtmlElement> {
    let Some(list) = list.get_untracked() else { return Vec::new() };
    let Ok(found) = list.query_selector_all("[role=menuitem]") else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

/// The last one where `at` is beyond.
fn focus_item(list: List, at: usize) {
    let all = buttons(list);
    if let Some(item) = all.get(at.min(all.len().saturating_sub(1))) {
        let _ = item.focus();
    }
}

fn focus_button(list: List) {
    let around = list.get_untracked().and_then(|l| l.parent_element());
    let button = around.and_then(|a| a.query_selector("[aria-haspopup=menu]").ok().flatten());
    if let Some(button) = button.and_then(|b| b.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}
