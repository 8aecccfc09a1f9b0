//! How many reminders follow a request, and when.

use super::settings_action;
use crate::{
    api::strategy::SaveReminders,
    domain::{
        ask::REMINDERS_MAX,
        message::Channel,
        project::Frame,
        role::Role,
        stats::count,
        strategy::{Strategy, page::StrategyPage},
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
pub fn RemindersCard(data: Memo<StrategyPage>, frame: Frame) -> impl IntoView {
    let strategy = Memo::new(move |_| data.with(|page| page.strategy.clone()));
    let form =
        frame.may(Role::Manager).then(|| view! { <RemindersForm strategy slug=frame.slug.clone() /> }.into_any());
    view! {
        <section class="card" aria-labelledby="reminders-heading">
            <h2 id="reminders-heading">"Reminders"</h2>
            <p>{move || strategy.with(words)}</p>
            <p class="muted">"None is sent once the customer has reviewed, unsubscribed or opted out."</p>
            {form}
        </section>
    }
}

fn words(strategy: &Strategy) -> String {
    let days: Vec<String> = strategy.reminders.iter().map(|days| count((*days).into(), "day")).collect();
    let without = match strategy.reminders_without {
        Some(channel) => format!(" None by {}.", channel.name()),
        None => String::new(),
    };
    match &days[..] {
        [] => "No reminders.".to_owned(),
        [one] => format!("1 reminder, {one} after the request.{without}"),
        many => format!("{} reminders, {} after the message before.{without}", many.len(), many.join(", ")),
    }
}

#[component]
fn RemindersForm(strategy: Memo<Strategy>, slug: String) -> impl IntoView {
    let action = settings_action::<SaveReminders>(&slug);
    let error = action.refusal();
    let number = Memo::new(move |_| strategy.with(|strategy| strategy.reminders.len()));
    let without = Memo::new(move |_| strategy.with(|strategy| strategy.reminders_without));
    // What is not chosen yet is a proposal.
    let days = move |n: usize| {
        Signal::derive(move || strategy.with(|strategy| strategy.reminders.get(n).copied().unwrap_or(3).to_string()))
    };
    let numbers = move || {
        let name = |n: u8| match n {
            0 => "None".to_owned(),
            n => count(n.into(), "reminder"),
        };
        let options = (0..=REMINDERS_MAX).map(|n| (n.to_string(), name(n))).collect::<Vec<_>>();
        let chosen = number.get().to_string();
        view! {
            <SelectField id="reminders" label="Reminders" name="form[reminders]" field="reminders" error options chosen />
        }
        .into_any()
    };
    let channels = move || {
        let options = vec![
            (String::new(), "By all channels of the request".to_owned()),
            (Channel::Sms.slug().to_owned(), "Not by SMS".to_owned()),
            (Channel::Email.slug().to_owned(), "Not by email".to_owned()),
        ];
        let chosen = without.get().map_or_else(String::new, |channel| channel.slug().to_owned());
        view! {
            <SelectField id="reminders-without" label="Channels" name="form[without]" field="without" error options chosen />
        }
        .into_any()
    };
    view! {
        <ActionForm action attr:novalidate="">
            <input type="hidden" name="slug" value=slug />
            <FormNotice error fields=&["reminders", "days1", "days2", "days3"] />
            {numbers}
            <div class="times">
                <TextField id="days1" label="First, after days" name="form[days1]" field="days1" error value=days(0) />
                <TextField id="days2" label="Second, after days" name="form[days2]" field="days2" error value=days(1) />
                <TextField id="days3" label="Third, after days" name="form[days3]" field="days3" error value=days(2) />
            </div>
            {channels}
            <SubmitButton label="Save reminders" class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}
