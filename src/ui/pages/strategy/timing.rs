//! When to ask, by which channels, and whether to thank.

use super::settings_action;
use crate::{
    api::strategy::SaveTiming,
    domain::{
        project::Frame,
        role::Role,
        stats::count,
        strategy::{Strategy, Trigger, Unit, page::StrategyPage},
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FieldError, FormNotice, SelectField, TextField, field_error},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn TimingCard(data: Memo<StrategyPage>, frame: Frame) -> impl IntoView {
    let strategy = Memo::new(move |_| data.with(|page| page.strategy.clone()));
    let form = frame.may(Role::Manager).then(|| view! { <TimingForm strategy slug=frame.slug.clone() /> }.into_any());
    view! {
        <section class="card" aria-labelledby="timing-heading">
            <h2 id="timing-heading">"Settings"</h2>
            <p>{move || strategy.with(words)}</p>
            <p class="muted">
                "The last charge is the last one that is known when the request is planned: not the first, because a minimum of charges is met by the last. Later ones don't move a request."
            </p>
            {form}
        </section>
    }
}

fn words(strategy: &Strategy) -> String {
    let channels = match (strategy.email, strategy.sms) {
        (true, true) => "by email and SMS",
        (true, false) => "by email",
        (false, _) => "by SMS",
    };
    let when = match strategy.delay.number {
        0 => format!("As soon as {}", strategy.trigger.clause()),
        n => format!("{} after {}", count(n.into(), strategy.delay.unit.noun()), strategy.trigger.clause()),
    };
    let thanks = if strategy.thanks { " A review is answered with a thank-you." } else { "" };
    format!("{when}, {channels}.{thanks}")
}

#[component]
fn TimingForm(strategy: Memo<Strategy>, slug: String) -> impl IntoView {
    let action = settings_action::<SaveTiming>(&slug);
    let error = action.refusal();
    let number = Signal::derive(move || strategy.with(|strategy| strategy.delay.number.to_string()));
    let trigger = Memo::new(move |_| strategy.with(|strategy| strategy.trigger));
    let unit = Memo::new(move |_| strategy.with(|strategy| strategy.delay.unit));
    let on = move |read: fn(&Strategy) -> bool| Signal::derive(move || strategy.with(read));
    let (email, sms, thanks) = (on(|s| s.email), on(|s| s.sms), on(|s| s.thanks));
    let from = move || {
        let name = |trigger: Trigger| match trigger {
            Trigger::Added => "When the customer was added",
            Trigger::Visit => "The customer's date of visit",
            Trigger::Charge => "The customer's last charge",
        };
        let options = Trigger::ALL.map(|trigger| (trigger.slug().to_owned(), name(trigger).to_owned())).into();
        let chosen = trigger.get().slug().to_owned();
        view! { <SelectField id="trigger" label="Counts from" name="form[trigger]" field="trigger" error options chosen /> }
            .into_any()
    };
    let units = move || {
        let options = Unit::ALL.map(|unit| (unit.slug().to_owned(), unit.slug().to_owned())).into();
        let chosen = unit.get().slug().to_owned();
        view! { <SelectField id="delay-unit" label="Unit" name="form[unit]" field="unit" error options chosen /> }
            .into_any()
    };
    let channels = field_error(error, "channels");
    view! {
        <ActionForm action attr:novalidate="">
            <input type="hidden" name="slug" value=slug />
            <FormNotice error fields=&["trigger", "number", "channels"] />
            {from}
            <div class="times">
                <TextField id="delay" label="Delay" name="form[number]" field="number" error value=number />
                {units}
            </div>
            <fieldset class="field" aria-describedby="channels-error">
                <legend class="field-label">"Channels"</legend>
                <label class="checkbox">
                    <input type="checkbox" name="form[email]" value="true" checked=email prop:checked=email />
                    "Email"
                </label>
                <label class="checkbox">
                    <input type="checkbox" name="form[sms]" value="true" checked=sms prop:checked=sms />
                    "SMS"
                </label>
                <FieldError id="channels" error=channels />
            </fieldset>
            <fieldset class="field">
                <legend class="field-label">"After a review"</legend>
                <label class="checkbox">
                    <input type="checkbox" name="form[thanks]" value="true" checked=thanks prop:checked=thanks />
                    "Send a thank-you"
                </label>
            </fieldset>
            <SubmitButton label="Save settings" class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}
