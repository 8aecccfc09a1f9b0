//! Why a message failed, and what staff can do about it.

use super::Channel;
use crate::domain::connection::Owner;
use serde::{Deserialize, Serialize};

/// Why a message failed, in our own terms; the provider's text is shown beside it. Stored as `code()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FailureCode {
    /// The mailbox or number does not exist (SMTP 550/551/553; Twilio 21211, 21614, 30005, 30006).
    AddressUnknown,
    /// The mailbox exists and is full (SMTP 552).
    MailboxFull,
    /// The recipient's server or carrier refused the content or the sender (SMTP 554, Twilio 30007).
    Rejected,
    /// The recipient's server could not verify our domain as the sender (SMTP 5.7.20 to 5.7.26: SPF, DKIM, DMARC).
    Unauthenticated,
    /// The customer opted out at the provider (Twilio 21610).
    OptedOut,
    /// Our own account or configuration (authentication, sender address, balance).
    Account,
    /// The recipient's server could not be reached before the retries ran out.
    Unreachable,
    /// It is unknown whether the provider accepted the message; it is not resent automatically.
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

    /// The short reason that a row shows.
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

    /// One or two sentences that say what to do about it.
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

    /// Who must act.
    pub fn owner(self) -> Owner {
        match self {
            Self::AddressUnknown | Self::MailboxFull | Self::OptedOut | Self::Other => Owner::Recipient,
            Self::Rejected => Owner::Content,
            Self::Account | Self::Unauthenticated => Owner::Account,
            Self::Unreachable | Self::Unconfirmed => Owner::Provider,
        }
    }

    pub fn fix(self) -> Fix {
        match self {
            Self::AddressUnknown => Fix::EditCustomer,
            // Only the customer can opt in again.
            Self::OptedOut => Fix::None,
            _ => Fix::Resend,
        }
    }
}

/// How staff can correct a failed message in this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Give the customer another address, then resend.
    EditCustomer,
    Resend,
    None,
}
