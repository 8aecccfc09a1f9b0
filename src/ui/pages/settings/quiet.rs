//! Quiet hours by the customer's clock.

use super::settings_action;
use crate::{
    api::sending::SaveQuietHours,
    domain::{
        project::Frame,
        role::Role,
        sending::{QuietHours, SendingPage, minutes_words},
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FormNotice, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn QuietForm(data: Memo<SendingPage>, frame: Frame) -> impl IntoView {
    let quiet = Memo::new(move |_| data.with(|page| page.quiet));
    let sentence = move || quiet.with(words);
    let form = frame.may(Role::Manager).then(|| {
        let action = settings_action::<SaveQuietHours>(&frame.slug);
        let error = action.refusal();
        let start = Signal::derive(move || minutes_words(quiet.get().hours.start));
        let end = Signal::derive(move || minutes_words(quiet.get().hours.end));
        let first = quiet.get_untracked();
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <FormNotice error fields=&["start", "end"] />
                <fieldset class="field">
                    <legend class="field-label">"Hold"</legend>
                    <label class="checkbox">
                        <input type="checkbox" name="sms" value="true" checked=first.sms />
                        "SMS"
                    </label>
                    <label class="checkbox">
                        <input type="checkbox" name="email" value="true" checked=first.email />
                        "Email"
                    </label>
                </fieldset>
                <div class="times">
                    <TextField id="quiet-start" label="From" name="start" field="start" error value=start kind="time" />
                    <TextField id="quiet-end" label="Until" name="end" field="end" error value=end kind="time" />
                </div>
                <SubmitButton label="Save quiet hours" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="quiet-heading">
            <h2 id="quiet-heading">"Quiet hours"</h2>
            <p>{sentence}</p>
            <p class="muted">
                "In the customer's local time, as far as the phone number tells it. Where several time zones are possible, the message waits until it is day in all of them."
            </p>
            {form}
        </section>
    }
}

fn words(quiet: &QuietHours) -> String {
    let what = match (quiet.email, quiet.sms) {
        (true, true) => "No email and no SMS is",
        (true, false) => "No email is",
        (false, true) => "No SMS is",
        (false, false) => return "Messages are sent at any time of day.".to_owned(),
    };
    format!("{what} sent from {} until {}.", minutes_words(quiet.hours.start), minutes_words(quiet.hours.end))
}
