//! A message: what a row, a card and the whole view of it show, and what may be done with it.

use super::{
    BatchId, CustomerId, LocalTime, MessageId, RequestId, ReviewId,
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

    /// With the reminder's number: `Reminder 2`.
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
    /// Another message of its request came back from this address.
    Bounced = 5,
}

impl CancelCause {
    /// A clause for the row and the timeline; the person, where there is one, is shown beside it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Staff => "canceled by staff",
            Self::Unsubscribed => "the customer unsubscribed",
            Self::Reviewed => "a review came first",
            Self::Archived => "the customer was archived",
            Self::NoAddress => "the address was removed",
            Self::Bounced => "the address does not exist",
        }
    }
}

/// Why a message failed, in our own terms; the provider's text stands beside it. Stored as `code()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FailureCode {
    /// The mailbox or number does not exist (SMTP 550/551/553; Twilio 21211, 21614, 30005, 30006).
    AddressUnknown,
    /// It exists and takes no more (SMTP 552).
    MailboxFull,
    /// The receiving side refused the content or the sender (SMTP 554, Twilio 30007).
    Rejected,
    /// The receiving side could not verify our domain as the sender (SMTP 5.7.20 to 5.7.26: SPF, DKIM, DMARC).
    Unauthenticated,
    /// The customer opted out at the provider (Twilio 21610).
    OptedOut,
    /// Our own account or configuration (authentication, sender address, balance).
    Account,
    /// The receiving side could not be reached until the retries ran out.
    Unreachable,
    /// We cannot tell whether the provider took it; it is not sent again by itself.
    Unconfirmed,
    /// Anything else.
    Other,
}

impl FailureCode {
    pub const ALL: [Self; 9] = [
        Self::AddressUnknown,
        Self::MailboxFull,
        Self::Rejected,
        Self::Unauthenticated,
        Self::OptedOut,
        Self::Account,
        Self::Unreachable,
        Self::Unconfirmed,
        Self::Other,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::AddressUnknown => "address-unknown",
            Self::MailboxFull => "mailbox-full",
            Self::Rejected => "rejected",
            Self::Unauthenticated => "unauthenticated",
            Self::OptedOut => "opted-out",
            Self::Account => "account",
            Self::Unreachable => "unreachable",
            Self::Unconfirmed => "unconfirmed",
            Self::Other => "other",
        }
    }

    pub fn from_code(s: &str) -> Self {
        Self::ALL.into_iter().find(|c| c.code() == s).unwrap_or(Self::Other)
    }

    /// The short reason of a row.
    pub fn reason(self, channel: Channel) -> &'static str {
        match (self, channel) {
            (Self::AddressUnknown, Channel::Email) => "Address does not exist",
            (Self::AddressUnknown, Channel::Sms) => "Number does not exist",
            (Self::MailboxFull, _) => "Mailbox full",
            (Self::Rejected, Channel::Email) => "Refused by the recipient's server",
            (Self::Rejected, Channel::Sms) => "Refused by the carrier",
            (Self::Unauthenticated, _) => "Sender could not be verified",
            (Self::OptedOut, _) => "Opted out at the provider",
            (Self::Account, _) => "Sending account not accepted",
            (Self::Unreachable, _) => "Recipient's server not reachable",
            (Self::Unconfirmed, _) => "Not confirmed by the provider",
            (Self::Other, _) => "Could not be delivered",
        }
    }

    /// What to do about it, a sentence or two.
    pub fn advice(self, channel: Channel) -> &'static str {
        match (self, channel) {
            (Self::AddressUnknown, Channel::Email) => {
                "This address does not exist. Edit the customer's email, then resend."
            }
            (Self::AddressUnknown, Channel::Sms) => {
                "This number does not exist or takes no SMS. Edit the customer's phone, then resend."
            }
            (Self::MailboxFull, _) => "The mailbox is full. Resend in a few days, or ask by SMS.",
            (Self::Rejected, Channel::Email) => {
                "The recipient's server refused this message. Check the template for wording that looks like spam, then resend."
            }
            (Self::Rejected, Channel::Sms) => {
                "The carrier filtered this SMS. Shorten the text and avoid link shorteners, then resend."
            }
            (Self::Unauthenticated, _) => {
                "The recipient's server could not verify your domain as the sender. Check the SPF, DKIM and DMARC records of the sending domain's DNS, then resend."
            }
            (Self::OptedOut, _) => {
                "The customer opted out by replying STOP. Only the customer can opt in again, by replying START."
            }
            (Self::Account, _) => {
                "The provider did not accept our sending account. Check the connection's credentials and sender, then resend."
            }
            (Self::Unreachable, _) => {
                "The other side could not be reached for a day. Resend; if it fails again, check the address."
            }
            (Self::Unconfirmed, _) => {
                "The connection broke before the provider confirmed. It may have arrived: ask the customer or check the provider's console before you resend."
            }
            (Self::Other, _) => "Read the provider's text below, then resend or edit the customer's contact.",
        }
    }

    /// What staff can do about it in this program.
    pub fn fix(self) -> Fix {
        match self {
            Self::AddressUnknown => Fix::EditCustomer,
            // Only the customer can opt in again.
            Self::OptedOut => Fix::None,
            _ => Fix::Resend,
        }
    }
}

/// What staff can do about a failed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Give the customer another address, then resend.
    EditCustomer,
    Resend,
    /// Nothing.
    None,
}

/// What staff may do with one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    View,
    SendNow,
    Cancel,
    Reschedule,
    Resend,
    SendCopy,
    CopyUuid,
    Delete,
}

impl Action {
    pub const ALL: [Self; 8] = [
        Self::View,
        Self::SendNow,
        Self::Cancel,
        Self::Reschedule,
        Self::Resend,
        Self::SendCopy,
        Self::CopyUuid,
        Self::Delete,
    ];

    /// The menu item.
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "View message",
            Self::SendNow => "Send now",
            Self::Cancel => "Cancel message",
            Self::Reschedule => "Reschedule message",
            Self::Resend => "Resend message",
            Self::SendCopy => "Send a copy to me",
            Self::CopyUuid => "Copy UUID",
            Self::Delete => "Delete message",
        }
    }

    /// The table of product.md section 2.
    pub fn allowed(self, status: Status, state: State) -> bool {
        use Status::{Canceled, Failed, Scheduled};
        let sending = state == State::Sending;
        match self {
            Self::View | Self::CopyUuid => true,
            Self::SendNow | Self::Reschedule => !sending && matches!(status, Scheduled | Canceled),
            Self::Cancel => !sending && status == Scheduled,
            Self::Resend => !sending && status == Failed,
            Self::SendCopy | Self::Delete => !sending,
        }
    }

    /// Whether it only reads, so that a Viewer may do it.
    pub fn only_reads(self) -> bool {
        matches!(self, Self::View | Self::CopyUuid)
    }
}

/// What a row of any table shows.
// A tuple on the wire: the names of its fields would be most of a page's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct MessageRow {
    pub id: MessageId,
    pub customer_id: CustomerId,
    pub request_id: RequestId,
    /// The request's number for its customer: 1, 2, …
    pub request_number: i32,
    pub customer_name: String,
    /// The address that it goes or went to.
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
    pub failed: Option<LocalTime>,
    /// The short reason where the status is Failed.
    pub failure: Option<FailureCode>,
    /// Why, where the status is Canceled.
    pub cancel_cause: Option<CancelCause>,
}

impl MessageRow {
    /// What tells this message apart in accessible names: `Request by Email`, `Reminder 1 by SMS`.
    pub fn what(&self) -> String {
        format!("{} by {}", self.template.label(self.reminder), self.channel.name())
    }

    /// Whether its status allows the action. A message to a customer who opted out cannot be resent.
    pub fn may(&self, action: Action) -> bool {
        let is_hopeless = action == Action::Resend && self.failure.is_some_and(|code| code.fix() == Fix::None);
        action.allowed(self.status, self.state) && !is_hopeless
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
    /// SMS segments as carriers bill them (GSM 03.38: 160/153, UCS-2: 70/67); 0 for email.
    pub segments: u32,
    pub failure_text: Option<String>,
    pub timeline: Vec<TimelineEntry>,
    /// The review that this message led to.
    pub review: Option<ReviewId>,
    /// How many other messages of its request are not sent yet.
    pub unsent_siblings: u32,
    /// The batch that Undo would take back, where the message was canceled by staff.
    pub undo: Option<BatchId>,
    /// The project's version that all of this is at least as new as.
    pub version: i64,
}

/// One line of the timeline, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    pub at: LocalTime,
    pub kind: EventKind,
    /// The person who did it, where a person did.
    pub actor: Option<String>,
    pub detail: Option<String>,
    /// By a mail privacy proxy or link scanner: kept, and left out of the numbers.
    pub machine: bool,
}

/// Kinds of timeline entries. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum EventKind {
    Created = 0,
    /// An attempt began.
    Attempted = 1,
    /// An attempt failed and another will follow.
    Deferred = 2,
    Sent = 3,
    Delivered = 4,
    Opened = 5,
    Clicked = 6,
    Failed = 7,
    Complained = 8,
    Canceled = 9,
    Restored = 10,
    Rescheduled = 11,
    SendNow = 12,
    Resent = 13,
    CopySent = 14,
    Reviewed = 15,
    Unsubscribed = 16,
    /// A worker's result came after its lease was taken over; nothing was changed by it.
    Stale = 17,
}

impl EventKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Attempted => "Sending started",
            Self::Deferred => "Attempt failed, will be retried",
            Self::Sent => "Sent",
            Self::Delivered => "Delivered",
            Self::Opened => "Opened",
            Self::Clicked => "Clicked",
            Self::Failed => "Failed",
            Self::Complained => "Complained",
            Self::Canceled => "Canceled",
            Self::Restored => "Cancel undone",
            Self::Rescheduled => "Rescheduled",
            Self::SendNow => "Send now",
            Self::Resent => "Resend asked for",
            Self::CopySent => "Copy sent",
            Self::Reviewed => "Review left",
            Self::Unsubscribed => "Customer unsubscribed",
            Self::Stale => "Late result of an earlier attempt",
        }
    }
}

/// Segments that carriers bill for `text` (GSM 03.38 alphabet, else UCS-2).
pub fn sms_segments(text: &str) -> u32 {
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const EXTENDED: &str = "^{}\\[~]|€";
    let mut septets = 0_u32;
    let gsm = text.chars().all(|c| {
        septets += if EXTENDED.contains(c) { 2 } else { 1 };
        BASIC.contains(c) || EXTENDED.contains(c)
    });
    let units = if gsm { septets } else { text.encode_utf16().count() as u32 };
    let (single, part) = if gsm { (160, 153) } else { (70, 67) };
    match units {
        0 => 0,
        n if n <= single => 1,
        n => n.div_ceil(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_as_carriers_bill_them() {
        assert_eq!(sms_segments(""), 0);
        assert_eq!(sms_segments(&"a".repeat(160)), 1);
        assert_eq!(sms_segments(&"a".repeat(161)), 2);
        assert_eq!(sms_segments(&"€".repeat(81)), 2);
        assert_eq!(sms_segments(&"ж".repeat(70)), 1);
        assert_eq!(sms_segments(&"ж".repeat(71)), 2);
        assert_eq!(sms_segments(&"😀".repeat(36)), 2);
    }

    #[test]
    fn actions_are_those_of_the_table() {
        use Action::*;
        let of = |status, state| Action::ALL.into_iter().filter(|a| a.allowed(status, state)).collect::<Vec<_>>();
        assert_eq!(
            of(Status::Scheduled, State::Scheduled),
            [View, SendNow, Cancel, Reschedule, SendCopy, CopyUuid, Delete]
        );
        assert_eq!(of(Status::Scheduled, State::Sending), [View, CopyUuid]);
        for s in [Status::Sent, Status::Opened, Status::Clicked, Status::Complained] {
            assert_eq!(of(s, State::Sent), [View, SendCopy, CopyUuid, Delete]);
        }
        assert_eq!(of(Status::Failed, State::Failed), [View, Resend, SendCopy, CopyUuid, Delete]);
        assert_eq!(of(Status::Canceled, State::Canceled), [View, SendNow, Reschedule, SendCopy, CopyUuid, Delete]);
    }
}
