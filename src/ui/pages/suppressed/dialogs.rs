//! Adding an address by hand, and lifting one.

use super::table::shown;
use crate::{
    api::suppressions::{AddSuppression, LiftSuppression},
    domain::suppression::{Suppression, SuppressionReason},
    ui::{
        hooks::action::FormAction,
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, CloseLink, FormFoot},
            field::{FormNotice, TextField},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn AddDialog(
    slug: String,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    view! {
        <AddressDialog title="Suppress an address" back>
            <div class="dialog-body">
                <p>"Nothing will be sent to it, and messages that wait for it are canceled."</p>
                <AddForm slug back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn AddForm(slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<AddSuppression>(slug.clone(), || {});
    let error = action.refusal();
    view! {
        <ActionForm action>
            <input type="hidden" name="slug" value=slug />
            <FormNotice error fields=&["address", "note"] />
            <TextField
                id="suppress-address"
                label="Email or phone"
                name="form[address]"
                field="address"
                error
                maxlength=254
                required=true
            />
            <TextField
                id="suppress-note"
                label="Note (optional)"
                name="form[note]"
                field="note"
                error
                hint="Who asked for it, and when."
                maxlength=200
            />
            <FormFoot back submit="Suppress it" danger=true pending=action.pending() />
        </ActionForm>
    }
}

#[component]
pub fn LiftDialog(
    /// As it was when the dialog opened.
    suppression: Suppression,
    slug: String,
    /// The address without the dialog.
    back: Signal<String>,
    today: NaiveDate,
) -> impl IntoView {
    let address = shown(&suppression);
    let since = suppression.since.inline(today);
    let state = format!("Nothing has been sent to {address} since {since}: {}.", suppression.reason.clause());
    let warning = suppression.reason.warning();
    view! {
        <AddressDialog title=format!("Lift {address}") back>
            <div class="dialog-body">
                <p>{state}</p>
                <p>{warning}</p>
                <p class="muted">"Canceled messages stay canceled."</p>
                <LiftForm suppression slug back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn LiftForm(suppression: Suppression, slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<LiftSuppression>(slug.clone(), || {});
    let danger = suppression.reason != SuppressionReason::Staff;
    view! {
        <ActionForm action>
            <FormNotice error=action.refusal() />
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="id" value=suppression.id.to_string() />
            <FormFoot back close="Keep it" submit="Lift it" danger pending=action.pending() />
        </ActionForm>
    }
}

/// For an address that was lifted meanwhile.
#[component]
pub fn GoneDialog(back: Signal<String>) -> impl IntoView {
    view! {
        <AddressDialog title="Not suppressed" back>
            <div class="dialog-body">
                <p>"This address is not suppressed any more."</p>
                <div class="dialog-foot">
                    <CloseLink back label="Close" />
                </div>
            </div>
        </AddressDialog>
    }
}
