//! Asking a customer for a review: who may be asked, and what the messages say and when they go out.

pub mod many;

use super::{
    delivery::compose::{Addressee, Composer, Slot},
    store::{
        db::Tx,
        guard::{Operator, Viewer},
        new_message::NewMessage,
        opening,
        requests::{self, Kept, Material, Recipient},
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
    let writer = Writer { operator, customer, ask, is_any_channel: false, base_url, wanted, now };
    let kept = requests::create(operator, customer, now, |material| writer.messages(material)).await?;
    let first = kept.messages.iter().map(|message| message.scheduled).min().unwrap_or(wanted);
    Ok(Requested { id: kept.id, first })
}

/// Asks a customer as [`create`] does, in a transaction that has touched the project.
///
/// # Errors
/// As [`create`]; then nothing may be committed.
pub async fn create_in(tx: &mut Tx, writer: &Writer<'_>) -> AppResult<Kept> {
    let Writer { operator, customer, now, .. } = *writer;
    requests::create_in(tx, operator, customer, now, |material| writer.messages(material)).await
}

/// What the messages of one request are written by.
pub struct Writer<'a> {
    pub operator: &'a Operator,
    pub customer: CustomerId,
    pub ask: &'a Ask,
    /// Whether channels that do not reach the customer are left out, as long as one does.
    pub is_any_channel: bool,
    pub base_url: &'a str,
    /// When the first messages are wanted.
    pub wanted: Timestamp,
    pub now: Timestamp,
}

impl Writer<'_> {
    fn messages(&self, Material { request, recipient, templates }: &Material) -> AppResult<Vec<NewMessage>> {
        let reaches =
            |channel: &Channel| !recipient.address(*channel).is_empty() && recipient.suppressed(*channel).is_none();
        let mut ask = self.ask.clone();
        if self.is_any_channel && ask.channels.iter().any(reaches) {
            ask.channels.retain(reaches);
        }
        check(recipient, &ask)?;
        let times = times(self.operator, recipient.hours(), &ask, &recipient.phone, self.wanted);
        let mut composer = Composer::new(self.operator, templates, self.base_url, self.now);
        let addressee = Addressee {
            customer: self.customer,
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
    }
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
