//! Asking a customer for a review by hand: by which channels, with how many reminders, when.

use super::{
    ask_fields::{Channels, FIELDS, Reminders, When},
    fields::CustomerTarget,
};
use crate::{
    api::requests::RequestReview,
    domain::{contact::phone_words, customer::Customer, project::Frame},
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

#[component]
pub fn RequestDialog(
    customer: Customer,
    frame: Frame,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    let title = format!("Request a review from {}", customer.name);
    let content = move || match obstacle(&customer) {
        Some(sentence) => view! {
            <p class="notice">{sentence}</p>
            <div class="dialog-foot">
                <CloseLink back label="Close" />
            </div>
        }
        .into_any(),
        None => view! { <RequestForm customer frame back /> }.into_any(),
    };
    view! {
        <AddressDialog title back>
            <div class="dialog-body">{content()}</div>
        </AddressDialog>
    }
}

/// Why this customer cannot be asked at all.
fn obstacle(customer: &Customer) -> Option<&'static str> {
    if customer.archived.is_some() {
        Some("This customer is archived. Unarchive the customer to request a review.")
    } else if customer.unsubscribed.is_some() {
        Some(
            "This customer has unsubscribed and is not asked for reviews. Only resubscribe a customer who asked for it.",
        )
    } else if customer.email.is_empty() && customer.phone.is_empty() {
        Some("This customer has neither an email address nor a phone number. Edit the customer and add one.")
    } else {
        None
    }
}

#[component]
fn RequestForm(customer: Customer, frame: Frame, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RequestReview>(frame.slug.clone(), || {});
    let error = action.refusal();
    let Customer { id, email, phone, .. } = customer;
    let Frame { slug, zone, today, .. } = frame;
    let reached = |address: String, missing: &'static str| if address.is_empty() { Err(missing) } else { Ok(address) };
    let sms = reached(phone_words(&phone), "No phone number yet. Edit the customer to add one.");
    view! {
        <ActionForm action>
            <CustomerTarget slug id />
            <FormNotice error fields=FIELDS />
            <Channels email=reached(email, "No email address yet. Edit the customer to add one.") sms error />
            <Reminders error />
            <When error zone today=today.to_string() />
            <FormFoot back submit="Request review" pending=action.pending() />
        </ActionForm>
    }
}
