//! Email: its MIME form and its transports.
//!
//! Bodies are quoted-printable and every line ends in CRLF, so that nothing in a body can end the data early
//! (RUSTSEC-2026-0561 of lettre up to 0.11.23); headers take one line of text, whatever was put into a name or subject.

use super::{
    Receipt, Refusal, Verified, dkim::Dkim, evidence::Evidence, file::Outbox, memory::Memory, one_line,
    provider_headers, retry::Class, smtp::Smtp,
};
use crate::domain::{Timestamp, connection::settings::Provider, content::Outgoing, message::FailureCode};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use reqwest::Url;
use std::time::{Duration, UNIX_EPOCH};
use uuid::Uuid;

pub struct Email {
    sender: Sender,
    route: Route,
    /// Which provider's own headers mails get.
    provider: Provider,
    /// What mails are signed with.
    dkim: Option<Dkim>,
}

enum Route {
    Smtp(Box<Smtp>),
    File(Outbox),
    Memory(Memory),
}

/// The sender of emails, and the origin of their links.
#[derive(Clone, Debug)]
pub struct Sender {
    address: Address,
    /// Where answers go, if not to `address`.
    reply_to: Option<Address>,
    /// Without a slash at its end.
    base_url: String,
}

impl Sender {
    /// # Errors
    /// A sentence that names the setting which is wrong.
    pub fn new(mail_from: &str, base_url: &str) -> Result<Self, String> {
        let mailbox: Mailbox = mail_from.trim().parse().map_err(|_| {
            format!("The sender of emails {mail_from:?} must be an address such as reviews@example.com.")
        })?;
        let base_url = base_url.trim().trim_end_matches('/');
        let plain = base_url.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | '"' | '&'));
        let known = Url::parse(base_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !plain || !known {
            return Err(format!("The base address {base_url:?} must begin with https:// (or http://) and a host."));
        }
        Ok(Self { address: mailbox.email, reply_to: None, base_url: base_url.to_owned() })
    }

    /// Has answers sent to this address; to the sender's if it is empty.
    ///
    /// # Errors
    /// A sentence that names the setting which is wrong.
    pub fn replying_to(mut self, address: &str) -> Result<Self, String> {
        if !address.is_empty() {
            let wrong = || format!("The address {address:?} for answers must be one such as reviews@example.com.");
            self.reply_to = Some(address.parse().map_err(|_| wrong())?);
        }
        Ok(self)
    }

    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    fn message_id(&self, mail: &Outgoing) -> String {
        let id = mail.message.map_or_else(|| format!("copy-{}", Uuid::now_v7()), |id| id.to_string());
        format!("<{id}@{}>", self.address.domain())
    }

    /// The mail as it is sent: 7-bit, CRLF only.
    fn mime(&self, mail: &Outgoing, at: Timestamp, provider: Provider) -> Result<Mime, String> {
        let to: Address = mail.recipient.parse().map_err(|_| "This is not an email address.".to_owned())?;
        let name = |s: &str| Some(one_line(s)).filter(|s| !s.is_empty());
        let from = Mailbox::new(name(&mail.project_name), self.address.clone());
        let reply_to = self.reply_to.clone().unwrap_or_else(|| self.address.clone());
        let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(at.0).unwrap_or(0));
        let mut builder = Message::builder()
            .from(from)
            .reply_to(Mailbox::new(name(&mail.project_name), reply_to))
            .to(Mailbox::new(name(&mail.recipient_name), to.clone()))
            .subject(one_line(&mail.subject))
            .message_id(Some(self.message_id(mail)))
            .date(date);
        if let Some(token) = &mail.unsubscribe_token {
            let link = format!("<{}/u/{token}>", self.base_url);
            builder = builder
                .raw_header(header("List-Unsubscribe", link))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into()));
        }
        for (name, value) in mail.message.map_or_else(Vec::new, |message| provider_headers::of(provider, message)) {
            builder = builder.raw_header(header(name, value));
        }
        let text = part(ContentType::TEXT_PLAIN, &mail.text);
        let message = if mail.html.is_empty() {
            builder.singlepart(text)
        } else {
            builder.multipart(
                MultiPart::alternative().singlepart(text).singlepart(part(ContentType::TEXT_HTML, &mail.html)),
            )
        };
        let bytes = message.map_err(|e| e.to_string())?.formatted();
        if !is_clean(&bytes) {
            return Err("The mail has a line that SMTP does not allow.".into());
        }
        Ok(Mime { from: self.address.clone(), to, bytes })
    }
}

/// A mail and its envelope.
pub(super) struct Mime {
    pub from: Address,
    pub to: Address,
    pub bytes: Vec<u8>,
}

/// Headers that we make ourselves from graphic ASCII; folding would break their links.
fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

fn part(kind: ContentType, body: &str) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(crlf(body))
}

/// Makes every line end CRLF.
fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// ASCII, and CR and LF only together: what remains of the advisory's workaround should a library change.
fn is_clean(bytes: &[u8]) -> bool {
    let mut last = 0;
    for &byte in bytes {
        if !byte.is_ascii() || byte == 0 || (last == b'\r') != (byte == b'\n') {
            return false;
        }
        last = byte;
    }
    last != b'\r'
}

impl Email {
    pub fn smtp(sender: Sender, smtp: Smtp) -> Self {
        Self { sender, route: Route::Smtp(Box::new(smtp)), provider: Provider::Smtp, dkim: None }
    }

    pub fn file(sender: Sender, outbox: Outbox) -> Self {
        Self { sender, route: Route::File(outbox), provider: Provider::Smtp, dkim: None }
    }

    pub fn memory(sender: Sender, memory: Memory) -> Self {
        Self { sender, route: Route::Memory(memory), provider: Provider::Smtp, dkim: None }
    }

    /// With the headers by which this provider's reports name the message.
    #[must_use]
    pub fn by(mut self, provider: Provider) -> Self {
        self.provider = provider;
        self
    }

    #[must_use]
    pub fn signed_by(mut self, dkim: Option<Dkim>) -> Self {
        self.dkim = dkim;
        self
    }

    /// The name that attempts are recorded under.
    pub fn provider(&self) -> &'static str {
        match self.route {
            Route::Smtp(_) => "smtp",
            Route::File(_) => "file",
            Route::Memory(_) => "memory",
        }
    }

    /// The address that emails come from.
    pub fn from(&self) -> String {
        self.sender.address.to_string()
    }

    /// The name of the mail server; none where emails are only written down.
    pub fn host(&self) -> Option<&str> {
        match &self.route {
            Route::Smtp(smtp) => Some(smtp.host()),
            Route::File(_) | Route::Memory(_) => None,
        }
    }

    /// What links in messages begin with, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.sender.base_url()
    }

    /// Connects to the mail server and signs in, and sends nothing; None where nothing leaves this machine.
    ///
    /// # Errors
    /// The server's refusal, classified.
    pub async fn verify(&self) -> Result<Option<Verified>, Refusal> {
        match &self.route {
            Route::Smtp(smtp) => smtp.verify().await.map(Some),
            Route::File(_) | Route::Memory(_) => Ok(None),
        }
    }

    /// Returns once the provider has taken it. `at` is the mail's date.
    ///
    /// # Errors
    /// The provider's refusal, classified.
    pub async fn send(&self, mail: &Outgoing, at: Timestamp) -> Result<Receipt, Refusal> {
        self.attempt(mail, at, &mut Evidence::default()).await
    }

    /// [`Email::send`], which records what was said.
    ///
    /// # Errors
    /// The same.
    pub async fn attempt(&self, mail: &Outgoing, at: Timestamp, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        let mut mime = self.sender.mime(mail, at, self.provider).map_err(|text| {
            let code = if mail.recipient.parse::<Address>().is_err() {
                FailureCode::AddressUnknown
            } else {
                FailureCode::Other
            };
            Refusal { class: Class::Permanent(code), code: None, text }
        })?;
        if let Some(dkim) = &self.dkim {
            let unsigned = |text| Refusal { class: Class::LATER, code: None, text };
            let signature = dkim.sign(&mime.bytes, at).map_err(unsigned)?;
            mime.bytes.splice(0..0, signature);
        }
        match &self.route {
            Route::Smtp(smtp) => {
                let Receipt { text, .. } = smtp.send(&mime, evidence).await?;
                Ok(Receipt { provider_id: provider_headers::id_in(self.provider, &text), text })
            }
            Route::File(outbox) => outbox.email(mail, &mime.bytes, at, evidence).await,
            Route::Memory(memory) => memory.send(mail, evidence).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Outgoing {
        Outgoing {
            message: Some(crate::domain::MessageId(Uuid::from_u128(7))),
            recipient: "ana@example.com".into(),
            recipient_name: "Ana Ruiz".into(),
            project_name: "Harbor Coffee".into(),
            subject: "How was it?".into(),
            text: "Hi Ana,\n.\nbye\r.\rend".into(),
            html: "<p>Hi Ana</p>\n.\n".into(),
            unsubscribe_token: Some("abc_-123".into()),
            ..Outgoing::default()
        }
    }

    fn mime(mail: &Outgoing) -> String {
        let sender = Sender::new("Reviews <reviews@mail.example.com>", "https://reviews.example.com/").unwrap();
        String::from_utf8(sender.mime(mail, Timestamp(1_795_435_200_000), Provider::SendGrid).unwrap().bytes).unwrap()
    }

    #[test]
    fn the_headers_that_mailbox_providers_ask_for() {
        let text = mime(&mail());
        for line in [
            "From: \"Harbor Coffee\" <reviews@mail.example.com>\r\n",
            "Reply-To: \"Harbor Coffee\" <reviews@mail.example.com>\r\n",
            "Subject: How was it?\r\n",
            "Message-ID: <00000000-0000-0000-0000-000000000007@mail.example.com>\r\n",
            "List-Unsubscribe: <https://reviews.example.com/u/abc_-123>\r\n",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            "X-SMTPAPI: {\"unique_args\":{\"message\":\"00000000-0000-0000-0000-000000000007\"}}\r\n",
            "Content-Transfer-Encoding: quoted-printable\r\n",
        ] {
            assert!(text.contains(line), "{line:?} in\n{text}");
        }
        assert!(!mime(&Outgoing { unsubscribe_token: None, ..mail() }).contains("List-Unsubscribe"));
    }

    #[test]
    fn names_and_subjects_cannot_add_headers() {
        for evil in
            ["\r\nBcc: x@example.com", "\nBcc: x@example.com", "\rBcc: x@example.com", "\u{85}Bcc: x@example.com"]
        {
            let text = mime(&Outgoing {
                subject: format!("Hi{evil}"),
                project_name: format!("Harbor{evil}"),
                recipient_name: format!("Ana{evil}"),
                ..mail()
            });
            let head = text.split("\r\n\r\n").next().unwrap();
            assert!(head.lines().all(|line| !line.starts_with("Bcc")), "{head}");
        }
        let sender = Sender::new("reviews@example.com", "https://reviews.example.com").unwrap();
        let bad = Outgoing { recipient: "ana@example.com\r\nBcc: x@example.com".into(), ..mail() };
        assert!(sender.mime(&bad, Timestamp(0), Provider::Smtp).is_err());
    }

    #[test]
    fn wrong_settings_are_named() {
        assert!(Sender::new("nobody", "https://example.com").unwrap_err().contains("sender"));
        for base in ["example.com", "ftp://example.com", "https://", "https://example.com/<x>"] {
            assert!(Sender::new("a@example.com", base).unwrap_err().contains("base address"), "{base}");
        }
    }
}
