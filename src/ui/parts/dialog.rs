//! Modal dialogs. The browser keeps the focus inside, closes them on Escape, and gives the focus back.
//!
//! What a dialog will do is captured, as values, when it opens. Going to another address closes it.

use leptos::{ev, html, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

/// The dialog that a component stands in.
#[derive(Clone, Copy)]
pub struct ThisDialog(NodeRef<html::Dialog>);

pub fn use_dialog() -> ThisDialog {
    expect_context()
}

impl ThisDialog {
    /// Nothing, where it is closed already.
    pub fn close(self) {
        if let Some(Some(dialog)) = self.0.try_get_untracked() {
            dialog.close();
        }
    }

    /// Whether it is still in the page.
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
    /// Called when it closes, whoever closed it.
    on_close: Callback<()>,
    #[prop(optional)] size: Size,
    children: Children,
) -> impl IntoView {
    let this = ThisDialog::new();
    Effect::new(move |_| {
        if let Some(dialog) = this.0.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    let location = use_location();
    Effect::new(move |opened_at: Option<(String, String)>| {
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

/// The foot of such a dialog: the way back, and whatever does it.
#[component]
pub fn DialogFoot(
    /// What the way back is called.
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

/// A dialog that the address opens: a panel of the page without scripts, a modal dialog with them. The server renders it
/// open, in its place in the page; closing it (Escape, the link that closes) leads to `back`, the address without it.
#[component]
pub fn AddressDialog(
    /// What it asks for.
    #[prop(into)]
    title: String,
    #[prop(into)] back: Signal<String>,
    children: Children,
) -> impl IntoView {
    let this = ThisDialog::new();
    Effect::new(move |_| {
        if let Some(dialog) = this.0.get()
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
        <dialog class="dialog" node_ref=this.0 open=true aria-labelledby="task-title" on:close=leave>
            <h2 id="task-title">{title}</h2>
            {children()}
        </dialog>
    }
}

/// The foot of a form in an [`AddressDialog`]: the way back, and the button that does it.
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
            <SubmitButton label=submit danger pending />
        </div>
    }
}

/// Submits its form. While that is under way, another press does nothing; it is not `disabled`, which would drop the focus.
#[component]
pub fn SubmitButton(
    #[prop(into)] label: Signal<String>,
    #[prop(optional)] danger: bool,
    #[prop(into)] pending: Signal<bool>,
) -> impl IntoView {
    let class = if danger { "button button-danger" } else { "button button-primary" };
    let once = move |event: ev::MouseEvent| {
        if pending.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button class=class type="submit" aria-disabled=move || pending.get().then_some("true") on:click=once>
            {label}
        </button>
    }
}

/// Closes the dialog that it stands in; without scripts it leads to the page without it.
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
