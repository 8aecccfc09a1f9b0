//! Modal dialogs. The browser keeps the focus inside, closes them on Escape, and gives the focus back.
//!
//! What a dialog will do is captured, as values, when it opens. A change of the address closes it.

use super::submit_button::{DANGER, PRIMARY, SubmitButton};
use crate::ui::hooks::{arrival::use_arrival, effect::effect};
use leptos::{ev, html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// The dialog around a component.
#[derive(Clone, Copy)]
pub struct ThisDialog(NodeRef<html::Dialog>);

pub fn use_dialog() -> ThisDialog {
    expect_context()
}

impl ThisDialog {
    /// Does nothing if it is closed already.
    pub fn close(self) {
        if let Some(Some(dialog)) = self.0.try_get_untracked() {
            dialog.close();
        }
    }

    /// Whether it is still open.
    pub fn stands(self) -> bool {
        self.0.try_get_untracked().flatten().is_some_and(|dialog| dialog.open())
    }

    fn new() -> Self {
        let this = Self(NodeRef::new());
        provide_context(this);
        this
    }
}

/// How much room a dialog takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Size {
    #[default]
    Normal,
    /// At the right side of a wide window, over its whole height; a wide dialog elsewhere.
    Panel,
}

/// A dialog that an event opens. It is shown as soon as it is in the page.
#[component]
pub fn Dialog(
    #[prop(into)] title: Signal<String>,
    /// Called when it closes, for whatever reason.
    on_close: Callback<()>,
    #[prop(optional)] size: Size,
    children: Children,
) -> impl IntoView {
    let this = ThisDialog::new();
    effect(move |_| {
        if let Some(dialog) = this.0.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    let location = use_location();
    effect(move |opened_at: Option<(String, String)>| {
        let here = (location.pathname.get(), location.search.get());
        if opened_at.as_ref().is_some_and(|opened_at| *opened_at != here) {
            this.close();
        }
        opened_at.unwrap_or(here)
    });
    let class = match size {
        Size::Normal => "dialog",
        Size::Panel => "dialog dialog-wide dialog-panel",
    };
    view! {
        <dialog class=class node_ref=this.0 aria-labelledby="dialog-title" on:close=move |_| _ = on_close.try_run(())>
            <h2 id="dialog-title">{title}</h2>
            {children()}
        </dialog>
    }
}

/// The foot of such a dialog: a button that closes it, and others.
#[component]
pub fn DialogFoot(
    /// The label of the button that closes.
    #[prop(default = Signal::stored("Close"), into)]
    close: Signal<&'static str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let this = use_dialog();
    view! {
        <div class="dialog-foot">
            <button type="button" class="button" on:click=move |_| this.close()>
                {close}
            </button>
            {children.map(|children| children())}
        </div>
    }
}

/// Whether the page was shown without its [`AddressDialog`] before. Then, in the history, the page is the entry before the
/// dialog's.
#[derive(Clone, Copy)]
struct PageIsBefore(StoredValue<bool>);

/// Called by a page that has an [`AddressDialog`], with whether the address opens it.
pub fn use_address_dialog(is_open: Signal<bool>) {
    let page_is_before = StoredValue::new(!is_open.get_untracked());
    provide_context(PageIsBefore(page_is_before));
    let arrival = use_arrival();
    effect(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        if was_open == Some(true) && !is_open {
            page_is_before.set_value(true);
            arrival.stays();
        }
        is_open
    });
}

/// A dialog that the address opens: a panel of the page without scripts, a modal dialog with them. The server renders it
/// open, within the page. If the dialog was opened on the page, closing it (Escape, the link that closes) goes back to that
/// entry of the history, so that Back does not lead to the same page twice. Else `back`, the address without the dialog,
/// replaces the entry.
#[component]
pub fn AddressDialog(
    /// What it asks for.
    #[prop(into)]
    title: String,
    #[prop(into)] back: Signal<String>,
    children: Children,
) -> impl IntoView {
    let this = ThisDialog::new();
    effect(move |_| {
        if let Some(dialog) = this.0.get()
            && !dialog.matches(":modal").unwrap_or(true)
        {
            let _ = dialog.remove_attribute("open");
            let _ = dialog.show_modal();
        }
    });
    let (navigate, location) = (use_navigate(), use_location());
    let here = move || (location.pathname.get_untracked(), location.search.get_untracked());
    let opened_at = here();
    let page_is_before = use_context::<PageIsBefore>();
    let leave = move |_| {
        if here() != opened_at {
            // Another address has closed it.
            return;
        }
        if page_is_before.is_some_and(|PageIsBefore(is_before)| is_before.try_get_value() == Some(true))
            && let Ok(history) = window().history()
        {
            let _ = history.back();
            return;
        }
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&back.get_untracked(), options);
    };
    view! {
        <dialog class="dialog" node_ref=this.0 open=true aria-labelledby="task-title" on:close=leave>
            <h2 id="task-title">{title}</h2>
            {children()}
        </dialog>
    }
}

/// The foot of a form in an [`AddressDialog`]: the link that closes, and the button that submits.
#[component]
pub fn FormFoot(
    #[prop(into)] back: Signal<String>,
    #[prop(default = "Cancel")] close: &'static str,
    /// Says what will happen: "Delete customer", "Cancel 12 messages".
    #[prop(into)]
    submit: String,
    #[prop(optional)] danger: bool,
    #[prop(into)] pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="dialog-foot">
            <CloseLink back label=close />
            <SubmitButton label=submit class=if danger { DANGER } else { PRIMARY } pending />
        </div>
    }
}

/// Closes the dialog around it. Without scripts it leads to the page without the dialog.
#[component]
pub fn CloseLink(#[prop(into)] back: Signal<String>, #[prop(default = "Cancel")] label: &'static str) -> impl IntoView {
    let this = use_dialog();
    let close = move |event: ev::MouseEvent| {
        event.prevent_default();
        this.close();
    };
    view! {
        <a class="button" href=back data-noscroll="" on:click=close>
            {label}
        </a>
    }
}
