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
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <FormNotice error fields=&["email_day", "email_month", "sms_day", "sms_month"] />
                <div class="times">
                    <TextField
                        id="email-day"
                        label="Emails a day"
                        name="form[email_day]"
                        field="email_day"
                        error
                        value=value(|limits| limits.email.per_day)
                    />
                    <TextField
                        id="email-month"
                        label="Emails a month"
                        name="form[email_month]"
                        field="email_month"
                        error
                        value=value(|limits| limits.email.per_month)
                    />
                </div>
                <div class="times">
                    <TextField
                        id="sms-day"
                        label="SMS a day"
                        name="form[sms_day]"
                        field="sms_day"
                        error
                        value=value(|limits| limits.sms.per_day)
                    />
                    <TextField
                        id="sms-month"
                        label="SMS a month"
                        name="form[sms_month]"
                        field="sms_month"
                        error
                        value=value(|limits| limits.sms.per_month)
                    />
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
