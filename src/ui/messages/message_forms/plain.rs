//! The actions that ask for nothing, or for a tick.

use super::{MessageTarget, say_when_done};
use crate::{
    api::messages::{CancelMessage, ResendMessage, SendCopy, SendNow, UndoCancel},
    domain::{BatchId, MessageId},
    ui::{customer::plain_submit::PlainSubmit, hooks::action::refusal, parts::field::FormNotice},
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn SendNowForm(slug: String, id: MessageId) -> impl IntoView {
    let action = ServerAction::<SendNow>::new();
    say_when_done(action, slug.clone());
    view! {
        <ActionForm action>
            <MessageTarget slug id />
            <FormNotice error=refusal(action) />
            <PlainSubmit label="Send now" pending=action.pending() />
        </ActionForm>
    }
}

#[component]
pub fn ResendForm(slug: String, id: MessageId) -> impl IntoView {
    let action = ServerAction::<ResendMessage>::new();
    say_when_done(action, slug.clone());
    view! {
        <ActionForm action>
            <MessageTarget slug id />
            <FormNotice error=refusal(action) />
            <PlainSubmit label="Resend message" pending=action.pending() />
        </ActionForm>
    }
}

#[component]
pub fn CopyForm(slug: String, id: MessageId) -> impl IntoView {
    let action = ServerAction::<SendCopy>::new();
    say_when_done(action, slug.clone());
    view! {
        <ActionForm action>
            <MessageTarget slug id />
            <FormNotice error=refusal(action) />
            <PlainSubmit label="Send a copy to me" pending=action.pending() />
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
            <FormNotice error=refusal(action) />
            <p class="field-hint">"Brings back everything that was canceled together with this message."</p>
            <PlainSubmit label="Undo cancel" pending=action.pending() />
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
        let label = match others.get() {
            0 => return None,
            1 => "Also cancel the other unsent message of this request".to_owned(),
            n => format!("Also cancel the other {n} unsent messages of this request"),
        };
        let choice = view! {
            <label class="checkbox">
                <input type="checkbox" name="also_request" value="true" />
                {label}
            </label>
        };
        Some(choice.into_any())
    };
    view! {
        <ActionForm action>
            <MessageTarget slug id />
            <FormNotice error=refusal(action) />
            {also}
            <PlainSubmit label="Cancel message" class="button button-danger" pending=action.pending() />
        </ActionForm>
    }
}
