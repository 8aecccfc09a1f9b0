//! A modal dialog. The browser keeps the focus inside, closes it on Escape, and gives the focus back.

use leptos::{html, prelude::*};

#[component]
pub fn Dialog(
    #[prop(into)] title: String,
    /// Called when it closes, whoever closed it.
    on_close: Callback<()>,
    #[prop(optional)] wide: bool,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
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

/// The foot: the way back, and whatever does it.
#[component]
pub fn DialogFoot(
    #[prop(default = "Close")] close: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="dialog-foot">
            <form method="dialog">
                <button class="button">{close}</button>
            </form>
            {children.map(|children| children())}
        </div>
    }
}

/// Closes the dialog that stands open, if any.
pub fn close_dialog() {
    use leptos::wasm_bindgen::JsCast;
    let open = document().query_selector("dialog[open]").ok().flatten();
    if let Some(dialog) = open.and_then(|d| d.dyn_into::<web_sys::HtmlDialogElement>().ok()) {
        dialog.close();
    }
}
