//! An SMTP client that knows how far each conversation came: lettre's connection, driven command by command, with a
//! pool of our own.

use super::{
    Receipt, Refusal, Verified,
    email::Mime,
    evidence::{Evidence, short_address, without_base64},
    faults::{self, Phase},
    hosts::{Hosts, Unreachable},
    one_line,
    retry::Class,
};
use crate::domain::connection::{
    StopReason,
    settings::{Security, SmtpSettings},
};
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt, Rset},
    extension::{ClientId, Extension, MailParameter, ServerInfo},
    response::Response,
};
use reqwest::Url;
use std::{
    fmt::Display,
    io,
    net::IpAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, time::timeout};

/// How long a server may take, step by step: RFC 5321 (4.5.3.2) asks for more patience than the whole of a conversation should
/// ever need. The lease of a message is extended while its call runs.
#[derive(Clone, Copy, Debug)]
struct Patience {
    connect: Duration,
    /// Greeting and EHLO; STARTTLS, the handshake and EHLO; sign-in.
    dialogue: Duration,
    /// MAIL, RCPT, DATA.
    command: Duration,
    /// The body, its end, and the answer to it.
    body: Duration,
}

impl Patience {
    const USUAL: Self = Self {
        connect: Duration::from_secs(30),
        dialogue: Duration::from_secs(120),
        command: Duration::from_secs(60),
        body: Duration::from_secs(180),
    };
}

/// How long a server may take to answer RSET.
const RESET: Duration = Duration::from_secs(2);
/// We close idle connections before the server does.
const IDLE: Duration = Duration::from_secs(30);
/// Bytes of the data that are written at a time.
const CHUNK: usize = 16 * 1024;
/// The ways to sign in, the preferred one first.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    /// User and password, to keep them out of what is recorded.
    secrets: Vec<String>,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    patience: Patience,
    hosts: Hosts,
}

/// How far a conversation came, and what ended it.
struct Broken {
    phase: Phase,
    fault: Fault,
}

enum Fault {
    Smtp(Error),
    Network(io::Error),
    /// No answer within this time.
    Silence(Duration),
    /// The server has this address, which is none of the internet's.
    Internal(IpAddr),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Smtp(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Network(error)
    }
}

impl From<Unreachable> for Fault {
    fn from(error: Unreachable) -> Self {
        match error {
            Unreachable::Internal(address) => Self::Internal(address),
            Unreachable::Io(error) => Self::Network(error),
        }
    }
}

impl Fault {
    /// The code of the server's answer, where there was one.
    fn reply(&self) -> Option<u16> {
        match self {
            Self::Smtp(error) => error.status().map(u16::from),
            Self::Network(_) | Self::Silence(_) | Self::Internal(_) => None,
        }
    }

    /// The server lacks what we were told to use or may not be used, or the encryption broke.
    fn is_ours(&self) -> bool {
        matches!(self, Self::Smtp(error) if error.is_client()) || matches!(self, Self::Internal(_)) || self.is_tls()
    }

    /// The server's certificate, or its idea of TLS. Connections that break during the handshake are something else.
    fn is_tls(&self) -> bool {
        let Self::Smtp(error) = self else { return false };
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            // An io::Error hides what it wraps from `source`.
            let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            if error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
                return true;
            }
            cause = error.source();
        }
        error.is_tls()
    }

    /// Whether the connection ended; 421 announces that.
    fn is_hangup(&self) -> bool {
        matches!(self.reply(), None | Some(421))
    }

    /// The server's words, or the system's.
    fn words(&self) -> String {
        one_line(&match self {
            Self::Smtp(error) => std::error::Error::source(error).map_or_else(|| error.to_string(), |e| e.to_string()),
            Self::Network(error) => error.to_string(),
            Self::Silence(time) => format!("no answer within {} seconds", time.as_secs()),
            Self::Internal(address) => {
                format!("its address {address} is of an internal network, which is not permitted")
            }
        })
    }
}

impl Smtp {
    /// Reads `smtp://`, `smtp+starttls://` or `smtps://`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the address; it never repeats the password.
    pub fn new(url: &str) -> Result<Self, String> {
        let wrong = || "The SMTP address must look like smtps://user:password@mail.example.com:465.".to_owned();
        let url = Url::parse(url.trim()).map_err(|_| wrong())?;
        let (security, port) = match url.scheme() {
            "smtp" => (Security::None, 25),
            "smtp+starttls" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            other => {
                return Err(format!("The SMTP address begins with {other}://; use smtps, smtp+starttls or smtp."));
            }
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?.trim_matches(['[', ']']);
        let secrets = url.password().map(|password| [url.username(), password].map(percent_decoded));
        let credentials = secrets.clone().map(|[user, password]| Credentials::new(user, password));
        if credentials.is_none() && !url.username().is_empty() {
            return Err("The SMTP address names a user without a password.".into());
        }
        Ok(Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(port),
            security,
            credentials,
            secrets: secrets.into_iter().flatten().collect(),
            idle: Mutex::new(Vec::new()),
            patience: Patience::USUAL,
            hosts: Hosts::Any,
        })
    }

    /// A project's mail server, which may be one of these.
    pub fn of(settings: &SmtpSettings, password: &str, hosts: Hosts) -> Self {
        let secrets: Vec<String> = match settings.user.as_str() {
            "" => Vec::new(),
            user => vec![user.to_owned(), password.to_owned()],
        };
        Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            credentials: (!settings.user.is_empty())
                .then(|| Credentials::new(settings.user.clone(), password.to_owned())),
            secrets,
            idle: Mutex::new(Vec::new()),
            patience: Patience::USUAL,
            hosts,
        }
    }

    /// The server's name.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Waits this long at each step.
    #[must_use]
    pub fn with_patience(mut self, each: Duration) -> Self {
        self.patience = Patience { connect: each, dialogue: each, command: each, body: each };
        self
    }

    /// Uses an idle connection if there is one.
    pub(super) async fn send(&self, mime: &Mime, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        evidence.asked(self.address());
        evidence.hide_address(mime.to.as_ref());
        self.converse(mime, evidence).await.map_err(|broken| {
            let refusal = refusal(&broken);
            record(&broken, &refusal.text, evidence);
            refusal
        })
    }

    async fn converse(&self, mime: &Mime, evidence: &mut Evidence) -> Result<Receipt, Broken> {
        if let Some(mut connection) = self.take_idle() {
            evidence.note(&format!("Using an open connection to {}", self.address()));
            match self.deliver(&mut connection, mime, evidence).await {
                // The server closed it while it was idle; nothing of this mail has been sent.
                Err(broken) if broken.phase <= Phase::Mail && broken.fault.is_hangup() => {
                    record(&broken, "The server had closed the connection", evidence);
                }
                result => return self.finish(connection, result).await,
            }
        }
        let mut connection = self.connect(evidence).await?;
        let result = self.deliver(&mut connection, mime, evidence).await;
        self.finish(connection, result).await
    }

    /// Connects as for a mail, signs in, and says goodbye.
    pub(super) async fn verify(&self) -> Result<Verified, Refusal> {
        let mut connection = self.connect(&mut Evidence::default()).await.map_err(|broken| refusal(&broken))?;
        let words = if self.credentials.is_some() { "signed in" } else { "" };
        let _ = timeout(RESET, connection.quit()).await;
        Ok(Verified { server: self.address(), words: words.into(), date: None })
    }

    /// Host and port.
    fn address(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// Keeps the connection for the next mail if it can still be used.
    async fn finish(
        &self,
        mut connection: AsyncSmtpConnection,
        result: Result<Receipt, Broken>,
    ) -> Result<Receipt, Broken> {
        let reusable = match &result {
            Ok(_) => true,
            Err(broken) if broken.fault.is_hangup() => false,
            // The server's answer counts even if it then closes the connection.
            Err(_) => matches!(timeout(RESET, connection.command(Rset)).await, Ok(Ok(_))),
        };
        if reusable {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((connection, Instant::now()));
        }
        result
    }

    /// The most recently used, so that the others expire.
    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < IDLE);
        idle.pop().map(|(connection, _)| connection)
    }

    async fn connect(&self, evidence: &mut Evidence) -> Result<AsyncSmtpConnection, Broken> {
        let Patience { connect, dialogue, .. } = self.patience;
        let hello = ClientId::default();
        let tls = |phase| TlsParameters::new(self.host.clone()).map_err(|e| Broken { phase, fault: e.into() });
        let how = if self.security == Security::Tls { "Connecting over TLS to" } else { "Connecting to" };
        evidence.note(&format!("{how} {}", self.address()));
        let found = within(connect, Phase::Connect, self.hosts.resolve(&self.host, self.port)).await?;
        let address = found.as_slice();
        let mut connection = if self.security == Security::Tls {
            let secured =
                AsyncSmtpConnection::connect_tokio1(address, Some(connect), &hello, Some(tls(Phase::Encrypt)?), None);
            within(dialogue, Phase::Connect, secured).await?
        } else {
            let stream = within(connect, Phase::Connect, TcpStream::connect(address)).await?;
            evidence.note("Connected");
            // Without this the end of the data waits for the acknowledgment of what is before it.
            stream.set_nodelay(true).map_err(|e| Broken { phase: Phase::Connect, fault: e.into() })?;
            let greeted = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
            within(dialogue, Phase::Connect, greeted).await?
        };
        evidence.heard("S: (greeting and EHLO) ", &greeting(connection.server_info()));
        if self.security == Security::StartTls {
            if connection.can_starttls() {
                evidence.note("C: STARTTLS");
            }
            within(dialogue, Phase::Encrypt, connection.starttls(tls(Phase::Encrypt)?, &hello)).await?;
            evidence.heard("S: (encrypted, EHLO) ", &greeting(connection.server_info()));
        }
        if let Some(credentials) = &self.credentials {
            self.secrets.iter().for_each(|secret| evidence.hide(secret));
            if let Some(mechanism) = connection.server_info().get_auth_mechanism(&MECHANISMS) {
                evidence.note(&format!("C: AUTH {mechanism}"));
            }
            let reply = within(dialogue, Phase::SignIn, connection.auth(&MECHANISMS, credentials)).await?;
            evidence.heard("S: ", &without_base64(&words(&reply)));
        }
        Ok(connection)
    }

    async fn deliver(
        &self,
        connection: &mut AsyncSmtpConnection,
        mime: &Mime,
        evidence: &mut Evidence,
    ) -> Result<Receipt, Broken> {
        let ascii = mime.to.to_string().is_ascii() && mime.from.to_string().is_ascii();
        let utf8 = !ascii && connection.server_info().supports_feature(Extension::SmtpUtfEight);
        let parameters = if utf8 { vec![MailParameter::SmtpUtfEight] } else { vec![] };
        let mail = Mail::new(Some(mime.from.clone()), parameters);
        evidence.note(&format!("C: {mail}"));
        self.command(Phase::Mail, connection, mail, evidence).await?;
        evidence.note(&format!("C: RCPT TO:<{}>", short_address(mime.to.as_ref())));
        self.command(Phase::Rcpt, connection, Rcpt::new(mime.to.clone(), vec![]), evidence).await?;
        evidence.note("C: DATA");
        self.command(Phase::Data, connection, Data, evidence).await?;
        evidence.note(&format!("C: the message, {} bytes", mime.bytes.len()));
        // The iterator's end is asked for when everything but the final dot has been written.
        let at_end = AtomicBool::new(false);
        let mut chunks = mime.bytes.chunks(CHUNK);
        let data = std::iter::from_fn(|| {
            let chunk = chunks.next();
            at_end.store(chunk.is_none(), Ordering::Relaxed);
            chunk
        });
        let reply = within(self.patience.body, Phase::Data, connection.message_iter(data)).await.map_err(|broken| {
            let phase = if at_end.load(Ordering::Relaxed) { Phase::End } else { Phase::Data };
            Broken { phase, ..broken }
        })?;
        let text = words(&reply);
        evidence.heard("S: ", &text);
        Ok(Receipt { provider_id: None, text })
    }

    async fn command(
        &self,
        phase: Phase,
        connection: &mut AsyncSmtpConnection,
        command: impl Display,
        evidence: &mut Evidence,
    ) -> Result<(), Broken> {
        let reply = within(self.patience.command, phase, connection.command(command)).await?;
        evidence.heard("S: ", &words(&reply));
        Ok(())
    }
}

/// Code and words.
fn words(reply: &Response) -> String {
    let text = one_line(&reply.message().collect::<Vec<_>>().join(" "));
    format!("{} {text}", reply.code())
}

/// What we go by of a server's answer to EHLO; lettre keeps no more of it, and nothing of the greeting.
fn greeting(server: &ServerInfo) -> String {
    let mut text = format!("250 {}", server.name());
    for feature in [Extension::StartTls, Extension::SmtpUtfEight, Extension::EightBitMime] {
        if server.supports_feature(feature) {
            text.push_str(&format!(", {feature}"));
        }
    }
    for mechanism in MECHANISMS {
        if server.supports_auth_mechanism(mechanism) {
            text.push_str(&format!(", AUTH {mechanism}"));
        }
    }
    text
}

/// Records how a conversation broke: by the server's answer, or in `our_words`.
fn record(broken: &Broken, our_words: &str, evidence: &mut Evidence) {
    match broken.fault.reply() {
        Some(code) => {
            let reply = format!("{code} {}", broken.fault.words());
            let reply = if broken.phase == Phase::SignIn { without_base64(&reply) } else { reply };
            evidence.heard("S: ", &reply);
        }
        None => evidence.heard("", our_words),
    }
}

async fn within<T, E: Into<Fault>>(
    time: Duration,
    phase: Phase,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, Broken> {
    let fault = match timeout(time, step).await {
        Ok(Ok(done)) => return Ok(done),
        Ok(Err(error)) => error.into(),
        Err(_) => Fault::Silence(time),
    };
    Err(Broken { phase, fault })
}

fn refusal(broken: &Broken) -> Refusal {
    let Broken { phase, fault } = broken;
    let words = fault.words();
    match fault.reply() {
        Some(code) => Refusal {
            class: faults::smtp(*phase, Some(code), &words),
            code: Some(code.to_string()),
            text: format!("{code} {words}"),
        },
        // Later it is a connection that broke, whatever broke it: the mail may be on its way.
        None if *phase < Phase::Mail && fault.is_ours() => {
            let reason = match phase {
                _ if matches!(fault, Fault::Internal(_)) => StopReason::Settings,
                _ if fault.is_tls() => StopReason::Encryption,
                Phase::Encrypt => StopReason::Encryption,
                Phase::SignIn => StopReason::SignIn,
                _ => StopReason::Refused,
            };
            Refusal { class: Class::Account { reason, otherwise: None }, code: None, text: words }
        }
        None => {
            let text = format!("The connection to the mail server broke: {words}");
            Refusal { class: faults::smtp(*phase, None, &words), code: None, text }
        }
    }
}

fn percent_decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests;
