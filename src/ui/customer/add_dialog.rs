//! Adding a customer.

use super::fields::CustomerFields;
use crate::{
    api::customers::AddCustomer,
    domain::{customer::CustomerForm, project::Frame},
    ui::{
        hooks::action::FormAction,
        parts::{
            dialog::{AddressDialog, FormFoot},
            toast::use_toasts,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn AddDialog(
    frame: Frame,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    let action = ServerAction::<AddCustomer>::new();
    let toasts = use_toasts();
    let Frame { slug, locations, .. } = frame;
    // The answer leads to the new profile by itself, and the dialog goes with its page.
    let project = slug.clone();
    action.on_done(move |done| toasts.done(&project, &done));
    view! {
        <AddressDialog title="Add customer" back>
            <div class="dialog-body">
                <ActionForm action>
                    <input type="hidden" name="slug" value=slug />
                    <CustomerFields form=CustomerForm::default() locations error=action.refusal() />
                    <FormFoot back submit="Add customer" pending=action.leads_away() />
                </ActionForm>
            </div>
        </AddressDialog>
    }
}
