//! Sending: the transports, how they are configured, and the worker that hands them what is due.

pub mod breaker;
pub mod email;
pub mod evidence;
pub mod faults;
pub mod file;
pub mod memory;
pub mod retry;
pub mod sms;
pub mod smtp;
pub mod template;
pub mod worker;

use email::{Email, Sender};
use file::Outbox;
use memory::Memory;
use retry::Class;
use sms::{Sms, Twilio};
use smtp::Smtp;
use std::{path::PathBuf, time::Duration};

/// How long a provider with one request for a message may take for it.
pub const PROVIDER_TIMEOUT: Duration = Duration::from_secs(30);

/// How messages leave, as configured.
#[derive(Clone, Debug)]
pub struct TransportConfig {
    /// `smtp://` (unencrypted), `smtp+starttls://` or `smtps://`, with `user:password@` where the server wants it. None
    /// writes emails into the outbox folder.
    pub smtp_url: Option<String>,
    /// The address that emails come from; the name beside it is the project's.
    pub mail_from: String,
    /// None writes SMS into the outbox folder.
    pub twilio: Option<TwilioConfig>,
    pub outbox_dir: PathBuf,
    /// What the links in messages begin with, such as `https://reviews.example.com`.
    pub base_url: String,
}

/// An account at Twilio, or at what speaks its API.
#[derive(Clone)]
pub struct TwilioConfig {
    pub account_sid: String,
    pub auth_token: String,
    /// The sending number (E.164), or the SID of a messaging service (`MG…`).
    pub from: String,
    /// `https://api.twilio.com`
    pub base_url: String,
}

impl std::fmt::Debug for TwilioConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TwilioConfig").field("account_sid", &self.account_sid).finish_non_exhaustive()
    }
}

/// The provider took it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// What the provider calls it.
    pub provider_id: Option<String>,
    /// Its words.
    pub text: String,
}

/// The provider did not take it, or did not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub class: Class,
    /// The provider's code: an SMTP reply, an HTTP status or an error number.
    pub code: Option<String>,
    /// The provider's words, or ours for what broke.
    pub text: String,
}

/// The two ways out.
pub struct Transports {
    pub email: Email,
    pub sms: Sms,
}

impl Transports {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// A sentence that names the setting which is wrong.
    pub fn new(config: &TransportConfig) -> Result<Self, String> {
        // A second installation in one process changes nothing: the first stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sender = Sender::new(&config.mail_from, &config.base_url)?;
        let outbox = Outbox::new(&config.outbox_dir);
        let email = match &config.smtp_url {
            Some(url) => Email::smtp(sender, Smtp::new(url)?),
            None => Email::file(sender, outbox.clone()),
        };
        let sms = match &config.twilio {
            Some(twilio) => Sms::twilio(Twilio::new(twilio)?),
            None => Sms::file(outbox),
        };
        Ok(Self { email, sms })
    }

    /// Both into memory, where tests look.
    ///
    /// # Errors
    /// As [`Transports::new`].
    pub fn memory(base_url: &str) -> Result<(Self, Memory), String> {
        let memory = Memory::default();
        let sender = Sender::new("reviews@example.com", base_url)?;
        Ok((Self { email: Email::memory(sender, memory.clone()), sms: Sms::memory(memory.clone()) }, memory))
    }
}

/// `text` on one line: whatever a terminal, a mail header or a log would take for a new line becomes a space.
pub fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}
