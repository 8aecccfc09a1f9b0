//! Whether customers who gave no rating are asked anew.

use super::settings_action;
use crate::{
    api::strategy::SaveRetries,
    domain::{
        project::Frame,
        role::Role,
        stats::count,
        strategy::{RETRIES_MAX, page::StrategyPage},
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FormNotice, SelectField, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn RetriesCard(data: Memo<StrategyPage>, frame: Frame) -> impl IntoView {
    let retries = Memo::new(move |_| data.with(|page| page.strategy.retries));
    let days = Memo::new(move |_| data.with(|page| page.strategy.retry_days));
    let words = move || match retries.get() {
        0 => "A customer who does not answer is left alone after the reminders.".to_owned(),
        n => format!(
            "A customer who gave no rating is asked anew, with all reminders, {} after the last message; {} at most.",
            count(days.get().into(), "day"),
            if n == 1 { "once".to_owned() } else { format!("{n} times") },
        ),
    };
    let form = frame.may(Role::Manager).then(|| {
        let action = settings_action::<SaveRetries>(&frame.slug);
        let error = action.refusal();
        let select = move || {
            let name = |n: u8| match n {
                0 => "None".to_owned(),
                1 => "1 retry".to_owned(),
                n => format!("{n} retries"),
            };
            let options = (0..=RETRIES_MAX).map(|n| (n.to_string(), name(n))).collect::<Vec<_>>();
            let chosen = retries.get().to_string();
            view! { <SelectField id="retries" label="Retries" name="form[retries]" field="retries" error options chosen /> }
                .into_any()
        };
        let value = Signal::derive(move || days.get().to_string());
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <FormNotice error fields=&["retries", "retry_days"] />
                {select}
                <TextField
                    id="retry-days"
                    label="Days after the last message"
                    name="form[days]"
                    field="retry_days"
                    error
                    value
                />
                <SubmitButton label="Save retries" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="retries-heading">
            <h2 id="retries-heading">"Retries"</h2>
            <p>{words}</p>
            {form}
        </section>
    }
}
