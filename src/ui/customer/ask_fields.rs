//! The controls of asking for reviews: by which channels, with how many reminders, when.

use crate::{
    domain::{
        AppError,
        ask::{REMINDER_DAYS, REMINDERS_MAX},
    },
    ui::parts::field::{FieldError, described_by, field_error},
};
use leptos::prelude::*;

/// The errors that these controls show.
pub const FIELDS: &[&str] = &["channels", "reminders", "days", "at"];

/// `email` and `sms` say what they reach, or why they reach nobody.
#[component]
pub fn Channels(
    email: Result<String, &'static str>,
    sms: Result<String, &'static str>,
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    let error = field_error(error, "channels");
    let channel = |name: &'static str, label: &'static str, reached: Result<String, &'static str>| {
        let there = reached.is_ok();
        let hint = reached.unwrap_or_else(str::to_owned);
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
            {channel("form[email]", "Email", email)} {channel("form[sms]", "SMS", sms)}
            <FieldError id="ask-channels" error />
        </fieldset>
    }
}

#[component]
pub fn Reminders(error: Signal<Option<AppError>>) -> impl IntoView {
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
pub fn When(error: Signal<Option<AppError>>, zone: String, today: String) -> impl IntoView {
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
