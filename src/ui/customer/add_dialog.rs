//! Adding a customer.

use super::fields::CustomerFields;
use crate::{
    api::customers::AddCustomer,
    domain::{customer::CustomerForm, project::Frame},
    ui::{
        hooks::action::{leads_away, on_done, refusal},
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
    on_done(action, move |done| toasts.done(&project, &done));
    view! {
        <AddressDialog title="Add customer" back>
            <div class="dialog-body">
                <ActionForm action>
                    <input type="hidden" name="slug" value=slug />
                    <CustomerFields form=CustomerForm::default() locations error=refusal(action) />
                    <FormFoot back submit="Add customer" pending=leads_away(action) />
                </ActionForm>
            </div>
        </AddressDialog>
    }
}
