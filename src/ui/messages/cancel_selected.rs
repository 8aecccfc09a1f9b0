//! The dialog that asks before the unsent ones of the ticked messages are canceled: which filter, and how many.

use super::{dialog_action::dialog_action, selection::Selection};
use crate::{
    api::messages::{CancelMessages, preview_cancel},
    domain::{
        AppResult,
        bulk::{Outcome, SelectionForm, plan::REASON_MAX},
        project::Frame,
        stats::count,
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            dialog::{Dialog, DialogFoot},
            field::{FormNotice, TextField},
            submit_button::{DANGER, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn CancelSelected(
    /// The project, the number and the messages as they were when the question was asked.
    slug: String,
    number: u64,
    form: SelectionForm,
    selection: Selection,
    frame: Frame,
    on_close: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog title="Cancel unsent messages" on_close>
            <Question slug number form selection frame />
        </Dialog>
    }
}

#[component]
fn Question(slug: String, number: u64, form: SelectionForm, selection: Selection, frame: Frame) -> impl IntoView {
    let action = dialog_action::<CancelMessages>(slug.clone(), move || selection.clear());
    let (asked_slug, asked_form) = (slug.clone(), form.clone());
    let preview = LocalResource::new(move || preview_cancel(asked_slug.clone(), asked_form.clone()));
    let scope = scope(&form, &frame);
    let counted = move || match preview.get() {
        None => view! { <p class="muted" role="status">"Counting…"</p> }.into_any(),
        Some(Ok(outcome)) => view! { <p>{outcome.preview_sentence(number)}</p> }.into_any(),
        Some(Err(error)) => view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any(),
    };
    let pending = action.pending();
    let label = Signal::derive(move || label(preview.get().as_ref(), pending.get()));
    let can = Memo::new(move |_| matches!(preview.get(), Some(Ok(outcome)) if outcome.done > 0));
    let error = action.refusal();
    let reason = move || {
        can.get().then(|| {
            view! {
                <p>"You can undo this."</p>
                <TextField
                    id="cancel-reason"
                    label="Reason (optional)"
                    name="reason"
                    field="reason"
                    error
                    maxlength=REASON_MAX
                    hint="Shown on the Bulk actions page."
                />
            }
            .into_any()
        })
    };
    let SelectionForm { ids, all, filter, except } = form;
    let field = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    view! {
        <ActionForm action attr:class="dialog-form">
            <div class="dialog-body">
                <FormNotice error fields=&["reason"] />
                {scope.map(|scope| view! { <p>{scope}</p> })}
                {counted}
                {reason}
                <div class="progress" role="progressbar" aria-label="Canceling" hidden=move || !pending.get()></div>
            </div>
            {field("slug", slug)} {field("selection[ids]", ids.to_string())} {field("selection[all]", all.to_string())}
            {field("selection[filter]", filter.to_query())} {field("selection[except]", except.to_string())}
            <DialogFoot close=Signal::derive(move || if can.get() { "Keep them" } else { "Close" })>
                {move || can.get().then(|| view! { <SubmitButton label class=DANGER pending /> }.into_any())}
            </DialogFoot>
        </ActionForm>
    }
}

/// The filter in words, where it takes all that match.
pub fn scope(form: &SelectionForm, frame: &Frame) -> Option<String> {
    if !form.all {
        return None;
    }
    let chips = form.filter.chips(|id| frame.location_name(id));
    let words: Vec<String> = chips.into_iter().map(|chip| format!("{}: {}", chip.label, chip.value)).collect();
    Some(if words.is_empty() {
        "All messages of this project are selected.".to_owned()
    } else {
        format!("All that match {} are selected.", words.join(", "))
    })
}

fn label(preview: Option<&AppResult<Outcome>>, is_pending: bool) -> String {
    match preview {
        _ if is_pending => "Canceling…".to_owned(),
        Some(Ok(outcome)) => format!("Cancel {}", count(outcome.done, "message")),
        _ => "Cancel messages".to_owned(),
    }
}
