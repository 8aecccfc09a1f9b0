//! Renaming a tag, or merging it with another, and removing one.

use crate::{
    api::tags::{RemoveTag, RenameTag},
    domain::{
        location::counted,
        tag::{TagRow, TagsPage, TagsTask},
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

/// The dialog that the address opens, if any.
#[component]
pub fn TaskDialog(task: Memo<Option<TagsTask>>, data: Memo<TagsPage>, slug: String) -> impl IntoView {
    let project = slug.clone();
    let back = Signal::derive(move || TagsTask::href(None, &project));
    // What a dialog asks about stays, also when somebody else changes it meanwhile.
    let find = move |tag: &str| data.with_untracked(|page| page.rows.iter().find(|row| row.tag == tag).cloned());
    move || {
        let slug = slug.clone();
        let (tag, is_rename) = match task.get()? {
            TagsTask::Rename(tag) => (tag, true),
            TagsTask::Remove(tag) => (tag, false),
        };
        Some(match find(&tag) {
            None => view! { <GoneDialog back /> }.into_any(),
            Some(row) if is_rename => view! { <RenameDialog row slug back /> }.into_any(),
            Some(row) => view! { <RemoveDialog row slug back /> }.into_any(),
        })
    }
}

#[component]
fn RenameDialog(row: TagRow, slug: String, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title=format!("Rename {}", row.tag) back>
            <div class="dialog-body">
                <p>{format!("The new name applies to {}.", counted(row.customers, "customer"))}</p>
                <RenameForm row slug back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn RenameForm(row: TagRow, slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RenameTag>(slug.clone(), || {});
    let error = action.refusal();
    view! {
        <ActionForm action>
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="form[tag]" value=row.tag.clone() />
            <FormNotice error fields=&["to"] />
            <TextField
                id="new-tag"
                label="New name"
                name="form[to]"
                field="to"
                error
                value=Signal::stored(row.tag)
                maxlength=30
                required=true
            />
            <label class="checkbox">
                <input type="checkbox" name="form[merge]" value="true" />
                "Merge, if there is a tag of this name already"
            </label>
            <FormFoot back submit="Rename tag" pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn RemoveDialog(row: TagRow, slug: String, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title=format!("Remove {}", row.tag) back>
            <div class="dialog-body">
                <p>
                    {format!(
                        "The tag is taken from {}. The customers stay. This can't be undone.",
                        counted(row.customers, "customer"),
                    )}
                </p>
                <RemoveForm row slug back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn RemoveForm(row: TagRow, slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RemoveTag>(slug.clone(), || {});
    view! {
        <ActionForm action>
            <FormNotice error=action.refusal() />
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="tag" value=row.tag />
            <FormFoot back submit="Remove tag" danger=true pending=action.pending() />
        </ActionForm>
    }
}

/// For a tag that no customer has any more.
#[component]
fn GoneDialog(back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="No such tag" back>
            <div class="dialog-body">
                <p>"No customer has this tag any more."</p>
                <div class="dialog-foot">
                    <CloseLink back label="Close" />
                </div>
            </div>
        </AddressDialog>
    }
}
