//! The request strategy of a project: whom it asks for a review without staff, when, and how often.
//!
//! What staff choose is here; who is asked is decided in [`verdict`], and when each message leaves in [`plan`].

pub mod form;
pub mod page;
pub mod plan;
pub mod verdict;

use super::{ask::REMINDERS_MAX, charge::Currency, message::Channel};
use serde::{Deserialize, Serialize};

/// The most runs that follow the first where nobody rated.
pub const RETRIES_MAX: u8 = 2;
/// More days than this between two messages make no sense.
pub const DAYS_MAX: u16 = 365;

/// What staff choose on the Strategy page, but for the week's windows (`schedule::Week`), which all messages keep.
///
/// Stored as JSON; a field that an older release did not know has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Strategy {
    pub trigger: Trigger,
    /// From the trigger to the request.
    pub delay: Delay,
    pub email: bool,
    pub sms: bool,
    /// Whether a review is answered with a thank-you.
    pub thanks: bool,
    /// How many days after the message before it each reminder leaves; three at most.
    pub reminders: Vec<u16>,
    /// The channel by which no reminder is sent.
    pub reminders_without: Option<Channel>,
    /// How many complete new runs follow for a customer who followed no link.
    pub retries: u8,
    /// How many days after the last message of a run the next one begins.
    pub retry_days: u16,
    pub limits: Limits,
    pub conditions: Conditions,
}

impl Default for Strategy {
    fn default() -> Self {
        Self {
            trigger: Trigger::Added,
            delay: Delay { number: 1, unit: Unit::Days },
            email: true,
            sms: false,
            thanks: false,
            reminders: vec![3],
            reminders_without: None,
            retries: 0,
            retry_days: 30,
            limits: Limits::default(),
            conditions: Conditions::default(),
        }
    }
}

impl Strategy {
    /// By which channels a request goes out, where the customer has an address.
    pub fn channels(&self) -> impl Iterator<Item = Channel> {
        [(self.email, Channel::Email), (self.sms, Channel::Sms)].into_iter().filter(|(is, _)| *is).map(|(_, c)| c)
    }

    /// When the reminders by this channel leave, each in days after the message before it.
    pub fn reminders(&self, channel: Channel) -> &[u16] {
        if self.reminders_without == Some(channel) {
            return &[];
        }
        &self.reminders[..self.reminders.len().min(REMINDERS_MAX.into())]
    }

    /// Whether it asks for anything about a customer's charges.
    pub fn reads_charges(&self) -> bool {
        self.trigger == Trigger::Charge || self.conditions.are_set()
    }

    /// Whether it asks nobody without a charge.
    pub fn needs_charge(&self) -> bool {
        let Conditions { subscription, charges, total, average, .. } = &self.conditions;
        self.trigger == Trigger::Charge
            || *subscription == Subscription::Subscribers
            || charges.is_some()
            || total.is_some()
            || average.is_some()
    }
}

/// What the time of a request counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// When the customer was added.
    #[default]
    Added,
    /// The customer's date of visit, at nine in the morning.
    Visit,
    /// The customer's last charge that is known when the request is planned, at nine in the morning. Not the first: a minimum number of
    /// charges is met by the last.
    Charge,
}

impl Trigger {
    pub const ALL: [Self; 3] = [Self::Added, Self::Visit, Self::Charge];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Visit => "visit",
            Self::Charge => "charge",
        }
    }

    /// `1 day after …`
    pub fn clause(self) -> &'static str {
        match self {
            Self::Added => "the customer was added",
            Self::Visit => "the date of visit",
            Self::Charge => "the last charge",
        }
    }
}

/// What a customer's charges must come to; None for whatever they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    pub subscription: Subscription,
    /// How many charges at least, of all currencies.
    pub charges: Option<u32>,
    /// Of the charges in `currency`, in its smallest unit: at least so much in all, and on average.
    pub total: Option<i64>,
    pub average: Option<i64>,
    /// That of the amounts above, and of charges that come without one.
    pub currency: Currency,
}

impl Conditions {
    pub fn are_set(&self) -> bool {
        *self != Self { currency: self.currency, ..Self::default() }
    }
}

/// Who is asked: a subscriber is a customer with a charge that is part of a subscription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subscription {
    #[default]
    Any,
    Subscribers,
    Others,
}

impl Subscription {
    pub const ALL: [Self; 3] = [Self::Any, Self::Subscribers, Self::Others];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Subscribers => "subscribers",
            Self::Others => "others",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "Subscribers and others",
            Self::Subscribers => "Only subscribers",
            Self::Others => "Only customers without a subscription",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delay {
    pub number: u16,
    pub unit: Unit,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Hours,
    #[default]
    Days,
    /// By the calendar: from 31 January to 28 or 29 February.
    Months,
}

impl Unit {
    pub const ALL: [Self; 3] = [Self::Hours, Self::Days, Self::Months];

    pub fn slug(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Months => "months",
        }
    }

    /// Of one.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Hours => "hour",
            Self::Days => "day",
            Self::Months => "month",
        }
    }

    /// The longest delay: a year.
    pub fn most(self) -> u16 {
        match self {
            Self::Hours => 8_760,
            Self::Days => 365,
            Self::Months => 12,
        }
    }
}

/// How many automatic messages leave at most; None for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    pub email: Limit,
    pub sms: Limit,
}

impl Limits {
    pub fn of(&self, channel: Channel) -> Limit {
        match channel {
            Channel::Email => self.email,
            Channel::Sms => self.sms,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub per_day: Option<u32>,
    pub per_month: Option<u32>,
}

/// Whether customers are asked without staff. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Automate {
    /// Nobody is asked; who comes meanwhile isn't asked later, either, unless staff choose so when they switch it on.
    #[default]
    Off = 0,
    On = 1,
    /// No request is planned until it goes on; then those who came meanwhile are asked.
    Paused = 2,
}

impl Automate {
    pub fn from_code(code: i16) -> Self {
        [Self::On, Self::Paused].into_iter().find(|state| *state as i16 == code).unwrap_or_default()
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Paused => "paused",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        [Self::Off, Self::On, Self::Paused].into_iter().find(|state| state.slug() == s)
    }
}
