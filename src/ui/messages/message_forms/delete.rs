//! Deleting a message for good.

use super::MessageTarget;
use crate::{
    api::messages::DeleteMessage,
    domain::{CustomerId, MessageId, customer::ProfileQuery},
    ui::{
        customer::leaving::Leaving,
        hooks::action::FormAction,
        parts::{
            field::FormNotice,
            submit_button::{DANGER, SubmitButton},
            toast::use_toasts,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Asks first: the button is in a disclosure that says what it does.
#[component]
pub fn DeleteForm(slug: String, id: MessageId, customer: CustomerId) -> impl IntoView {
    let action = ServerAction::<DeleteMessage>::new();
    let (toasts, navigate) = (use_toasts(), use_navigate());
    let project = slug.clone();
    action.on_done(move |done| {
        toasts.done(&project, &done);
        // There is nothing left to read on this page.
        let profile = ProfileQuery::default().href(&project, customer);
        navigate(&profile, NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    let pending = action.leads_away();
    Leaving::while_true(pending);
    let error = action.refusal();
    // After a refusal without scripts, it is open and says why.
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
                <SubmitButton label="Delete message" class=DANGER pending />
            </ActionForm>
        </details>
    }
}
