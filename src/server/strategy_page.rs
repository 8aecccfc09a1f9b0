//! The Strategy page: what it shows, and what staff change there.

use super::{
    clock,
    store::{
        guard::{Manager, Viewer},
        new_message::NewMessage,
        opening, planning, sending,
        strategy::{self, NotAskedPlace},
    },
    strategy::planner::{self, Previewed},
};
use crate::domain::{
    AppError, AppResult, CustomerId, Timestamp,
    done::Done,
    schedule::{Hours, Opening},
    stats::count,
    strategy::{
        Automate, Strategy,
        form::{ConditionsForm, DayForm, HoursForm, LimitsForm, RemindersForm, RetriesForm, TimingForm, week},
        page::{Choice, NotAsked, NotAskedPage, Preview, PreviewMessage, PreviewWhen, Reason, StrategyPage, up_to},
        verdict,
    },
};
use chrono::{Days, NaiveDate};

/// How many days the calendar shows.
const DAYS: u64 = 30;
/// How far back staff may choose the first day, in days; None for all customers.
const CHOICES: [Option<u16>; 4] = [Some(0), Some(7), Some(30), None];
/// Customers of one page of the list.
const PAGE: usize = 50;

pub async fn page(viewer: &Viewer) -> AppResult<StrategyPage> {
    let now = clock::now();
    let material = planning::material_to_preview(viewer, now).await?;
    let choices = match material.kept.automate {
        Automate::Off => choices(viewer, &material, now).await?,
        // What resuming would do.
        Automate::Paused => vec![choice(viewer, &material, None, material.kept.since, now).await?],
        Automate::On => Vec::new(),
    };
    let (not_asked, to_look_at) = match material.kept.automate {
        Automate::Off => (Vec::new(), 0),
        Automate::On | Automate::Paused => strategy::not_asked(viewer, material.kept.revision).await?,
    };
    let chosen = sending::chosen(viewer).await?;
    let kept = material.kept;
    Ok(StrategyPage {
        automate: kept.automate,
        strategy: kept.strategy,
        opening: material.hours.opening,
        countries: opening::countries().into_iter().map(|(country, name)| (country, name.to_owned())).collect(),
        next_holidays: next_holidays(material.hours, viewer.today(now)),
        since: kept.since,
        changed: kept.changed.map(|(at, by)| (viewer.local(at), by)),
        choices,
        days: strategy::days(viewer, viewer.today(now), DAYS).await?,
        paused: chosen.paused,
        not_asked,
        to_look_at,
        link_days: chosen.link_days,
        version: viewer.version,
    })
}

/// The next days on which nothing leaves.
fn next_holidays(hours: Hours, today: NaiveDate) -> Vec<NaiveDate> {
    hours.holidays.iter().copied().filter(|day| *day >= today).take(3).collect()
}

fn since(viewer: &Viewer, days: Option<u16>, now: Timestamp) -> NaiveDate {
    let back = days.map_or(NaiveDate::default(), |days| viewer.today(now) - Days::new(days.into()));
    back.max(NaiveDate::default())
}

async fn choices(viewer: &Viewer, material: &planning::Material, now: Timestamp) -> AppResult<Vec<Choice>> {
    let mut choices = Vec::new();
    for days in CHOICES {
        choices.push(choice(viewer, material, days, since(viewer, days, now), now).await?);
    }
    Ok(choices)
}

/// What becomes of the customers from the day `since` on, once the strategy is on.
async fn choice(
    viewer: &Viewer,
    material: &planning::Material,
    days: Option<u16>,
    since: NaiveDate,
    now: Timestamp,
) -> AppResult<Choice> {
    let (strategy, most) = (&material.kept.strategy, StrategyPage::COUNTED_MOST + 1);
    let candidates = planning::would_be_candidates(viewer, strategy, since, most).await?;
    let (customers, first) = planner::would_ask(viewer, material, &candidates, since, now);
    Ok(Choice { days, since, customers, first: first.map(|at| viewer.local(at)) })
}

/// Switches the strategy on, off, or to a pause. `days` says from which day on customers are asked; empty for all.
pub async fn set_automate(manager: &Manager, state: &str, days: &str) -> AppResult<Done> {
    let state = Automate::from_slug(state).ok_or_else(|| AppError::invalid("", "Choose on, off or paused."))?;
    let now = clock::now();
    let days = match days.trim() {
        "" => None,
        days => Some(days.parse().map_err(|_| AppError::invalid("days", "Choose from which day on."))?),
    };
    let from = since(manager, days, now);
    let mut before = Automate::Off;
    strategy::change(manager, now, |kept| {
        before = kept.automate;
        // A pause that ends goes on where it began.
        if before == Automate::Off && state == Automate::On {
            kept.since = from;
        }
        kept.automate = state;
        Ok(())
    })
    .await?;
    Ok(Done::new(match (before, state) {
        (before, state) if before == state => "It was so already.",
        (Automate::Paused, Automate::On) => "Requests are planned again; customers who came meanwhile are asked, too.",
        (_, Automate::On) => "Customers are asked automatically from now on.",
        (_, Automate::Paused) => {
            "No new requests are planned until you resume. What is scheduled already still goes out."
        }
        (_, Automate::Off) => "No customer is asked automatically any more. What is scheduled already still goes out.",
    }))
}

async fn save(manager: &Manager, what: &str, change: impl FnOnce(&mut Strategy) -> AppResult<()>) -> AppResult<Done> {
    strategy::change(manager, clock::now(), |kept| change(&mut kept.strategy)).await?;
    Ok(Done::new(format!("{what} saved. It counts for requests that are planned from now on.")))
}

pub async fn save_timing(manager: &Manager, form: &TimingForm) -> AppResult<Done> {
    save(manager, "Settings", |strategy| form.apply(strategy)).await
}

pub async fn save_reminders(manager: &Manager, form: &RemindersForm) -> AppResult<Done> {
    save(manager, "Reminders", |strategy| form.apply(strategy)).await
}

pub async fn save_retries(manager: &Manager, form: &RetriesForm) -> AppResult<Done> {
    save(manager, "Retries", |strategy| form.apply(strategy)).await
}

pub async fn save_limits(manager: &Manager, form: &LimitsForm) -> AppResult<Done> {
    save(manager, "Limits", |strategy| form.apply(strategy)).await
}

pub async fn save_conditions(manager: &Manager, form: &ConditionsForm) -> AppResult<Done> {
    save(manager, "Conditions", |strategy| form.apply(strategy)).await
}

pub async fn save_schedule(manager: &Manager, days: &[DayForm], form: &HoursForm) -> AppResult<Done> {
    let week = week(days)?;
    let holidays = match form.holidays.trim() {
        "" => None,
        country => {
            let known = opening::countries().into_iter().find(|(known, _)| known.to_string() == country);
            Some(known.ok_or_else(|| AppError::invalid("holidays", "Choose a country from the list."))?.0)
        }
    };
    strategy::set_opening(manager, Opening { week, holidays, by_customer: form.by_customer }, clock::now()).await?;
    Ok(Done::new("Schedule saved. It counts for every message that has not left yet."))
}

/// `after` is what the page before returned as `next`.
pub async fn not_asked(viewer: &Viewer, why: &str, search: &str, after: &str) -> AppResult<NotAskedPage> {
    let kept = strategy::kept(viewer).await?;
    let place = |after: &str| {
        let mut parts = after.splitn(3, '~');
        let (plan, id, name) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.to_owned());
        Some(NotAskedPlace { plan, name, id })
    };
    let (reason, after) = (Reason::from_slug(why), place(after));
    let mut customers = strategy::not_asked_customers(viewer, reason, kept.revision, search, after, PAGE + 1).await?;
    let has_more = customers.len() > PAGE;
    customers.truncate(PAGE);
    let plan = |last: &NotAsked| last.condition.map_or(0, |condition| condition as i16);
    let next = customers.last().filter(|_| has_more).map(|last| format!("{}~{}~{}", plan(last), last.id, last.name));
    Ok(NotAskedPage { customers, is_off: kept.automate == Automate::Off, next, version: viewer.version })
}

/// What the strategy would do for one customer, if it were on. Links in what it would send begin with `base_url`.
pub async fn preview(viewer: &Viewer, customer: CustomerId, base_url: &str) -> AppResult<Preview> {
    let now = clock::now();
    let mut material = planning::material_to_preview(viewer, now).await?;
    if material.kept.automate == Automate::Off {
        material.kept.since = NaiveDate::default();
    }
    let candidate = planning::candidate(viewer, &material.kept.strategy, customer).await?;
    let kept = &material.kept;
    let conditions = verdict::conditions(&kept.strategy, &viewer.zone, kept.since, &candidate.facts);
    let shown = |message: NewMessage, when: PreviewWhen| PreviewMessage {
        channel: message.channel,
        what: message.template.label(message.reminder),
        when,
        why: message.why,
        subject: message.content.subject,
        text: message.content.text,
    };
    let mut messages = Vec::new();
    if let Ok(Previewed { runs, thanks }) = planner::preview(viewer, &material, &candidate, base_url, now)? {
        for (run, mut planned) in (0..).zip(runs) {
            planned.sort_by_key(|message| message.scheduled);
            messages.extend(planned.into_iter().map(|message| {
                let at = viewer.local(message.scheduled);
                shown(message, if run == 0 { PreviewWhen::At(at) } else { PreviewWhen::WithoutRating(at) })
            }));
        }
        messages.extend(thanks.into_iter().map(|message| shown(message, PreviewWhen::AfterReview)));
    }
    Ok(Preview { name: candidate.name, conditions, messages })
}

/// For the list of what is to be gone through before a project goes live.
pub async fn going_live(viewer: &Viewer) -> AppResult<String> {
    let now = clock::now();
    let material = planning::material_to_preview(viewer, now).await?;
    Ok(match material.kept.automate {
        Automate::Off => "Reviews are requested by hand: no customer is asked automatically.".to_owned(),
        Automate::Paused => "The strategy is paused: no new requests are planned.".to_owned(),
        Automate::On => {
            let days = strategy::days(viewer, viewer.today(now), DAYS).await?;
            let planned: u32 = days.iter().map(|day| day.all()).sum();
            let (_, to_look_at) = strategy::not_asked(viewer, material.kept.revision).await?;
            format!(
                "Customers are asked automatically: {} are planned for the next {DAYS} days, and {} are still to be looked at.",
                count(planned.into(), "message"),
                up_to(to_look_at, "customer"),
            )
        }
    })
}
