//! A dialog that the address opens: a panel of the page without scripts, a modal dialog with them.

use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlDialogElement};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// One at a time is open.
const DIALOG: &str = "task";

/// The server renders it open, in its place in the page. With scripts it is made modal as soon as it is there, and
/// closing it (Escape, the link that closes) leads to `back`.
#[component]
pub fn AddressDialog(
    /// What it asks for.
    #[prop(into)]
    title: String,
    /// The address without the dialog.
    #[prop(into)]
    back: Signal<String>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.matches(":modal").unwrap_or(true)
        {
            let _ = dialog.remove_attribute("open");
            let _ = dialog.show_modal();
        }
    });
    let navigate = use_navigate();
    let leave = move |_| {
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&back.get_untracked(), options);
    };
    view! {
        <dialog class="dialog" id=DIALOG node_ref=dialog open=true aria-labelledby="task-title" on:close=leave>
            <h2 id="task-title">{title}</h2>
            {children()}
        </dialog>
    }
}

/// The foot of such a dialog: the way back, and the button that does it.
#[component]
pub fn DialogFoot(
    #[prop(into)] back: Signal<String>,
    /// Says what will happen: "Delete customer", "Cancel 12 messages".
    #[prop(into)]
    submit: String,
    #[prop(optional)] danger: bool,
    #[prop(into)] pending: Signal<bool>,
) -> impl IntoView {
    let class = if danger { "button button-danger" } else { "button button-primary" };
    // Not `disabled`, which would drop the focus; a second press while the first is under way does nothing.
    let once = move |ev: ev::MouseEvent| {
        if pending.get_untracked() {
            ev.prevent_default();
        }
    };
    view! {
        <div class="dialog-foot">
            <CloseLink back />
            <button class=class type="submit" aria-disabled=move || pending.get().then_some("true") on:click=once>
                {submit}
            </button>
        </div>
    }
}

/// Closes the dialog that it stands in; without scripts it leads to the page without it.
#[component]
pub fn CloseLink(#[prop(into)] back: Signal<String>, #[prop(default = "Cancel")] label: &'static str) -> impl IntoView {
    let close = move |ev: ev::MouseEvent| {
        ev.prevent_default();
        close_task_dialog();
    };
    view! {
        <a class="button" href=move || back.get() data-noscroll="" on:click=close>
            {label}
        </a>
    }
}

/// Closes the dialog that is open, if any: the focus goes back to what opened it, and its `close` event leads to the
/// address without it.
pub fn close_task_dialog() {
    let dialog = document().get_element_by_id(DIALOG).and_then(|d| d.dyn_into::<HtmlDialogElement>().ok());
    if let Some(dialog) = dialog {
        dialog.close();
    }
}
