//! Which rows are ticked, some or all that match the filter; the line above the table that tells of it; and canceling them.

use super::{
    Desk,
    dialogs::{self, Dialog},
    dom,
    forms::{call, say},
    page::Page,
};
use crate::{
    api::messages::CancelMessages,
    domain::stats::{count, thousands},
    ui::parts::icon::Icon,
};
use leptos::{ev, html, prelude::*, server_fn::ServerFn, task::spawn_local, wasm_bindgen::JsCast};
use web_sys::{Element, Event, HtmlInputElement};

/// It outlives the rows: one that is built anew keeps its tick.
#[derive(Clone, Copy)]
pub struct Selection {
    /// Ids of messages.
    ticked: RwSignal<Vec<String>>,
    /// All that match, not only what is on the page.
    all: RwSignal<bool>,
    /// The filter that it is of, as the server takes it: the other pages of it, and other orders, keep their ticks.
    filter: StoredValue<Option<String>>,
}

const TICKS: &str = "tbody .cell-check input";
const TICK_ALL: &str = "thead .cell-check input";

impl Selection {
    pub fn new(page: Page) -> Self {
        let this =
            Self { ticked: RwSignal::new(Vec::new()), all: RwSignal::new(false), filter: StoredValue::new(None) };
        Effect::new(move |first: Option<()>| {
            page.track();
            this.take_up(first.is_none());
            this.show();
        });
        this
    }

    /// A tick was set or taken away.
    pub fn changed(self, e: &Event) {
        let Some(input) = dom::target(e, ".cell-check input").and_then(|t| t.dyn_into::<HtmlInputElement>().ok())
        else {
            return;
        };
        // Unticking one of all leaves those of the page: a filter cannot leave one out.
        self.all.set(false);
        let ids: Vec<String> = match dom::matches(&input, TICK_ALL) {
            true => dom::all(TICKS).filter_map(|tick| message(&tick)).collect(),
            false => message(&input).into_iter().collect(),
        };
        self.ticked.update(|ticked| {
            ticked.retain(|id| !ids.contains(id));
            if input.checked() {
                ticked.extend(ids);
            }
        });
    }

    /// Rows that were ticked before the scripts came are taken over; with another filter, it begins anew.
    fn take_up(self, first: bool) {
        let filter = dom::by_id("selection-bar").and_then(|bar| bar.get_attribute("data-filter"));
        if first {
            let ticked = dom::all(TICKS).filter(is_checked).filter_map(|tick| message(&tick)).collect();
            self.ticked.set(ticked);
        } else if self.filter.with_value(|before| *before != filter) {
            self.clear();
        }
        self.filter.set_value(filter);
    }

    fn clear(self) {
        self.all.set(false);
        self.ticked.update(Vec::clear);
    }

    /// On the rows and in the line above them.
    fn show(self) {
        let all = self.all.get();
        let Some(bar) = dom::by_id("selection-bar") else { return };
        let total = total(&bar);
        self.ticked.with(|ticked| {
            let (mut on, mut rows) = (0, 0);
            for tick in dom::all(TICKS) {
                let is_on = all || message(&tick).is_some_and(|id| ticked.contains(&id));
                set_checked(&tick, is_on);
                rows += 1;
                on += u32::from(is_on);
            }
            if let Some(head) = dom::find(TICK_ALL) {
                set_checked(&head, on > 0 && on == rows);
                if let Some(head) = head.dyn_ref::<HtmlInputElement>() {
                    head.set_indeterminate(on > 0 && on < rows);
                }
            }
            let any = all || !ticked.is_empty();
            let said = match all {
                _ if !any => count(total, "message"),
                true => format!("All {} that match selected", thousands(total)),
                false => format!("{} selected", thousands(ticked.len() as u64)),
            };
            if let Some(status) =
                dom::find_in(&bar, "[role=status]").filter(|s| s.text_content().as_ref() != Some(&said))
            {
                status.set_text_content(Some(&said));
            }
            bar.set_class_name(if any { "selection-bar selection-bar-active" } else { "selection-bar" });
            if let Some(offer) = dom::find_in(&bar, "[data-select=all]") {
                offer.set_text_content(Some(&format!("Select all {} that match", thousands(total))));
                let _ = offer.toggle_attribute_with_force("hidden", all || total <= ticked.len() as u64);
            }
        });
    }

    fn number(self, bar: &Element) -> u64 {
        if self.all.get_untracked() { total(bar) } else { self.ticked.with_untracked(Vec::len) as u64 }
    }
}

/// Whether it was one of the line's buttons.
pub fn clicked(desk: Desk, e: &ev::MouseEvent) -> bool {
    let Some(button) = dom::target(e, "[data-select]") else { return false };
    let selection = desk.selection;
    if button.get_attribute("data-select").as_deref() == Some("all") {
        let page = dom::all(TICKS).filter_map(|tick| message(&tick));
        selection.ticked.update(|ticked| {
            for id in page {
                if !ticked.contains(&id) {
                    ticked.push(id);
                }
            }
        });
        selection.all.set(true);
    } else {
        selection.clear();
        super::place::rescue();
    }
    true
}

/// Of the row that the tick is in.
fn message(tick: &Element) -> Option<String> {
    dom::closest(tick, "tr")?.id().strip_prefix("message-").map(str::to_owned)
}

fn is_checked(tick: &Element) -> bool {
    tick.dyn_ref::<HtmlInputElement>().is_some_and(HtmlInputElement::checked)
}

fn set_checked(tick: &Element, on: bool) {
    if let Some(tick) = tick.dyn_ref::<HtmlInputElement>().filter(|tick| tick.checked() != on) {
        tick.set_checked(on);
    }
}

/// How many messages match.
fn total(bar: &Element) -> u64 {
    bar.get_attribute("data-total").and_then(|n| n.parse().ok()).unwrap_or_default()
}

/// Repeats the number and the filter in words. What the question was asked of stays, whatever changes meanwhile.
#[component]
pub fn ConfirmCancel(desk: Desk, on_close: Callback<()>) -> impl IntoView {
    let Desk { selection, toasts, page, .. } = desk;
    let working = RwSignal::new(false);
    let all = selection.all.get_untracked();
    let bar = dom::by_id("selection-bar");
    let number = bar.as_ref().map_or(0, |bar| selection.number(bar));
    let words = bar.and_then(|bar| bar.get_attribute("data-words")).unwrap_or_default();
    let scope = match (all, words.is_empty()) {
        (false, _) => format!("{} ticked.", count(number, "message")),
        (true, true) => format!("All {} of this project.", count(number, "message")),
        (true, false) => format!("All {} that match {words}.", count(number, "message")),
    };
    let (ids, filter) = match all {
        true => (String::new(), selection.filter.get_value().unwrap_or_default()),
        false => (selection.ticked.with_untracked(|ticked| ticked.join(",")), String::new()),
    };
    let foot = NodeRef::<html::Div>::new();
    let go = move |_| {
        if working.get_untracked() {
            return;
        }
        working.set(true);
        let arguments =
            [("slug", dom::slug()), ("ids", ids.clone()), ("all", all.to_string()), ("query", filter.clone())];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish();
        spawn_local(async move {
            let answer = toasts.wait(call(CancelMessages::PATH, body)).await;
            // It may have been closed meanwhile: that stops nothing.
            if let Some(foot) = foot.try_get_untracked().flatten() {
                dialogs::close(&foot);
            }
            if answer.is_ok() {
                selection.clear();
            }
            say(toasts, answer.map(|(done, _)| done));
            page.refresh();
        });
    };
    let face =
        move || if working.get() { "Canceling…".to_owned() } else { format!("Cancel {}", count(number, "message")) };
    view! {
        <Dialog title="Cancel unsent messages" on_close>
            <div class="dialog-body">
                <p>{scope}</p>
                <p>"Those that are not sent yet will not be sent; the others are counted and left alone. You can undo this."</p>
                <div class="progress" role="progressbar" aria-label="Canceling" hidden=move || !working.get()></div>
            </div>
            <div class="dialog-foot" node_ref=foot>
                <form method="dialog">
                    <button class="button">"Keep them"</button>
                </form>
                <button
                    type="button"
                    class="button button-danger"
                    aria-disabled=move || working.get().then_some("true")
                    on:click=go
                >
                    <Icon name="canceled" />
                    {face}
                </button>
            </div>
        </Dialog>
    }
}
