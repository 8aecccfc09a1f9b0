//! Giving a message another time.

use super::{MessageTarget, say_when_done};
use crate::{
    api::messages::RescheduleMessage,
    domain::MessageId,
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FieldError, FormNotice, described_by, field_error},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn RescheduleForm(
    slug: String,
    id: MessageId,
    /// The time that it has now, as the control takes it.
    at: Memo<String>,
    /// The name of the project's time zone.
    zone: String,
) -> impl IntoView {
    let action = ServerAction::<RescheduleMessage>::new();
    say_when_done(action, slug.clone());
    let error = action.refusal();
    let for_at = field_error(error, "at");
    view! {
        <ActionForm action attr:novalidate="">
            <MessageTarget slug id />
            <FormNotice error fields=&["at"] />
            <div class="field">
                <label class="field-label" for="message-at">
                    "Date and time"
                </label>
                <p class="field-hint" id="message-at-hint">
                    {format!("In the project's time zone, {zone}.")}
                </p>
                <input
                    class="input"
                    id="message-at"
                    name="at"
                    type="datetime-local"
                    value=move || at.get()
                    aria-invalid=move || for_at.get().map(|_| "true")
                    aria-describedby=described_by("message-at", true, for_at)
                />
                <FieldError id="message-at" error=for_at />
            </div>
            <SubmitButton label="Reschedule message" class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}
