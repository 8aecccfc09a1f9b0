//! The page that stands in the window, and going from one to another without a load: links and forms are fetched, and what is
//! different is changed in place.

use super::{
    dialogs, dom, held, live, menu,
    morph::{Morph, morph},
    place,
    toasts::Toasts,
};
use leptos::{
    ev,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue},
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, HtmlAnchorElement, HtmlFormElement, Response, SupportedType, Url};

/// How a page is come to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// By a link or a form.
    Go {
        /// Whether the window stays where it is scrolled to.
        stay: bool,
    },
    /// Taking the place of the address before: each key of a search is no place to come back to, nor is a dialog.
    Instead,
    /// By Back or Forward.
    Return,
    /// The same address, read anew.
    Refresh,
}

#[derive(Clone, Copy)]
pub struct Page {
    toasts: Toasts,
    /// Rises with each page, and with each change of it.
    shown: RwSignal<u32>,
    /// What is asked for: the latest alone counts. None is under way where it equals `done`.
    asked: StoredValue<u32>,
    done: StoredValue<u32>,
    /// The address of what is shown, as path and query.
    address: StoredValue<String>,
    /// Something changed while a page was on its way, which may not show it.
    again: StoredValue<bool>,
    /// Rows were left in their places, because the pointer or the focus was on them.
    held: StoredValue<bool>,
}

/// What was answered, and from which address in the end.
pub struct Answer {
    pub document: Document,
    /// Where the answer led to another.
    url: Option<String>,
    /// The server is busy or has a fault.
    is_out_of_order: bool,
}

impl Page {
    pub fn new(toasts: Toasts) -> Self {
        Self {
            toasts,
            shown: RwSignal::new(0),
            asked: StoredValue::new(0),
            done: StoredValue::new(0),
            address: StoredValue::new(String::new()),
            again: StoredValue::new(false),
            held: StoredValue::new(false),
        }
    }

    /// For an effect: runs again with each page and each change of it.
    pub fn track(self) {
        self.shown.track();
    }

    /// With the page that was loaded.
    pub fn begin(self) {
        self.address.set_value(here());
        dialogs::settle();
        self.shown.update(|n| *n += 1);
        if let Some(message) = message_of_address() {
            reach(message);
        }
    }

    /// Follows a link of ours.
    pub fn clicked(self, e: &ev::MouseEvent) {
        let taken =
            e.default_prevented() || e.button() != 0 || e.meta_key() || e.ctrl_key() || e.shift_key() || e.alt_key();
        let link = dom::target(e, "a[href]").and_then(|a| a.dyn_into::<HtmlAnchorElement>().ok());
        let Some(link) = link.filter(|_| !taken) else { return };
        let elsewhere = !link.target().is_empty() || link.has_attribute("download") || link.rel().contains("external");
        let is_ours =
            Some(link.origin()) == window().location().origin().ok() && link.pathname().starts_with("/projects/");
        if elsewhere || !is_ours || dom::by_id("content").is_none() {
            return;
        }
        let address = format!("{}{}", link.pathname(), link.search());
        if address == here() && !link.hash().is_empty() {
            // Within the page: the browser goes there, and the focus with it.
            if let Some(message) = message_of(&link.hash()) {
                reach(message);
            }
            return;
        }
        e.prevent_default();
        dialogs::leave(&link);
        place::leave(dom::closest(&link, "tr.row").map(|row| row.id()));
        self.visit(format!("{address}{}", link.hash()), Visit::Go { stay: link.has_attribute("data-noscroll") });
    }

    /// Back or Forward led to another address of this document.
    pub fn returned(self) {
        if here() != self.address.get_value() {
            let hash = window().location().hash().unwrap_or_default();
            self.visit(format!("{}{hash}", here()), Visit::Return);
        }
    }

    /// Reads the page that stands anew; after another that is on its way.
    pub fn refresh(self) {
        if self.asked.get_value() == self.done.get_value() {
            self.visit(here(), Visit::Refresh);
        } else {
            self.again.set_value(true);
        }
    }

    /// What is on its way is not wanted any more: what stands is.
    pub fn stay(self) {
        if self.asked.get_value() != self.done.get_value() {
            set_busy(false);
            self.visit(here(), Visit::Refresh);
        }
    }

    /// The pointer or the focus moved: rows that were held for it may take their places.
    pub fn let_go(self) {
        if self.held.get_value() && !held::is_held() {
            self.held.set_value(false);
            self.refresh();
        }
    }

    /// `to` is a path of ours with query and anchor.
    pub fn visit(self, to: String, how: Visit) {
        let this = self.asked.get_value() + 1;
        self.asked.set_value(this);
        let asks = how != Visit::Refresh;
        if asks {
            set_busy(true);
        }
        spawn_local(async move {
            let answer = if asks { self.toasts.wait(fetch(&to)).await } else { fetch(&to).await };
            if self.asked.get_value() != this {
                return;
            }
            self.done.set_value(this);
            match answer {
                // It must not move away under the pointer.
                Ok(_) if !asks && menu::is_open() => live::when_quiet(self),
                // What stands is worth more than a page that says so.
                Ok(answer) if asks || !answer.is_out_of_order => self.show(answer, &to, how),
                _ => {
                    set_busy(false);
                    self.toasts.retry(to, how);
                }
            }
            if self.again.get_value() {
                self.again.set_value(false);
                self.refresh();
            }
        });
    }

    fn show(self, answer: Answer, to: &str, how: Visit) {
        let Answer { document: new, url, .. } = answer;
        let to = url.as_deref().unwrap_or(to);
        let (Some(old_content), Some(new_content)) = (dom::by_id("content"), new.get_element_by_id("content")) else {
            // Signed out meanwhile, or an answer that is none of ours: the browser goes there itself.
            let _ = window().location().assign(to);
            return;
        };
        let before = self.address.get_value();
        let is_other = path_of(to) != path_of(&before);
        let history = window().history();
        let _ = match how {
            Visit::Go { .. } if to != before => {
                history.and_then(|h| h.push_state_with_url(&JsValue::NULL, "", Some(to)))
            }
            Visit::Go { .. } | Visit::Instead => {
                history.and_then(|h| h.replace_state_with_url(&JsValue::NULL, "", Some(to)))
            }
            Visit::Return | Visit::Refresh => Ok(()),
        };
        self.address.set_value(here());
        document().set_title(&new.title());
        let place = place::Focus::now();
        if is_other {
            old_content.set_text_content(None);
            while let Some(child) = new_content.first_child() {
                let _ = old_content.append_child(&child);
            }
        } else {
            let hold = how == Visit::Refresh && held::is_held();
            self.held.set_value(hold);
            morph(&old_content, &new_content, Morph { refresh: how == Visit::Refresh, hold });
            if how != Visit::Refresh {
                follow_address(how);
            }
        }
        if let (Some(old), Some(new)) =
            (dom::find("header.sidebar"), new.query_selector("header.sidebar").ok().flatten())
        {
            morph(&old, &new, Morph { refresh: false, hold: false });
        }
        dialogs::settle();
        self.shown.update(|n| *n += 1);
        arrive(how, is_other, place);
    }
}

/// Where the window and the focus go.
fn arrive(how: Visit, is_other: bool, before: place::Focus) {
    match how {
        Visit::Refresh => return before.rescue(),
        Visit::Return if place::restore() => return,
        Visit::Go { .. } | Visit::Instead => {
            if let Some(message) = message_of_address() {
                return reach(message);
            }
        }
        Visit::Return => {}
    }
    if !is_other {
        before.rescue();
    } else if let Some(heading) = dom::find("main h1[tabindex]") {
        dom::focus_without_scrolling(&heading);
    }
    if let Some(sidebar) = dom::by_id("sidebar").filter(|s| is_other && dom::matches(s, ":popover-open")) {
        dom::call(&sidebar, "hidePopover");
    }
    if how == (Visit::Go { stay: false }) {
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// The forms that the address is made of say what it says. What is being typed stays.
fn follow_address(how: Visit) {
    let typing = dom::active().and_then(|e| e.dyn_into::<web_sys::HtmlInputElement>().ok());
    let typed = typing.filter(|_| how == Visit::Instead).map(|input| (input.value(), input));
    for form in dom::all("main form[method=get]") {
        if let Some(form) = form.dyn_ref::<HtmlFormElement>() {
            form.reset();
        }
    }
    if let Some((value, input)) = typed {
        input.set_value(&value);
    }
}

pub async fn fetch(to: &str) -> Result<Answer, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(to)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    let document = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
    let url = match response.redirected() {
        true => Url::new(&response.url()).ok().map(|url| format!("{}{}", url.pathname(), url.search())),
        false => None,
    };
    let is_out_of_order = response.status() >= 500 || response.status() == 429;
    Ok(Answer { document, url, is_out_of_order })
}

fn set_busy(busy: bool) {
    for region in dom::all(".table-region") {
        let _ = region.set_attribute("aria-busy", if busy { "true" } else { "false" });
    }
}

/// Path and query of the address.
fn here() -> String {
    let place = window().location();
    format!("{}{}", place.pathname().unwrap_or_default(), place.search().unwrap_or_default())
}

fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

fn message_of_address() -> Option<Element> {
    message_of(&window().location().hash().ok()?)
}

fn message_of(hash: &str) -> Option<Element> {
    dom::by_id(hash.strip_prefix('#').filter(|id| id.starts_with("message-"))?)
}

/// Brings it to the middle of the window, and gives it the focus. The browser scrolls once more after a load: later than that.
fn reach(target: Element) {
    request_animation_frame(move || {
        request_animation_frame(move || {
            dom::call_with(&target, "scrollIntoView", "block", &"center".into());
            dom::focus_without_scrolling(&target);
        });
    });
}
