//! Sending: the transports, how they are configured, and the worker that hands them what is due.

pub mod breaker;
pub mod compose;
pub mod dkim;
pub mod email;
pub mod evidence;
pub mod faults;
pub mod file;
pub mod hosts;
pub mod memory;
pub mod provider_headers;
pub mod pulse;
pub mod retry;
pub mod seal;
pub mod sms;
pub mod smtp;
pub mod template;
pub mod worker;

use crate::{
    domain::{
        ConnectionId, Timestamp,
        connection::{
            StopReason,
            form::{Secrets, domain},
            settings::{Provider, Settings, SmtpSettings},
        },
        content::Outgoing,
        message::Channel,
    },
    server::store::{
        Db,
        connections::{self, Connection},
        queue::lanes::Via,
    },
};
use dkim::Dkim;
use email::{Email, Sender};
use evidence::Evidence;
use file::Outbox;
use hosts::Hosts;
use memory::Memory;
use retry::Class;
use seal::SealingKey;
use sms::{
    Sms, Twilio,
    clicksend::{self, ClickSend, ClickSendConfig},
};
use smtp::Smtp;
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

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
    /// Where Twilio's API is, for projects with an account of their own.
    pub twilio_url: String,
    /// Where the mail servers of projects may be.
    pub hosts: Hosts,
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

/// What came of asking a provider whether it knows us, without a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Host and port.
    pub server: String,
    /// What it says of our account; empty where it says nothing.
    pub words: String,
    /// The time by its clock, to the second, where it tells it.
    pub date: Option<Timestamp>,
}

/// All ways out: the deployment's two, and those that projects have set up.
pub struct Transports {
    pub email: Email,
    pub sms: Sms,
    /// None where nothing can be stored encrypted: projects have no connections of their own then.
    pub key: Option<SealingKey>,
    /// Where Twilio's API is.
    pub twilio_url: String,
    /// Where ClickSend's API is.
    pub clicksend_url: String,
    /// Where the mail servers of projects may be.
    pub hosts: Hosts,
    /// Of projects, with the revision of their settings.
    own: Mutex<HashMap<ConnectionId, (i32, Arc<Route>)>>,
}

/// The way over one project's connection.
pub enum Route {
    Email(Box<Email>),
    Sms(Box<Sms>),
}

impl Transports {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// A sentence that names the setting which is wrong.
    pub fn new(config: &TransportConfig, key: Option<SealingKey>) -> Result<Self, String> {
        // A second installation in one process changes nothing: the first stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sender = Sender::new(&config.mail_from, &config.base_url)?;
        let outbox = Outbox::new(&config.outbox_dir);
        let email = match &config.smtp_url {
            Some(url) => {
                let smtp = Smtp::new(url)?;
                let provider = Provider::by_host(smtp.host());
                Email::smtp(sender, smtp).by(provider)
            }
            None => Email::file(sender, outbox.clone()),
        };
        let sms = match &config.twilio {
            Some(twilio) => {
                let twilio = Twilio::new(twilio)?;
                Sms::twilio(reporting(twilio, &config.base_url, ConnectionId::of_deployment(Channel::Sms)))
            }
            None => Sms::file(outbox),
        };
        let (twilio_url, hosts) = (config.twilio_url.clone(), config.hosts);
        let clicksend_url = clicksend::BASE_URL.to_owned();
        Ok(Self { email, sms, key, twilio_url, clicksend_url, hosts, own: Mutex::default() })
    }

    /// Both into memory, where tests look; with a key that everybody knows.
    ///
    /// # Errors
    /// As [`Transports::new`].
    pub fn memory(base_url: &str) -> Result<(Self, Memory), String> {
        let memory = Memory::default();
        let sender = Sender::new("reviews@example.com", base_url)?;
        let (email, sms) = (Email::memory(sender, memory.clone()), Sms::memory(memory.clone()));
        let (twilio_url, clicksend_url) = ("https://api.twilio.com".to_owned(), clicksend::BASE_URL.to_owned());
        let key = Some(SealingKey::parse(&format!("{}=", "A".repeat(43)))?);
        let hosts = Hosts::Any;
        Ok((Self { email, sms, key, twilio_url, clicksend_url, hosts, own: Mutex::default() }, memory))
    }

    /// The name that attempts are recorded under.
    pub fn provider(&self, via: &Via) -> &'static str {
        match (via.provider, via.channel) {
            (Some(provider), _) => provider.code(),
            (None, Channel::Email) => self.email.provider(),
            (None, Channel::Sms) => self.sms.provider(),
        }
    }

    /// Hands a message to the provider of its connection. Returns once that has taken it. Records what was said.
    ///
    /// # Errors
    /// The provider's refusal, classified.
    pub async fn attempt(
        &self,
        db: &Db,
        via: &Via,
        mail: &Outgoing,
        at: Timestamp,
        evidence: &mut Evidence,
    ) -> Result<Receipt, Refusal> {
        if via.provider.is_none() {
            return match via.channel {
                Channel::Email => self.email.attempt(mail, at, evidence).await,
                Channel::Sms => self.sms.attempt(mail, at, evidence).await,
            };
        }
        self.own(db, via).await?.attempt(mail, at, evidence).await
    }

    /// The way over a project's own connection: the one at hand, unless its settings have changed.
    async fn own(&self, db: &Db, via: &Via) -> Result<Arc<Route>, Refusal> {
        let known = self.known().get(&via.connection).cloned();
        if let Some((revision, route)) = known
            && revision >= via.revision
        {
            return Ok(route);
        }
        let unusable = |text: String| Refusal {
            class: Class::Account { reason: StopReason::Settings, otherwise: None },
            code: None,
            text,
        };
        let found = connections::of_project(db, via.project, via.channel).await;
        let connection = found
            .map_err(|error| unusable(format!("The settings could not be read: {error}")))?
            .filter(|connection| connection.id == via.connection)
            .ok_or_else(|| unusable("The connection was removed".into()))?;
        let route = Arc::new(self.route(&connection).map_err(unusable)?);
        self.known().insert(via.connection, (connection.revision, route.clone()));
        Ok(route)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<ConnectionId, (i32, Arc<Route>)>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the way over a connection; it does not connect yet.
    ///
    /// # Errors
    /// A sentence that says what of its settings cannot be used.
    pub fn route(&self, connection: &Connection) -> Result<Route, String> {
        let secrets = self.secrets(connection)?;
        match &connection.settings {
            Settings::Smtp(settings) => {
                let sender = Sender::new(&settings.from, self.email.base_url())?.replying_to(&settings.reply_to)?;
                let smtp = Smtp::of(settings, &secrets.password, self.hosts);
                let dkim = dkim(settings, &secrets, connection.provider)?;
                Ok(Route::Email(Box::new(Email::smtp(sender, smtp).by(connection.provider).signed_by(dkim))))
            }
            Settings::Twilio(settings) => {
                let twilio = Twilio::new(&TwilioConfig {
                    account_sid: settings.account_sid.clone(),
                    auth_token: secrets.password,
                    from: settings.from.clone(),
                    base_url: self.twilio_url.clone(),
                })?;
                Ok(Route::Sms(Box::new(Sms::twilio(reporting(twilio, self.email.base_url(), connection.id)))))
            }
            Settings::ClickSend(settings) => {
                let clicksend = ClickSend::new(&ClickSendConfig {
                    user: settings.user.clone(),
                    api_key: secrets.password,
                    from: settings.from.clone(),
                    base_url: self.clicksend_url.clone(),
                })?;
                Ok(Route::Sms(Box::new(Sms::clicksend(clicksend))))
            }
        }
    }

    /// # Errors
    /// A sentence that says why they cannot be read.
    pub fn secrets(&self, connection: &Connection) -> Result<Secrets, String> {
        let key = self.key.as_ref().ok_or("SECRET_KEY is not set on this server")?;
        let opened = key.open(connection.id, &connection.sealed);
        let opened = opened.ok_or("Its secrets were encrypted with another SECRET_KEY than this server's")?;
        serde_json::from_slice(&opened).map_err(|_| "Its secrets are damaged".to_owned())
    }
}

/// Has Twilio report to us. It refuses messages whose address for reports it cannot reach.
fn reporting(twilio: Twilio, base_url: &str, connection: ConnectionId) -> Twilio {
    if base_url.starts_with("https://") {
        twilio.reporting_to(webhook(base_url, Provider::Twilio, connection))
    } else {
        twilio
    }
}

/// Where a provider's reports about the messages of a connection go.
pub fn webhook(base_url: &str, provider: Provider, connection: ConnectionId) -> String {
    format!("{base_url}/webhooks/{}/{connection}", provider.code())
}

/// What a connection's mails are signed with, where it has a key.
///
/// # Errors
/// A sentence that says what is wrong with the key.
pub fn dkim(settings: &SmtpSettings, secrets: &Secrets, provider: Provider) -> Result<Option<Dkim>, String> {
    if settings.dkim_selector.is_empty() || secrets.dkim_key.is_empty() {
        return Ok(None);
    }
    Dkim::new(domain(&settings.from), &settings.dkim_selector, &secrets.dkim_key, provider).map(Some)
}

impl Route {
    /// Connects and signs in, and sends nothing; None where nothing leaves this machine.
    ///
    /// # Errors
    /// The provider's refusal, classified.
    pub async fn verify(&self) -> Result<Option<Verified>, Refusal> {
        match self {
            Self::Email(email) => email.verify().await,
            Self::Sms(sms) => sms.verify().await,
        }
    }

    /// # Errors
    /// The provider's refusal, classified.
    pub async fn attempt(&self, mail: &Outgoing, at: Timestamp, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        match self {
            Self::Email(email) => email.attempt(mail, at, evidence).await,
            Self::Sms(sms) => sms.attempt(mail, at, evidence).await,
        }
    }
}

/// `text` on one line: whatever a terminal, a mail header or a log would take for a new line becomes a space.
pub fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect::<String>().trim().to_owned()
}
