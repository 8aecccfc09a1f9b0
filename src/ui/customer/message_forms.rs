//! Everything that may be done with one message, each as a form that works without scripts.

use super::{
    actions::{on_done, refusal},
    form::{FieldError, FormNotice, described_by, field_error},
};
use crate::{
    api::messages::{CancelMessage, DeleteMessage, RescheduleMessage, ResendMessage, SendCopy, SendNow, UndoCancel},
    domain::{
        AppError, BatchId, MessageId,
        customer::Done,
        message::{Action, MessageDetail},
        project::Frame,
        stats::count,
    },
};
use leptos::prelude::*;

/// One action each, made once for the page.
#[derive(Clone, Copy)]
pub struct MessageActions {
    cancel: ServerAction<CancelMessage>,
    undo: ServerAction<UndoCancel>,
    send_now: ServerAction<SendNow>,
    reschedule: ServerAction<RescheduleMessage>,
    resend: ServerAction<ResendMessage>,
    send_copy: ServerAction<SendCopy>,
    delete: ServerAction<DeleteMessage>,
}

impl MessageActions {
    pub fn new() -> Self {
        Self {
            cancel: ServerAction::new(),
            undo: ServerAction::new(),
            send_now: ServerAction::new(),
            reschedule: ServerAction::new(),
            resend: ServerAction::new(),
            send_copy: ServerAction::new(),
            delete: ServerAction::new(),
        }
    }

    /// Calls `then` with what each action but the deletion says when it is done.
    pub fn on_done(self, then: Callback<Done>) {
        on_done(self.cancel, then);
        on_done(self.undo, then);
        on_done(self.send_now, then);
        on_done(self.reschedule, then);
        on_done(self.resend, then);
        on_done(self.send_copy, then);
    }

    pub fn on_deleted(self, then: Callback<Done>) {
        on_done(self.delete, then);
    }
}

impl Default for MessageActions {
    fn default() -> Self {
        Self::new()
    }
}

#[component]
pub fn MessageForms(detail: MessageDetail, frame: Frame, actions: MessageActions) -> impl IntoView {
    let row = &detail.row;
    let id = row.id;
    let slug = frame.slug.clone();
    let may = |action| row.may(action);
    let send_now = may(Action::SendNow).then(|| {
        let error = refusal(actions.send_now);
        let target = target(&slug, id);
        view! { <ActionForm action=actions.send_now>{target} {plain_button("Send now", error)}</ActionForm> }
    });
    let reschedule = may(Action::Reschedule).then(|| {
        let at = row.scheduled.input();
        view! { <RescheduleForm slug=slug.clone() id at zone=frame.zone.clone() action=actions.reschedule /> }
    });
    let cancel = may(Action::Cancel).then(|| {
        view! { <CancelForm slug=slug.clone() id others=detail.unsent_siblings action=actions.cancel /> }
    });
    let undo = detail.undo.filter(|_| may(Action::SendNow)).map(|batch| {
        view! { <UndoForm slug=slug.clone() batch action=actions.undo /> }
    });
    let resend = may(Action::Resend).then(|| {
        let error = refusal(actions.resend);
        let target = target(&slug, id);
        view! { <ActionForm action=actions.resend>{target} {plain_button("Resend message", error)}</ActionForm> }
    });
    let send_copy = may(Action::SendCopy).then(|| {
        let error = refusal(actions.send_copy);
        let target = target(&slug, id);
        view! { <ActionForm action=actions.send_copy>{target} {plain_button("Send a copy to me", error)}</ActionForm> }
    });
    let delete = may(Action::Delete).then(|| view! { <DeleteForm slug=slug.clone() id action=actions.delete /> });
    view! {
        <section class="card message-actions" aria-labelledby="actions-heading">
            <h2 id="actions-heading">"Actions"</h2>
            {send_now} {resend} {undo} {reschedule} {cancel} {send_copy} {delete}
        </section>
    }
}

fn target(slug: &str, id: MessageId) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="slug" value=slug.to_owned() />
        <input type="hidden" name="id" value=id.to_string() />
    }
}

/// For a form that has nothing to fill in.
fn plain_button(label: &'static str, error: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        <FormNotice error />
        <button class="button" type="submit">{label}</button>
    }
}

#[component]
fn RescheduleForm(
    slug: String,
    id: MessageId,
    /// The time that it has now.
    at: String,
    zone: String,
    action: ServerAction<RescheduleMessage>,
) -> impl IntoView {
    let error = refusal(action);
    let target = target(&slug, id);
    let for_at = field_error(error, "at");
    view! {
        <ActionForm action=action>
            {target}
            <FormNotice error fields=&["at"] />
            <div class="field">
                <label class="field-label" for="message-at">"Date and time"</label>
                <p class="field-hint" id="message-at-hint">{format!("In the project's time zone, {zone}.")}</p>
                <input
                    class="input"
                    id="message-at"
                    name="at"
                    type="datetime-local"
                    required
                    value=at
                    aria-invalid=move || for_at.get().map(|_| "true")
                    aria-describedby=described_by("message-at", true, for_at)
                />
                <FieldError id="message-at" error=for_at />
            </div>
            <button class="button" type="submit">"Reschedule message"</button>
        </ActionForm>
    }
}

#[component]
fn CancelForm(slug: String, id: MessageId, others: u32, action: ServerAction<CancelMessage>) -> impl IntoView {
    let error = refusal(action);
    let target = target(&slug, id);
    let also = (others > 0).then(|| {
        let label = format!("Also cancel the other {} of this request", count(others.into(), "unsent message"));
        view! {
            <label class="checkbox">
                <input type="checkbox" name="also_request" value="true" />
                {label}
            </label>
        }
    });
    view! {
        <ActionForm action=action>
            {target}
            <FormNotice error />
            {also}
            <button class="button" type="submit">"Cancel message"</button>
        </ActionForm>
    }
}

#[component]
fn UndoForm(slug: String, batch: BatchId, action: ServerAction<UndoCancel>) -> impl IntoView {
    let error = refusal(action);
    view! {
        <ActionForm action=action>
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="batch" value=batch.to_string() />
            <FormNotice error />
            <p class="field-hint">"Brings back everything that was canceled together with this message."</p>
            <button class="button" type="submit">"Undo cancel"</button>
        </ActionForm>
    }
}

/// Asks first: the button stands behind a disclosure that says what it does.
#[component]
fn DeleteForm(slug: String, id: MessageId, action: ServerAction<DeleteMessage>) -> impl IntoView {
    let error = refusal(action);
    let target = target(&slug, id);
    view! {
        <details class="edit">
            <summary>"Delete this message"</summary>
            <ActionForm action=action>
                {target}
                <FormNotice error />
                <p>"The message and its timeline are deleted for good. A message that was sent is not called back."</p>
                <button class="button button-danger" type="submit">"Delete message"</button>
            </ActionForm>
        </details>
    }
}
