//! The keyboard on the Messages page: `/` search, `j` and `k` rows, `x` tick, `Enter` open, `?` help.

use super::{dialogs, dom};
use leptos::ev;
use web_sys::Element;

/// What the help lists.
pub const KEYS: [(&str, &str); 6] = [
    ("/", "Search"),
    ("j", "Next row"),
    ("k", "Previous row"),
    ("x", "Tick or untick the row"),
    ("Enter", "Open the row's customer at this message"),
    ("?", "This help"),
];

/// The id of the help, which is on the pages that have these keys.
pub const HELP: &str = "keyboard";

/// Whether the key did something.
pub fn key(e: &ev::KeyboardEvent) -> bool {
    if e.ctrl_key() || e.meta_key() || e.alt_key() || e.default_prevented() || dom::by_id(HELP).is_none() || is_taken()
    {
        return false;
    }
    match e.key().as_str() {
        "/" => done(dom::by_id("filter-q"), dom::focus),
        "j" => step(1),
        "k" => step(-1),
        "x" => done(in_row("input[type=checkbox]"), dom::click),
        "Enter" if dom::active().is_some_and(|e| dom::matches(&e, "tr.row")) => {
            done(in_row("a.customer-name"), dom::click)
        }
        "?" => dialogs::open(HELP),
        _ => false,
    }
}

/// Typing goes where it is typed; menus and dialogs have keys of their own.
fn is_taken() -> bool {
    dom::find("dialog[open], [role=menu]").is_some()
        || dom::active().is_some_and(|e| dom::matches(&e, "input:not([type=checkbox]), textarea, select"))
}

fn done(element: Option<Element>, act: fn(&Element)) -> bool {
    element.as_ref().map(act).is_some()
}

/// The row that holds the focus.
fn current() -> Option<Element> {
    dom::closest(&dom::active()?, "tr.row")
}

fn in_row(selector: &str) -> Option<Element> {
    dom::find_in(&current()?, selector)
}

fn step(by: isize) -> bool {
    let rows: Vec<Element> = dom::all("tr.row").collect();
    let here = current().and_then(|here| rows.iter().position(|row| *row == here));
    let to = here.map_or(0, |here| here.saturating_add_signed(by).min(rows.len().saturating_sub(1)));
    done(rows.get(to).cloned(), dom::focus)
}
