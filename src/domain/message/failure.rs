//! Why a message failed, and what staff can do about it.

use super::Channel;
use crate::domain::{CustomerId, MessageId, connection::Owner};
use serde::{Deserialize, Serialize};

/// Why a message failed, in our own terms; the provider's text is shown beside it. Stored as `code()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FailureCode {
    /// The mailbox or number does not exist (SMTP 550/551/553; Twilio 21211, 21614, 30005, 30006; ClickSend INVALID_RECIPIENT).
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
                "The connection broke before the provider confirmed, or its answer leaves it open. It may have arrived: ask the customer or check the provider's console before you resend."
            }
            (Self::Other, _) => "Read what the provider said, then resend or edit the customer's contact.",
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

    /// What helps.
    pub fn fix(self, channel: Channel) -> Fix {
        match (self, channel) {
            (Self::AddressUnknown, Channel::Email) => Fix::EditEmail,
            (Self::AddressUnknown, Channel::Sms) => Fix::EditPhone,
            (Self::OptedOut, _) => Fix::AskToResubscribe,
            (Self::Account | Self::Unauthenticated, _) => Fix::OpenConnection,
            (Self::Rejected, _) => Fix::ChangeText,
            (Self::MailboxFull | Self::Unreachable | Self::Unconfirmed | Self::Other, _) => Fix::Resend,
        }
    }

    /// Whether a message cannot be sent again to the same address.
    pub fn bars_the_address(self) -> bool {
        matches!(self, Self::AddressUnknown | Self::OptedOut)
    }
}

/// What helps against a failure, in this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Give the customer another email address, then resend.
    EditEmail,
    /// Give the customer another phone number, then resend.
    EditPhone,
    /// Only the customer can opt in again; the profile says what is allowed.
    AskToResubscribe,
    /// Mend our account at the provider, or our domain.
    OpenConnection,
    /// The text of a message stays as it was sent: later messages take the template's.
    ChangeText,
    Resend,
}

impl Fix {
    pub const ALL: [Self; 6] = [
        Self::EditEmail,
        Self::EditPhone,
        Self::AskToResubscribe,
        Self::OpenConnection,
        Self::ChangeText,
        Self::Resend,
    ];

    /// What its button or link says.
    pub fn label(self) -> &'static str {
        match self {
            Self::EditEmail => "Edit email",
            Self::EditPhone => "Edit phone",
            Self::AskToResubscribe => "Ask to resubscribe",
            Self::OpenConnection => "Open the connection",
            Self::ChangeText => "See the text",
            Self::Resend => "Resend",
        }
    }

    /// The same where there is little room.
    pub fn short_label(self) -> &'static str {
        match self {
            Self::AskToResubscribe => "Resubscribe",
            Self::OpenConnection => "Connection",
            Self::EditEmail | Self::EditPhone | Self::ChangeText | Self::Resend => self.label(),
        }
    }

    /// The address of the page or form that does it, for a message of this customer. None for Resend, which changes the message
    /// itself.
    pub fn href(self, slug: &str, customer: CustomerId, message: MessageId) -> Option<String> {
        let project = format!("/projects/{slug}");
        let profile = |task: &str| format!("{project}/customers/{customer}?message={message}&do={task}");
        match self {
            Self::EditEmail => Some(profile("edit-email")),
            Self::EditPhone => Some(profile("edit-phone")),
            Self::AskToResubscribe => Some(profile("resubscribe")),
            Self::OpenConnection => Some(format!("{project}/connections")),
            Self::ChangeText => Some(format!("{project}/messages/{message}#content-heading")),
            Self::Resend => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_stored() {
        for code in FailureCode::ALL {
            assert_eq!(FailureCode::from_code(code.code()), code);
        }
        assert_eq!(FailureCode::from_code("of a newer release"), FailureCode::Other);
    }

    #[test]
    fn each_failure_has_a_sentence_and_something_that_helps() {
        for code in FailureCode::ALL {
            for channel in Channel::ALL {
                assert!(code.advice(channel).ends_with('.') && !code.reason(channel).ends_with('.'));
                let is_elsewhere = code.fix(channel) != Fix::Resend;
                let (customer, message) = (CustomerId(uuid::Uuid::nil()), MessageId(uuid::Uuid::nil()));
                let href = code.fix(channel).href("harbor", customer, message);
                assert_eq!(href.is_some_and(|href| href.starts_with("/projects/harbor/")), is_elsewhere, "{code:?}");
            }
        }
    }
}
