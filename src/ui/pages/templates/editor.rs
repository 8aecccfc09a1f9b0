//! The form of a template; for whom may not change it, its text.

use super::{
    fields::{BodyField, Placeholders, SubjectField},
    state::{Draft, Own},
};
use crate::{
    api::templates::{RestoreTemplate, SaveTemplate, SendTemplateTest},
    domain::{
        AppError,
        message::Channel,
        template::{DEFAULT, TemplateQuery, TemplatesPage},
    },
    ui::{
        hooks::action::FormAction,
        messages::steering::use_steering,
        parts::{
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{ev, form::ActionForm, prelude::*, server_fn::ServerFn};

/// The controls that show their own errors.
const FIELDS: &[&str] = &["subject", "body"];

#[component]
pub fn Editor(query: TemplateQuery, data: Memo<TemplatesPage>, draft: Draft, slug: String) -> impl IntoView {
    let save = ServerAction::<SaveTemplate>::new();
    let test = ServerAction::<SendTemplateTest>::new();
    let steering = use_steering();
    let project = StoredValue::new(slug.clone());
    save.on_done(move |done| {
        project.with_value(|slug| steering.done(slug, done));
        draft.did(Own::Saved);
    });
    test.on_done(move |done| project.with_value(|slug| steering.done(slug, done)));
    let (not_saved, not_sent) = (save.refusal(), test.refusal());
    // The last of the two that was asked for says what is wrong.
    let error = Signal::derive(move || not_saved.get().or_else(|| not_sent.get()));
    let pending = save.pending();
    let is_sending = test.pending();
    let overtaken = move || {
        (draft.is_overtaken() && !pending.get() && error.with(Option::is_none)).then(|| {
            view! {
                <p class="notice">
                    "Somebody saved this template meanwhile. What you typed is still here: copy it, then load the page again to see theirs."
                </p>
            }
            .into_any()
        })
    };
    let subject = (query.channel == Channel::Email).then(|| view! { <SubjectField draft error /> }.into_any());
    // Without scripts, the form itself is sent there.
    let send = move |event: ev::MouseEvent| {
        event.prevent_default();
        if !is_sending.get_untracked() {
            save.value().set(None);
            test.dispatch(SendTemplateTest { slug: project.get_value(), query, wording: untrack(|| draft.wording()) });
        }
    };
    let forget_test = move |_| test.value().set(None);
    let frame = query.preview(&slug);
    let preview = (query.channel == Channel::Email).then(|| {
        view! {
            <button class="button no-js-only" type="submit" formaction=frame formtarget="template-preview-0">
                "Show in the preview"
            </button>
        }
        .into_any()
    });
    view! {
        <section class="card template-editor" aria-labelledby="editor-heading">
            <h2 id="editor-heading">{query.name()}</h2>
            <ActionForm action=save attr:novalidate="" attr:class="template-form" on:submit:capture=forget_test>
                <input type="hidden" name="slug" value=slug.clone() />
                <input type="hidden" name="query" value=query.to_query() />
                <input type="hidden" name="follows" value=move || draft.follows.get().to_string() />
                <FormNotice error fields=FIELDS />
                {overtaken}
                {subject}
                <BodyField query draft error />
                <Placeholders query draft />
                <div class="form-buttons">
                    <SubmitButton label="Save template" pending />
                    <button
                        class="button"
                        type="submit"
                        formaction=SendTemplateTest::PATH
                        aria-disabled=move || is_sending.get().then_some("true")
                        on:click=send
                    >
                        "Send a test to me"
                    </button>
                    {preview}
                </div>
            </ActionForm>
            <DefaultForm query data draft slug=project.get_value() />
        </section>
    }
}

/// Restores the text that every project begins with.
#[component]
fn DefaultForm(query: TemplateQuery, data: Memo<TemplatesPage>, draft: Draft, slug: String) -> impl IntoView {
    let is_default = Memo::new(move |_| data.with(|page| page.is_default));
    let form = restoring(query, draft, slug);
    view! {
        <div class="template-default" hidden=move || is_default.get()>
            {form(DEFAULT, "Restore the default".to_owned())}
        </div>
    }
}

/// Makes forms that restore a version. They share an action, and so what it answers.
pub fn restoring(query: TemplateQuery, draft: Draft, slug: String) -> impl Fn(i32, String) -> AnyView + Clone {
    let action = ServerAction::<RestoreTemplate>::new();
    let steering = use_steering();
    let project = slug.clone();
    action.on_done(move |done| {
        steering.done(&project, done);
        draft.did(Own::Restored);
    });
    let error: Signal<Option<AppError>> = action.refusal();
    let asked = Signal::derive(move || action.input().with(|input| input.as_ref().map(|input| input.number)));
    move |number, label| {
        let slug = slug.clone();
        // Without scripts nothing tells which form was refused: the first says it.
        let own = Signal::derive(move || error.get().filter(|_| asked.get().unwrap_or(DEFAULT) == number));
        view! {
            <ActionForm action attr:class="restore-form">
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="query" value=query.to_query() />
                <input type="hidden" name="number" value=number.to_string() />
                <input type="hidden" name="follows" value=move || draft.follows.get().to_string() />
                <FormNotice error=own />
                <SubmitButton label class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    }
}

/// For whom may read the project only.
#[component]
pub fn Reader(query: TemplateQuery, data: Memo<TemplatesPage>) -> impl IntoView {
    let subject = (query.channel == Channel::Email).then(|| {
        view! {
            <h3>"Subject"</h3>
            <p class="preview-text">{move || data.with(|page| page.wording.subject.clone())}</p>
        }
        .into_any()
    });
    view! {
        <section class="card template-editor" aria-labelledby="editor-heading">
            <h2 id="editor-heading">{query.name()}</h2>
            <p class="muted">"Managers of this project can change it."</p>
            {subject}
            <h3>"Text"</h3>
            <pre class="preview-text">{move || data.with(|page| page.wording.body.clone())}</pre>
        </section>
    }
}
