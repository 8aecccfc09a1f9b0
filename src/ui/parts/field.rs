//! Controls of forms, each with its label, hint and error.

use crate::domain::AppError;
use leptos::prelude::*;

/// The error of the control that the server calls `field`.
pub fn field_error(error: Signal<Option<AppError>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || error.with(|error| error.as_ref()?.for_field(field).map(str::to_owned)))
}

/// An error of the form as a whole. The controls named in `fields` show their own.
#[component]
pub fn FormNotice(
    #[prop(into)] error: Signal<Option<AppError>>,
    #[prop(default = &[])] fields: &'static [&'static str],
) -> impl IntoView {
    let sentence = move || error.with(|error| error.as_ref()?.beside(fields));
    view! {
        <div role="alert">
            {move || sentence().map(|s| view! { <p class="notice notice-error">{s}</p> }.into_any())}
        </div>
    }
}

/// One line of input.
#[component]
pub fn TextField(
    /// Unique on the page.
    id: &'static str,
    label: &'static str,
    /// The control's name in the form.
    name: &'static str,
    /// What the server calls it in an error.
    field: &'static str,
    #[prop(into)] error: Signal<Option<AppError>>,
    /// Its value until something else is typed.
    #[prop(optional, into)]
    value: Signal<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] maxlength: Option<usize>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let error = field_error(error, field);
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            {hint.map(|hint| view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> })}
            <input
                class="input"
                id=id
                name=name
                type=kind
                value=move || value.get()
                autocomplete=autocomplete
                maxlength=maxlength.map(|n| n.to_string())
                required=required
                autofocus=autofocus
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by(id, hint.is_some(), error)
            />
            <FieldError id error />
        </div>
    }
}

/// A choice among few. `options` are values with their names.
#[component]
pub fn SelectField(
    /// Unique on the page.
    id: &'static str,
    label: &'static str,
    /// The control's name in the form.
    name: &'static str,
    /// What the server calls it in an error.
    field: &'static str,
    #[prop(into)] error: Signal<Option<AppError>>,
    options: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    let error = field_error(error, field);
    let option = |(value, name): (String, String)| {
        let is_chosen = value == chosen;
        view! {
            <option value=value selected=is_chosen>
                {name}
            </option>
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            <select
                class="select"
                id=id
                name=name
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by(id, false, error)
            >
                {options.into_iter().map(option).collect_view()}
            </select>
            <FieldError id error />
        </div>
    }
}

/// The sentence below a control. It is in the page from the start, so that screen readers announce it.
#[component]
pub fn FieldError(id: &'static str, error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <p class="field-error" id=format!("{id}-error") hidden=move || error.get().is_none() role="alert">
            {move || error.get().unwrap_or_default()}
        </p>
    }
}

/// The ids of a control's hint and error, for `aria-describedby`.
pub fn described_by(
    id: &'static str,
    hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Clone + Send + Sync + 'static {
    move || match (hint, error.get().is_some()) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-hint {id}-error")),
    }
}
