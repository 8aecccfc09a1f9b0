//! The controls of a customer, for adding one and for changing one.

use crate::{
    domain::{
        CustomerId,
        contact::{EMAIL_MAX, NAME_MAX},
        customer::CustomerForm,
        project::Location,
    },
    ui::parts::post::{Post, TextField, described_by, field_error},
};
use leptos::prelude::*;

/// Whose form it is: what every action on a customer takes.
pub fn target(slug: &str, id: CustomerId) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="slug" value=slug.to_owned() />
        <input type="hidden" name="id" value=id.to_string() />
    }
}

/// `form` is what stands in them at first.
pub fn customer_fields(form: CustomerForm, locations: &[Location], post: &Post) -> impl IntoView + use<> {
    view! {
        {post.notice(&["name", "company", "email", "phone", "location"])}
        <TextField
            id="customer-name"
            label="Name"
            name="form[name]"
            field="name"
            error=post.error("name")
            value=form.name
            maxlength=NAME_MAX
            required=true
        />
        <TextField
            id="customer-company"
            label="Company (optional)"
            name="form[company]"
            field="company"
            error=post.error("company")
            value=form.company
            maxlength=NAME_MAX
        />
        <TextField
            id="customer-email"
            label="Email"
            name="form[email]"
            field="email"
            error=post.error("email")
            value=form.email
            kind="email"
            maxlength=EMAIL_MAX
        />
        <TextField
            id="customer-phone"
            label="Phone"
            name="form[phone]"
            field="phone"
            error=post.error("phone")
            value=form.phone
            kind="tel"
            hint="With the country code, such as +1 415 555 0132."
            maxlength=40
        />
        {(!locations.is_empty()).then(|| location_field(&form.location, locations, post))}
    }
}

fn location_field(chosen: &str, locations: &[Location], post: &Post) -> impl IntoView + use<> {
    let error = post.error("location");
    let option = |location: &Location| {
        let id = location.id.to_string();
        let selected = id == chosen;
        view! {
            <option value=id selected=selected>
                {location.name.clone()}
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
                aria-invalid=error.as_ref().map(|_| "true")
                aria-describedby=described_by("customer-location", false)
            >
                <option value="">"None"</option>
                {locations.iter().map(option).collect_view()}
            </select>
            {field_error("customer-location", "location", error)}
        </div>
    }
}
