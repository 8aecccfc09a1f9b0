//! The controls of a customer, for adding one and for changing one.

use crate::{
    domain::{
        AppError, CustomerId,
        contact::{EMAIL_MAX, NAME_MAX},
        customer::CustomerForm,
        project::Location,
    },
    ui::parts::field::{FieldError, FormNotice, TextField, described_by, field_error},
};
use leptos::prelude::*;

/// The errors that a control shows.
const FIELDS: &[&str] = &["name", "company", "email", "phone", "location", "visited"];

/// The project and the customer, which every action on a customer takes.
#[component]
pub fn CustomerTarget(slug: String, id: CustomerId) -> impl IntoView {
    view! {
        <input type="hidden" name="slug" value=slug />
        <input type="hidden" name="id" value=id.to_string() />
    }
}

#[component]
pub fn CustomerFields(
    /// The first values of the controls.
    form: CustomerForm,
    locations: Vec<Location>,
    error: Signal<Option<AppError>>,
    /// The field that has the focus when the form is shown.
    #[prop(default = None)]
    focus: Option<&'static str>,
) -> impl IntoView {
    let location =
        (!locations.is_empty()).then(|| view! { <LocationField chosen=form.location locations error /> }.into_any());
    view! {
        <FormNotice error fields=FIELDS />
        <TextField
            id="customer-name"
            label="Name"
            name="form[name]"
            field="name"
            error
            value=form.name
            maxlength=NAME_MAX
            required=true
        />
        <TextField
            id="customer-company"
            label="Company (optional)"
            name="form[company]"
            field="company"
            error
            value=form.company
            maxlength=NAME_MAX
        />
        <TextField
            id="customer-email"
            label="Email"
            name="form[email]"
            field="email"
            error
            value=form.email
            kind="email"
            autofocus=focus == Some("email")
            maxlength=EMAIL_MAX
        />
        <TextField
            id="customer-phone"
            label="Phone"
            name="form[phone]"
            field="phone"
            error
            value=form.phone
            kind="tel"
            autofocus=focus == Some("phone")
            hint="With the country code, such as +1 415 555 0132."
            maxlength=40
        />
        {location}
        <TextField
            id="customer-visited"
            label="Date of visit (optional)"
            name="form[visited]"
            field="visited"
            error
            value=form.visited
            kind="date"
            hint="The strategy may count from it."
        />
    }
}

#[component]
fn LocationField(chosen: String, locations: Vec<Location>, error: Signal<Option<AppError>>) -> impl IntoView {
    let error = field_error(error, "location");
    let option = |location: Location| {
        let id = location.id.to_string();
        let is_chosen = id == chosen;
        view! {
            <option value=id selected=is_chosen>
                {location.name}
            </option>
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for="customer-location">
                "Location"
            </label>
            <select
                class="select"
                id="customer-location"
                name="form[location]"
                aria-invalid=move || error.get().map(|_| "true")
                aria-describedby=described_by("customer-location", false, error)
            >
                <option value="">"None"</option>
                {locations.into_iter().map(option).collect_view()}
            </select>
            <FieldError id="customer-location" error />
        </div>
    }
}
