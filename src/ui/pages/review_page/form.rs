//! The form of the review page.

use super::NAMES;
use crate::{
    api::review_page::SaveReviewPage,
    domain::{
        AppError,
        review_page::{ADDRESS_MAX, ReviewPage, SITE_NAME_MAX, WORDS_MAX},
    },
    ui::{
        hooks::{action::FormAction, typing::after_typing},
        messages::steering::use_steering,
        parts::{
            field::{FieldError, FormNotice, TextField, described_by, field_error},
            submit_button::SubmitButton,
        },
    },
};
use html_escape::encode_text;
use leptos::{
    form::ActionForm,
    prelude::*,
    web_sys::{FormData, HtmlFormElement},
};

#[component]
pub fn ReviewPageForm(
    /// The first values of the controls.
    first: ReviewPage,
    /// What the form holds, as far as it could be saved.
    draft: RwSignal<ReviewPage>,
    slug: String,
) -> impl IntoView {
    let action = ServerAction::<SaveReviewPage>::new();
    let steering = use_steering();
    let project = slug.clone();
    action.on_done(move |done| steering.done(&project, done));
    let error = action.refusal();
    let typed = after_typing(move |form| {
        if let Some(held) = held(form)
            && held.checked().is_ok()
        {
            draft.set(held);
        }
    });
    let ReviewPage { logo, introduction, thanks, google, trustpilot, facebook, other, other_name, .. } = first.clone();
    view! {
        <section class="card" aria-labelledby="form-heading">
            <h2 id="form-heading">"Looks and words"</h2>
            <ActionForm action attr:novalidate="" attr:class="template-form" on:input=typed>
                <input type="hidden" name="slug" value=slug />
                <FormNotice error fields=&ReviewPage::FIELDS />
                <TextField
                    id="review-logo"
                    label="Logo (optional)"
                    name="form[logo]"
                    field="logo"
                    error
                    value=logo
                    kind="url"
                    maxlength=ADDRESS_MAX
                    hint="The https address of an image, such as the logo of your website. Without one, the project's name is shown."
                />
                <ColorField color=first.color().to_string() error />
                <WordsField
                    id="review-introduction"
                    label="Introduction (optional)"
                    name="form[introduction]"
                    field="introduction"
                    error
                    value=introduction
                    hint="Stands above the form. Without one, a sentence in the language of the project stands there."
                />
                <WordsField
                    id="review-thanks"
                    label="Thanks (optional)"
                    name="form[thanks]"
                    field="thanks"
                    error
                    value=thanks
                    hint="Stands after the review, whatever its rating. Without one, there are sentences in the language of the project."
                />
                <h3>"Review sites"</h3>
                <p class="muted">
                    "After the review, every customer is shown the same links, whatever the rating. To ask only content customers is forbidden by Google and by law (in the USA 16 CFR 465.7), so it cannot be chosen."
                </p>
                <TextField
                    id="review-google"
                    label="Google"
                    name="form[google]"
                    field="google"
                    error
                    value=google
                    kind="url"
                    maxlength=ADDRESS_MAX
                    hint="In your Google Business Profile: Ask for reviews, such as https://g.page/r/…/review."
                />
                <TextField
                    id="review-trustpilot"
                    label="Trustpilot"
                    name="form[trustpilot]"
                    field="trustpilot"
                    error
                    value=trustpilot
                    kind="url"
                    maxlength=ADDRESS_MAX
                />
                <TextField
                    id="review-facebook"
                    label="Facebook"
                    name="form[facebook]"
                    field="facebook"
                    error
                    value=facebook
                    kind="url"
                    maxlength=ADDRESS_MAX
                />
                <TextField
                    id="review-other-name"
                    label="Other site"
                    name="form[other_name]"
                    field="other_name"
                    error
                    value=other_name
                    maxlength=SITE_NAME_MAX
                />
                <TextField
                    id="review-other"
                    label="Its address"
                    name="form[other]"
                    field="other"
                    error
                    value=other
                    kind="url"
                    maxlength=ADDRESS_MAX
                />
                <div class="form-buttons">
                    <SubmitButton label="Save review page" pending=action.pending() />
                </div>
            </ActionForm>
        </section>
    }
}

/// What the controls hold.
fn held(form: &HtmlFormElement) -> Option<ReviewPage> {
    let data = FormData::new_with_form(form).ok()?;
    Some(ReviewPage::of(|field| {
        let name = NAMES.iter().find(|(of, _)| *of == field).map_or(field, |(_, name)| name);
        data.get(name).as_string().unwrap_or_default()
    }))
}

#[component]
fn ColorField(color: String, error: Signal<Option<AppError>>) -> impl IntoView {
    const ID: &str = "review-color";
    let error = field_error(error, "color");
    view! {
        <div class="field">
            <label class="field-label" for=ID>
                "Color"
            </label>
            <p class="field-hint" id=format!("{ID}-hint")>
                "Of the button and the line at the top. Words upon it are black or white, whichever is read better."
            </p>
            <input
                class="input color-input"
                id=ID
                type="color"
                name="form[color]"
                value=color
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by(ID, true, error)
            />
            <FieldError id=ID error />
        </div>
    }
}

/// Some lines of text.
#[component]
fn WordsField(
    id: &'static str,
    label: &'static str,
    name: &'static str,
    field: &'static str,
    error: Signal<Option<AppError>>,
    value: String,
    hint: &'static str,
) -> impl IntoView {
    let error = field_error(error, field);
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            <p class="field-hint" id=format!("{id}-hint")>
                {hint}
            </p>
            <textarea
                class="input"
                id=id
                name=name
                rows="3"
                maxlength=WORDS_MAX.to_string()
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by(id, true, error)
            >
                // Leptos does not escape the content of a text area.
                {encode_text(&value).into_owned()}
            </textarea>
            <FieldError id error />
        </div>
    }
}
