//! Saving the filters in force as a view, changing a view, and removing one.

use super::refresh;
use crate::{
    api::views::{ChangeView, RemoveView, SaveView},
    domain::{
        AppError, ViewId,
        filter::{MessageFilter, MessagesQuery},
        project::Frame,
        role::Role,
        view::{SavedView, VIEW_NAME_MAX, ViewsPage, ViewsTask},
    },
    ui::{
        hooks::action::FormAction,
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, CloseLink, FormFoot},
            field::{FormNotice, TextField},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

const FIELDS: &[&str] = &["name"];

/// The dialog that the address opens, if any.
#[component]
pub fn TaskDialog(task: Memo<Option<ViewsTask>>, data: Memo<ViewsPage>, frame: Frame) -> impl IntoView {
    let slug = frame.slug.clone();
    let back = Signal::derive(move || ViewsTask::href(None, &slug));
    // What a dialog asks about stays, also when it is changed elsewhere meanwhile.
    let find = move |id: ViewId| {
        data.with_untracked(|page| page.views.iter().find(|view| view.id == id && view.may_change).cloned())
    };
    move || {
        let frame = frame.clone();
        Some(match task.get()? {
            ViewsTask::Save(filter) => view! { <SaveDialog filter frame /> }.into_any(),
            ViewsTask::Change(id) => match find(id) {
                Some(view) => view! { <ChangeDialog view frame back /> }.into_any(),
                None => view! { <GoneDialog back /> }.into_any(),
            },
            ViewsTask::Remove(id) => match find(id) {
                Some(view) => view! { <RemoveDialog view frame back /> }.into_any(),
                None => view! { <GoneDialog back /> }.into_any(),
            },
        })
    }
}

/// Comes from the messages and leads back to them.
#[component]
fn SaveDialog(filter: MessageFilter, frame: Frame) -> impl IntoView {
    let messages = MessagesQuery { filter: filter.clone(), ..MessagesQuery::default() }.href(&frame.slug);
    let back = Signal::stored(messages);
    let words: Vec<String> = filter
        .chips(|id| frame.location_name(id))
        .into_iter()
        .map(|chip| format!("{}: {}", chip.label, chip.value))
        .collect();
    let words = if words.is_empty() { "All messages, in this order.".to_owned() } else { words.join(", ") };
    view! {
        <AddressDialog title="Save as a view" back>
            <div class="dialog-body">
                <p class="muted">{words}</p>
                <SaveForm filter frame back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn SaveForm(filter: MessageFilter, frame: Frame, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<SaveView>(frame.slug.clone(), refresh(frame.slug.clone()));
    let error = action.refusal();
    view! {
        <ActionForm action>
            <input type="hidden" name="slug" value=frame.slug.clone() />
            <input type="hidden" name="filter" value=filter.to_query() />
            <FormNotice error fields=FIELDS />
            <NameAndSharing error name=String::new() is_shared=false frame />
            <label class="checkbox">
                <input type="checkbox" name="form[is_default]" value="true" />
                "Open it first: the link Messages leads me here"
            </label>
            <FormFoot back submit="Save view" pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn NameAndSharing(error: Signal<Option<AppError>>, name: String, is_shared: bool, frame: Frame) -> impl IntoView {
    let sharing = if frame.may(Role::Manager) {
        view! {
            <label class="checkbox">
                <input type="checkbox" name="form[is_shared]" value="true" checked=is_shared />
                "All members of the project have it"
            </label>
        }
        .into_any()
    } else {
        let kept = is_shared.then(|| view! { <input type="hidden" name="form[is_shared]" value="true" /> });
        view! {
            {kept}
            <p class="field-hint">"Managers can share views with the project."</p>
        }
        .into_any()
    };
    view! {
        <TextField
            id="view-name"
            label="Name"
            name="form[name]"
            field="name"
            error
            value=Signal::stored(name)
            maxlength=VIEW_NAME_MAX
            required=true
            autofocus=true
        />
        {sharing}
    }
}

#[component]
fn ChangeDialog(view: SavedView, frame: Frame, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title=format!("Edit {}", view.link.name) back>
            <div class="dialog-body">
                <ChangeForm view frame back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn ChangeForm(view: SavedView, frame: Frame, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<ChangeView>(frame.slug.clone(), refresh(frame.slug.clone()));
    let error = action.refusal();
    view! {
        <ActionForm action>
            <input type="hidden" name="slug" value=frame.slug.clone() />
            <input type="hidden" name="id" value=view.id.to_string() />
            <FormNotice error fields=FIELDS />
            <NameAndSharing error name=view.link.name is_shared=view.is_shared frame />
            <FormFoot back submit="Save view" pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn RemoveDialog(view: SavedView, frame: Frame, back: Signal<String>) -> impl IntoView {
    let whose = if view.is_shared { "All members of the project lose it." } else { "Only you have it." };
    view! {
        <AddressDialog title=format!("Remove {}", view.link.name) back>
            <div class="dialog-body">
                <p>{format!("{whose} The messages stay. This can't be undone.")}</p>
                <RemoveForm view frame back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn RemoveForm(view: SavedView, frame: Frame, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RemoveView>(frame.slug.clone(), refresh(frame.slug.clone()));
    view! {
        <ActionForm action>
            <FormNotice error=action.refusal() />
            <input type="hidden" name="slug" value=frame.slug />
            <input type="hidden" name="id" value=view.id.to_string() />
            <FormFoot back submit="Remove view" danger=true pending=action.pending() />
        </ActionForm>
    }
}

/// For a view that is gone, or somebody else's.
#[component]
fn GoneDialog(back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="No such view" back>
            <div class="dialog-body">
                <p>"This view has been removed, or is somebody else's."</p>
                <div class="dialog-foot">
                    <CloseLink back label="Close" />
                </div>
            </div>
        </AddressDialog>
    }
}
