//! Changing what a message says, and where it goes, before it leaves.

use super::{MessageTarget, say_when_done};
use crate::{
    api::messages::EditMessage,
    domain::{
        MessageId,
        message::{Channel, edit::EditForm},
        template::{SUBJECT_MAX, body_max},
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FieldError, FormNotice, TextField, described_by, field_error},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn EditMessageForm(
    slug: String,
    id: MessageId,
    channel: Channel,
    /// What the message says now.
    first: EditForm,
) -> impl IntoView {
    let action = ServerAction::<EditMessage>::new();
    say_when_done(action, slug.clone());
    let error = action.refusal();
    let for_body = field_error(error, "body");
    let EditForm { address, wording } = first;
    let is_refused = error.with_untracked(Option::is_some);
    let subject = (channel == Channel::Email).then(|| {
        view! {
            <TextField
                id="edit-subject"
                label="Subject"
                name="form[wording][subject]"
                field="subject"
                error
                value=Signal::stored(wording.subject)
                maxlength=SUBJECT_MAX
            />
        }
        .into_any()
    });
    let label = if channel == Channel::Email { "Email address" } else { "Phone number" };
    view! {
        <details class="edit-message" open=is_refused>
            <summary>"Edit this message"</summary>
            <ActionForm action attr:novalidate="">
                <MessageTarget slug id />
                <FormNotice error fields=&["address", "subject", "body"] />
                <TextField
                    id="edit-address"
                    label
                    name="form[address]"
                    field="address"
                    error
                    value=Signal::stored(address)
                    hint="Of this message alone; the customer's own stays as it is."
                />
                {subject}
                <div class="field">
                    <label class="field-label" for="edit-body">
                        "Text"
                    </label>
                    <p class="field-hint" id="edit-body-hint">
                        "{{review_link}} and {{unsubscribe_link}} stand for the customer's own links. The template stays as it is."
                    </p>
                    <textarea
                        class="input"
                        id="edit-body"
                        name="form[wording][body]"
                        rows="10"
                        maxlength=body_max(channel).to_string()
                        aria-invalid=move || for_body.get().map(|_| "true")
                        aria-describedby=described_by("edit-body", true, for_body)
                    >
                        {wording.body}
                    </textarea>
                    <FieldError id="edit-body" error=for_body />
                </div>
                <SubmitButton label="Save message" class=PLAIN pending=action.pending() />
            </ActionForm>
        </details>
    }
}
