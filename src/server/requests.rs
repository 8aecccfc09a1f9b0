//! Asking a customer for a review: who may be asked, and what the messages say and when they go out.

use super::{
    delivery::compose::{Addressee, Composer, Slot},
    store::{
        customers::Chunks,
        guard::{Manager, Operator},
        id::NewId,
        planning::{self, Candidate},
        requests::{self, Material, Recipient},
    },
};
use crate::domain::{
    AppError, AppResult, CustomerId, RequestId, Timestamp,
    ask::Ask,
    customer::bulk::{CustomerSelection, CustomerSkip, CustomersOutcome},
    message::Channel,
    schedule,
    strategy::{
        Limits, Strategy,
        plan::{Load, Planned, Planner},
        verdict::{Address, Facts},
    },
};

/// Customers of one transaction, where many are asked at once.
const ASKED: usize = 200;

/// A new request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requested {
    pub id: RequestId,
    /// When its first message goes out: inside the project's sending window.
    pub first: Timestamp,
}

/// Asks a customer: for each channel the request itself and its reminders, all of them or none.
///
/// # Errors
/// `NotFound` for an unknown customer, `Conflict` for one that may not be asked, `Invalid` for a channel that does not
/// reach them or a time that has passed.
pub async fn create(
    operator: &Operator,
    customer: CustomerId,
    ask: &Ask,
    base_url: &str,
    now: Timestamp,
) -> AppResult<Requested> {
    let wanted = match ask.at {
        Some(wall) => schedule::future("at", &operator.zone, wall, now)?,
        None => now,
    };
    let mut first = wanted;
    let id = requests::create(operator, customer, now, |Material { request, recipient, templates }| {
        check(recipient, ask)?;
        let (zone, week) = (&operator.zone, recipient.week());
        first = week.next(zone, wanted);
        let times = schedule::sequence(zone, first, ask.reminders, ask.days);
        let mut composer = Composer::new(operator, templates, base_url, now);
        let addressee = Addressee {
            customer,
            name: &recipient.name,
            email: &recipient.email,
            phone: &recipient.phone,
            location: recipient.location_id,
            location_name: recipient.location_name.as_deref(),
        };
        let mut messages = Vec::new();
        for &channel in &ask.channels {
            for (reminder, at) in (0_i16..).zip(&times) {
                let slot = Slot::of_request(channel, reminder, week.next(zone, *at), String::new());
                messages.push(composer.message(&addressee, *request, slot)?);
            }
        }
        Ok(messages)
    })
    .await?;
    Ok(Requested { id, first })
}

/// Refuses whoever may not be asked, or cannot be reached.
fn check(recipient: &Recipient, ask: &Ask) -> AppResult<()> {
    let name = &recipient.name;
    if recipient.unsubscribed_at.is_some() {
        return Err(AppError::Conflict(format!("{name} has unsubscribed and can't be asked for a review.")));
    }
    if recipient.archived_at.is_some() {
        return Err(AppError::Conflict(format!("{name} is archived. Unarchive the customer to request a review.")));
    }
    for channel in &ask.channels {
        if recipient.address(*channel).is_empty() {
            let lacks = match channel {
                Channel::Email => "no email address",
                Channel::Sms => "no phone number",
            };
            let sentence = format!("{name} has {lacks}. Edit the customer, or choose the other channel.");
            return Err(AppError::invalid("channels", sentence));
        }
        if let Some(reason) = recipient.suppressed(*channel) {
            let (address, why) = (recipient.address(*channel), reason.clause());
            let sentence =
                format!("{address} is suppressed: {why}. Lift it on the Suppressed page, or choose the other channel.");
            return Err(AppError::invalid("channels", sentence));
        }
    }
    Ok(())
}

/// Asks each customer of a selection now, by the channels and with the reminders of the project's strategy. The limits of the strategy
/// do not hold back what staff ask for.
///
/// # Errors
/// `Invalid` where a template cannot be used; what was asked before stays.
pub async fn ask_many(
    manager: &Manager,
    selection: &CustomerSelection,
    base_url: &str,
    now: Timestamp,
) -> AppResult<CustomersOutcome> {
    let compose = |material: &planning::Material, candidates: &[Candidate]| {
        let strategy = Strategy { limits: Limits::default(), ..material.kept.strategy.clone() };
        let load = Load::default();
        let mut planner = Planner { strategy: &strategy, week: material.week, zone: &manager.zone, load };
        let mut composer = Composer::new(manager, &material.templates, base_url, now);
        let ask = |candidate: &Candidate| {
            let channels = match askable(&candidate.facts, &strategy) {
                Ok(channels) => channels,
                Err(skip) => return Ok(Err(skip)),
            };
            let request = RequestId::new();
            let planned = planner.plan(&channels, now, "").unwrap_or_default();
            let messages: AppResult<Vec<_>> = planned
                .into_iter()
                .map(|Planned { channel, reminder, at, .. }| {
                    let slot = Slot::of_request(channel, reminder, at, String::new());
                    composer.message(&candidate.addressee(), request, slot)
                })
                .collect();
            Ok(Ok((request, messages?)))
        };
        candidates.iter().map(ask).collect()
    };
    let mut outcome = CustomersOutcome::default();
    let mut chunks = Chunks::new(manager, selection, ASKED).await?;
    while let Some(some) = chunks.next().await? {
        outcome.add(&planning::ask(manager, &some, now, compose).await?);
    }
    Ok(outcome)
}

/// By which channels a customer can be asked, or why not.
fn askable(facts: &Facts, strategy: &Strategy) -> Result<Vec<Channel>, CustomerSkip> {
    let channels = facts.channels(strategy);
    if facts.is_archived {
        Err(CustomerSkip::Archived)
    } else if facts.is_unsubscribed {
        Err(CustomerSkip::Unsubscribed)
    } else if !channels.is_empty() {
        Ok(channels)
    } else if strategy.channels().any(|channel| facts.address(channel) == Address::Suppressed) {
        Err(CustomerSkip::Suppressed)
    } else {
        Err(CustomerSkip::NoAddress)
    }
}
