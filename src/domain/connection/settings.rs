//! How a connection to a provider is set up. Secrets stand apart: they never leave the server.

use crate::domain::message::Channel;
use serde::{Deserialize, Serialize};

/// Who takes messages over a connection, and reports back what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Any mail server. It reports nothing back.
    Smtp,
    /// Amazon SES
    Ses,
    SendGrid,
    Mailgun,
    Postmark,
    Twilio,
    /// Its reports are not signed, so none are taken.
    ClickSend,
}

impl Provider {
    pub const ALL: [Self; 7] =
        [Self::Smtp, Self::Ses, Self::SendGrid, Self::Mailgun, Self::Postmark, Self::Twilio, Self::ClickSend];

    /// As it stands in addresses and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Ses => "ses",
            Self::SendGrid => "sendgrid",
            Self::Mailgun => "mailgun",
            Self::Postmark => "postmark",
            Self::Twilio => "twilio",
            Self::ClickSend => "clicksend",
        }
    }

    pub fn from_code(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.code() == s)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Smtp => "Other mail server",
            Self::Ses => "Amazon SES",
            Self::SendGrid => "SendGrid",
            Self::Mailgun => "Mailgun",
            Self::Postmark => "Postmark",
            Self::Twilio => "Twilio",
            Self::ClickSend => "ClickSend",
        }
    }

    pub fn channel(self) -> Channel {
        if matches!(self, Self::Twilio | Self::ClickSend) { Channel::Sms } else { Channel::Email }
    }

    /// The provider's mail server, where all of its customers have the same.
    pub fn host(self) -> Option<&'static str> {
        match self {
            Self::SendGrid => Some("smtp.sendgrid.net"),
            Self::Mailgun => Some("smtp.mailgun.org"),
            Self::Postmark => Some("smtp.postmarkapp.com"),
            Self::Smtp | Self::Ses | Self::Twilio | Self::ClickSend => None,
        }
    }

    /// Whose mail server this is, where the name tells.
    pub fn by_host(host: &str) -> Self {
        let is = |end: &str| host == end || host.strip_suffix(end).is_some_and(|rest| rest.ends_with('.'));
        if host.starts_with("email-smtp.") && is("amazonaws.com") {
            Self::Ses
        } else if is("sendgrid.net") {
            Self::SendGrid
        } else if is("mailgun.org") {
            Self::Mailgun
        } else if is("postmarkapp.com") {
            Self::Postmark
        } else {
            Self::Smtp
        }
    }

    /// What its reports are verified with, as the provider calls it; none where it sends no reports, or where the account's
    /// secret serves for that too.
    pub fn report_secret(self) -> Option<&'static str> {
        match self {
            Self::Ses => Some("ARN of the SNS topic"),
            Self::SendGrid => Some("Verification key of the Event Webhook"),
            Self::Mailgun => Some("HTTP webhook signing key"),
            Self::Postmark => Some("Webhook's user and password (user:password)"),
            Self::Smtp | Self::Twilio | Self::ClickSend => None,
        }
    }

    /// Whether it reports what became of a message, in a way that can be verified.
    pub fn reports(self) -> bool {
        !matches!(self, Self::Smtp | Self::ClickSend)
    }
}

/// How the conversation with a mail server is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// From the first byte.
    #[default]
    Tls,
    /// It begins unencrypted; a server that does not offer STARTTLS is refused.
    StartTls,
    /// Only for a server on the same machine or network.
    None,
}

impl Security {
    pub const ALL: [Self; 3] = [Self::Tls, Self::StartTls, Self::None];

    pub fn code(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::None => "none",
        }
    }

    pub fn from_code(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|security| security.code() == s)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "TLS",
            Self::StartTls => "STARTTLS",
            Self::None => "None",
        }
    }

    /// The port that a server usually has for it.
    pub fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls => 587,
            Self::None => 25,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpSettings {
    /// A name or an IP address.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Empty for a server that wants no sign-in.
    pub user: String,
    /// The address that emails come from; the name beside it is the project's.
    pub from: String,
    /// Where answers go; empty for `from`.
    pub reply_to: String,
    /// With which selector of the sender's domain mails are signed (DKIM, RFC 6376); empty where the provider signs them.
    pub dkim_selector: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwilioSettings {
    pub account_sid: String,
    /// The sending number (E.164), or the SID of a messaging service (`MG…`).
    pub from: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClickSendSettings {
    /// The user name of the API.
    pub user: String,
    /// The sending number (E.164), or a name of at most 11 letters and digits.
    pub from: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Settings {
    Smtp(SmtpSettings),
    Twilio(TwilioSettings),
    ClickSend(ClickSendSettings),
}

impl Settings {
    pub fn channel(&self) -> Channel {
        match self {
            Self::Smtp(_) => Channel::Email,
            Self::Twilio(_) | Self::ClickSend(_) => Channel::Sms,
        }
    }

    /// The address, number or name that messages come from.
    pub fn from(&self) -> &str {
        match self {
            Self::Smtp(smtp) => &smtp.from,
            Self::Twilio(twilio) => &twilio.from,
            Self::ClickSend(clicksend) => &clicksend.from,
        }
    }
}

/// How much is sent over a connection at most; none is no limit of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    pub per_minute: Option<u32>,
    /// By the project's day.
    pub per_day: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for provider in Provider::ALL {
            assert_eq!(Provider::from_code(provider.code()), Some(provider));
            assert_eq!(serde_json::to_value(provider).unwrap(), provider.code());
        }
        for security in Security::ALL {
            assert_eq!(Security::from_code(security.code()), Some(security));
        }
        assert_eq!(Provider::from_code("sendmail"), None);
    }

    #[test]
    fn providers_are_known_by_their_servers() {
        for provider in Provider::ALL {
            if let Some(host) = provider.host() {
                assert_eq!(Provider::by_host(host), provider);
            }
        }
        assert_eq!(Provider::by_host("email-smtp.eu-west-1.amazonaws.com"), Provider::Ses);
        assert_eq!(Provider::by_host("smtp.eu.mailgun.org"), Provider::Mailgun);
        assert_eq!(Provider::by_host("notsendgrid.net"), Provider::Smtp);
    }
}
