//! Everything that may be done with one message, each as a form that works without scripts.

use super::form::{FieldError, FormNotice, described_by, field_error};
use crate::{
    api::messages::{CancelMessage, DeleteMessage, RescheduleMessage, ResendMessage, SendCopy, SendNow, UndoCancel},
    domain::{
        AppError, BatchId, MessageId,
        customer::Done,
        message::{Action, MessageDetail},
        project::Frame,
        stats::count,
    },
    ui::parts::post::{Post, PostForm},
};
use leptos::prelude::*;

/// One action each, made once for the page.
#[derive(Clone, Copy)]
pub struct MessageActions {
    cancel: Post,
    undo: Post,
    send_now: Post,
    reschedule: Post,
    resend: Post,
    send_copy: Post,
    delete: Post,
}

impl MessageActions {
    pub fn new() -> Self {
        Self {
            cancel: Post::to::<CancelMessage>(),
            undo: Post::to::<UndoCancel>(),
            send_now: Post::to::<SendNow>(),
            reschedule: Post::to::<RescheduleMessage>(),
            resend: Post::to::<ResendMessage>(),
            send_copy: Post::to::<SendCopy>(),
            delete: Post::to::<DeleteMessage>(),
        }
    }

    /// Calls `then` with what each action but the deletion says when it is done.
    pub fn on_done(self, then: Callback<Done>) {
        self.cancel.on_done(then);
        self.undo.on_done(then);
        self.send_now.on_done(then);
        self.reschedule.on_done(then);
        self.resend.on_done(then);
        self.send_copy.on_done(then);
    }

    pub fn on_deleted(self, then: Callback<Done>) {
        self.delete.on_done(then);
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
        let error = actions.send_now.refusal();
        let target = target(&slug, id);
        view! { <PostForm to=actions.send_now>{target} {plain_button("Send now", error)}</PostForm> }
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
        let error = actions.resend.refusal();
        let target = target(&slug, id);
        view! { <PostForm to=actions.resend>{target} {plain_button("Resend message", error)}</PostForm> }
    });
    let send_copy = may(Action::SendCopy).then(|| {
        let error = actions.send_copy.refusal();
        let target = target(&slug, id);
        view! { <PostForm to=actions.send_copy>{target} {plain_button("Send a copy to me", error)}</PostForm> }
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
    action: Post,
) -> impl IntoView {
    let error = action.refusal();
    let target = target(&slug, id);
    let for_at = field_error(error, "at");
    view! {
        <PostForm to=action>
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
        </PostForm>
    }
}

#[component]
fn CancelForm(slug: String, id: MessageId, others: u32, action: Post) -> impl IntoView {
    let error = action.refusal();
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
        <PostForm to=action>
            {target}
            <FormNotice error />
            {also}
            <button class="button" type="submit">"Cancel message"</button>
        </PostForm>
    }
}

#[component]
fn UndoForm(slug: String, batch: BatchId, action: Post) -> impl IntoView {
    let error = action.refusal();
    view! {
        <PostForm to=action>
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="batch" value=batch.to_string() />
            <FormNotice error />
            <p class="field-hint">"Brings back everything that was canceled together with this message."</p>
            <button class="button" type="submit">"Undo cancel"</button>
        </PostForm>
    }
}

/// Asks first: the button stands behind a disclosure that says what it does.
#[component]
fn DeleteForm(slug: String, id: MessageId, action: Post) -> impl IntoView {
    let error = action.refusal();
    let target = target(&slug, id);
    view! {
        <details class="edit">
            <summary>"Delete this message"</summary>
            <PostForm to=action>
                {target}
                <FormNotice error />
                <p>"The message and its timeline are deleted for good. A message that was sent is not called back."</p>
                <button class="button button-danger" type="submit">"Delete message"</button>
            </PostForm>
        </details>
    }
}
