//! Changing what stands into what has come, keeping every element that is in both: with it stay the focus, what is typed, what
//! is selected, and where it is scrolled to.

use super::dom;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Node};

#[derive(Clone, Copy)]
pub struct Morph {
    /// The same page read anew: what a person is in the middle of is left alone.
    pub refresh: bool,
    /// Rows stay in their places: they change, and what is new comes last.
    pub hold: bool,
}

/// `new` is used up.
pub fn morph(old: &Element, new: &Element, how: Morph) {
    if old.is_equal_node(Some(new)) {
        return;
    }
    let tag = old.tag_name();
    // Dialogs are not built anew under the hands of who fills them in, nor is what became of a form taken away.
    if how.refresh && tag == "DIALOG" || old.has_attribute("data-error") && new.text_content() == Some(String::new()) {
        return;
    }
    attributes(old, new, &tag, how);
    // What is in there is its script's own.
    if old.has_attribute("data-own") {
        return;
    }
    if how.hold && tag == "TBODY" { rows(old, new, how) } else { children(old, new, how) }
}

fn attributes(old: &Element, new: &Element, tag: &str, how: Morph) {
    let own = old.has_attribute("data-own");
    let skip = |name: &str| match name {
        // What is open stays open.
        "open" => tag == "DETAILS" || tag == "DIALOG",
        "aria-expanded" => true,
        // What became of a form, or is becoming of it.
        "aria-invalid" | "aria-busy" | "aria-disabled" => how.refresh,
        "class" => own,
        _ => false,
    };
    for name in names(new).filter(|n| !skip(n)) {
        let value = new.get_attribute(&name).unwrap_or_default();
        if old.get_attribute(&name).as_deref() != Some(&value) {
            let _ = old.set_attribute(&name, &value);
        }
    }
    for name in names(old).filter(|n| !skip(n) && !new.has_attribute(n)) {
        let _ = old.remove_attribute(&name);
    }
}

fn names(element: &Element) -> impl Iterator<Item = String> + use<> {
    let names = element.get_attribute_names();
    (0..names.length()).filter_map(move |i| names.get(i).as_string())
}

fn children(old: &Element, new: &Element, how: Morph) {
    let mut at = old.first_child();
    while let Some(node) = new.first_child() {
        let Some(found) = partner(at.as_ref(), &node) else {
            let _ = old.insert_before(&node, at.as_ref());
            continue;
        };
        // What stands before it goes, unless it comes later: then it is passed by what comes first.
        while let Some(here) = at.clone().filter(|here| *here != found && !comes(here, new)) {
            at = here.next_sibling();
            drop_node(old, &here);
        }
        if at.as_ref() == Some(&found) {
            at = found.next_sibling();
        } else {
            let _ = old.insert_before(&found, at.as_ref());
        }
        change(&found, &node, how);
        dom::remove(&node);
    }
    while let Some(node) = at {
        at = node.next_sibling();
        drop_node(old, &node);
    }
}

/// The node that stands for the same thing: of the same id where it has one, else the next of its kind.
fn partner(at: Option<&Node>, node: &Node) -> Option<Node> {
    let (id, class) = (id(node), class(node));
    let is_alike = |other: &Node| {
        self::id(other) == id
            && (!id.is_empty() || other.node_name() == node.node_name() && self::class(other) == class)
    };
    // Texts and comments are of a kind with too many to be looked for.
    let far = if node.dyn_ref::<Element>().is_some() { usize::MAX } else { 1 };
    std::iter::successors(at.cloned(), Node::next_sibling).take(far).find(is_alike)
}

/// Whether it is among what comes, by its id.
fn comes(node: &Node, new: &Element) -> bool {
    let id = id(node);
    !id.is_empty() && std::iter::successors(new.first_child(), Node::next_sibling).any(|other| self::id(&other) == id)
}

fn drop_node(parent: &Element, node: &Node) {
    if !is_menu(node) {
        let _ = parent.remove_child(node);
    }
}

/// What holds an open menu, beside the button that it belongs to: a script's own, and no part of what comes.
fn is_menu(node: &Node) -> bool {
    let inside = node.dyn_ref::<Element>().and_then(Element::first_element_child);
    inside.is_some_and(|inside| dom::matches(&inside, "[role=menu]"))
}

fn id(node: &Node) -> String {
    node.dyn_ref::<Element>().map(dom::id).unwrap_or_default()
}

fn class(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>()?.get_attribute("class")
}

fn change(old: &Node, new: &Node, how: Morph) {
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        (Some(old), Some(new)) => morph(old, new, how),
        _ => {
            if old.node_value() != new.node_value() {
                old.set_node_value(new.node_value().as_deref());
            }
        }
    }
}

/// The old rows as they are now, then what is new, up to as many as a page has. What has gone stays as it was.
fn rows(old: &Element, new: &Element, how: Morph) {
    let most = dom::closest(old, "[data-rows]").and_then(|r| r.get_attribute("data-rows")?.parse().ok()).unwrap_or(50);
    let ids: Vec<String> = dom::all_in(old, "tr[id]").map(|row| row.id()).collect();
    let mut count = ids.len();
    for row in dom::all_in(new, "tr[id]") {
        if ids.contains(&row.id()) {
            if let Some(same) = dom::by_id(&row.id()) {
                morph(&same, &row, how);
            }
        } else if count < most {
            let _ = old.append_child(&row);
            count += 1;
        }
    }
}
