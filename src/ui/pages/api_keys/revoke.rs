//! Revoking a key.

use crate::{
    api::api_keys::RevokeApiKey,
    domain::api_key::{ApiKey, ApiKeysPage, ApiKeysTask},
    ui::{
        hooks::action::FormAction,
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, CloseLink, FormFoot},
            field::FormNotice,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

/// The dialog that the address opens, if any.
#[component]
pub fn TaskDialog(task: Memo<Option<ApiKeysTask>>, data: Memo<ApiKeysPage>, slug: String) -> impl IntoView {
    let project = slug.clone();
    let back = Signal::derive(move || ApiKeysTask::href(None, &project));
    move || {
        let ApiKeysTask::Revoke(id) = task.get()?;
        // What the dialog asks about stays, also when somebody else revokes it meanwhile.
        let found = data.with_untracked(|page| page.keys.iter().find(|key| key.id == id).cloned());
        Some(match found {
            Some(key) => view! { <RevokeDialog key_of_system=key slug=slug.clone() back /> }.into_any(),
            None => view! { <GoneDialog back /> }.into_any(),
        })
    }
}

#[component]
fn RevokeDialog(key_of_system: ApiKey, slug: String, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title=format!("Revoke {}", key_of_system.name) back>
            <div class="dialog-body">
                <p>"The system that uses this key has no access from then on. This can't be undone. What it did stays."</p>
                <RevokeForm key_of_system slug back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn RevokeForm(key_of_system: ApiKey, slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RevokeApiKey>(slug.clone(), || {});
    view! {
        <ActionForm action>
            <FormNotice error=action.refusal() />
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="id" value=key_of_system.id.to_string() />
            <FormFoot back submit="Revoke key" danger=true pending=action.pending() />
        </ActionForm>
    }
}

/// For a key that was revoked meanwhile.
#[component]
fn GoneDialog(back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="No such key" back>
            <div class="dialog-body">
                <p>"This key was revoked already."</p>
                <div class="dialog-foot">
                    <CloseLink back label="Close" />
                </div>
            </div>
        </AddressDialog>
    }
}
