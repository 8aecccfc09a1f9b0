//! The dialogs about one message: view, cancel, reschedule, delete.

use super::{
    actions_menu::{ActionsMenu, copy_text},
    dialog_action::dialog_action,
    message_forms::also_cancel,
    page_dialog::PageDialogs,
    steering::{Change, use_steering},
    table::TableContext,
    view::MessageView,
};
use crate::{
    api::messages::{RescheduleMessage, load_message},
    domain::{
        AppResult,
        customer::message_href,
        message::{Action, MessageDetail, MessageRow},
        project::Frame,
        role::Role,
    },
    ui::{
        hooks::{action::FormAction, effect::effect, live::use_live},
        parts::{
            dialog::{Dialog, DialogFoot, Size, use_dialog},
            field::{FieldError, FormNotice, described_by, field_error},
            submit_button::SubmitButton,
            toast::use_toasts,
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

/// One message in full, and the ones before and after it.
#[component]
pub fn ViewDialog(
    row: MessageRow,
    rows: Vec<MessageRow>,
    frame: Frame,
    dialogs: PageDialogs,
    on_close: Callback<()>,
) -> impl IntoView {
    let at = RwSignal::new(rows.iter().position(|other| other.id == row.id).unwrap_or(0));
    let rows = StoredValue::new(if rows.is_empty() { vec![row] } else { rows });
    let shown =
        Memo::new(move |_| rows.with_value(|rows| rows.get(at.get()).cloned().unwrap_or_else(|| rows[0].clone())));
    let slug = frame.slug.clone();
    let live = use_live();
    let answer = LocalResource::new(move || {
        // It is read again with each change of the project.
        if let Some(live) = live {
            live.track();
        }
        let id = shown.with(|row| row.id);
        let answer = load_message(slug.clone(), id);
        async move { (id, answer.await) }
    });
    // None until the message that is shown is answered: the resource keeps the answer about another one meanwhile.
    let answer = move || answer.get().filter(|(id, _)| shown.with(|row| row.id == *id)).map(|(_, answer)| answer);
    let last = Memo::new(move |before: Option<&Option<MessageDetail>>| {
        let id = shown.with(|row| row.id);
        let fresh = answer().and_then(Result::ok);
        fresh.or_else(|| before.cloned().flatten().filter(|detail| detail.row.id == id))
    });
    let is_there = Memo::new(move |_| last.with(Option::is_some));
    let content = {
        let frame = frame.clone();
        move || {
            let id = shown.with(|row| row.id);
            match (is_there.get(), last.get_untracked().filter(|detail| detail.row.id == id)) {
                (true, Some(first)) => {
                    let detail = Memo::new(move |_| last.get().unwrap_or_else(|| first.clone()));
                    view! { <MessageView detail frame=frame.clone() /> }.into_any()
                }
                _ => match answer() {
                    Some(Err(error)) => {
                        view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any()
                    }
                    _ => view! { <p class="muted loading" role="status">"Loading the message"</p> }.into_any(),
                },
            }
        }
    };
    let table = TableContext::of_project(&frame, None, dialogs);
    let last_place = rows.with_value(Vec::len).saturating_sub(1);
    let is_last = move || at.get() >= last_place;
    let toasts = use_toasts();
    let slug = frame.slug.clone();
    let copy_link = move |_| {
        let path = shown.with_untracked(|row| message_href(&slug, row.customer_id, row.id));
        let origin = window().location().origin().unwrap_or_default();
        copy_text(toasts, format!("{origin}{path}"), "Copied the link to this message.".into());
    };
    // The dialog of a menu item replaces this one.
    let actions = move || {
        let row = Memo::new(move |_| last.get().map_or_else(|| shown.get(), |detail| detail.row));
        shown.track();
        view! { <ActionsMenu row rows=Memo::new(move |_| rows.get_value()) context=table /> }.into_any()
    };
    let may_act = frame.may(Role::Operator);
    let steering = use_steering();
    // Undo, even when the toast that offered it has gone.
    let undo = move || {
        let detail = last.get()?;
        let batch = detail.undo.filter(|_| may_act && detail.row.may(Action::SendNow))?;
        let take_back = move |_| steering.run(Change::UndoCancel(batch));
        Some(view! { <button type="button" class="button" on:click=take_back>"Undo cancel"</button> }.into_any())
    };
    view! {
        <Dialog title=Signal::derive(move || shown.with(|row| format!("{} to {}", row.what(), row.customer_name))) on_close size=Size::Panel>
            <div class="dialog-body">{content}</div>
            <DialogFoot>
                <button
                    type="button"
                    class="button"
                    disabled=move || at.get() == 0
                    on:click=move |_| at.update(|at| *at = at.saturating_sub(1))
                >
                    "Previous"
                </button>
                <button
                    type="button"
                    class="button"
                    disabled=is_last
                    on:click=move |_| at.update(|at| *at += 1)
                >
                    "Next"
                </button>
                <button type="button" class="button" on:click=copy_link>
                    "Copy link"
                </button>
                {undo} {actions}
            </DialogFoot>
        </Dialog>
    }
}

fn detail(row: &MessageRow, frame: &Frame) -> LocalResource<AppResult<MessageDetail>> {
    let (slug, id) = (frame.slug.clone(), row.id);
    LocalResource::new(move || load_message(slug.clone(), id))
}

#[component]
pub fn CancelDialog(row: MessageRow, frame: Frame, on_close: Callback<()>) -> impl IntoView {
    let also = NodeRef::<leptos::html::Input>::new();
    let detail = detail(&row, &frame);
    let choice = move || {
        let others = detail.get().and_then(Result::ok).map_or(0, |detail| detail.unsent_siblings);
        also_cancel(others).map(|label| {
            view! {
                <label class="checkbox">
                    <input type="checkbox" node_ref=also />
                    {label}
                </label>
            }
            .into_any()
        })
    };
    let sentence = format!(
        "{} to {}, scheduled for {}, will not be sent. You can undo this.",
        row.what(),
        row.customer_name,
        row.scheduled.inline(frame.today),
    );
    let (id, slug) = (row.id, frame.slug);
    view! {
        <Dialog title="Cancel message" on_close>
            <div class="dialog-body">
                <p>{sentence}</p>
                {choice}
            </div>
            <DialogFoot close="Keep it">
                <RunButton
                    label="Cancel message"
                    slug
                    change=Callback::new(move |()| Change::Cancel {
                        id,
                        also_request: also.get_untracked().is_some_and(|also| also.checked()),
                    })
                />
            </DialogFoot>
        </Dialog>
    }
}

#[component]
pub fn DeleteDialog(row: MessageRow, frame: Frame, on_close: Callback<()>) -> impl IntoView {
    let sentence = format!("{} to {} and its timeline are deleted for good.", row.what(), row.customer_name);
    let (id, slug) = (row.id, frame.slug);
    view! {
        <Dialog title="Delete message" on_close>
            <div class="dialog-body">
                <p>{sentence}</p>
                <p>"Deleting doesn't recall a sent message."</p>
            </div>
            <DialogFoot close="Keep it">
                <RunButton label="Delete message" slug change=Callback::new(move |()| Change::Delete(id)) />
            </DialogFoot>
        </Dialog>
    }
}

/// Closes the dialog, and makes the change in the project that the dialog was opened in. The row says that it is pending.
#[component]
fn RunButton(label: &'static str, slug: String, change: Callback<(), Change>) -> impl IntoView {
    let (dialog, steering) = (use_dialog(), use_steering());
    let run = move |_| {
        let change = change.run(());
        dialog.close();
        steering.run_in(slug.clone(), change);
    };
    view! {
        <button type="button" class="button button-danger" on:click=run>
            {label}
        </button>
    }
}

#[component]
pub fn RescheduleDialog(row: MessageRow, frame: Frame, on_close: Callback<()>) -> impl IntoView {
    view! {
        <Dialog title="Reschedule message" on_close>
            <RescheduleForm row frame />
        </Dialog>
    }
}

#[component]
fn RescheduleForm(row: MessageRow, frame: Frame) -> impl IntoView {
    let action = dialog_action::<RescheduleMessage>(frame.slug.clone(), || {});
    use_steering().show_pending(row.id, "Rescheduling…", action.pending().into());
    let error = action.refusal();
    let for_at = field_error(error, "at");
    let input = NodeRef::<leptos::html::Input>::new();
    effect(move |_| {
        if for_at.get().is_some()
            && let Some(input) = input.get_untracked()
        {
            let _ = input.focus();
        }
    });
    view! {
        <ActionForm action attr:class="dialog-form" attr:novalidate="">
            <input type="hidden" name="slug" value=frame.slug />
            <input type="hidden" name="id" value=row.id.to_string() />
            <div class="dialog-body">
                <FormNotice error fields=&["at"] />
                <div class="field">
                    <label class="field-label" for="reschedule-at">
                        "Date and time"
                    </label>
                    <p class="field-hint" id="reschedule-at-hint">
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
                        aria-invalid=move || for_at.get().map(|_| "true")
                        aria-describedby=described_by("reschedule-at", true, for_at)
                    />
                    <FieldError id="reschedule-at" error=for_at />
                </div>
            </div>
            <DialogFoot close="Keep current time">
                <SubmitButton label="Reschedule message" pending=action.pending() />
            </DialogFoot>
        </ActionForm>
    }
}
