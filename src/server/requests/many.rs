//! Asking many customers at once: who can be asked, said before and after.

use super::{
    super::{
        delivery::compose::{Composer, Slot},
        phone,
        store::{
            customers::{self, Chunks},
            guard::{Manager, Viewer},
            id::NewId,
            new_message::NewMessage,
            planning::{self, Candidate, Material},
        },
    },
    times, wanted,
};
use crate::domain::{
    AppResult, RequestId, Timestamp,
    ask::{
        Ask,
        many::Whom,
        preview::{AskPreview, LOOKED_AT_MOST, Sample},
    },
    contact::parse_email,
    customer::bulk::{CustomerSelection, CustomerSkip, CustomersOutcome},
    message::Channel,
    strategy::verdict::{Address, Facts},
};

/// Customers of one transaction.
const ASKED: usize = 200;
/// Customers that are read at a time, to be counted.
const READ: usize = 1_000;

/// Asks each of these customers. The limits of the strategy do not hold back what staff ask for.
///
/// # Errors
/// `Invalid` for a time that has passed, and where a template cannot be used; what was asked before stays.
pub async fn ask_many(
    manager: &Manager,
    whom: &Whom,
    ask: &Ask,
    base_url: &str,
    now: Timestamp,
) -> AppResult<CustomersOutcome> {
    let (selection, unknown) = selection(manager, whom).await?;
    let wanted = wanted(manager, ask, now)?;
    let compose = |material: &Material, candidates: &[Candidate]| {
        let mut composer = Composer::new(manager, &material.templates, base_url, now);
        let ask = |candidate: &Candidate| match askable(&candidate.facts, &ask.channels) {
            Ok(channels) => {
                let times = times(manager, material.hours, ask, &candidate.phone, wanted);
                messages(&mut composer, candidate, &channels, &times).map(Ok)
            }
            Err(skip) => Ok(Err(skip)),
        };
        candidates.iter().map(ask).collect()
    };
    let mut outcome = CustomersOutcome::default();
    outcome.skip(CustomerSkip::Unknown, unknown.len() as u64);
    let mut chunks = Chunks::new(manager, &selection, ASKED).await?;
    while let Some(some) = chunks.next().await? {
        outcome.add(&planning::ask(manager, &some, now, compose).await?);
    }
    Ok(outcome)
}

/// What [`ask_many`] would do now.
///
/// # Errors
/// As [`ask_many`].
pub async fn preview(
    manager: &Manager,
    whom: &Whom,
    ask: &Ask,
    base_url: &str,
    now: Timestamp,
) -> AppResult<AskPreview> {
    let (selection, unknown) = selection(manager, whom).await?;
    let material = planning::material_to_preview(manager, now).await?;
    let wanted = wanted(manager, ask, now)?;
    let mut preview = AskPreview { unknown, ..AskPreview::default() };
    let mut cannot = CustomersOutcome::default();
    let mut chunks = Chunks::new(manager, &selection, READ).await?;
    while let Some(some) = chunks.next().await? {
        if preview.looked_at >= LOOKED_AT_MOST {
            preview.has_more = true;
            break;
        }
        let candidates = planning::candidates(manager, &material.kept.strategy, &some).await?;
        preview.looked_at += some.len() as u64;
        for candidate in &candidates {
            match askable(&candidate.facts, &ask.channels) {
                Err(skip) => cannot.skip(skip, 1),
                Ok(channels) => {
                    preview.can += 1;
                    preview.by_email += u64::from(channels.contains(&Channel::Email));
                    preview.by_sms += u64::from(channels.contains(&Channel::Sms));
                    let times = times(manager, material.hours, ask, &candidate.phone, wanted);
                    let first = times.first().map(|at| manager.local(*at));
                    preview.first = [preview.first, first].into_iter().flatten().min();
                    if preview.samples.is_empty() {
                        let mut composer = Composer::new(manager, &material.templates, base_url, now);
                        let (_, messages) = messages(&mut composer, candidate, &channels, &times[..1])?;
                        preview.samples = messages.into_iter().map(|message| sample(candidate, message)).collect();
                    }
                }
            }
        }
        cannot.skip(CustomerSkip::Gone, (some.len() - candidates.len()) as u64);
    }
    preview.cannot = cannot.skipped;
    Ok(preview)
}

fn sample(candidate: &Candidate, message: NewMessage) -> Sample {
    Sample {
        customer: candidate.name.clone(),
        channel: message.channel,
        subject: message.content.subject,
        text: message.content.text,
    }
}

/// The customers of a list by their ids, and what of it belongs to none.
async fn selection(viewer: &Viewer, whom: &Whom) -> AppResult<(CustomerSelection, Vec<String>)> {
    let list = match whom {
        Whom::Selected(selection) => return Ok((selection.clone(), Vec::new())),
        Whom::Listed(list) => list,
    };
    // As customers have them; None for what is no address.
    let address = |written: &String| match written.contains('@') {
        true => parse_email("list", written).ok(),
        false => phone::parse("list", written).ok(),
    };
    let addresses: Vec<Option<String>> = list.iter().map(address).collect();
    let known = customers::by_address(viewer, addresses.iter().flatten()).await?;
    let mut ids: Vec<_> = known.values().copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let is_unknown = |address: &Option<String>| address.as_ref().is_none_or(|address| !known.contains_key(address));
    let unknown = list.iter().zip(&addresses).filter(|(_, address)| is_unknown(address));
    Ok((CustomerSelection::These(ids), unknown.map(|(written, _)| written.clone()).collect()))
}

/// By which of these channels a customer can be asked, or why not.
fn askable(facts: &Facts, wanted: &[Channel]) -> Result<Vec<Channel>, CustomerSkip> {
    let is = |address| move |channel: &Channel| facts.address(*channel) == address;
    let channels: Vec<Channel> = wanted.iter().copied().filter(|channel| is(Address::Good)(channel)).collect();
    if facts.is_archived {
        Err(CustomerSkip::Archived)
    } else if facts.is_unsubscribed {
        Err(CustomerSkip::Unsubscribed)
    } else if !channels.is_empty() {
        Ok(channels)
    } else if wanted.iter().any(is(Address::Suppressed)) {
        Err(CustomerSkip::Suppressed)
    } else {
        Err(CustomerSkip::NoAddress)
    }
}

fn messages(
    composer: &mut Composer,
    candidate: &Candidate,
    channels: &[Channel],
    times: &[Timestamp],
) -> AppResult<(RequestId, Vec<NewMessage>)> {
    let request = RequestId::new();
    let mut messages = Vec::new();
    for &channel in channels {
        for (reminder, at) in (0_i16..).zip(times) {
            let slot = Slot::of_request(channel, reminder, *at, String::new());
            messages.push(composer.message(&candidate.addressee(), request, slot)?);
        }
    }
    Ok((request, messages))
}
