//! **Send a test**, and what came of the last one.

use super::fields::ChannelTarget;
use crate::{
    api::connections::TestConnection,
    domain::{
        connection::page::{ChannelConnection, TestReport},
        message::Channel,
    },
    ui::{
        hooks::action::FormAction,
        messages::{actions_menu::copy_text, steering::use_steering},
        parts::{
            badge::Badge,
            field::{FormNotice, TextField},
            submit_button::{PLAIN, SubmitButton},
            time::Time,
            toast::{Toasts, use_toasts},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn ConnectionTest(
    channel: Channel,
    data: Memo<ChannelConnection>,
    slug: String,
    today: NaiveDate,
) -> impl IntoView {
    let action = ServerAction::<TestConnection>::new();
    let (steering, toasts) = (use_steering(), use_toasts());
    let project = slug.clone();
    action.on_done(move |done| steering.done(&project, done));
    let error = action.refusal();
    let report = Memo::new(move |_| data.with(|data| data.setup.as_ref()?.test.clone()));
    let result = move || report.get().map(|report| result(report, today, toasts));
    let target = match channel {
        Channel::Email => {
            view! { <p class="muted">"A test email goes to your own address, over this connection alone."</p> }
                .into_any()
        }
        Channel::Sms => view! {
            <TextField
                id="test-sms-to"
                label="Send the test to"
                name="to"
                field="to"
                error
                kind="tel"
                hint="With the country code, such as +1 415 555 0132."
                maxlength=40
                required=true
            />
        }
        .into_any(),
    };
    view! {
        <div class="card connection-test">
            <h3>"Test"</h3>
            <ActionForm action>
                <ChannelTarget slug channel />
                {target}
                <FormNotice error fields=&["to"] />
                <SubmitButton label="Send a test" class=PLAIN pending=action.pending() />
            </ActionForm>
            <div role="status">{result}</div>
        </div>
    }
}

fn result(report: TestReport, today: NaiveDate, toasts: Toasts) -> AnyView {
    let TestReport { at, by, to, is_sent, answer, meaning, server, dialogue } = report;
    let (slug, label) = if is_sent { ("check", "Accepted") } else { ("failed", "Not sent") };
    let meaning = (!meaning.is_empty()).then(|| view! { <p>{meaning}</p> }.into_any());
    let for_provider = format!("To: {to}\nAt: {}\nServer: {server}\n\n{dialogue}", at.full());
    let copy = move |_| copy_text(toasts, for_provider.clone(), "Copied.".into());
    let said = (!dialogue.is_empty()).then(|| {
        view! {
            <details>
                <summary>{format!("What was said with {server}")}</summary>
                <pre class="preview-text">{dialogue}</pre>
                <button type="button" class="button js-only" on:click=copy>
                    "Copy for my provider"
                </button>
            </details>
        }
        .into_any()
    });
    view! {
        <div class="test-result">
            <p>
                <Badge slug label /> " " <Time at today /> {format!(" to {to}, by {by}")}
            </p>
            {meaning}
            <p>
                <code class="connection-words">{answer}</code>
            </p>
            {said}
        </div>
    }
    .into_any()
}
