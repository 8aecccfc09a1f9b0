//! Asking a customer for a review: who may be asked, and what the messages say and when they go out.

pub mod many;

use super::{
    delivery::compose::{Addressee, Composer, Slot},
    store::{
        guard::{Operator, Viewer},
        opening,
        requests::{self, Material, Recipient},
    },
};
use crate::domain::{
    AppError, AppResult, CustomerId, RequestId, Timestamp,
    ask::Ask,
    message::Channel,
    schedule::{self, Hours},
};

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
    let wanted = wanted(operator, ask, now)?;
    let mut first = wanted;
    let id = requests::create(operator, customer, now, |Material { request, recipient, templates }| {
        check(recipient, ask)?;
        let times = times(operator, recipient.hours(), ask, &recipient.phone, wanted);
        first = times.first().copied().unwrap_or(wanted);
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
                let slot = Slot::of_request(channel, reminder, *at, String::new());
                messages.push(composer.message(&addressee, *request, slot)?);
            }
        }
        Ok(messages)
    })
    .await?;
    Ok(Requested { id, first })
}

/// When the first messages are wanted.
///
/// # Errors
/// `Invalid` for a time that has passed or is too far away.
fn wanted(viewer: &Viewer, ask: &Ask, now: Timestamp) -> AppResult<Timestamp> {
    ask.at.map_or(Ok(now), |wall| schedule::future("at", &viewer.zone, wall, now))
}

/// When the request and its reminders leave, each within the project's hours.
fn times(viewer: &Viewer, hours: Hours, ask: &Ask, phone: &str, wanted: Timestamp) -> Vec<Timestamp> {
    let zones = opening::zones(hours.opening, phone, viewer.zone);
    let next = |at| hours.next_in(&zones, at).unwrap_or(at);
    let mut times = vec![next(wanted)];
    for days in &ask.reminders {
        // Counted from when the message before it leaves, so that no two come together where the schedule opens.
        times.push(next(schedule::days_after(&viewer.zone, times[times.len() - 1], *days)));
    }
    times
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
