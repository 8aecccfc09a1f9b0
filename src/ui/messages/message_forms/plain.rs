//! The actions that ask for nothing, or only for a tick.

use super::{MessageTarget, say_when_done};
use crate::{
    api::messages::{CancelMessage, UndoCancel},
    domain::{BatchId, MessageId},
    ui::{
        hooks::action::{FormAction, FormFunction},
        parts::{
            field::FormNotice,
            submit_button::{DANGER, PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

/// A button alone.
#[component]
pub fn ButtonForm<S: FormFunction>(
    action: ServerAction<S>,
    label: &'static str,
    slug: String,
    id: MessageId,
) -> impl IntoView {
    say_when_done(action, slug.clone());
    view! {
        <ActionForm action>
            <MessageTarget slug id />
            <FormNotice error=action.refusal() />
            <SubmitButton label class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}

#[component]
pub fn UndoForm(slug: String, batch: BatchId) -> impl IntoView {
    let action = ServerAction::<UndoCancel>::new();
    say_when_done(action, slug.clone());
    view! {
        <ActionForm action>
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="batch" value=batch.to_string() />
            <FormNotice error=action.refusal() />
            <p class="field-hint">"Brings back everything that was canceled together with this message."</p>
            <SubmitButton label="Undo cancel" class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}

#[component]
pub fn CancelForm(
    slug: String,
    id: MessageId,
    /// How many other messages of its request are not sent yet.
    others: Memo<u32>,
) -> impl IntoView {
    let action = ServerAction::<CancelMessage>::new();
    say_when_done(action, slug.clone());
    let also = move || {
        also_cancel(others.get()).map(|label| {
            view! {
                <label class="checkbox">
                    <input type="checkbox" name="also_request" value="true" />
                    {label}
                </label>
            }
            .into_any()
        })
    };
    view! {
        <ActionForm action>
            <MessageTarget slug id />
            <FormNotice error=action.refusal() />
            {also}
            <SubmitButton label="Cancel message" class=DANGER pending=action.pending() />
        </ActionForm>
    }
}

/// The label of the choice to cancel the `others` of the same request too. None if there are no others.
pub fn also_cancel(others: u32) -> Option<String> {
    match others {
        0 => None,
        1 => Some("Also cancel the other unsent message of this request".to_owned()),
        n => Some(format!("Also cancel the other {n} unsent messages of this request")),
    }
}
