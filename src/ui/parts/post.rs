//! Forms that change something: each posts to a server function, which answers with what was done.
//!
//! They are plain forms. Where scripts run, `enhance/forms.rs` sends them by a call instead, and puts the answer where these
//! parts have left room for it.

use crate::domain::{AppError, customer::Done};
use leptos::{
    prelude::*,
    server_fn::{ServerFn, error::ServerFnUrlError},
};

/// The server function that a form posts to, and what it was refused for where it was sent without scripts.
#[derive(Clone, Debug)]
pub struct Post {
    pub path: &'static str,
    refusal: Option<AppError>,
}

impl Post {
    pub fn to<S: ServerFn<Output = Done, Error = AppError>>() -> Self {
        // Without scripts, it comes back in the address.
        let refusal = use_context::<ServerActionError>()
            .filter(|e| e.path() == S::PATH)
            .map(|e| ServerFnUrlError::<AppError>::decode_err(e.err()));
        Self { path: S::PATH, refusal }
    }

    /// What is wrong with the control that the server calls `field`.
    pub fn error(&self, field: &str) -> Option<String> {
        self.refusal.as_ref()?.for_field(field).map(str::to_owned)
    }

    /// Room for what is wrong with the form as a whole: an error that is about none of `fields`, which show theirs themselves.
    pub fn notice(&self, fields: &[&str]) -> impl IntoView + use<> {
        let error = self.refusal.as_ref().filter(|e| fields.iter().all(|field| e.for_field(field).is_none()));
        let sentence = error.map(|e| view! { <p class="notice notice-error">{e.to_string()}</p> });
        view! { <div role="alert" data-error="">{sentence}</div> }
    }
}

/// Room for what is wrong with the control `id`, which the server calls `field`, and the sentence where there is one. It is in
/// the page from the start, so that what comes is read out.
pub fn field_error(id: &str, field: &'static str, error: Option<String>) -> impl IntoView + use<> {
    let none = error.is_none();
    view! {
        <p class="field-error" id=format!("{id}-error") data-error=field hidden=none role="alert">
            {error}
        </p>
    }
}

/// The ids of a control's hint and of the room for its error, for `aria-describedby`.
pub fn described_by(id: &str, hint: bool) -> String {
    if hint { format!("{id}-hint {id}-error") } else { format!("{id}-error") }
}

/// One line of input, with its label, hint and error.
#[component]
pub fn TextField(
    /// Unique on the page.
    id: &'static str,
    label: &'static str,
    /// The control's name in the form.
    name: &'static str,
    /// What the server calls it in an error.
    field: &'static str,
    error: Option<String>,
    /// What stands in it until something else is typed.
    #[prop(optional, into)]
    value: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional)] maxlength: Option<usize>,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" for=id>
                {label}
            </label>
            {hint.map(|h| view! { <p class="field-hint" id=format!("{id}-hint")>{h}</p> })}
            <input
                class="input"
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                maxlength=maxlength.map(|n| n.to_string())
                required=required
                aria-invalid=error.as_ref().map(|_| "true")
                aria-describedby=described_by(id, hint.is_some())
            />
            {field_error(id, field, error)}
        </div>
    }
}
