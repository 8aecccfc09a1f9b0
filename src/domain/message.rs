//! A message: what it is, and what a row, a card and the whole view of it show.

mod action;
mod attempt;
pub mod edit;
mod event;
mod explanation;
mod failure;
mod segments;
mod waiting;

pub use action::Action;
pub use attempt::{Attempt, AttemptOutcome};
pub use event::{EventKind, TimelineEntry};
pub use failure::{FailureCode, Fix};
pub use segments::{outside_gsm, sms_segments};
pub use waiting::{Hold, Waiting};

use super::{
    BatchId, CustomerId, LocalTime, MessageId, RequestId,
    review::{EarnedReview, Rating},
    status::{State, Status},
};
use serde::{Deserialize, Serialize};
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum Channel {
    Email = 0,
    Sms = 1,
}

impl Channel {
    pub const ALL: [Self; 2] = [Self::Email, Self::Sms];

    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Sms => "SMS",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|x| x.slug() == s)
    }
}

/// Which of the project's templates a message was made from. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum Template {
    Request = 0,
    Reminder = 1,
    ThanksPositive = 2,
    ThanksNegative = 3,
}

impl Template {
    pub const ALL: [Self; 4] = [Self::Request, Self::Reminder, Self::ThanksPositive, Self::ThanksNegative];

    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "Request",
            Self::Reminder => "Reminder",
            Self::ThanksPositive => "Thanks (positive)",
            Self::ThanksNegative => "Thanks (negative)",
        }
    }

    pub fn slug(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reminder => "reminder",
            Self::ThanksPositive => "thanks-positive",
            Self::ThanksNegative => "thanks-negative",
        }
    }

    pub fn from_slug(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|x| x.slug() == s)
    }

    /// The name, with the number of a reminder: `Reminder 2`.
    pub fn label(self, reminder: i16) -> String {
        match self {
            Self::Reminder => format!("Reminder {reminder}"),
            other => other.name().into(),
        }
    }
}

/// Why a message was canceled. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum CancelCause {
    Staff = 0,
    Unsubscribed = 1,
    Reviewed = 2,
    Archived = 3,
    /// The customer no longer has an address for this channel.
    NoAddress = 4,
    /// Another message came back from this address.
    Bounced = 5,
    /// The project sends nothing to this address.
    Suppressed = 6,
    /// The customer marked another message as spam.
    Complained = 7,
    /// The person behind the customer was erased.
    Erased = 8,
}

impl CancelCause {
    /// A clause for the row and the timeline; if a person canceled it, their name is shown beside it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Staff => "canceled by staff",
            Self::Unsubscribed => "the customer unsubscribed",
            Self::Reviewed => "a review came first",
            Self::Archived => "the customer was archived",
            Self::NoAddress => "the address was removed",
            Self::Bounced => "the address does not exist",
            Self::Suppressed => "the address is suppressed",
            Self::Complained => "the customer complained about another message",
            Self::Erased => "the person was erased",
        }
    }
}

/// A message as a row of any table shows it.
// A tuple on the wire: the names of its fields would be most of a page's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MessageRow {
    pub id: MessageId,
    pub customer_id: CustomerId,
    pub request_id: RequestId,
    /// The request's number for its customer: 1, 2, …
    pub request_number: i32,
    pub customer_name: String,
    /// The email address or phone number that it is or was sent to.
    pub recipient: String,
    pub channel: Channel,
    pub template: Template,
    /// 1, 2, 3 for reminders; 0 otherwise.
    pub reminder: i16,
    pub status: Status,
    pub state: State,
    pub scheduled: LocalTime,
    pub sent: Option<LocalTime>,
    pub delivered: bool,
    pub opened: Option<LocalTime>,
    pub clicked: Option<LocalTime>,
    /// When a machine first did, where no person has.
    pub machine_opened: Option<LocalTime>,
    pub machine_clicked: Option<LocalTime>,
    pub failed: Option<LocalTime>,
    /// Set if the status is Failed.
    pub failure: Option<FailureCode>,
    /// Set if the status is Canceled.
    pub cancel_cause: Option<CancelCause>,
    /// Why it waits, if it is due.
    pub hold: Option<Hold>,
    /// The stars of the review that it led to.
    pub rating: Option<Rating>,
}

impl MessageRow {
    /// Identifies the message in accessible names: `Request by Email`, `Reminder 1 by SMS`.
    pub fn what(&self) -> String {
        format!("{} by {}", self.template.label(self.reminder), self.channel.name())
    }

    /// Whether its status allows the action. A message to a customer who opted out cannot be resent, and nothing is left to be sent of
    /// one whose content was removed, or whose customer was erased.
    pub fn may(&self, action: Action) -> bool {
        let is_hopeless = action == Action::Resend && self.failure == Some(FailureCode::OptedOut);
        action.allowed(self.status, self.state) && !is_hopeless && !(self.recipient.is_empty() && action.sends())
    }

    /// What helps, where it failed.
    pub fn fix(&self) -> Option<Fix> {
        (self.status == Status::Failed).then(|| self.failure.unwrap_or(FailureCode::Other).fix(self.channel))
    }
}

/// Everything about one message: the View message dialog and page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDetail {
    pub row: MessageRow,
    pub subject: String,
    pub text: String,
    /// The HTML as sent, without the open pixel; empty for SMS.
    pub html: String,
    /// How many months after it had come to its end the content was removed; None while it is there.
    pub removed_after: Option<u16>,
    /// SMS segments as carriers bill them (GSM 03.38: 160/153, UCS-2: 70/67); 0 for email.
    pub segments: u32,
    pub failure_text: Option<String>,
    /// Whether it failed, and the customer has another address for its channel now.
    pub readdressed: bool,
    /// Why this time, and why not sent yet; set while it waits.
    pub waiting: Option<String>,
    pub timeline: Vec<TimelineEntry>,
    /// The last twenty, the newest last.
    pub attempts: Vec<Attempt>,
    /// The review that this message led to.
    pub review: Option<EarnedReview>,
    /// How many other messages of its request are unsent.
    pub unsent_siblings: u32,
    /// The batch that Undo restores; set if staff canceled the message.
    pub undo: Option<BatchId>,
    /// What the form that changes it begins with; set while it waits, for whom may change it.
    pub edit: Option<edit::EditForm>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}
