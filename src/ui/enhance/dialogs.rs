//! Dialogs: those that the page has, made modal, and those about a message or about what is ticked. The browser keeps the focus
//! inside, closes them on Escape, and gives the focus back.

use super::{
    Desk, dom,
    page::{Page, Visit, fetch},
    selection::ConfirmCancel,
};
use leptos::{
    ev, html,
    prelude::*,
    task::spawn_local,
    wasm_bindgen::{JsCast, closure::Closure},
};
use send_wrapper::SendWrapper;
use web_sys::{Element, HtmlDialogElement};

/// Makes modal the dialog that the address opens.
pub fn settle() {
    if let Some(dialog) = dom::find("dialog[data-back]").filter(|d| !dom::matches(d, ":modal")) {
        let _ = dialog.remove_attribute("open");
        show(&dialog);
    }
}

/// Opens a dialog that is in the page; whether there is one.
pub fn open(id: &str) -> bool {
    dom::by_id(id).as_ref().map(show).is_some()
}

fn show(dialog: &Element) {
    if let Some(dialog) = dialog.dyn_ref::<HtmlDialogElement>().filter(|d| !d.open()) {
        let _ = dialog.show_modal();
    }
}

/// Closes the dialog around `inside`, if there is one; whether its address led on to another.
pub fn close(inside: &Element) -> bool {
    let Some(dialog) = dom::closest(inside, "dialog").and_then(|d| d.dyn_into::<HtmlDialogElement>().ok()) else {
        return false;
    };
    dialog.close();
    dialog.has_attribute("data-back")
}

/// Following a link leaves the dialog that it is in. (That of an address goes with the page.)
pub fn leave(link: &Element) {
    if dom::closest(link, "dialog").is_some_and(|dialog| !dialog.has_attribute("data-back")) {
        close(link);
    }
}

/// Whether it was for a dialog or for what opens one.
pub fn clicked(e: &ev::MouseEvent) -> bool {
    if let Some(button) = dom::target(e, "[data-opens]") {
        return open(&button.get_attribute("data-opens").unwrap_or_default());
    }
    // A disclosure's menu closes when something in it is chosen: the focus goes back to its button, which is where a dialog is
    // to return it to.
    if let Some(details) = dom::target(e, "details.menu-button a").and_then(|a| dom::closest(&a, "details")) {
        close_details(&details);
    }
    dom::target(e, "dialog [data-close]").is_some_and(|link| {
        close(&link);
        true
    })
}

/// Whether it closed a disclosure's menu.
pub fn key(e: &ev::KeyboardEvent) -> bool {
    let details = (e.key() == "Escape").then(|| dom::target(e, "details.menu-button[open]")).flatten();
    details.as_ref().map(close_details).is_some()
}

fn close_details(details: &Element) {
    let _ = details.remove_attribute("open");
    if let Some(button) = dom::find_in(details, "summary") {
        dom::focus(&button);
    }
}

/// Closing the dialog of an address leads to the address without it.
pub fn on_close(page: Page) {
    let closed = Closure::<dyn FnMut(web_sys::Event)>::new(move |e: web_sys::Event| {
        if let Some(back) = dom::target(&e, "dialog").and_then(|d| d.get_attribute("data-back")) {
            page.visit(back, Visit::Instead);
        }
    });
    let _ = document().add_event_listener_with_callback_and_bool("close", closed.as_ref().unchecked_ref(), true);
    closed.forget();
}

/// What is asked or shown in a dialog that is no part of the page.
#[derive(Clone)]
pub enum Question {
    CancelSelected,
    /// Taken from the message's own page: what it shows, or the form of what is to be done.
    About {
        title: String,
        content: SendWrapper<Element>,
    },
}

#[derive(Clone, Copy)]
pub struct Asked(RwSignal<Option<Question>>);

impl Asked {
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    pub fn ask(self, question: Question) {
        self.0.set(Some(question));
    }

    /// `page` is the message's own; `task` which of its parts.
    pub fn ask_about(self, desk: Desk, page: String, task: String) {
        spawn_local(async move {
            let answer = desk.toasts.wait(fetch(&page)).await;
            let Ok(answer) = answer else {
                desk.toasts.say_unreachable();
                return;
            };
            match about(&answer.document, &task) {
                Some(question) => self.ask(question),
                None => {
                    // It was sent, canceled or deleted meanwhile: what is shown is out of date.
                    desk.toasts.say("The message has changed meanwhile. This is not possible any more.");
                    desk.page.refresh();
                }
            }
        });
    }
}

fn about(page: &web_sys::Document, task: &str) -> Option<Question> {
    let content = page.query_selector(&format!("[data-task='{task}']")).ok().flatten()?;
    let title = match dom::find_in(&content, "button[type=submit]").filter(|_| content.tag_name() == "FORM") {
        Some(button) => button.text_content(),
        None => page.query_selector("h1").ok().flatten().and_then(|h1| h1.text_content()),
    };
    Some(Question::About { title: title?.trim().to_owned(), content: SendWrapper::new(content) })
}

#[component]
pub fn DialogHost(desk: Desk) -> impl IntoView {
    let on_close = Callback::new(move |()| desk.asked.0.set(None));
    move || {
        Some(match desk.asked.0.get()? {
            Question::CancelSelected => view! { <ConfirmCancel desk on_close /> }.into_any(),
            Question::About { title, content } => about_message(title, content.take(), on_close),
        })
    }
}

/// A form's button stands in the foot, beside the one that leaves things as they are.
fn about_message(title: String, content: Element, on_close: Callback<()>) -> AnyView {
    const FORM: &str = "dialog-form";
    let is_form = content.tag_name() == "FORM";
    let keep = content.get_attribute("data-keep").unwrap_or_else(|| "Close".into());
    let button = dom::find_in(&content, "button[type=submit]").filter(|_| is_form);
    if let Some(button) = &button {
        let _ = content.set_attribute("id", FORM);
        let _ = button.set_attribute("form", FORM);
        dom::remove(button);
    }
    let (body, foot) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let parts = StoredValue::new_local((content, button));
    Effect::new(move |_| {
        let (Some(body), Some(foot)) = (body.get(), foot.get()) else { return };
        parts.with_value(|(content, button)| {
            let _ = body.append_child(content);
            if let Some(button) = button {
                let _ = foot.append_child(button);
            }
        });
    });
    view! {
        <Dialog title on_close wide=!is_form>
            <div class="dialog-body" node_ref=body></div>
            <div class="dialog-foot" node_ref=foot>
                <form method="dialog">
                    <button class="button">{keep}</button>
                </form>
            </div>
        </Dialog>
    }
    .into_any()
}

/// `on_close` is called when it closes, whoever closed it.
#[component]
pub fn Dialog(
    #[prop(into)] title: String,
    on_close: Callback<()>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // What its effects put into it, is in it then.
            request_animation_frame(move || show(&dialog));
        }
    });
    let class = if wide { "dialog dialog-wide" } else { "dialog" };
    view! {
        <dialog class=class node_ref=dialog aria-labelledby="dialog-title" on:close=move |_| on_close.run(())>
            <h2 id="dialog-title">{title}</h2>
            {children()}
        </dialog>
    }
}
