//! What a customer's charges must come to.

use super::settings_action;
use crate::{
    api::strategy::SaveConditions,
    domain::{
        charge::Money,
        project::Frame,
        role::Role,
        stats::count,
        strategy::{Conditions, Subscription, page::StrategyPage},
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
pub fn ConditionsCard(data: Memo<StrategyPage>, frame: Frame) -> impl IntoView {
    let conditions = Memo::new(move |_| data.with(|page| page.strategy.conditions));
    let value = move |of: fn(&Conditions) -> String| Signal::derive(move || conditions.with(of));
    let form = frame.may(Role::Manager).then(|| {
        let action = settings_action::<SaveConditions>(&frame.slug);
        let error = action.refusal();
        let who = move || {
            let options = Subscription::ALL.map(|choice| (choice.slug().to_owned(), choice.name().to_owned())).into();
            let chosen = conditions.with(|conditions| conditions.subscription.slug().to_owned());
            view! {
                <SelectField
                    id="subscription"
                    label="Who is asked"
                    name="form[subscription]"
                    field="subscription"
                    error
                    options
                    chosen
                />
            }
            .into_any()
        };
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <FormNotice error fields=&["subscription", "charges", "total", "average", "currency"] />
                {who}
                <div class="times">
                    <TextField
                        id="least-charges"
                        label="Charges, at least"
                        name="form[charges]"
                        field="charges"
                        error
                        value=value(|chosen| chosen.charges.map_or_else(String::new, |n| n.to_string()))
                    />
                    <TextField
                        id="charges-currency"
                        label="Currency"
                        name="form[currency]"
                        field="currency"
                        error
                        value=value(|chosen| chosen.currency.to_string())
                        maxlength=3
                    />
                </div>
                <div class="times">
                    <TextField
                        id="least-total"
                        label="Total, at least"
                        name="form[total]"
                        field="total"
                        error
                        value=value(|chosen| plain(chosen, chosen.total))
                    />
                    <TextField
                        id="least-average"
                        label="Average charge, at least"
                        name="form[average]"
                        field="average"
                        error
                        value=value(|chosen| plain(chosen, chosen.average))
                    />
                </div>
                <p class="field-hint">"Empty for no condition. Charges that are added or imported without a currency are in this one."</p>
                <SubmitButton label="Save conditions" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="conditions-heading">
            <h2 id="conditions-heading">"Conditions"</h2>
            <p>{move || conditions.with(words)}</p>
            <p class="muted">
                "A subscriber is a customer with a charge that is part of a subscription. Total and average count the charges in this currency. Ratings are no condition, and can't be one."
            </p>
            {form}
        </section>
    }
}

fn plain(chosen: &Conditions, amount: Option<i64>) -> String {
    amount.map_or_else(String::new, |amount| Money { amount, currency: chosen.currency }.plain())
}

fn words(chosen: &Conditions) -> String {
    if !chosen.are_set() {
        return "Customers are asked whatever they paid.".to_owned();
    }
    let money = |amount| Money { amount, currency: chosen.currency };
    let mut all = Vec::new();
    match chosen.subscription {
        Subscription::Any => {}
        Subscription::Subscribers => all.push("a subscription".to_owned()),
        Subscription::Others => all.push("no subscription".to_owned()),
    }
    all.extend(chosen.charges.map(|n| format!("at least {}", count(n.into(), "charge"))));
    all.extend(chosen.total.map(|amount| format!("at least {} in all", money(amount))));
    all.extend(chosen.average.map(|amount| format!("at least {} on average", money(amount))));
    format!("Only customers are asked with {}.", all.join(", "))
}
