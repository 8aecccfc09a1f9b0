//! Everything that may be done with one message, each as a form: on the message's own page, and in the dialogs that the actions
//! menu opens, which take their form from there (`enhance/dialogs.rs`).

use crate::{
    api::messages::{CancelMessage, DeleteMessage, RescheduleMessage, ResendMessage, SendCopy, SendNow, UndoCancel},
    domain::{
        MessageId,
        message::{Action, MessageDetail},
        project::Frame,
        stats::count,
    },
    ui::parts::post::{Post, described_by, field_error},
};
use leptos::prelude::*;

pub fn message_forms(detail: &MessageDetail, frame: &Frame) -> impl IntoView + use<> {
    let row = &detail.row;
    let (slug, id) = (frame.slug.as_str(), row.id);
    let may = |action| row.may(action);
    let simple = |action: Action, post: fn() -> Post| {
        may(action).then(|| {
            let post = post();
            view! {
                <form method="post" action=post.path id=format!("task-{}", action.slug())>
                    {target(slug, id)} {post.notice(&[])}
                    <button class="button" type="submit">
                        {action.name()}
                    </button>
                </form>
            }
        })
    };
    let undo = detail.undo.filter(|_| may(Action::SendNow)).map(|batch| {
        let post = Post::to::<UndoCancel>();
        view! {
            <form method="post" action=post.path id="task-undo">
                <input type="hidden" name="slug" value=slug.to_owned() />
                <input type="hidden" name="batch" value=batch.to_string() />
                {post.notice(&[])}
                <p class="field-hint">"Brings back everything that was canceled together with this message."</p>
                <button class="button" type="submit">
                    "Undo cancel"
                </button>
            </form>
        }
    });
    view! {
        <section class="card message-actions" aria-labelledby="actions-heading">
            <h2 id="actions-heading">"Actions"</h2>
            {simple(Action::SendNow, Post::to::<SendNow>)}
            {simple(Action::Resend, Post::to::<ResendMessage>)}
            {undo}
            {may(Action::Reschedule).then(|| reschedule(detail, frame))}
            {may(Action::Cancel).then(|| cancel(detail, frame))}
            {simple(Action::SendCopy, Post::to::<SendCopy>)}
            {may(Action::Delete).then(|| delete(detail, frame))}
        </section>
    }
}

pub(super) fn target(slug: &str, id: MessageId) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="slug" value=slug.to_owned() />
        <input type="hidden" name="id" value=id.to_string() />
    }
}

fn reschedule(detail: &MessageDetail, frame: &Frame) -> impl IntoView + use<> {
    let post = Post::to::<RescheduleMessage>();
    let error = post.error("at");
    view! {
        <form method="post" action=post.path id="task-reschedule" data-task="reschedule" data-keep="Keep its time" novalidate>
            {target(&frame.slug, detail.row.id)} {post.notice(&["at"])}
            <div class="field">
                <label class="field-label" for="message-at">
                    "Date and time"
                </label>
                <p class="field-hint" id="message-at-hint">
                    {format!("In the project's time zone, {}.", frame.zone)}
                </p>
                <input
                    class="input"
                    id="message-at"
                    name="at"
                    type="datetime-local"
                    value=detail.row.scheduled.input()
                    aria-invalid=error.as_ref().map(|_| "true")
                    aria-describedby=described_by("message-at", true)
                />
                {field_error("message-at", "at", error)}
            </div>
            <button class="button button-primary" type="submit">
                "Reschedule message"
            </button>
        </form>
    }
}

fn cancel(detail: &MessageDetail, frame: &Frame) -> impl IntoView + use<> {
    let post = Post::to::<CancelMessage>();
    let row = &detail.row;
    let when = row.scheduled.short(frame.today);
    let others = detail.unsent_siblings;
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
        <form method="post" action=post.path id="task-cancel" data-task="cancel" data-keep="Keep it">
            {target(&frame.slug, row.id)} {post.notice(&[])}
            <p class="dialog-only">
                {format!("{} to {}, scheduled for {when}, will not be sent. You can undo this.", row.what(), row.customer_name)}
            </p>
            {also}
            <button class="button button-danger" type="submit">
                "Cancel message"
            </button>
        </form>
    }
}

/// Asks first: the button stands behind a disclosure that says what it does.
fn delete(detail: &MessageDetail, frame: &Frame) -> impl IntoView + use<> {
    let post = Post::to::<DeleteMessage>();
    let row = &detail.row;
    let sentence = format!(
        "{} to {} and its timeline are deleted for good. A message that was sent is not called back.",
        row.what(),
        row.customer_name
    );
    let profile = frame.href(&format!("customers/{}", row.customer_id));
    view! {
        <details class="edit" id="task-delete">
            <summary>"Delete this message"</summary>
            <form method="post" action=post.path data-task="delete" data-keep="Keep it" data-then=profile>
                {target(&frame.slug, row.id)} {post.notice(&[])} <p>{sentence}</p>
                <button class="button button-danger" type="submit">
                    "Delete message"
                </button>
            </form>
        </details>
    }
}
