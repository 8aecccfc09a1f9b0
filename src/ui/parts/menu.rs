//! A menu button (ARIA Authoring Practices: Menu Button): arrows, Home, End, letters, Escape, Tab.
//!
//! The open menu is a popover: the browser shows it in its top layer, above everything that scrolls and sticks, and the style
//! sheet anchors it to its button and flips it where it would leave the window.

use super::icon::Icon;
use crate::ui::hooks::{effect::effect, focus};
use leptos::{
    ev, html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{HtmlElement, Node},
};
use send_wrapper::SendWrapper;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MenuItem {
    pub label: &'static str,
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
    /// Where a key on the button opens its menu, if it does. The key is taken.
    pub fn by_key(event: &ev::KeyboardEvent) -> Option<Self> {
        let start = match event.key().as_str() {
            "ArrowDown" => Self::First,
            "ArrowUp" => Self::Last,
            _ => return None,
        };
        event.prevent_default();
        Some(start)
    }
}

/// The button. `items` makes its menu when it opens.
#[component]
pub fn MenuButton(
    /// Names the button, and the menu.
    #[prop(into)]
    label: String,
    /// What the button shows.
    children: Children,
    #[prop(default = "button")] class: &'static str,
    items: Callback<(), Vec<MenuItem>>,
    /// Called with the index of the chosen item, after the menu has closed and the button has the focus again.
    on_choose: Callback<usize>,
) -> impl IntoView {
    let open = RwSignal::new(None::<StartAt>);
    let button = NodeRef::<html::Button>::new();
    let on_click = move |_| open.update(|open| *open = if open.is_some() { None } else { Some(StartAt::First) });
    let on_key = move |event: ev::KeyboardEvent| {
        if let Some(start) = StartAt::by_key(&event) {
            open.set(Some(start));
        }
    };
    let on_close = Callback::new(move |()| {
        open.try_set(None);
    });
    let name = label.clone();
    let menu = move || {
        let (start, button) = (open.get()?, SendWrapper::new(HtmlElement::from(button.get_untracked()?)));
        Some(view! { <MenuList label=name.clone() items=items.run(()) start on_choose on_close button /> }.into_any())
    };
    view! {
        <button
            type="button"
            class=class
            aria-label=label
            aria-haspopup="menu"
            aria-expanded="false"
            node_ref=button
            on:click=on_click
            on:keydown=on_key
        >
            {children()}
        </button>
        {menu}
    }
}

/// The open menu. It can stand anywhere on the page.
#[component]
pub fn MenuList(
    label: String,
    items: Vec<MenuItem>,
    start: StartAt,
    /// Called with the index of the chosen item, after the menu has closed and the button has the focus again.
    on_choose: Callback<usize>,
    /// Called when the menu is to go.
    on_close: Callback<()>,
    /// What opened it. The menu tells it that it is open: the style sheet anchors the menu to it.
    button: SendWrapper<HtmlElement>,
) -> impl IntoView {
    set_expanded(&button, true);
    on_cleanup({
        let button = button.clone();
        move || set_expanded(&button, false)
    });
    let close = {
        let button = button.clone();
        Callback::new(move |to_button: bool| {
            on_close.try_run(());
            if to_button {
                let _ = button.focus();
            }
        })
    };
    let list = NodeRef::<html::Ul>::new();
    let labels = StoredValue::new(items.iter().map(|item| item.label).collect::<Vec<_>>());
    effect(move |_| {
        let Some(list) = list.get() else { return };
        focus::call(&list, "showPopover");
        focus_item(&buttons(&list), if start == StartAt::First { 0 } else { usize::MAX });
    });
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            event.stop_propagation();
            event.prevent_default();
            close.run(true);
        }
        // From the button, the browser moves on.
        "Tab" => close.run(true),
        key => {
            let Some(list) = list.get_untracked() else { return };
            let all = buttons(&list);
            let here = all.iter().position(|item| document().active_element().as_ref() == Some(item)).unwrap_or(0);
            let with_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
            if let Some(to) = labels.with_value(|labels| next_item(labels, here, key)).filter(|_| !with_modifier) {
                event.prevent_default();
                event.stop_propagation();
                focus_item(&all, to);
            }
        }
    };
    // The menu closes when the focus leaves it, except to its button, which answers by itself.
    let on_leave = move |event: ev::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let stays = |to: &Node| {
            list.try_get_untracked().flatten().is_some_and(|list| list.contains(Some(to))) || button.contains(Some(to))
        };
        // The page may be gone too.
        if !to.as_ref().is_some_and(stays) {
            close.try_run(false);
        }
    };
    let item = |(i, item): (usize, MenuItem)| {
        let choose = move |_| {
            close.run(true);
            on_choose.run(i);
        };
        view! {
            <li role="none">
                <button
                    type="button"
                    class=if item.danger { "menu-item menu-item-danger" } else { "menu-item" }
                    role="menuitem"
                    tabindex="-1"
                    on:click=choose
                >
                    <Icon name=item.icon />
                    {item.label}
                </button>
            </li>
        }
    };
    view! {
        <ul
            class="menu"
            role="menu"
            popover="manual"
            aria-label=label
            node_ref=list
            on:keydown=on_key
            on:focusout=on_leave
        >
            {items.into_iter().enumerate().map(item).collect_view()}
        </ul>
    }
}

fn set_expanded(button: &HtmlElement, is_open: bool) {
    let _ = button.set_attribute("aria-expanded", if is_open { "true" } else { "false" });
}

/// Where a key leads from the item `here` of those with these labels. A letter leads to the next item that begins with it.
fn next_item(labels: &[&str], here: usize, key: &str) -> Option<usize> {
    let count = labels.len();
    match key {
        _ if count == 0 => None,
        "ArrowDown" => Some((here + 1) % count),
        "ArrowUp" => Some((here + count - 1) % count),
        "Home" => Some(0),
        "End" => Some(count - 1),
        // Labels are our own words: they begin with a letter of ASCII.
        letter if letter.len() == 1 && letter != " " => {
            let begins = |i: &usize| labels[*i].get(..1).is_some_and(|first| first.eq_ignore_ascii_case(letter));
            (1..=count).map(|n| (here + n) % count).find(begins)
        }
        _ => None,
    }
}

fn buttons(list: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = list.query_selector_all("[role=menuitem]") else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

/// The last item where `at` is beyond.
fn focus_item(items: &[HtmlElement], at: usize) {
    if let Some(item) = items.get(at.min(items.len().saturating_sub(1))) {
        let _ = item.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::next_item;

    #[test]
    fn keys_lead_around_the_menu() {
        let labels = ["View message", "Send now", "Cancel message", "Send a copy to me"];
        let to = |here, key| next_item(&labels, here, key);
        assert_eq!(to(3, "ArrowDown"), Some(0));
        assert_eq!(to(0, "ArrowUp"), Some(3));
        assert_eq!((to(2, "Home"), to(0, "End")), (Some(0), Some(3)));
        assert_eq!((to(0, "s"), to(1, "S"), to(3, "s")), (Some(1), Some(3), Some(1)));
        assert_eq!((to(0, "x"), to(0, " "), to(0, "F1")), (None, None, None));
        assert_eq!(next_item(&[], 0, "ArrowDown"), None);
    }
}
