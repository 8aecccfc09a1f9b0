//! The question whether a connection is to be removed.

use super::fields::ChannelTarget;
use crate::{
    api::connections::RemoveConnection,
    domain::{connection::provider_of, message::Channel},
    ui::{
        hooks::action::FormAction,
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, FormFoot},
            field::FormNotice,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn RemoveDialog(
    channel: Channel,
    slug: String,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    let name = channel.name();
    let messages = match channel {
        Channel::Email => "emails",
        Channel::Sms => "SMS",
    };
    let explanation = format!(
        "Its settings and secrets are deleted for good. From then on, this project's {messages} are sent over the \
         server's {}, also those that wait now.",
        provider_of(channel)
    );
    view! {
        <AddressDialog title=format!("Remove the {name} connection") back>
            <div class="dialog-body">
                <p>{explanation}</p>
                <RemoveForm channel slug back />
            </div>
        </AddressDialog>
    }
}

/// A component of its own, made within the dialog: its action closes that.
#[component]
fn RemoveForm(channel: Channel, slug: String, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RemoveConnection>(slug.clone(), || {});
    view! {
        <ActionForm action>
            <FormNotice error=action.refusal() />
            <ChannelTarget slug channel />
            <FormFoot back submit="Remove connection" danger=true pending=action.pending() />
        </ActionForm>
    }
}
