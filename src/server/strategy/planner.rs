//! The planner: asks customers for reviews as their project's strategy says. One process at a time does it.
//!
//! It looks at each customer once, and again when something about the customer or the strategy has changed. Its work can be
//! repeated without effect: a customer has one request of each run (`request_of_run`).

use crate::{
    domain::{
        AppError, AppResult, ProcessId, ProjectId, RequestId, Timestamp,
        message::Template,
        stats::count,
        strategy::{
            Strategy,
            plan::{Planned, Planner},
            verdict::{self, Address, Condition},
        },
    },
    server::{
        clock,
        delivery::compose::{Composer, Slot},
        store::{
            Db,
            guard::{Manager, Viewer},
            id::NewId,
            new_message::NewMessage,
            planning::{self, Candidate, Decision, Material, NewRun, Next, Reviewed, Run},
            strategy,
        },
    },
};
use chrono::NaiveDate;
use chrono_tz::Tz;
use std::{collections::HashMap, time::Duration};
use tokio::{sync::watch, time::sleep};

/// Customers of one transaction: other writers get the database in between.
const BATCH: usize = 250;
/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(5);
/// The most customers without room within limits who are looked at again on a new day.
const CROWDED: usize = 1_000;
const LEADER: &str = "planner";
/// Why a thank-you goes out.
const REVIEWED: &str = "The customer left a review.";

/// Plans until the process is told to stop.
pub async fn run(db: Db, base_url: String, mut stop: watch::Receiver<bool>) {
    let holder = ProcessId::new();
    let mut days = HashMap::new();
    loop {
        if let Err(error) = round(&db, &base_url, holder, &mut days, &stop).await {
            tracing::warn!(%error, "the planner could not work; it tries again");
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

type Days = HashMap<ProjectId, i32>;

async fn round(
    db: &Db,
    base_url: &str,
    holder: ProcessId,
    days: &mut Days,
    stop: &watch::Receiver<bool>,
) -> AppResult<()> {
    let lead = async || {
        let now = db.time().await?.unwrap_or_else(clock::now);
        AppResult::Ok(planning::lead(db, LEADER, holder, now).await?.then_some(now))
    };
    if lead().await?.is_none() {
        return Ok(());
    }
    for guard in planning::reviewed(db).await? {
        if let Err(error) = thank_some(&guard, base_url, clock::now()).await {
            tracing::error!(project = %guard.slug, %error, "reviews could not be answered; trying again");
        }
    }
    for guard in planning::automated(db).await? {
        while !*stop.borrow() {
            // Between batches, because a project may have a million customers.
            let Some(now) = lead().await? else { return Ok(()) };
            let today = guard.day(now);
            if days.insert(guard.project, today).is_some_and(|before| before != today) {
                planning::look_again_at_crowded(&guard, CROWDED).await?;
            }
            match plan_some(&guard, base_url, now).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(project = %guard.slug, %error, "requests could not be planned; trying again");
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Looks at some customers of a project, and at some runs after which another may follow. Returns how many.
pub async fn plan_some(guard: &Manager, base_url: &str, now: Timestamp) -> AppResult<usize> {
    let decide = |material: Material, candidates: &[Candidate]| decisions(guard, base_url, now, material, candidates);
    let looked_at = match planning::look_at(guard, BATCH, now, decide).await {
        Ok(Some(looked_at)) => looked_at,
        Ok(None) => return Ok(0),
        Err(error) => one_by_one(guard, base_url, now, error).await?,
    };
    let again = |material: Material, runs: &[Run]| nexts(guard, base_url, now, material, runs);
    Ok(looked_at + planning::look_at_runs(guard, BATCH, now, again).await?)
}

/// Answers reviews with a thank-you, where the strategy says so; by the channel of the message that led to the review.
pub async fn thank_some(guard: &Manager, base_url: &str, now: Timestamp) -> AppResult<usize> {
    planning::thank(guard, BATCH, now, |material, reviewed| {
        let mut composer = Composer::new(guard, &material.templates, base_url, now);
        let Material { kept, hours, load, .. } = material;
        let mut planner = Planner { strategy: &kept.strategy, hours: *hours, zone: &guard.zone, load: load.clone() };
        let mut thanks = Vec::new();
        for Reviewed { request, channel, rating, customer } in reviewed {
            let facts = &customer.facts;
            let is_reachable = facts.address(*channel) == Address::Good && !facts.is_unsubscribed && !facts.is_archived;
            if !material.kept.strategy.thanks || !is_reachable {
                continue;
            }
            let template = if rating.is_positive() { Template::ThanksPositive } else { Template::ThanksNegative };
            let zones = customer.zones(material.hours, guard.zone);
            let Some(planned) = planner.single(*channel, &zones, now, REVIEWED.to_owned()) else {
                tracing::info!(customer = %customer.id, "no thank-you: the limits leave no room for it");
                continue;
            };
            let Planned { at, why, .. } = planned;
            let slot = Slot { template, channel: *channel, reminder: 0, at, why };
            match composer.message(&customer.addressee(), *request, slot) {
                Ok(message) => thanks.push(message),
                Err(error) => tracing::error!(%error, customer = %customer.id, "a thank-you could not be written"),
            }
        }
        thanks
    })
    .await
}

/// After a batch that failed: one customer for whom no request can be written stops no other.
async fn one_by_one(guard: &Manager, base_url: &str, now: Timestamp, error: AppError) -> AppResult<usize> {
    tracing::warn!(project = %guard.slug, %error, "a batch could not be planned; its customers are looked at one by one");
    let revision = strategy::kept(guard).await?.revision;
    for _ in 0..BATCH {
        let decide =
            |material: Material, candidates: &[Candidate]| decisions(guard, base_url, now, material, candidates);
        match planning::look_at(guard, 1, now, decide).await {
            Ok(Some(n)) if n > 0 => {}
            Ok(_) => break,
            Err(error) => match planning::pass_over(guard, revision).await? {
                Some(customer) => {
                    tracing::error!(%customer, %error, "a customer is passed over until something changes")
                }
                None => break,
            },
        }
    }
    Ok(BATCH)
}

fn decisions(
    guard: &Manager,
    base_url: &str,
    now: Timestamp,
    material: Material,
    candidates: &[Candidate],
) -> AppResult<Vec<Decision>> {
    let Material { kept, hours, templates, load } = material;
    let strategy = &kept.strategy;
    let mut planner = Planner { strategy, hours, zone: &guard.zone, load };
    let mut composer = Composer::new(guard, &templates, base_url, now);
    let mut all = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        all.push(match first_run(&mut planner, guard, kept.since, candidate, now) {
            Err(condition) => Decision::NotAsked(condition),
            Ok(planned) => {
                let request = RequestId::new();
                let retry = retry(strategy, &planned, 0);
                let messages = write(&mut composer, candidate, request, planned)?;
                Decision::Ask { request, run: 0, messages, retry }
            }
        });
    }
    Ok(all)
}

/// When the messages of a customer's first run leave, or the condition that is not met.
fn first_run(
    planner: &mut Planner<Tz>,
    guard: &Viewer,
    since: NaiveDate,
    candidate: &Candidate,
    now: Timestamp,
) -> Result<Vec<Planned>, Condition> {
    let strategy = planner.strategy;
    if let Some(condition) = verdict::unmet(strategy, &guard.zone, since, &candidate.facts) {
        return Err(condition);
    }
    let due = verdict::due(strategy, &guard.zone, &candidate.facts).ok_or(Condition::HasDate)?;
    let number = strategy.delay.number;
    let mut because = match number {
        0 => format!("As soon as {}.", strategy.trigger.clause()),
        n => format!("{} after {}.", count(n.into(), strategy.delay.unit.noun()), strategy.trigger.clause()),
    };
    if let Some(words) = verdict::charges_words(strategy, &candidate.facts.charges) {
        because += &format!(" The conditions on charges are met: {words}.");
    }
    if due < now {
        because += " That time had passed when it was planned.";
    }
    let channels = candidate.facts.channels(strategy);
    let zones = candidate.zones(planner.hours, guard.zone);
    planner.plan(&channels, &zones, due.max(now), &because).ok_or(Condition::WithinLimits)
}

/// When to see whether another run follows this one.
fn retry(strategy: &Strategy, planned: &[Planned], run: i16) -> Option<Timestamp> {
    let last = planned.iter().map(|message| message.at).max()?;
    (run < i16::from(strategy.retries)).then(|| last.plus(i64::from(strategy.retry_days) * Timestamp::DAY))
}

fn write(
    composer: &mut Composer,
    candidate: &Candidate,
    request: RequestId,
    planned: Vec<Planned>,
) -> AppResult<Vec<NewMessage>> {
    let slot = |Planned { channel, reminder, at, why }| Slot::of_request(channel, reminder, at, why);
    planned.into_iter().map(|planned| composer.message(&candidate.addressee(), request, slot(planned))).collect()
}

fn nexts(guard: &Manager, base_url: &str, now: Timestamp, material: Material, runs: &[Run]) -> AppResult<Vec<Next>> {
    let Material { kept, hours, templates, load } = material;
    let strategy = &kept.strategy;
    let mut planner = Planner { strategy, hours, zone: &guard.zone, load };
    let mut composer = Composer::new(guard, &templates, base_url, now);
    let mut all = Vec::with_capacity(runs.len());
    for run in runs {
        let facts = &run.customer.facts;
        let channels = facts.channels(strategy);
        let is_over = facts.is_unsubscribed || facts.is_archived || facts.has_reviewed;
        let Some(last_sent) = run.last_sent.filter(|_| !is_over && run.run < i16::from(strategy.retries)) else {
            all.push(if run.waiting > 0 && !is_over { Next::Later(now.plus(Timestamp::DAY)) } else { Next::Never });
            continue;
        };
        let due = last_sent.plus(i64::from(strategy.retry_days) * Timestamp::DAY);
        if run.waiting > 0 || due > now {
            all.push(Next::Later(due.max(now.plus(Timestamp::HOUR))));
            continue;
        }
        let because = retry_words(strategy, run.run + 1);
        let zones = run.customer.zones(hours, guard.zone);
        all.push(match planner.plan(&channels, &zones, now, &because).filter(|planned| !planned.is_empty()) {
            None => Next::Never,
            Some(planned) => {
                let request = RequestId::new();
                let retry = retry(strategy, &planned, run.run + 1);
                let messages = write(&mut composer, &run.customer, request, planned)?;
                Next::Again(NewRun { request, messages, retry })
            }
        });
    }
    Ok(all)
}

fn planner<'a>(material: &'a Material, viewer: &'a Viewer) -> Planner<'a, Tz> {
    let Material { kept, hours, load, .. } = material;
    Planner { strategy: &kept.strategy, hours: *hours, zone: &viewer.zone, load: load.clone() }
}

/// All that the strategy would send to a customer: nothing is written.
pub struct Previewed {
    /// The first run, then the retries: what follows if the customer gives no rating.
    pub runs: Vec<Vec<NewMessage>>,
    /// The answers to a review, by the first of the channels.
    pub thanks: Vec<NewMessage>,
}

/// What the strategy would send to a customer, or has against asking.
pub fn preview(
    viewer: &Viewer,
    material: &Material,
    candidate: &Candidate,
    base_url: &str,
    now: Timestamp,
) -> AppResult<Result<Previewed, Condition>> {
    let strategy = &material.kept.strategy;
    let mut planner = planner(material, viewer);
    let mut composer = Composer::new(viewer, &material.templates, base_url, now);
    let channels = candidate.facts.channels(strategy);
    let zones = candidate.zones(material.hours, viewer.zone);
    let mut planned = match first_run(&mut planner, viewer, material.kept.since, candidate, now) {
        Err(condition) => return Ok(Err(condition)),
        Ok(planned) => planned,
    };
    let mut runs = Vec::new();
    for run in 0.. {
        let next = retry(strategy, &planned, run);
        runs.push(write(&mut composer, candidate, RequestId::new(), planned)?);
        let Some(at) = next else { break };
        match planner.plan(&channels, &zones, at, &retry_words(strategy, run + 1)) {
            Some(again) if !again.is_empty() => planned = again,
            _ => break,
        }
    }
    let mut thanks = Vec::new();
    if let (true, Some(&channel)) = (strategy.thanks, channels.first()) {
        for template in [Template::ThanksPositive, Template::ThanksNegative] {
            let slot = Slot { template, channel, reminder: 0, at: now, why: REVIEWED.to_owned() };
            thanks.push(composer.message(&candidate.addressee(), RequestId::new(), slot)?);
        }
    }
    Ok(Ok(Previewed { runs, thanks }))
}

/// How the time of a retry's request came about.
fn retry_words(strategy: &Strategy, run: i16) -> String {
    format!("Retry {run}: {} after the last message; no rating was given.", count(strategy.retry_days.into(), "day"))
}

/// The first time at which one of these customers would be asked, and how many of them would be, from a first day.
pub fn would_ask(
    viewer: &Viewer,
    material: &Material,
    candidates: &[Candidate],
    since: NaiveDate,
    now: Timestamp,
) -> (u32, Option<Timestamp>) {
    let strategy = &material.kept.strategy;
    let asked: Vec<(Timestamp, &Candidate)> = candidates
        .iter()
        .filter(|candidate| verdict::unmet(strategy, &viewer.zone, since, &candidate.facts).is_none())
        .filter_map(|candidate| Some((verdict::due(strategy, &viewer.zone, &candidate.facts)?, candidate)))
        .collect();
    let first = asked.iter().min_by_key(|(due, _)| *due).and_then(|(_, candidate)| {
        let planned = first_run(&mut planner(material, viewer), viewer, since, candidate, now).ok()?;
        planned.iter().map(|message| message.at).min()
    });
    (asked.len() as u32, first)
}
