//! Deleting a message for good.

use super::MessageTarget;
use crate::{
    api::messages::DeleteMessage,
    domain::{CustomerId, MessageId, customer::ProfileQuery},
    ui::{
        customer::{leaving::Leaving, plain_submit::PlainSubmit},
        hooks::action::{leads_away, on_done, refusal},
        parts::{field::FormNotice, toast::use_toasts},
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Asks first: the button stands behind a disclosure that says what it does.
#[component]
pub fn DeleteForm(slug: String, id: MessageId, customer: CustomerId) -> impl IntoView {
    let action = ServerAction::<DeleteMessage>::new();
    let (toasts, navigate) = (use_toasts(), use_navigate());
    let project = slug.clone();
    on_done(action, move |done| {
        toasts.done(&project, &done);
        // There is nothing left to read on this page.
        let profile = ProfileQuery::default().href(&project, customer);
        navigate(&profile, NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    let pending = leads_away(action);
    Leaving::while_true(pending);
    let error = refusal(action);
    // Refused without scripts, it stands open with the reason.
    let is_open = error.with_untracked(Option::is_some);
    view! {
        <details class="edit" open=is_open>
            <summary>"Delete this message"</summary>
            <ActionForm action>
                <MessageTarget slug id />
                <FormNotice error />
                <p>
                    "The message and its timeline are deleted for good. Deleting doesn't recall a sent message."
                </p>
                <PlainSubmit label="Delete message" class="button button-danger" pending />
            </ActionForm>
        </details>
    }
}
