//! Asking a customer for a review: who may be asked, and what the messages say and when they go out.

use super::{
    delivery::template::{self, Compiled, Values},
    store::{
        guard::Operator,
        id::NewId,
        new_message::{self, NewMessage, Past},
        requests::{self, Material, Recipient},
    },
};
use crate::domain::{
    AppError, AppResult, CustomerId, MessageId, RequestId, Timestamp,
    ask::Ask,
    message::{Channel, Template},
    schedule,
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
    let wanted = match ask.at {
        Some(wall) => schedule::future("at", &operator.zone, wall, now)?,
        None => now,
    };
    let base_url = base_url.trim_end_matches('/');
    let mut first = wanted;
    let id = requests::create(operator, customer, now, |material| {
        check(&material.recipient, ask)?;
        first = material.recipient.week().next(&operator.zone, wanted);
        Composer { operator, customer, material, ask, base_url, now }.messages(first)
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

/// What the messages of one request have in common.
struct Composer<'a> {
    operator: &'a Operator,
    customer: CustomerId,
    material: &'a Material,
    ask: &'a Ask,
    base_url: &'a str,
    now: Timestamp,
}

impl Composer<'_> {
    /// The request and its reminders for each channel, at their times inside the project's window; the first is inside.
    fn messages(&self, first: Timestamp) -> AppResult<Vec<NewMessage>> {
        let (zone, week) = (&self.operator.zone, self.material.recipient.week());
        let times = schedule::sequence(zone, first, self.ask.reminders, self.ask.days);
        let mut messages = Vec::new();
        for &channel in &self.ask.channels {
            let request = self.compiled(Template::Request, channel)?;
            let reminder = self.compiled(Template::Reminder, channel)?;
            for (n, at) in (0_i16..).zip(&times) {
                let compiled = if n == 0 { &request } else { &reminder };
                messages.push(self.message(channel, n, compiled, week.next(zone, *at))?);
            }
        }
        Ok(messages)
    }

    /// The project's template, or the default where the project has none.
    fn compiled(&self, template: Template, channel: Channel) -> AppResult<Compiled> {
        match self.material.templates.iter().find(|t| (t.template, t.channel) == (template, channel)) {
            Some(own) => Compiled::new(template, channel, &own.subject, &own.body),
            None => {
                let (subject, body) = template::default(template, channel);
                Compiled::new(template, channel, subject, body)
            }
        }
    }

    /// `reminder` is 0 for the request itself.
    fn message(&self, channel: Channel, reminder: i16, compiled: &Compiled, at: Timestamp) -> AppResult<NewMessage> {
        let Material { request, recipient, .. } = self.material;
        let token = new_message::token()?;
        let content = compiled.render(&Values {
            customer_name: &recipient.name,
            project_name: &self.operator.project_name,
            location_name: recipient.location_name.as_deref(),
            base_url: self.base_url,
            token: &token,
        })?;
        Ok(NewMessage {
            id: MessageId::new(),
            customer: self.customer,
            request: *request,
            location: recipient.location_id,
            channel,
            template: if reminder == 0 { Template::Request } else { Template::Reminder },
            reminder,
            recipient: recipient.address(channel).to_owned(),
            scheduled: at,
            day: self.operator.day(at),
            created: self.now,
            content,
            token,
            past: Past::default(),
        })
    }
}
