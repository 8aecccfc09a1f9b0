//! Asking a customer for a review by hand: by which channels, with how many reminders, when.

use super::fields::target;
use crate::{
    api::requests::RequestReview,
    domain::{
        ask::{REMINDER_DAYS, REMINDERS_MAX},
        customer::Customer,
        project::Frame,
    },
    ui::parts::{
        dialog::{AddressDialog, close_link, dialog_foot},
        post::{Post, described_by, field_error},
    },
};
use leptos::prelude::*;

/// `back` is the address without the dialog.
pub fn request_dialog(customer: &Customer, frame: &Frame, back: String) -> impl IntoView + use<> {
    let title = format!("Request a review from {}", customer.name);
    let content = match obstacle(customer) {
        Some(sentence) => view! {
            <p class="notice">{sentence}</p>
            <div class="dialog-foot">{close_link(&back, "Close")}</div>
        }
        .into_any(),
        None => form(customer, frame, &back).into_any(),
    };
    view! { <AddressDialog title back>{content}</AddressDialog> }
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

fn form(customer: &Customer, frame: &Frame, back: &str) -> impl IntoView + use<> {
    let post = Post::to::<RequestReview>();
    view! {
        <form method="post" action=post.path>
            {target(&frame.slug, customer.id)} {post.notice(&["channels", "reminders", "days", "at"])}
            {channels(customer, &post)} {reminders(&post)} {when(frame, &post)}
            {dialog_foot(back, "Request review", false)}
        </form>
    }
}

fn channels(customer: &Customer, post: &Post) -> impl IntoView + use<> {
    let channel = |name: &'static str, label: &'static str, address: &str, missing: &'static str| {
        let there = !address.is_empty();
        let hint = if there { address.to_owned() } else { missing.to_owned() };
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
                <p class="field-hint" id=hint_id>
                    {hint}
                </p>
            </div>
        }
    };
    let error = post.error("channels");
    view! {
        <fieldset class="field" aria-describedby=described_by("ask-channels", false)>
            <legend class="field-label">"Channels"</legend>
            {channel("form[email]", "Email", &customer.email, "No email address yet. Edit the customer to add one.")}
            {channel("form[sms]", "SMS", &customer.phone, "No phone number yet. Edit the customer to add one.")}
            {field_error("ask-channels", "channels", error)}
        </fieldset>
    }
}

fn reminders(post: &Post) -> impl IntoView + use<> {
    let option = |n: u8| {
        let label = match n {
            0 => "None".to_owned(),
            1 => "1 reminder".to_owned(),
            n => format!("{n} reminders"),
        };
        view! {
            <option value=n.to_string() selected=n == 1>
                {label}
            </option>
        }
    };
    let (for_count, for_days) = (post.error("reminders"), post.error("days"));
    view! {
        <div class="field">
            <label class="field-label" for="ask-reminders">
                "Reminders"
            </label>
            <p class="field-hint" id="ask-reminders-hint">
                "Not sent once the customer has left a review."
            </p>
            <select
                class="select"
                id="ask-reminders"
                name="form[reminders]"
                aria-describedby=described_by("ask-reminders", true)
            >
                {(0..=REMINDERS_MAX).map(option).collect_view()}
            </select>
            {field_error("ask-reminders", "reminders", for_count)}
        </div>
        <div class="field">
            <label class="field-label" for="ask-days">
                "Days between messages"
            </label>
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
                aria-invalid=for_days.as_ref().map(|_| "true")
                aria-describedby=described_by("ask-days", false)
            />
            {field_error("ask-days", "days", for_days)}
        </div>
    }
}

/// Now, or at a time in the project's zone. The time is shown once it is asked for (by the style sheet, from the state
/// of the choice), and passed over by the server where the choice is Now.
fn when(frame: &Frame, post: &Post) -> impl IntoView + use<> {
    let error = post.error("at");
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
                <label class="field-label" for="ask-at">
                    "Date and time"
                </label>
                <p class="field-hint" id="ask-at-hint">
                    {format!("In the project's time zone, {}.", frame.zone)}
                </p>
                <input
                    class="input"
                    id="ask-at"
                    name="form[at]"
                    type="datetime-local"
                    min=format!("{}T00:00", frame.today)
                    aria-invalid=error.as_ref().map(|_| "true")
                    aria-describedby=described_by("ask-at", true)
                />
            </div>
            {field_error("ask-at", "at", error)}
        </fieldset>
    }
}
