//! How many automatic messages leave a day and a month.

use super::settings_action;
use crate::{
    api::strategy::SaveLimits,
    domain::{
        message::Channel,
        project::Frame,
        role::Role,
        stats::count,
        strategy::{Limits, page::StrategyPage},
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
pub fn LimitsCard(data: Memo<StrategyPage>, frame: Frame) -> impl IntoView {
    let limits = Memo::new(move |_| data.with(|page| page.strategy.limits));
    let value = move |of: fn(&Limits) -> Option<u32>| {
        Signal::derive(move || limits.with(of).map_or_else(String::new, |n| n.to_string()))
    };
    let form = frame.may(Role::Manager).then(|| {
        let action = settings_action::<SaveLimits>(&frame.slug);
        let error = action.refusal();
        let field = move |id: &'static str, label: &'static str, name: &'static str, of: fn(&Limits) -> Option<u32>| {
            let field = name.trim_start_matches("form[").trim_end_matches(']');
            view! { <TextField id label name field error value=value(of) /> }.into_any()
        };
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <FormNotice error fields=&["email_day", "email_month", "sms_day", "sms_month"] />
                <div class="times">
                    {field("email-day", "Emails a day", "form[email_day]", |limits| limits.email.per_day)}
                    {field("email-month", "Emails a month", "form[email_month]", |limits| limits.email.per_month)}
                </div>
                <div class="times">
                    {field("sms-day", "SMS a day", "form[sms_day]", |limits| limits.sms.per_day)}
                    {field("sms-month", "SMS a month", "form[sms_month]", |limits| limits.sms.per_month)}
                </div>
                <p class="field-hint">"Empty for no limit."</p>
                <SubmitButton label="Save limits" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="limits-heading">
            <h2 id="limits-heading">"Limits"</h2>
            <p>{move || limits.with(words)}</p>
            <p class="muted">
                "What is over a limit is planned for the next day or month with room, in the order request, reminders. Messages that you schedule by hand count, too, and are never put off by it."
            </p>
            {form}
        </section>
    }
}

fn words(limits: &Limits) -> String {
    let mut all = Vec::new();
    for channel in Channel::ALL {
        let limit = limits.of(channel);
        for (most, each) in [(limit.per_day, "a day"), (limit.per_month, "a month")] {
            all.extend(most.map(|n| format!("{} {each} by {}", count(n.into(), "message"), channel.name())));
        }
    }
    if all.is_empty() {
        "The strategy plans as many messages as there are.".to_owned()
    } else {
        format!("At most {}.", all.join(", "))
    }
}
