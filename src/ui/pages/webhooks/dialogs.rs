//! Changing a webhook, and removing one.

use super::form::Fields;
use crate::{
    api::webhooks::{ChangeWebhook, RemoveWebhook},
    domain::{
        WebhookId,
        webhook::{WebhookRow, WebhooksPage, WebhooksTask},
    },
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
pub fn TaskDialog(task: Memo<Option<WebhooksTask>>, data: Memo<WebhooksPage>, slug: String) -> impl IntoView {
    let project = slug.clone();
    let back = Signal::derive(move || WebhooksTask::href(None, &project));
    // What a dialog asks about stays, also when somebody else changes it meanwhile.
    let find = move |id: WebhookId| data.with_untracked(|page| page.rows.iter().find(|row| row.id == id).cloned());
    move || {
        let slug = slug.clone();
        let (id, is_change) = match task.get()? {
            WebhooksTask::Change(id) => (id, true),
            WebhooksTask::Remove(id) => (id, false),
        };
        Some(match find(id) {
            None => view! { <GoneDialog back /> }.into_any(),
            Some(row) if is_change => view! { <ChangeDialog row data slug back /> }.into_any(),
            Some(row) => view! { <RemoveDialog row slug back /> }.into_any(),
        })
    }
}

#[component]
fn ChangeDialog(row: WebhookRow, data: Memo<WebhooksPage>, slug: String, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="Change the webhook" back>
            <div class="dialog-body">
                <p>"What waits goes to the new address, too. The secret stays."</p>
                <ChangeForm row data slug back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn ChangeForm(row: WebhookRow, data: Memo<WebhooksPage>, slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<ChangeWebhook>(slug.clone(), || {});
    let error = action.refusal();
    let entered = data.with_untracked(|page| page.entered.clone()).filter(|_| error.with_untracked(Option::is_some));
    let (url, events) = entered.map_or((row.url, row.events), |form| (form.url.clone(), form.ticked()));
    view! {
        <ActionForm action attr:novalidate="">
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="id" value=row.id.to_string() />
            <Fields prefix="changed" url events error />
            <FormFoot back submit="Save webhook" pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn RemoveDialog(row: WebhookRow, slug: String, back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="Remove the webhook" back>
            <div class="dialog-body">
                <p>
                    {row.url.clone()}
                    " is told nothing any more. What waits for it, the list of its deliveries and its secret are deleted. This can't be undone."
                </p>
                <RemoveForm row slug back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn RemoveForm(row: WebhookRow, slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RemoveWebhook>(slug.clone(), || {});
    view! {
        <ActionForm action>
            <FormNotice error=action.refusal() />
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="id" value=row.id.to_string() />
            <FormFoot back submit="Remove webhook" danger=true pending=action.pending() />
        </ActionForm>
    }
}

/// For a webhook that was removed meanwhile.
#[component]
fn GoneDialog(back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="No such webhook" back>
            <div class="dialog-body">
                <p>"This webhook was removed."</p>
                <div class="dialog-foot">
                    <CloseLink back label="Close" />
                </div>
            </div>
        </AddressDialog>
    }
}
