//! A dialog that the address opens: a panel of the page without scripts, a modal dialog with them (`enhance/dialogs.rs`).

use leptos::prelude::*;

/// Open, in its place in the page.
#[component]
pub fn AddressDialog(
    /// What it asks for.
    #[prop(into)]
    title: String,
    /// The address without the dialog: closing leads to it.
    back: String,
    children: Children,
) -> impl IntoView {
    view! {
        <dialog class="dialog" open=true data-back=back aria-labelledby="task-title">
            <h2 id="task-title">{title}</h2>
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}

/// The foot of such a dialog: the way back, and the button that does it.
pub fn dialog_foot(back: &str, submit: &str, danger: bool) -> impl IntoView + use<> {
    let class = if danger { "button button-danger" } else { "button button-primary" };
    view! {
        <div class="dialog-foot">
            {close_link(back, "Cancel")}
            <button class=class type="submit">
                // Says what will happen: "Delete customer", "Cancel 12 messages".
                {submit.to_owned()}
            </button>
        </div>
    }
}

/// Closes the dialog that it stands in; without scripts it leads to the page without it.
pub fn close_link(back: &str, label: &'static str) -> impl IntoView + use<> {
    view! {
        <a class="button" href=back.to_owned() data-close="">
            {label}
        </a>
    }
}
