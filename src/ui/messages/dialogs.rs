//! The dialogs about one message: view, cancel, reschedule, delete. One host for a table.

use super::{table::Scene, view::MessageView};
use crate::{
    api::messages::{CancelMessage, DeleteMessage, RescheduleMessage, load_message},
    domain::{
        AppError,
        message::{Action, MessageDetail, MessageRow},
        project::Frame,
        stats::count,
    },
    ui::parts::{
        dialog::{Dialog, DialogFoot, close_dialog},
        post::post,
        toast::use_toasts,
    },
};
use leptos::{html, prelude::*, task::spawn_local};

#[component]
pub fn Dialogs(scene: Scene) -> impl IntoView {
    let on_close = Callback::new(move |()| scene.asked.set(None));
    move || {
        scene.asked.get().map(|(action, row)| {
            let frame = scene.frame.get_value();
            match action {
                Action::Cancel => view! { <CancelDialog row frame on_close /> }.into_any(),
                Action::Reschedule => view! { <RescheduleDialog row frame on_close /> }.into_any(),
                Action::Delete => view! { <DeleteDialog row frame on_close /> }.into_any(),
                _ => view! { <ViewDialog row frame on_close /> }.into_any(),
            }
        })
    }
}

fn detail(row: &MessageRow, frame: &Frame) -> LocalResource<Result<MessageDetail, AppError>> {
    let (slug, id) = (frame.slug.clone(), row.id);
    LocalResource::new(move || load_message(slug.clone(), id))
}

#[component]
fn ViewDialog(row: MessageRow, frame: Frame, on_close: Callback<()>) -> impl IntoView {
    let detail = detail(&row, &frame);
    let title = format!("{} to {}", row.what(), row.customer_name);
    let shown = move || match detail.get() {
        None => view! { <p class="muted loading" role="status">"Loading the message"</p> }.into_any(),
        Some(Ok(detail)) => view! { <MessageView detail frame=frame.clone() /> }.into_any(),
        Some(Err(e)) => view! { <p class="notice notice-error">{e.to_string()}</p> }.into_any(),
    };
    view! {
        <Dialog title on_close wide=true>
            <div class="dialog-body">
                {shown}
            </div>
            <DialogFoot />
        </Dialog>
    }
}

#[component]
fn CancelDialog(row: MessageRow, frame: Frame, on_close: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let detail = detail(&row, &frame);
    let also = NodeRef::<html::Input>::new();
    let others = move || detail.get().and_then(Result::ok).map_or(0, |d| d.unsent_siblings);
    let choice = move || {
        let n = others();
        (n > 0).then(|| {
            let label = format!("Also cancel the other {} of this request", count(n.into(), "unsent message"));
            view! {
                <label class="checkbox">
                    <input type="checkbox" node_ref=also />
                    {label}
                </label>
            }
        })
    };
    let id = row.id;
    let slug = frame.slug.clone();
    let go = move |_| {
        let also = also.get_untracked().is_some_and(|a| a.checked());
        close_dialog();
        toasts.run(post(&CancelMessage { slug: slug.clone(), id, also_request: also }));
    };
    let when = row.scheduled.short(frame.today);
    view! {
        <Dialog title="Cancel message" on_close>
            <div class="dialog-body">
                <p>
                    {format!("{} to {}, scheduled for {when}, will not be sent. You can undo this.", row.what(), row.customer_name)}
                </p>
                {choice}
            </div>
            <DialogFoot close="Keep it">
                <button type="button" class="button button-danger" on:click=go>
                    "Cancel message"
                </button>
            </DialogFoot>
        </Dialog>
    }
}

#[component]
fn RescheduleDialog(row: MessageRow, frame: Frame, on_close: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let input = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<AppError>);
    let pending = RwSignal::new(false);
    let id = row.id;
    let slug = frame.slug.clone();
    let go = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        let Some(field) = input.get_untracked().filter(|_| !pending.get_untracked()) else { return };
        pending.set(true);
        let call = post(&RescheduleMessage { slug: slug.clone(), id, at: field.value() });
        spawn_local(async move {
            match toasts.wait(call).await {
                Ok(done) => {
                    if pending.try_get_untracked().is_some() {
                        close_dialog();
                    }
                    toasts.done(done);
                }
                Err(e) => {
                    error.set(Some(e));
                    let _ = field.focus();
                }
            }
            pending.set(false);
        });
    };
    let sentence = move || error.get().map(|e| e.to_string()).unwrap_or_default();
    view! {
        <Dialog title="Reschedule message" on_close>
            <form id="reschedule" class="dialog-body" novalidate on:submit=go>
                <div class="field">
                    <label class="field-label" for="reschedule-at">
                        "Date and time"
                    </label>
                    <p class="field-hint" id="reschedule-hint">
                        {format!("In the project's time zone, {}.", frame.zone)}
                    </p>
                    <input
                        class="input"
                        id="reschedule-at"
                        name="at"
                        type="datetime-local"
                        value=row.scheduled.input()
                        node_ref=input
                        autofocus
                        aria-invalid=move || error.get().map(|_| "true")
                        aria-describedby="reschedule-hint reschedule-error"
                    />
                    <p class="field-error" id="reschedule-error" role="alert" hidden=move || error.get().is_none()>
                        {sentence}
                    </p>
                </div>
            </form>
            <DialogFoot close="Keep its time">
                <button
                    type="submit"
                    form="reschedule"
                    class="button button-primary"
                    aria-disabled=move || pending.get().then_some("true")
                >
                    "Reschedule message"
                </button>
            </DialogFoot>
        </Dialog>
    }
}

#[component]
fn DeleteDialog(row: MessageRow, frame: Frame, on_close: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let id = row.id;
    let slug = frame.slug;
    let go = move |_| {
        close_dialog();
        toasts.run(post(&DeleteMessage { slug: slug.clone(), id }));
    };
    view! {
        <Dialog title="Delete message" on_close>
            <div class="dialog-body">
                <p>
                    {format!(
                        "{} to {} and its timeline are deleted for good. A message that was sent is not called back.",
                        row.what(),
                        row.customer_name,
                    )}
                </p>
            </div>
            <DialogFoot close="Keep it">
                <button type="button" class="button button-danger" on:click=go>
                    "Delete message"
                </button>
            </DialogFoot>
        </Dialog>
    }
}
