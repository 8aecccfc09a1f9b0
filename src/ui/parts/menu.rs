//! A menu button (ARIA Authoring Practices: Menu Button): arrows, Home, End, letters, Escape, Tab.

use super::icon::Icon;
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};
use web_sys::HtmlElement;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    pub label: String,
    pub icon: &'static str,
    pub danger: bool,
}

/// The items are made when it opens. Without scripts, the button leads to `fallback`.
#[component]
pub fn Menu(
    /// The accessible name of the button, and of the menu.
    #[prop(into)]
    label: String,
    /// Shown on the button; an icon alone where it is empty.
    #[prop(optional, into)]
    text: String,
    #[prop(optional, into)] fallback: Option<String>,
    items: Callback<(), Vec<MenuItem>>,
    /// Called with the index of the item.
    on_choose: Callback<usize>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Ul>::new();
    let at = StoredValue::new(0_usize);
    let close = move |refocus: bool| {
        open.set(false);
        if refocus && let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
    };
    let show = move |last: bool| {
        at.set_value(if last { usize::MAX } else { 0 });
        open.set(true);
    };
    Effect::new(move |_| {
        if list.get().is_some() {
            focus_item(list, at.get_value());
        }
    });
    let on_button_key = move |e: ev::KeyboardEvent| match e.key().as_str() {
        "ArrowDown" | "ArrowUp" => {
            e.prevent_default();
            show(e.key() == "ArrowUp");
        }
        _ => {}
    };
    let on_click = move |e: ev::MouseEvent| {
        e.prevent_default();
        if open.get_untracked() { close(false) } else { show(false) }
    };
    let on_menu_key = move |e: ev::KeyboardEvent| {
        let all = buttons(list);
        let here = all.iter().position(|b| document().active_element().as_ref() == Some(b)).unwrap_or(0);
        let to = match e.key().as_str() {
            "ArrowDown" => (here + 1) % all.len().max(1),
            "ArrowUp" => (here + all.len().max(1) - 1) % all.len().max(1),
            "Home" => 0,
            "End" => usize::MAX,
            "Escape" => {
                e.stop_propagation();
                e.prevent_default();
                return close(true);
            }
            "Tab" => return close(true),
            key if key.chars().count() == 1 && !e.ctrl_key() && !e.meta_key() && key != " " => {
                let key = key.to_lowercase();
                let order = (1..=all.len()).map(|n| (here + n) % all.len());
                let Some(i) = order.into_iter().find(|i| all[*i].inner_text().trim().to_lowercase().starts_with(&key))
                else {
                    return;
                };
                i
            }
            _ => return,
        };
        e.prevent_default();
        e.stop_propagation();
        focus_item(list, to);
    };
    // Leaving the menu by pointer or otherwise closes it.
    let on_leave = move |e: ev::FocusEvent| {
        let to = e.related_target().and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        let inside = list.get_untracked().is_some_and(|l| l.contains(to.as_ref()));
        let on_button = button.get_untracked().is_some_and(|b| b.contains(to.as_ref()));
        if !inside && !on_button {
            open.set(false);
        }
    };
    let name = label.clone();
    let popup = move || {
        open.get().then(|| {
            let item = |(i, item): (usize, MenuItem)| {
                let class = if item.danger { "menu-item menu-item-danger" } else { "menu-item" };
                let choose = move |_| {
                    close(true);
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
                <ul
                    class="menu"
                    role="menu"
                    aria-label=name.clone()
                    node_ref=list
                    on:keydown=on_menu_key
                    on:focusout=on_leave
                >
                    {items.run(()).into_iter().enumerate().map(item).collect_view()}
                </ul>
            }
        })
    };
    let class = if text.is_empty() { "icon-button" } else { "button" };
    let face = if text.is_empty() {
        view! { <Icon name="more" /> }.into_any()
    } else {
        view! {
            {text}
            <Icon name="chevron-down" />
        }
        .into_any()
    };
    let opener = view! {
        <button
            class=class
            node_ref=button
            aria-label=label
            aria-haspopup="menu"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            on:click=on_click
            on:keydown=on_button_key
        >
            {face}
        </button>
    };
    match fallback {
        Some(action) => view! {
            <form class="menu-button" method="get" action=action>
                {opener}
                {popup}
            </form>
        }
        .into_any(),
        None => view! {
            <div class="menu-button">
                {opener}
                {popup}
            </div>
        }
        .into_any(),
    }
}

fn buttons(list: NodeRef<html::Ul>) -> Vec<HtmlElement> {
    let Some(list) = list.get_untracked() else { return Vec::new() };
    let Ok(found) = list.query_selector_all("[role=menuitem]") else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.item(i)?.dyn_into().ok()).collect()
}

/// The last one where `at` is beyond.
fn focus_item(list: NodeRef<html::Ul>, at: usize) {
    let all = buttons(list);
    if let Some(item) = all.get(at.min(all.len().saturating_sub(1))) {
        let _ = item.focus();
    }
}
