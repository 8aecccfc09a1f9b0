//! On which days of the week, and when, messages leave.

use super::settings_action;
use crate::{
    api::strategy::SaveSchedule,
    domain::{
        AppError,
        project::Frame,
        role::Role,
        schedule::{Country, Opening, Week, Window},
        sending::minutes_words,
        strategy::{form::DAYS, page::StrategyPage},
        time::date_words,
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FieldError, FormNotice, described_by, field_error},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use chrono::Datelike;
use leptos::{form::ActionForm, prelude::*};

/// The days as the server calls them in an error.
const FIELDS: [&str; 8] = ["day0", "day1", "day2", "day3", "day4", "day5", "day6", "holidays"];

#[component]
pub fn ScheduleCard(data: Memo<StrategyPage>, frame: Frame) -> impl IntoView {
    let opening = Memo::new(move |_| data.with(|page| page.opening));
    let week = Memo::new(move |_| opening.with(|opening| opening.week));
    let zone = frame.zone.clone();
    let words = move || data.with(|page| sentence(page, &zone));
    let form = frame.may(Role::Manager).then(|| {
        let action = settings_action::<SaveSchedule>(&frame.slug);
        let error = action.refusal();
        let days = (0..7).map(|n| view! { <DayFields n week error /> }.into_any()).collect_view();
        let countries = data.with_untracked(|page| page.countries.clone());
        view! {
            <ActionForm action attr:novalidate="">
                <input type="hidden" name="slug" value=frame.slug.clone() />
                <FormNotice error fields=&FIELDS />
                {days}
                <Holidays opening countries error />
                <label class="checkbox">
                    <input
                        type="checkbox"
                        name="form[by_customer]"
                        value="true"
                        checked=move || opening.with(|opening| opening.by_customer)
                    />
                    "By the clock where the customer is, as far as the phone number tells"
                </label>
                <SubmitButton label="Save schedule" class=PLAIN pending=action.pending() />
            </ActionForm>
        }
        .into_any()
    });
    view! {
        <section class="card" aria-labelledby="schedule-heading">
            <h2 id="schedule-heading">"Schedule"</h2>
            <p>{words}</p>
            <p class="muted">
                "It counts for every message, also for those that you send by hand. An end before the start is on the next day. Quiet hours where the customer is are kept, too."
            </p>
            {form}
        </section>
    }
}

#[component]
fn Holidays(
    opening: Memo<Opening>,
    countries: Vec<(Country, String)>,
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    const ID: &str = "schedule-holidays";
    let error = field_error(error, "holidays");
    let chosen = Memo::new(move |_| opening.with(|opening| opening.holidays));
    let option = |(country, name): (Country, String)| {
        view! {
            <option value=country.to_string() selected=move || chosen.get() == Some(country)>
                {name}
            </option>
        }
        .into_any()
    };
    view! {
        <div class="field">
            <label class="field-label" for=ID>
                "On public holidays"
            </label>
            <p class="field-hint" id=format!("{ID}-hint")>
                "National ones. Those of a single state or province are days like others."
            </p>
            <select class="select" id=ID name="form[holidays]" aria-describedby=described_by(ID, true, error)>
                <option value="" selected=move || chosen.get().is_none()>
                    "As on other days"
                </option>
                <optgroup label="Nothing leaves on public holidays of">
                    {countries.into_iter().map(option).collect_view()}
                </optgroup>
            </select>
            <FieldError id=ID error />
        </div>
    }
}

/// What is chosen, in words.
fn sentence(page: &StrategyPage, zone: &str) -> String {
    let StrategyPage { opening, countries, next_holidays, .. } = page;
    let mut sentence = words(&opening.week);
    sentence += &match opening.by_customer {
        true => format!(
            " By the clock where the customer is; where the phone number does not tell, in the project's time zone ({zone})."
        ),
        false => format!(" In the project's time zone ({zone})."),
    };
    if let Some(country) = opening.holidays {
        let name = countries.iter().find(|(known, _)| *known == country);
        let name = name.map_or_else(|| country.to_string(), |(_, name)| name.clone());
        sentence += &format!(" Not on public holidays of {name}");
        let next: Vec<String> =
            next_holidays.iter().map(|day| format!("{} {}", day.weekday(), date_words(*day))).collect();
        sentence += &if next.is_empty() { ".".to_owned() } else { format!("; the next are {}.", next.join(", ")) };
    }
    sentence
}

fn window_words(window: Window) -> String {
    match window {
        Window::Anytime => "anytime".to_owned(),
        Window::Never => "never".to_owned(),
        Window::Between { start, end } => format!("{}–{}", minutes_words(start), minutes_words(end)),
    }
}

/// Days in a row with the same window are one: `Monday to Friday 09:00–17:00, Saturday and Sunday never.`
fn words(week: &Week) -> String {
    if week.is_anytime() {
        return "Messages leave on every day, at any time.".to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut first = 0;
    for n in 1..=7 {
        if n < 7 && week.0[n] == week.0[first] {
            continue;
        }
        let days = match n - first {
            1 => DAYS[first].to_owned(),
            2 => format!("{} and {}", DAYS[first], DAYS[n - 1]),
            _ => format!("{} to {}", DAYS[first], DAYS[n - 1]),
        };
        parts.push(format!("{days} {}", window_words(week.0[first])));
        first = n;
    }
    format!("Messages leave {}.", parts.join(", "))
}

#[component]
fn DayFields(n: usize, week: Memo<Week>, error: Signal<Option<AppError>>) -> impl IntoView {
    let window = Memo::new(move |_| week.with(|week| week.0[n]));
    let error = field_error(error, FIELDS[n]);
    let (id, day) = (FIELDS[n], DAYS[n]);
    let name = |part: &str| format!("days[{n}][{part}]");
    let option = |value: &'static str, label: &'static str| {
        let is_chosen = move || {
            value
                == match window.get() {
                    Window::Anytime => "anytime",
                    Window::Between { .. } => "between",
                    Window::Never => "never",
                }
        };
        view! {
            <option value=value selected=is_chosen>
                {label}
            </option>
        }
    };
    let time = move |is_start: bool| match window.get() {
        Window::Between { start, end } => minutes_words(if is_start { start } else { end }),
        _ => if is_start { "09:00" } else { "18:00" }.to_owned(),
    };
    view! {
        <fieldset class="day">
            <legend class="field-label">{day}</legend>
            <select class="select" name=name("open") aria-label=format!("{day}: open")>
                {option("anytime", "Anytime")}
                {option("between", "Between")}
                {option("never", "Not at all")}
            </select>
            <input
                class="input day-time"
                type="time"
                name=name("start")
                value=move || time(true)
                aria-label=format!("{day}: from")
            />
            <span class="day-time">"–"</span>
            <input
                class="input day-time"
                type="time"
                name=name("end")
                value=move || time(false)
                aria-label=format!("{day}: until")
            />
            <FieldError id error />
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_the_same_window_are_said_together() {
        let open = Window::Between { start: 540, end: 1050 };
        let mut week = Week([open, open, open, open, open, Window::Never, Window::Never]);
        assert_eq!(words(&week), "Messages leave Monday to Friday 09:00–17:30, Saturday and Sunday never.");
        week.0[6] = Window::Anytime;
        assert_eq!(words(&week), "Messages leave Monday to Friday 09:00–17:30, Saturday never, Sunday anytime.");
        assert_eq!(words(&Week::default()), "Messages leave on every day, at any time.");
    }
}
