//! What scripts add to pages that work without them. The server makes the pages; the browser's build holds this alone, and is a
//! third of what it would be with the pages in it.
//!
//! One component is hydrated, in an element of its own after the page: what it shows itself (toasts, menus, dialogs) are
//! Leptos views, and to the page around it it listens as a whole, so that whatever comes into the page works at once.

mod actions;
mod dialogs;
mod dom;
mod filters;
mod forms;
mod held;
pub mod keys;
mod live;
mod menu;
mod morph;
mod page;
mod place;
mod selection;
mod theme;
mod toasts;

pub use actions::CANCEL_UNSENT;
use dialogs::{Asked, DialogHost};
use leptos::{ev, prelude::*};
use menu::MenuHost;
use page::Page;
use selection::Selection;
use toasts::{ToastRegion, Toasts};

/// The id of the element that it is hydrated in.
pub const ROOT: &str = "enhancements";

/// What its parts share.
#[derive(Clone, Copy)]
struct Desk {
    page: Page,
    toasts: Toasts,
    selection: Selection,
    asked: Asked,
    menu: menu::Open,
}

#[component]
pub fn Enhancements() -> impl IntoView {
    let toasts = Toasts::new();
    let page = Page::new(toasts);
    let desk = Desk { page, toasts, selection: Selection::new(page), asked: Asked::new(), menu: menu::Open::new() };
    Effect::new(move |_| listen(desk));
    view! {
        <ToastRegion desk />
        <MenuHost desk />
        <DialogHost desk />
    }
}

/// Once, when the page has come.
fn listen(desk: Desk) {
    let Desk { page, .. } = desk;
    on(ev::click, move |e| {
        if theme::clicked(&e) || menu::clicked(desk, &e) || dialogs::clicked(&e) || selection::clicked(desk, &e) {
            e.prevent_default();
        } else {
            page.clicked(&e);
        }
    });
    on(ev::keydown, move |e| {
        if menu::key(desk, &e) || dialogs::key(&e) || keys::key(&e) {
            e.prevent_default();
        }
    });
    on(ev::submit, move |e| forms::submitted(desk, &e));
    on(ev::change, move |e| {
        desk.selection.changed(&e);
        filters::changed(page, &e);
    });
    on(ev::input, move |e| filters::typed(page, &e));
    on(ev::mouseover, move |_| page.let_go());
    on(ev::focusin, move |_| page.let_go());
    on(ev::popstate, move |_| page.returned());
    // It does not bubble: it is caught on its way down.
    dialogs::on_close(page);
    place::keep();
    live::follow(page);
    page.begin();
    if let Some(body) = document().body() {
        // Tests wait for it, style sheets hide what only serves without scripts, and src/app/early.js does again what was asked
        // for before.
        let _ = body.set_attribute("data-hydrated", "");
        let _ = web_sys::Event::new("hydrated").map(|e| document().dispatch_event(&e));
    }
}

/// For as long as the document stands.
fn on<E: ev::EventDescriptor + 'static>(event: E, handler: impl Fn(E::EventType) + 'static)
where
    E::EventType: leptos::wasm_bindgen::JsCast,
{
    let _ = window_event_listener(event, handler);
}
