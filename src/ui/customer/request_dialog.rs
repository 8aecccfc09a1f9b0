//! Asking a customer for a review by hand: by which channels, with how many reminders, when.

use super::fields::CustomerTarget;
use crate::{
    api::requests::RequestReview,
    domain::{
        AppError,
        ask::{REMINDER_DAYS, REMINDERS_MAX},
        contact::phone_words,
        customer::Customer,
        project::Frame,
    },
    ui::{
        hooks::action::FormAction,
        messages::dialog_action::dialog_action,
        parts::{
            dialog::{AddressDialog, CloseLink, FormFoot},
            field::{FieldError, FormNotice, described_by, field_error},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

/// The errors that a control shows.
const FIELDS: &[&str] = &["channels", "reminders", "days", "at"];

#[component]
pub fn RequestDialog(
    customer: Customer,
    frame: Frame,
    /// The address without the dialog.
    back: Signal<String>,
) -> impl IntoView {
    let title = format!("Request a review from {}", customer.name);
    let content = move || match obstacle(&customer) {
        Some(sentence) => view! {
            <p class="notice">{sentence}</p>
            <div class="dialog-foot">
                <CloseLink back label="Close" />
            </div>
        }
        .into_any(),
        None => view! { <RequestForm customer frame back /> }.into_any(),
    };
    view! {
        <AddressDialog title back>
            <div class="dialog-body">{content()}</div>
        </AddressDialog>
    }
}

/// Why this customer cannot be asked at all.
fn obstacle(customer: &Customer) -> Option<&'static str> {
    if customer.archived.is_some() {
        Some("This customer is archived. Unarchive the customer to request a review.")
    } else if customer.unsubscribed.is_some() {
        Some(
            "This customer has unsubscribed and is not asked for reviews. Only resubscribe a customer who asked for it.",
        )
    } else if customer.email.is_empty() && customer.phone.is_empty() {
        Some("This customer has neither an email address nor a phone number. Edit the customer and add one.")
    } else {
        None
    }
}

#[component]
fn RequestForm(customer: Customer, frame: Frame, back: Signal<String>) -> impl IntoView {
    let action = dialog_action::<RequestReview>(frame.slug.clone(), || {});
    let error = action.refusal();
    let Customer { id, email, phone, .. } = customer;
    let Frame { slug, zone, today, .. } = frame;
    view! {
        <ActionForm action>
            <CustomerTarget slug id />
            <FormNotice error fields=FIELDS />
            <Channels email phone error />
            <Reminders error />
            <When error zone today=today.to_string() />
            <FormFoot back submit="Request review" pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn Channels(email: String, phone: String, error: Signal<Option<AppError>>) -> impl IntoView {
    let error = field_error(error, "channels");
    let channel = |name: &'static str, label: &'static str, address: String, missing: &'static str| {
        let there = !address.is_empty();
        let hint = if there { address } else { missing.to_owned() };
        let hint_id = format!("ask-{label}-hint");
        view! {
            <div>
                <label class="checkbox">
                    <input
                        type="checkbox"
                        name=name
                        value="true"
                        checked=there
                        disabled=!there
                        aria-describedby=hint_id.clone()
                    />
                    {label}
                </label>
                <p class="field-hint" id=hint_id>{hint}</p>
            </div>
        }
    };
    view! {
        <fieldset class="field" aria-describedby=described_by("ask-channels", false, error)>
            <legend class="field-label">"Channels"</legend>
            {channel("form[email]", "Email", email, "No email address yet. Edit the customer to add one.")}
            {channel("form[sms]", "SMS", phone_words(&phone), "No phone number yet. Edit the customer to add one.")}
            <FieldError id="ask-channels" error />
        </fieldset>
    }
}

#[component]
fn Reminders(error: Signal<Option<AppError>>) -> impl IntoView {
    let options = (0..=REMINDERS_MAX)
        .map(|n| {
            let label = match n {
                0 => "None".to_owned(),
                1 => "1 reminder".to_owned(),
                n => format!("{n} reminders"),
            };
            view! { <option value=n.to_string() selected=n == 1>{label}</option> }
        })
        .collect_view();
    let for_count = field_error(error, "reminders");
    let for_days = field_error(error, "days");
    view! {
        <div class="field">
            <label class="field-label" for="ask-reminders">"Reminders"</label>
            <p class="field-hint" id="ask-reminders-hint">"Not sent once the customer has left a review."</p>
            <select
                class="select"
                id="ask-reminders"
                name="form[reminders]"
                aria-describedby=described_by("ask-reminders", true, for_count)
            >
                {options}
            </select>
            <FieldError id="ask-reminders" error=for_count />
        </div>
        <div class="field">
            <label class="field-label" for="ask-days">"Days between messages"</label>
            <input
                class="input"
                id="ask-days"
                name="form[days]"
                type="number"
                min="1"
                max="90"
                step="1"
                inputmode="numeric"
                value=REMINDER_DAYS.to_string()
                aria-invalid=move || for_days.get().map(|_| "true")
                aria-describedby=described_by("ask-days", false, for_days)
            />
            <FieldError id="ask-days" error=for_days />
        </div>
    }
}

/// Now, or at a time in the project's zone. The time is shown once it is asked for (by the style sheet, from the state
/// of the choice), and passed over by the server where the choice is Now.
#[component]
fn When(error: Signal<Option<AppError>>, zone: String, today: String) -> impl IntoView {
    let error = field_error(error, "at");
    view! {
        <fieldset class="field when">
            <legend class="field-label">"When"</legend>
            <label class="checkbox">
                <input type="radio" name="form[when]" value="now" checked />
                "Now"
            </label>
            <label class="checkbox">
                <input type="radio" class="when-later" name="form[when]" value="later" />
                "At a date and time"
            </label>
            <div class="when-at">
                <label class="field-label" for="ask-at">"Date and time"</label>
                <p class="field-hint" id="ask-at-hint">{format!("In the project's time zone, {zone}.")}</p>
                <input
                    class="input"
                    id="ask-at"
                    name="form[at]"
                    type="datetime-local"
                    min=format!("{today}T00:00")
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=described_by("ask-at", true, error)
                />
            </div>
            <FieldError id="ask-at" error />
        </fieldset>
    }
}
