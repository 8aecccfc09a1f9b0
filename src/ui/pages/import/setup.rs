//! What a file holds, and which of its columns is what, before anything is imported.

use crate::{
    api::imports::{CancelImport, StartImport},
    domain::{
        import::{
            Import,
            matching::{Field, Matching},
        },
        project::Frame,
        stats::{count, thousands},
    },
    ui::{
        hooks::action::{FormAction, FormFunction},
        messages::steering::use_steering,
        parts::{
            field::{FormNotice, SelectField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

/// The fields whose errors stand beside them.
const FIELDS: &[&str] = &[
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "location",
    "tags",
    "visited",
    "charge_amount",
    "charge_on",
    "charge_currency",
    "charge_id",
    "subscription",
];

/// The id of the control for a field, and its name in the form.
fn control(field: Field) -> (&'static str, &'static str) {
    match field {
        Field::Name => ("import-name", "form[name]"),
        Field::FirstName => ("import-first-name", "form[first_name]"),
        Field::LastName => ("import-last-name", "form[last_name]"),
        Field::Email => ("import-email", "form[email]"),
        Field::Phone => ("import-phone", "form[phone]"),
        Field::Company => ("import-company", "form[company]"),
        Field::Location => ("import-location", "form[location]"),
        Field::Tags => ("import-tags", "form[tags]"),
        Field::Visited => ("import-visited", "form[visited]"),
        Field::ChargeAmount => ("import-charge-amount", "form[charge_amount]"),
        Field::ChargeOn => ("import-charge-on", "form[charge_on]"),
        Field::ChargeCurrency => ("import-charge-currency", "form[charge_currency]"),
        Field::ChargeId => ("import-charge-id", "form[charge_id]"),
        Field::Subscription => ("import-subscription", "form[subscription]"),
    }
}

/// An action of this page, which says what it did; the page reads its data again.
pub fn import_action<S: FormFunction>(slug: &str) -> ServerAction<S> {
    let action = ServerAction::<S>::new();
    let steering = use_steering();
    let slug = slug.to_owned();
    action.on_done(move |done| steering.done(&slug, done));
    action
}

#[component]
pub fn Setup(
    import: Memo<Import>,
    /// Whether the strategy is on.
    is_automatic: Memo<bool>,
    frame: Frame,
) -> impl IntoView {
    let import = import.get_untracked();
    let action = import_action::<StartImport>(&frame.slug);
    let discard = import_action::<CancelImport>(&frame.slug);
    let error = action.refusal();
    let strategy = frame.href("strategy");
    let warning = move || {
        is_automatic.get().then(|| {
            view! {
                <p class="notice">
                    "The strategy is on: the customers who are added are asked for a review automatically, by its rules. See the "
                    <a href=strategy.clone()>"strategy"</a> " first."
                </p>
            }
            .into_any()
        })
    };
    let (slug, id) = (frame.slug, import.id.to_string());
    let (same_slug, same_id) = (slug.clone(), id.clone());
    let total = u64::from(import.counts.total);
    let found = format!(
        "{} and {}, {}, separated by {}.",
        count(total, "row"),
        count(import.columns.len() as u64, "column"),
        import.encoding,
        match import.separator_name() {
            "comma" => "commas",
            "semicolon" => "semicolons",
            "tab" => "tabs",
            _ => "vertical bars",
        }
    );
    let header = if import.has_header {
        "The first row counts as the names of the columns, and not as a customer."
    } else {
        "The first row holds an email address or a phone number, so it counts as a customer and not as the names of the columns."
    };
    let matched = if import.is_remembered {
        "Chosen as for the last file with these columns."
    } else {
        "Chosen by the names of the columns. Change what is wrong."
    };
    let options = options(&import.columns);
    let select = |field: Field| {
        let (id, name) = control(field);
        let chosen = import.matching.column(field).map_or_else(String::new, |column| column.to_string());
        view! { <SelectField id label=field.label() name field=field.slug() error options=options.clone() chosen /> }
    };
    let selects = Field::ALL.map(select).into_iter().collect_view();
    view! {
        <p class="muted">{found}</p>
        <p class="muted">{header}</p>
        <Preview import=import.clone() />
        <section class="card import-card" aria-labelledby="columns-heading">
            <h2 id="columns-heading">"What the columns hold"</h2>
            <p class="muted">
                {matched}
                " Give the names either as whole names or as first and last names; the email or the phone is needed to know a customer again."
            </p>
            <p class="muted">
                "Each row may bring a charge to its customer: an amount and its date (that of the visit, where no other is chosen). A charge with the external ID of another one is the same charge, so that a file can be imported again; without an ID it is added each time."
            </p>
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="id" value=id />
                <FormNotice error fields=FIELDS />
                <div class="import-fields">{selects}</div>
                {warning}
                <div class="import-actions">
                    <SubmitButton label=format!("Import {} {}", thousands(total), if total == 1 { "row" } else { "rows" }) pending=action.pending() />
                </div>
            </ActionForm>
            <ActionForm action=discard>
                <input type="hidden" name="slug" value=same_slug />
                <input type="hidden" name="id" value=same_id />
                <FormNotice error=discard.refusal() />
                <SubmitButton label="Delete the file" class=PLAIN pending=discard.pending() />
            </ActionForm>
        </section>
    }
}

/// The columns, by their numbers; none first.
fn options(columns: &[String]) -> Vec<(String, String)> {
    let column = |(place, name): (usize, &String)| (place.to_string(), name.clone());
    std::iter::once((String::new(), "None".to_owned())).chain(columns.iter().enumerate().map(column)).collect()
}

/// The first rows.
#[component]
fn Preview(import: Import) -> impl IntoView {
    let Import { columns, preview, matching, .. } = import;
    let head = columns.into_iter().enumerate().map(|(place, name)| head(place, name, &matching)).collect_view();
    let cell = |value: String| view! { <td>{value}</td> };
    let row = |row: Vec<String>| view! { <tr>{row.into_iter().map(cell).collect_view()}</tr> };
    let shown = preview.len();
    view! {
        <section aria-labelledby="preview-heading">
            <h2 id="preview-heading">"Preview"</h2>
            <div class="import-preview" tabindex="0" role="region" aria-labelledby="preview-heading">
                <table>
                    <caption class="visually-hidden">{format!("The first {}", count(shown as u64, "row"))}</caption>
                    <thead>
                        <tr>{head}</tr>
                    </thead>
                    <tbody>{preview.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

fn head(place: usize, name: String, matching: &Matching) -> impl IntoView {
    let field = Field::ALL.into_iter().find(|field| matching.column(*field) == Some(place));
    let words = field.map_or("Not imported", Field::label);
    view! {
        <th scope="col" class:import-ignored=field.is_none()>
            {name}
            <span class="import-field">{words}</span>
        </th>
    }
}
