//! The question before a bulk action other than a cancel: which messages, how many of them can be changed, when, how fast and why.

use super::{cancel_selected::scope, dialog_action::dialog_action, selection::Selection};
use crate::{
    api::bulk::{StartBulk, preview_bulk},
    domain::{
        AppError, AppResult,
        bulk::{
            BulkKind, SelectionForm,
            plan::{BulkForm, BulkPreview, DAYS_MAX, PACE_MAX, REASON_MAX},
        },
        project::Frame,
        stats::thousands,
    },
    ui::{
        hooks::{action::FormAction, typing::after_typing},
        parts::{
            dialog::{Dialog, DialogFoot},
            field::{FieldError, FormNotice, TextField, described_by, field_error},
            submit_button::{DANGER, PRIMARY, SubmitButton},
        },
    },
};
use chrono::Days;
use leptos::{
    form::ActionForm,
    prelude::*,
    web_sys::{FormData, HtmlFormElement},
};

/// The errors that the controls show.
const SHOWN: &[&str] = &["at", "days", "pace", "reason"];

#[component]
pub fn BulkDialog(
    /// The project, the action and the messages as they were when the question was asked.
    slug: String,
    kind: BulkKind,
    form: SelectionForm,
    selection: Selection,
    frame: Frame,
    on_close: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog title=kind.title() on_close>
            <Question slug kind form selection frame />
        </Dialog>
    }
}

type Preview = LocalResource<AppResult<BulkPreview>>;

#[component]
fn Question(slug: String, kind: BulkKind, form: SelectionForm, selection: Selection, frame: Frame) -> impl IntoView {
    let action = dialog_action::<StartBulk>(slug.clone(), move || selection.clear());
    let (pending, error) = (action.pending(), action.refusal());
    // In a day, at nine in the morning.
    let tomorrow = frame.today.checked_add_days(Days::new(1)).unwrap_or(frame.today);
    let at = format!("{tomorrow}T09:00");
    let first = BulkForm { kind: kind.slug().to_owned(), at: at.clone(), ..BulkForm::default() };
    let asked = RwSignal::new(first);
    let (asked_slug, asked_form) = (slug.clone(), form.clone());
    let preview: Preview =
        LocalResource::new(move || preview_bulk(asked_slug.clone(), asked_form.clone(), asked.get()));
    let can = Memo::new(move |_| preview.get().and_then(Result::ok).map_or(0, |preview| preview.outcome.done));
    // Once it is there, it stays: it changes the answer that it is made of.
    let canceled = Memo::new(move |last: Option<&u64>| {
        let now = preview.get().and_then(Result::ok).map(|preview| preview.canceled);
        now.or_else(|| last.copied()).unwrap_or(0)
    });
    let label = Signal::derive(move || if pending.get() { "Under way…".to_owned() } else { kind.label(can.get()) });
    // The reason changes nothing of the answer.
    let follow = move |form: &HtmlFormElement| {
        let now = held(form, kind);
        if asked.with_untracked(|before| *before != now) {
            asked.set(now);
        }
    };
    let is_danger = kind == BulkKind::Delete;
    let scope = scope(&form, &frame);
    let time = (kind == BulkKind::Reschedule).then(|| view! { <NewTime error at zone=frame.zone /> }.into_any());
    let pace = kind.has_pace().then(|| view! { <Pace error /> }.into_any());
    let revive = move || {
        let n = canceled.get();
        (n > 0).then(|| view! { <Revive n /> }.into_any())
    };
    let SelectionForm { ids, all, filter, except } = form;
    let field = |name: &'static str, value: String| view! { <input type="hidden" name=name value=value /> };
    view! {
        <ActionForm
            action
            attr:class="dialog-form"
            attr:novalidate=""
            on:input=after_typing(follow)
        >
            <div class="dialog-body">
                <FormNotice error fields=SHOWN />
                {scope.map(|scope| view! { <p>{scope}</p> })}
                <div class="ask-preview" role="status">
                    {move || said(preview.get(), kind)}
                </div>
                {revive} {time} {pace}
                <TextField
                    id="bulk-reason"
                    label="Reason (optional)"
                    name="form[reason]"
                    field="reason"
                    error
                    maxlength=REASON_MAX
                    hint="Shown on the Bulk actions page."
                />
                <p class="muted">{kind.consequence()}</p>
                <div class="progress" role="progressbar" aria-label="Under way" hidden=move || !pending.get()></div>
            </div>
            {field("slug", slug)} {field("form[kind]", kind.slug().to_owned())}
            {is_danger.then(|| field("form[confirmed]", "true".to_owned()))} {field("selection[ids]", ids.to_string())}
            {field("selection[all]", all.to_string())} {field("selection[filter]", filter.to_query())}
            {field("selection[except]", except.to_string())}
            <DialogFoot close="Keep them as they are">
                {move || {
                    (can.get() > 0)
                        .then(|| {
                            let class = if is_danger { DANGER } else { PRIMARY };
                            view! { <SubmitButton label class pending /> }.into_any()
                        })
                }}
            </DialogFoot>
        </ActionForm>
    }
}

/// What the controls hold.
fn held(form: &HtmlFormElement, kind: BulkKind) -> BulkForm {
    let data = FormData::new_with_form(form).ok();
    let text = |name: &str| data.as_ref().and_then(|data| data.get(name).as_string()).unwrap_or_default();
    BulkForm {
        kind: kind.slug().to_owned(),
        when: text("form[when]"),
        at: text("form[at]"),
        days: text("form[days]"),
        pace: text("form[pace]"),
        canceled: data.as_ref().is_some_and(|data| data.has("form[canceled]")),
        ..BulkForm::default()
    }
}

/// None of the preview while it is read for the first time.
fn said(preview: Option<AppResult<BulkPreview>>, kind: BulkKind) -> AnyView {
    match preview {
        None => view! { <p class="muted">"Counting…"</p> }.into_any(),
        Some(Ok(preview)) => view! { <p>{preview.outcome.can_sentence(kind.changed())}</p> }.into_any(),
        Some(Err(error)) if SHOWN.iter().any(|field| error.for_field(field).is_some()) => {
            view! { <p>{error.to_string()}</p> }.into_any()
        }
        Some(Err(error)) => view! { <p class="notice notice-error">{error.to_string()}</p> }.into_any(),
    }
}

/// The canceled messages among them, which are left alone unless that is asked for.
#[component]
fn Revive(n: u64) -> impl IntoView {
    let label = match n {
        1 => "Also the canceled message".to_owned(),
        n => format!("Also the {} canceled messages", thousands(n)),
    };
    view! {
        <label class="checkbox">
            <input type="checkbox" name="form[canceled]" value="true" />
            {label}
        </label>
    }
}

/// A date and time for all, or so many days for each.
#[component]
fn NewTime(error: Signal<Option<AppError>>, at: String, zone: String) -> impl IntoView {
    let (for_at, for_days) = (field_error(error, "at"), field_error(error, "days"));
    let is_days = RwSignal::new(false);
    view! {
        <fieldset class="field">
            <legend class="field-label">"New time"</legend>
            <label class="checkbox">
                <input type="radio" name="form[when]" value="time" checked on:change=move |_| is_days.set(false) />
                "One date and time"
            </label>
            <label class="checkbox">
                <input type="radio" name="form[when]" value="days" on:change=move |_| is_days.set(true) />
                "Some days later or earlier"
            </label>
        </fieldset>
        <div class="field" hidden=move || is_days.get()>
            <label class="field-label" for="bulk-at">
                "Date and time"
            </label>
            <p class="field-hint" id="bulk-at-hint">
                {format!("In the project's time zone, {zone}.")}
            </p>
            <input
                class="input"
                id="bulk-at"
                name="form[at]"
                type="datetime-local"
                value=at
                aria-invalid=move || for_at.get().map(|_| "true")
                aria-describedby=described_by("bulk-at", true, for_at)
            />
            <FieldError id="bulk-at" error=for_at />
        </div>
        <div class="field" hidden=move || !is_days.get()>
            <label class="field-label" for="bulk-days">
                "Days"
            </label>
            <p class="field-hint" id="bulk-days-hint">
                "Each message is moved by so many days, at the same time of the day. With a minus: earlier."
            </p>
            <input
                class="input"
                id="bulk-days"
                name="form[days]"
                type="number"
                min=-DAYS_MAX
                max=DAYS_MAX
                step="1"
                value="1"
                aria-invalid=move || for_days.get().map(|_| "true")
                aria-describedby=described_by("bulk-days", true, for_days)
            />
            <FieldError id="bulk-days" error=for_days />
        </div>
    }
}

#[component]
fn Pace(error: Signal<Option<AppError>>) -> impl IntoView {
    let error = field_error(error, "pace");
    view! {
        <div class="field">
            <label class="field-label" for="bulk-pace">
                "Messages per minute (optional)"
            </label>
            <p class="field-hint" id="bulk-pace-hint">
                "Empty for all at once."
            </p>
            <input
                class="input"
                id="bulk-pace"
                name="form[pace]"
                type="number"
                min="1"
                max=PACE_MAX
                step="1"
                inputmode="numeric"
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by("bulk-pace", true, error)
            />
            <FieldError id="bulk-pace" error />
        </div>
    }
}
