//! Who must act on a fault of sending, why a connection to a provider stands still, and how one is set up.

pub mod dns;
pub mod form;
pub mod page;
pub mod settings;

use super::{ConnectionId, LocalTime, message::Channel};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

impl ConnectionId {
    /// The connection of projects that have none of their own for this channel: the one in the deployment's settings.
    pub const fn of_deployment(channel: Channel) -> Self {
        Self(Uuid::from_u128(channel as u128 + 1))
    }

    pub fn is_of_deployment(self) -> bool {
        Channel::ALL.into_iter().any(|channel| self == Self::of_deployment(channel))
    }
}

/// Whose fault it is that a message was not sent, and so who can end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This address: the message fails, or waits if the fault may pass.
    Recipient,
    /// This text: the message fails.
    Content,
    /// Our account at the provider: the connection waits, and no message is blamed.
    Account,
    /// The provider: messages are tried again, and the connection waits if it fails often.
    Provider,
}

impl Owner {
    /// A word for monitoring.
    pub fn code(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Content => "content",
            Self::Account => "account",
            Self::Provider => "provider",
        }
    }
}

/// Why nothing is sent over a connection for now. Stored as `code()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StopReason {
    /// User name, password, or how we sign in.
    SignIn,
    /// No TLS where it is asked for, or none that we trust.
    Encryption,
    /// The sender's address or number.
    Sender,
    /// As much was sent as the provider permits for now.
    Quota,
    /// The account has no money left.
    Balance,
    /// The receiving side cannot verify our domain as the sender.
    Unverified,
    /// Anything else that the provider has against us: a blocked or suspended account, a blocked address of the server.
    Refused,
    /// Its settings cannot be used: the key that its secrets were encrypted with is gone, or a value is not understood.
    Settings,
    /// It does not answer, or not as it should.
    Down,
}

impl StopReason {
    pub const ALL: [Self; 9] = [
        Self::SignIn,
        Self::Encryption,
        Self::Sender,
        Self::Quota,
        Self::Balance,
        Self::Unverified,
        Self::Refused,
        Self::Settings,
        Self::Down,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Encryption => "encryption",
            Self::Sender => "sender",
            Self::Quota => "quota",
            Self::Balance => "balance",
            Self::Unverified => "unverified",
            Self::Refused => "refused",
            Self::Settings => "settings",
            Self::Down => "down",
        }
    }

    pub fn from_code(s: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.code() == s).unwrap_or(Self::Refused)
    }

    pub fn owner(self) -> Owner {
        if self == Self::Down { Owner::Provider } else { Owner::Account }
    }

    /// What the provider does, after its name.
    pub fn clause(self) -> &'static str {
        match self {
            Self::SignIn => "refused our sign-in",
            Self::Encryption => "offers no encryption that we can trust",
            Self::Sender => "refused our sender",
            Self::Quota => "takes no more from us for now, because its limit is reached",
            Self::Balance => "says that the account has no balance left",
            Self::Unverified => "could not verify our domain as the sender",
            Self::Refused => "does not accept messages from our account",
            Self::Settings => "cannot be reached with the settings of the connection",
            Self::Down => "does not answer as it should",
        }
    }

    /// What to do about it; nothing where waiting helps.
    pub fn advice(self) -> Option<&'static str> {
        match self {
            Self::SignIn => Some("Check the user name and password of the connection."),
            Self::Encryption => Some("Check the server's name, port and kind of encryption in the connection."),
            Self::Sender => Some("Check the sender in the connection."),
            Self::Balance => Some("Top up the account at the provider."),
            Self::Unverified => Some("Check the SPF, DKIM and DMARC records of the sending domain's DNS."),
            Self::Refused => Some("Look into the account at the provider."),
            Self::Settings => Some("Open the connection and save it again with its secrets."),
            Self::Quota | Self::Down => None,
        }
    }
}

/// A connection over which nothing is sent for now, as staff see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoppedConnection {
    pub id: ConnectionId,
    pub channel: Channel,
    pub reason: StopReason,
    /// The provider's words, or ours for what broke.
    pub words: String,
    pub since: LocalTime,
    /// How many messages have tried it since.
    pub tries: u32,
    /// When it is tried again, where that time is still to come.
    pub next_try: Option<LocalTime>,
}

impl StoppedConnection {
    pub fn sentence(&self, today: NaiveDate) -> String {
        let provider = provider_of(self.channel);
        let words = if self.words.is_empty() { String::new() } else { format!(" ({})", self.words) };
        let next = self.next_try.map_or_else(
            || "the next message that is due tries it again".to_owned(),
            |at| format!("the next try is {}", at.inline(today)),
        );
        let advice = self.reason.advice().map_or_else(String::new, |advice| format!(" {advice}"));
        format!(
            "{} is paused since {}: the {provider} {}{words}. Messages wait and none is lost; {next}.{advice}",
            self.channel.name(),
            self.since.inline(today),
            self.reason.clause(),
        )
    }
}

/// What takes the messages of a channel, in a sentence.
pub fn provider_of(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "mail server",
        Channel::Sms => "SMS provider",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn staff_read_why_and_until_when() {
        let since = Timestamp(1_795_431_600_000);
        let local = |at: Timestamp| at.local(&chrono::Utc);
        let mut stopped = StoppedConnection {
            id: ConnectionId::of_deployment(Channel::Email),
            channel: Channel::Email,
            reason: StopReason::SignIn,
            words: "535 5.7.8 bad credentials".into(),
            since: local(since),
            tries: 1,
            next_try: Some(local(since.plus(5 * Timestamp::MINUTE))),
        };
        let today = stopped.since.date();
        assert_eq!(
            stopped.sentence(today),
            "Email is paused since today 11:00: the mail server refused our sign-in (535 5.7.8 bad credentials). \
             Messages wait and none is lost; the next try is today 11:05. Check the user name and password of the connection."
        );
        stopped.reason = StopReason::Down;
        stopped.next_try = None;
        assert_eq!(
            stopped.sentence(today.succ_opt().unwrap()),
            "Email is paused since yesterday 11:00: the mail server does not answer as it should \
             (535 5.7.8 bad credentials). Messages wait and none is lost; the next message that is due tries it again."
        );
    }

    #[test]
    fn reasons_are_read_as_they_are_stored() {
        for reason in StopReason::ALL {
            assert_eq!(StopReason::from_code(reason.code()), reason);
        }
    }
}
