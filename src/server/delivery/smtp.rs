//! An SMTP client that knows how far each conversation came: lettre's connection, driven command by command, with a
//! pool of our own.

use super::{
    PROVIDER_TIMEOUT, Receipt, Refusal,
    email::Mime,
    one_line, retry,
    retry::{Class, Phase},
};
use crate::domain::message::FailureCode;
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt, Rset},
    extension::{ClientId, Extension, MailParameter},
};
use reqwest::Url;
use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, time::timeout};

/// How long a server may take to answer RSET.
const RESET: Duration = Duration::from_secs(2);
/// We close idle connections before the server does.
const IDLE: Duration = Duration::from_secs(30);
/// Bytes of the data that are written at a time.
const CHUNK: usize = 16 * 1024;

pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    patience: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    None,
    StartTls,
    Tls,
}

/// How far a conversation came, and what ended it.
struct Broken {
    phase: Phase,
    fault: Fault,
}

enum Fault {
    Smtp(Error),
    Network(io::Error),
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

impl Fault {
    /// The code of the server's answer, where there was one.
    fn reply(&self) -> Option<u16> {
        match self {
            Self::Smtp(error) => error.status().map(u16::from),
            Self::Network(_) => None,
        }
    }

    /// Nothing was sent: the server lacks what we were told to use.
    fn is_ours(&self) -> bool {
        matches!(self, Self::Smtp(error) if error.is_client())
    }

    /// Whether the connection ended; 421 announces that.
    fn is_hangup(&self) -> bool {
        !self.is_ours() && matches!(self.reply(), None | Some(421))
    }

    /// The server's words, or the system's.
    fn words(&self) -> String {
        one_line(&match self {
            Self::Smtp(error) => std::error::Error::source(error).map_or_else(|| error.to_string(), |e| e.to_string()),
            Self::Network(error) => error.to_string(),
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
        let credentials =
            url.password().map(|password| Credentials::new(percent_decoded(url.username()), percent_decoded(password)));
        if credentials.is_none() && !url.username().is_empty() {
            return Err("The SMTP address names a user without a password.".into());
        }
        Ok(Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(port),
            security,
            credentials,
            idle: Mutex::new(Vec::new()),
            patience: PROVIDER_TIMEOUT,
        })
    }

    /// Waits this long for a mail to be taken instead of [`PROVIDER_TIMEOUT`].
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Uses an idle connection if there is one.
    pub(super) async fn send(&self, mime: &Mime) -> Result<Receipt, Refusal> {
        let at_end = AtomicBool::new(false);
        match timeout(self.patience, self.converse(mime, &at_end)).await {
            Ok(Ok(receipt)) => Ok(receipt),
            Ok(Err(broken)) => Err(refusal(&broken)),
            Err(_) => {
                let phase = if at_end.load(Ordering::Relaxed) { Phase::End } else { Phase::Data };
                let text = format!("No answer from the mail server within {} seconds", self.patience.as_secs());
                Err(Refusal { class: retry::smtp(phase, None, &text), code: None, text })
            }
        }
    }

    async fn converse(&self, mime: &Mime, at_end: &AtomicBool) -> Result<Receipt, Broken> {
        if let Some(mut connection) = self.take_idle() {
            match self.deliver(&mut connection, mime, at_end).await {
                // The server closed it while it was idle; nothing of this mail has been sent.
                Err(broken) if broken.phase <= Phase::Mail && broken.fault.is_hangup() => {}
                result => return self.finish(connection, result).await,
            }
        }
        let mut connection = self.connect().await.map_err(|fault| Broken { phase: Phase::Connect, fault })?;
        let result = self.deliver(&mut connection, mime, at_end).await;
        self.finish(connection, result).await
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

    async fn connect(&self) -> Result<AsyncSmtpConnection, Fault> {
        let hello = ClientId::default();
        let address = (self.host.as_str(), self.port);
        let tls = || TlsParameters::new(self.host.clone());
        let mut connection = if self.security == Security::Tls {
            AsyncSmtpConnection::connect_tokio1(address, Some(self.patience), &hello, Some(tls()?), None).await?
        } else {
            let stream = TcpStream::connect(address).await?;
            // Without this the end of the data waits for the acknowledgment of what is before it.
            stream.set_nodelay(true)?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await?
        };
        if self.security == Security::StartTls {
            connection.starttls(tls()?, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }

    async fn deliver(
        &self,
        connection: &mut AsyncSmtpConnection,
        mime: &Mime,
        at_end: &AtomicBool,
    ) -> Result<Receipt, Broken> {
        let at = |phase| move |error: Error| Broken { phase, fault: error.into() };
        let ascii = mime.to.to_string().is_ascii() && mime.from.to_string().is_ascii();
        let utf8 = !ascii && connection.server_info().supports_feature(Extension::SmtpUtfEight);
        let parameters = if utf8 { vec![MailParameter::SmtpUtfEight] } else { vec![] };
        connection.command(Mail::new(Some(mime.from.clone()), parameters)).await.map_err(at(Phase::Mail))?;
        connection.command(Rcpt::new(mime.to.clone(), vec![])).await.map_err(at(Phase::Rcpt))?;
        connection.command(Data).await.map_err(at(Phase::Data))?;
        // The iterator's end is asked for when everything but the final dot has been written.
        let mut chunks = mime.bytes.chunks(CHUNK);
        let body = std::iter::from_fn(|| {
            let chunk = chunks.next();
            at_end.store(chunk.is_none(), Ordering::Relaxed);
            chunk
        });
        let result = connection.message_iter(body).await;
        let phase = if at_end.load(Ordering::Relaxed) { Phase::End } else { Phase::Data };
        let reply = result.map_err(at(phase))?;
        let text = one_line(&reply.message().collect::<Vec<_>>().join(" "));
        Ok(Receipt { provider_id: None, text: format!("{} {text}", reply.code()) })
    }
}

fn refusal(broken: &Broken) -> Refusal {
    let Broken { phase, fault } = broken;
    let words = fault.words();
    match fault.reply() {
        Some(code) => Refusal {
            class: retry::smtp(*phase, Some(code), &words),
            code: Some(code.to_string()),
            text: format!("{code} {words}"),
        },
        None if fault.is_ours() => Refusal { class: Class::Permanent(FailureCode::Account), code: None, text: words },
        None => {
            let text = format!("The connection to the mail server broke: {words}");
            Refusal { class: retry::smtp(*phase, None, &words), code: None, text }
        }
    }
}

fn percent_decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers() {
        for (url, host, port, security, auth) in [
            ("smtp://localhost:2525", "localhost", 2525, Security::None, false),
            ("smtp://[::1]", "::1", 25, Security::None, false),
            ("smtp+starttls://u:p%40ss@mail.example.com", "mail.example.com", 587, Security::StartTls, true),
            ("smtps://u:p@mail.example.com", "mail.example.com", 465, Security::Tls, true),
        ] {
            let smtp = Smtp::new(url).unwrap();
            assert_eq!((smtp.host.as_str(), smtp.port, smtp.security), (host, port, security), "{url}");
            assert_eq!(smtp.credentials.is_some(), auth, "{url}");
        }
        for url in ["", "mail.example.com", "http://mail.example.com", "smtp://", "smtps://user@mail.example.com"] {
            let sentence = Smtp::new(url).err().unwrap();
            assert!(sentence.contains("SMTP address"), "{url}: {sentence}");
        }
        assert_eq!(percent_decoded("a%40b+c%26&d"), "a@b+c&&d");
    }
}
