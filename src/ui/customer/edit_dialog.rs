//! Changing a customer's name and contact.

use super::fields::{CustomerFields, CustomerTarget};
use crate::{
    api::customers::EditCustomer,
    domain::{
        MessageId,
        customer::{Customer, CustomerForm},
        project::Frame,
    },
    ui::{
        hooks::action::FormAction,
        messages::dialog_action::dialog_action,
        parts::dialog::{AddressDialog, FormFoot},
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn EditDialog(
    customer: Customer,
    /// The field that has the focus.
    focus: Option<&'static str>,
    /// A message that failed: saving offers to send it again, where that is possible then.
    message: Option<MessageId>,
    frame: Frame,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    view! {
        <AddressDialog title="Edit customer" back>
            <EditForm customer focus message frame back />
        </AddressDialog>
    }
}

#[component]
fn EditForm(
    customer: Customer,
    focus: Option<&'static str>,
    message: Option<MessageId>,
    frame: Frame,
    back: Signal<String>,
) -> impl IntoView {
    let Frame { slug, locations, .. } = frame;
    let action = dialog_action::<EditCustomer>(slug.clone(), || {});
    let id = customer.id;
    let form = CustomerForm {
        name: customer.name,
        company: customer.company,
        email: customer.email,
        phone: customer.phone,
        location: customer.location.map(|location| location.to_string()).unwrap_or_default(),
        visited: customer.visited.map(|day| day.to_string()).unwrap_or_default(),
    };
    view! {
        <div class="dialog-body">
            <p class="muted">"Messages that are not sent yet go to the new address."</p>
            <ActionForm action>
                <CustomerTarget slug id />
                {message.map(|message| view! { <input type="hidden" name="message" value=message.to_string() /> })}
                {was(&form)}
                <CustomerFields form locations error=action.refusal() focus />
                <FormFoot back submit="Save changes" pending=action.pending() />
            </ActionForm>
        </div>
    }
}

/// What the form shows at first: what is not changed is not written over what somebody else saves meanwhile.
fn was(form: &CustomerForm) -> AnyView {
    let CustomerForm { name, company, email, phone, location, visited } = form.clone();
    let values = [
        ("was[name]", name),
        ("was[company]", company),
        ("was[email]", email),
        ("was[phone]", phone),
        ("was[location]", location),
        ("was[visited]", visited),
    ];
    values
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> }.into_any())
        .collect_view()
        .into_any()
}
