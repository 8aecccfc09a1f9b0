//! Writes the messages of requests from the project's templates.

use super::template::{Compiled, Values};
use crate::{
    domain::{
        AppResult, CustomerId, LocationId, MessageId, RequestId, Timestamp,
        message::{Channel, Template},
        template::Wording,
    },
    server::{
        language::templates,
        store::{
            guard::Viewer,
            id::NewId,
            new_message::{self, NewMessage, Past},
            planning::Candidate,
            requests::Templates,
        },
    },
};
use std::collections::HashMap;

/// To whom messages are written.
#[derive(Clone, Copy)]
pub struct Addressee<'a> {
    pub customer: CustomerId,
    pub name: &'a str,
    pub email: &'a str,
    /// In E.164.
    pub phone: &'a str,
    pub location: Option<LocationId>,
    pub location_name: Option<&'a str>,
}

impl Candidate {
    pub fn addressee(&self) -> Addressee<'_> {
        Addressee {
            customer: self.id,
            name: &self.name,
            email: &self.email,
            phone: &self.phone,
            location: self.location,
            location_name: self.location_name.as_deref(),
        }
    }
}

/// A message that is to be written.
pub struct Slot {
    pub template: Template,
    pub channel: Channel,
    /// 1, 2, 3 for reminders; 0 for others.
    pub reminder: i16,
    pub at: Timestamp,
    /// How the strategy came to that time; empty where it did not.
    pub why: String,
}

impl Slot {
    /// A request, or a reminder of it where `reminder` is not 0.
    pub fn of_request(channel: Channel, reminder: i16, at: Timestamp, why: String) -> Self {
        let template = if reminder == 0 { Template::Request } else { Template::Reminder };
        Self { template, channel, reminder, at, why }
    }
}

/// Reads each template once.
pub struct Composer<'a> {
    guard: &'a Viewer,
    templates: &'a Templates,
    compiled: HashMap<(Template, Channel), Compiled>,
    base_url: &'a str,
    now: Timestamp,
}

impl<'a> Composer<'a> {
    pub fn new(guard: &'a Viewer, templates: &'a Templates, base_url: &'a str, now: Timestamp) -> Self {
        Self { guard, templates, compiled: HashMap::new(), base_url: base_url.trim_end_matches('/'), now }
    }

    /// # Errors
    /// `Invalid` where the project's template cannot be used.
    pub fn message(&mut self, to: &Addressee, request: RequestId, slot: Slot) -> AppResult<NewMessage> {
        let Slot { template, channel, reminder, at, why } = slot;
        let token = new_message::token()?;
        let (project_name, base_url) = (&self.guard.project_name, self.base_url);
        let content = self.compiled(template, channel)?.render(&Values {
            customer_name: to.name,
            project_name,
            location_name: to.location_name,
            base_url,
            token: &token,
        });
        let recipient = match channel {
            Channel::Email => to.email,
            Channel::Sms => to.phone,
        };
        Ok(NewMessage {
            id: MessageId::new(),
            customer: to.customer,
            request,
            location: to.location,
            channel,
            template,
            reminder,
            recipient: recipient.to_owned(),
            scheduled: at,
            day: self.guard.day(at),
            created: self.now,
            content,
            why,
            token,
            past: Past::default(),
        })
    }

    /// The project's own template, or the default in its language.
    fn compiled(&mut self, template: Template, channel: Channel) -> AppResult<&Compiled> {
        if !self.compiled.contains_key(&(template, channel)) {
            let own = self.templates.own.iter().find(|t| (t.template, t.channel) == (template, channel));
            let wording = match own {
                Some(own) => Wording { subject: own.subject.clone(), body: own.body.clone() },
                None => templates::default(self.guard.language, template, channel, self.templates.opt_out),
            };
            let compiled = Compiled::new(self.guard.language, template, channel, &wording)?;
            self.compiled.insert((template, channel), compiled);
        }
        Ok(&self.compiled[&(template, channel)])
    }
}
