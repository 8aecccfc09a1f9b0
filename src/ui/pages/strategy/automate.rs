//! The switch that asks customers automatically, and what it would do.

use super::settings_action;
use crate::{
    api::strategy::SetAutomate,
    domain::{
        project::Frame,
        role::Role,
        strategy::{
            Automate,
            page::{Choice, StrategyPage, up_to},
            verdict::Condition,
        },
        time::date_words,
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FieldError, FormNotice, field_error},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn AutomateCard(data: Memo<StrategyPage>, frame: Frame) -> impl IntoView {
    let state = Memo::new(move |_| data.with(|page| page.automate));
    let may = frame.may(Role::Manager);
    let today = frame.today;
    let slug = frame.slug.clone();
    let sentence = move || data.with(|page| sentence(page, today));
    let forms = {
        let slug = slug.clone();
        move || {
            may.then(|| match state.get() {
                Automate::Off => view! { <SwitchOn data slug=slug.clone() today /> }.into_any(),
                Automate::On => view! {
                    <div class="buttons">
                        <SwitchTo slug=slug.clone() state=Automate::Paused label="Pause" />
                        <SwitchTo slug=slug.clone() state=Automate::Off label="Switch off" />
                    </div>
                }
                .into_any(),
                Automate::Paused => view! {
                    <p>{move || data.with(|page| resumed(page, today))}</p>
                    <div class="buttons">
                        <SwitchTo slug=slug.clone() state=Automate::On label="Resume" />
                        <SwitchTo slug=slug.clone() state=Automate::Off label="Switch off" />
                    </div>
                }
                .into_any(),
            })
        }
    };
    view! {
        <section class="card" aria-labelledby="automate-heading">
            <h2 id="automate-heading">"Automate"</h2>
            <p>{sentence}</p>
            {forms}
            <NotAskedLinks data slug />
        </section>
    }
}

fn sentence(page: &StrategyPage, today: NaiveDate) -> String {
    let since = if page.since == NaiveDate::default() {
        "All customers are".to_owned()
    } else if page.since == today {
        "Customers from today on are".to_owned()
    } else {
        format!("Customers from {} on are", date_words(page.since))
    };
    let waiting = match page.to_look_at {
        0 => String::new(),
        n => format!(" {} are still to be looked at.", up_to(n, "customer")),
    };
    match page.automate {
        Automate::Off => "Off: customers are asked by hand only.".to_owned(),
        Automate::On => format!("On. {since} asked.{waiting}"),
        Automate::Paused => {
            format!("Paused: no new requests are planned. Who comes meanwhile is asked once you resume.{waiting}")
        }
    }
}

/// What a choice would do: `Customers from today on: 12 would be asked, the first tomorrow 09:00`.
fn words(choice: &Choice, today: NaiveDate) -> String {
    let who = match choice.days {
        Some(0) => "Customers from today on".to_owned(),
        Some(days) => format!("Customers of the last {days} days, and new ones"),
        None => "All customers".to_owned(),
    };
    let what = match (choice.customers, choice.first) {
        (0, _) | (_, None) => "nobody would be asked yet".to_owned(),
        (1, Some(first)) => format!("1 would be asked, {}", first.inline(today)),
        (n, Some(first)) => format!("{} would be asked, the first {}", number(n), first.inline(today)),
    };
    format!("{who}: {what}")
}

/// `Resumed, 12 would be asked, the first tomorrow 09:00.`
fn resumed(page: &StrategyPage, today: NaiveDate) -> String {
    match page.choices.first().map(|choice| (choice.customers, choice.first)) {
        None | Some((0, _) | (_, None)) => "Resumed, nobody would be asked yet.".to_owned(),
        Some((1, Some(first))) => format!("Resumed, 1 would be asked, {}.", first.inline(today)),
        Some((n, Some(first))) => format!("Resumed, {} would be asked, the first {}.", number(n), first.inline(today)),
    }
}

fn number(n: u32) -> String {
    up_to(n, "customer").replace(" customers", "").replace(" customer", "")
}

#[component]
fn SwitchOn(data: Memo<StrategyPage>, slug: String, today: NaiveDate) -> impl IntoView {
    let action = settings_action::<SetAutomate>(&slug);
    let error = action.refusal();
    let choices = Memo::new(move |_| data.with(|page| page.choices.clone()));
    // Kept while the numbers are counted anew.
    let chosen = RwSignal::new("0".to_owned());
    let radio = move |choice: &Choice| {
        let days = choice.days.map_or_else(String::new, |n| n.to_string());
        let is_chosen = chosen.with_untracked(|chosen| *chosen == days);
        let value = days.clone();
        view! {
            <label class="checkbox">
                <input type="radio" name="days" value=value checked=is_chosen on:change=move |_| chosen.set(days.clone()) />
                {words(choice, today)}
            </label>
        }
        .into_any()
    };
    let radios = move || choices.with(|choices| choices.iter().map(radio).collect_view());
    view! {
        <ActionForm action attr:novalidate="">
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="state" value=Automate::On.slug() />
            <FormNotice error fields=&["days"] />
            <fieldset class="field" aria-labelledby="automate-days">
                <legend class="field-label" id="automate-days">
                    "Whom to ask"
                </legend>
                {radios}
                <FieldError id="automate-days" error=field_error(error, "days") />
            </fieldset>
            <SubmitButton label="Switch on" pending=action.pending() />
        </ActionForm>
    }
}

#[component]
fn SwitchTo(slug: String, state: Automate, label: &'static str) -> impl IntoView {
    let action = settings_action::<SetAutomate>(&slug);
    view! {
        <ActionForm action>
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="state" value=state.slug() />
            <FormNotice error=action.refusal() />
            <SubmitButton label class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}

/// Why customers are not asked, each with their number and a link to them.
#[component]
fn NotAskedLinks(data: Memo<StrategyPage>, slug: String) -> impl IntoView {
    let reasons = Memo::new(move |_| data.with(|page| page.not_asked.clone()));
    move || {
        let reasons = reasons.get();
        let item = |(condition, n): &(Condition, u32)| {
            view! {
                <li>
                    <a href=super::not_asked::href(&slug, *condition)>{condition.unmet()}</a>
                    {format!(": {}", up_to(*n, "customer"))}
                </li>
            }
        };
        (!reasons.is_empty()).then(|| {
            view! {
                <h3>"Not asked, and why"</h3>
                <ul class="reasons">{reasons.iter().map(item).collect_view()}</ul>
            }
            .into_any()
        })
    }
}
