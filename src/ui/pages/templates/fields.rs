//! The fields of a template, which are checked while somebody types, and the placeholders to put into them.

use super::state::Draft;
use crate::{
    domain::{
        AppError, AppResult,
        message::Channel,
        template::{Placeholder, SUBJECT_MAX, TemplateQuery, checked_body, checked_subject, needs},
    },
    ui::{
        hooks::{effect::effect, focus},
        parts::field::{FieldError, described_by, field_error},
    },
};
use html_escape::encode_text;
use leptos::{
    html,
    prelude::*,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::js_sys::{Function, Reflect},
};

const SUBJECT: &str = "template-subject";
const BODY: &str = "template-body";

/// What is wrong with the field: with what is typed once something was, else what the server said.
fn problem(
    draft: Draft,
    error: Signal<Option<AppError>>,
    field: &'static str,
    check: impl Fn() -> AppResult<String> + Send + Sync + 'static,
) -> Signal<Option<String>> {
    let said = field_error(error, field);
    let found = Memo::new(move |_| draft.is_touched.get().then(|| check().err().map(|error| error.to_string())));
    Signal::derive(move || found.get().unwrap_or_else(|| said.get()))
}

#[component]
pub fn SubjectField(draft: Draft, error: Signal<Option<AppError>>) -> impl IntoView {
    let check = move || draft.settled.with(|settled| checked_subject(Channel::Email, &settled.subject));
    let error = problem(draft, error, "subject", check);
    let input = NodeRef::<html::Input>::new();
    // What was typed before the scripts came.
    effect(move |before: Option<()>| {
        if let (None, Some(input)) = (before, input.get()) {
            draft.subject.set(input.value());
        }
    });
    view! {
        <div class="field">
            <label class="field-label" for=SUBJECT>
                "Subject"
            </label>
            <input
                class="input"
                id=SUBJECT
                name="wording[subject]"
                value=draft.subject.get_untracked()
                prop:value=move || draft.subject.get()
                maxlength=SUBJECT_MAX.to_string()
                autocomplete="off"
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by(SUBJECT, false, error)
                node_ref=input
                on:input=move |event| draft.subject.set(event_target_value(&event))
                on:focus=move |_| draft.is_in_subject.set_value(true)
            />
            <FieldError id=SUBJECT error />
        </div>
    }
}

#[component]
pub fn BodyField(query: TemplateQuery, draft: Draft, error: Signal<Option<AppError>>) -> impl IntoView {
    let TemplateQuery { template, channel } = query;
    let check = move || draft.settled.with(|settled| checked_body(template, channel, &settled.body));
    let error = problem(draft, error, "body", check);
    let area = NodeRef::<html::Textarea>::new();
    effect(move |before: Option<()>| {
        if let (None, Some(area)) = (before, area.get()) {
            draft.body.set(area.value());
        }
    });
    let (rows, hint) = match channel {
        Channel::Email => {
            ("14", "An empty line begins a new paragraph. The review link on a line of its own becomes a button.")
        }
        Channel::Sms => ("5", "Short texts cost less: an SMS is billed by segments, as counted in the preview."),
    };
    view! {
        <div class="field">
            <label class="field-label" for=BODY>
                "Text"
            </label>
            <p class="field-hint" id=format!("{BODY}-hint")>
                {hint}
            </p>
            <textarea
                class="input"
                id=BODY
                name="wording[body]"
                rows=rows
                autocomplete="off"
                prop:value=move || draft.body.get()
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by(BODY, true, error)
                node_ref=area
                on:input=move |event| draft.body.set(event_target_value(&event))
                on:focus=move |_| draft.is_in_subject.set_value(false)
            >
                // Leptos does not escape the content of a text area.
                {encode_text(&draft.body.get_untracked()).into_owned()}
            </textarea>
            <FieldError id=BODY error />
        </div>
    }
}

/// What can stand in the text; a press puts it where the cursor is.
#[component]
pub fn Placeholders(query: TemplateQuery, draft: Draft) -> impl IntoView {
    let needed = needs(query.template, query.channel);
    let item = |placeholder: Placeholder| {
        let written = placeholder.to_string();
        let insert = move |_| {
            let is_in_subject = draft.is_in_subject.get_value() && !placeholder.is_link();
            insert(if is_in_subject { SUBJECT } else { BODY }, &placeholder.to_string());
        };
        let must = needed.contains(&placeholder).then(|| view! { <strong>"needed"</strong> });
        view! {
            <li>
                <button type="button" class="chip js-only" on:click=insert>
                    <span class="visually-hidden">"Insert "</span>
                    {written.clone()}
                </button>
                <code class="no-js-only">{written}</code>
                <span class="muted">{placeholder.meaning()}</span>
                {must}
            </li>
        }
        .into_any()
    };
    view! {
        <div class="field">
            <h3 class="field-label" id="placeholders-heading">
                "Placeholders"
            </h3>
            <ul class="placeholders" aria-labelledby="placeholders-heading">
                {Placeholder::ALL.map(item).collect_view()}
            </ul>
        </div>
    }
}

/// Types `text` at the cursor, so that the browser's own Undo takes it back.
fn insert(id: &str, text: &str) {
    let Some(field) = focus::by_id(id) else { return };
    focus::call(&field, "focus");
    let document = document();
    if let Ok(type_in) = Reflect::get(&document, &"execCommand".into()).and_then(JsCast::dyn_into::<Function>) {
        let _ = type_in.call3(&document, &"insertText".into(), &JsValue::FALSE, &text.into());
    }
}
