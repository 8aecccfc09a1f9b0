//! SMS: over Twilio's REST API, or into the outbox folder.

use super::{
    PROVIDER_TIMEOUT, Receipt, Refusal, TwilioConfig,
    evidence::{Evidence, shortened},
    faults,
    file::Outbox,
    memory::Memory,
    one_line,
    provider_headers::KEY,
    retry::Class,
};
use crate::domain::{Timestamp, content::Outgoing};
use reqwest::{Client, Response, Url, header::RETRY_AFTER, redirect};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

pub struct Sms(Route);

enum Route {
    Twilio(Box<Twilio>),
    File(Outbox),
    Memory(Memory),
}

impl Sms {
    pub fn twilio(twilio: Twilio) -> Self {
        Self(Route::Twilio(Box::new(twilio)))
    }

    pub fn file(outbox: Outbox) -> Self {
        Self(Route::File(outbox))
    }

    pub fn memory(memory: Memory) -> Self {
        Self(Route::Memory(memory))
    }

    /// The name that attempts are recorded under.
    pub fn provider(&self) -> &'static str {
        match self.0 {
            Route::Twilio(_) => "twilio",
            Route::File(_) => "file",
            Route::Memory(_) => "memory",
        }
    }

    /// The number or service that SMS come from; none where they are only written down.
    pub fn from(&self) -> Option<&str> {
        match &self.0 {
            Route::Twilio(twilio) => Some(&twilio.from),
            Route::File(_) | Route::Memory(_) => None,
        }
    }

    /// Returns once the provider has taken it. Records what was said.
    ///
    /// # Errors
    /// The provider's refusal, classified.
    pub async fn attempt(&self, sms: &Outgoing, at: Timestamp, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        match &self.0 {
            Route::Twilio(twilio) => twilio.send(sms, evidence).await,
            Route::File(outbox) => outbox.sms(sms, at, evidence).await,
            Route::Memory(memory) => memory.send(sms, evidence).await,
        }
    }
}

/// A client of <https://www.twilio.com/docs/messaging/api/message-resource>.
pub struct Twilio {
    client: Client,
    messages: Url,
    account_sid: String,
    auth_token: String,
    from: String,
    /// Where Twilio reports what became of a message; None for nowhere.
    reports: Option<String>,
    patience: Duration,
}

/// What we read of an answer; a message and an error have `message` in common only by name.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    sid: Option<String>,
    status: Option<Value>,
    code: Option<u32>,
    message: Option<String>,
}

impl Twilio {
    /// # Errors
    /// A sentence that names the setting which is wrong.
    pub fn new(config: &TwilioConfig) -> Result<Self, String> {
        for (name, value) in [("account SID", &config.account_sid), ("auth token", &config.auth_token)] {
            if value.is_empty() || !value.chars().all(|c| c.is_ascii_alphanumeric()) {
                return Err(format!("The Twilio {name} must be letters and digits only."));
            }
        }
        if config.from.trim().is_empty() {
            return Err("The Twilio sender (a number such as +15550100 or a service MG…) is missing.".into());
        }
        let base = config.base_url.trim_end_matches('/');
        let messages = Url::parse(&format!("{base}/2010-04-01/Accounts/{}/Messages.json", config.account_sid))
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| format!("The Twilio address {base:?} must begin with https:// and a host."))?;
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|e| format!("The client for Twilio could not be made: {e}"))?;
        Ok(Self {
            client,
            messages,
            account_sid: config.account_sid.clone(),
            auth_token: config.auth_token.clone(),
            from: config.from.trim().to_owned(),
            reports: None,
            patience: PROVIDER_TIMEOUT,
        })
    }

    /// Waits this long for an answer instead of [`PROVIDER_TIMEOUT`].
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Has Twilio report to this address, without a query.
    #[must_use]
    pub fn reporting_to(mut self, address: String) -> Self {
        self.reports = Some(address);
        self
    }

    async fn send(&self, sms: &Outgoing, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        self.begin(sms, evidence);
        let sender = if self.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
        let mut form = vec![("To", sms.recipient.as_str()), (sender, &self.from), ("Body", &sms.text)];
        // With our own id: the report may be all that we ever hear of the message.
        let callback = self.reports.as_ref().zip(sms.message).map(|(to, id)| format!("{to}?{KEY}={id}"));
        form.extend(callback.as_ref().map(|address| ("StatusCallback", address.as_str())));
        let request = self.client.post(self.messages.clone()).basic_auth(&self.account_sid, Some(&self.auth_token));
        let answer = request.form(&form).timeout(self.patience).send().await.map_err(|error| {
            let refusal = broken(&error);
            evidence.heard("", &refusal.text);
            refusal
        })?;
        read(answer, evidence).await
    }

    fn begin(&self, sms: &Outgoing, evidence: &mut Evidence) {
        let host = self.messages.host_str().unwrap_or_default();
        let host = self.messages.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        evidence.hide(&self.auth_token);
        evidence.hide_number(&sms.recipient);
        let account = shortened(&self.account_sid, 2, 2.min(self.account_sid.len().saturating_sub(6)));
        evidence.hide_as(&self.account_sid, &account, false);
        evidence.note(&format!("POST {host}{}", self.messages.path().replace(&self.account_sid, &account)));
        evidence.asked(host);
    }
}

/// Without a connection nothing was sent; after one, the outcome is unknown.
fn broken(error: &reqwest::Error) -> Refusal {
    let class = if error.is_connect() || error.is_builder() { Class::LATER } else { Class::Ambiguous };
    let what = if error.is_timeout() { "No answer in time from" } else { "The connection broke to" };
    Refusal { class, code: None, text: format!("{what} the SMS provider: {}", causes(error)) }
}

/// An error with what caused it, without the address (it holds the account).
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    one_line(&innermost.to_string())
}

async fn read(response: Response, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
    let status = response.status();
    evidence.note(&format!("HTTP {status}"));
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok())
        .map(|seconds| i64::from(seconds) * Timestamp::SECOND);
    // The status decides; without a body only the provider's words are missing.
    let body = response.bytes().await.unwrap_or_default();
    evidence.heard("", &shown(&body));
    let answer: Answer = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() {
        let state = answer.status.as_ref().and_then(|s| s.as_str()).unwrap_or("accepted").to_owned();
        return Ok(Receipt { provider_id: answer.sid, text: one_line(&state) });
    }
    let text = answer.message.unwrap_or_else(|| format!("The SMS provider answered {status}"));
    Err(Refusal {
        class: faults::twilio(status.as_u16(), answer.code, retry_after),
        code: Some(answer.code.map_or_else(|| status.as_u16().to_string(), |code| code.to_string())),
        text: one_line(&text),
    })
}

/// The answer without the message's text. What is no JSON (the page of some proxy) may hold anything.
fn shown(body: &[u8]) -> String {
    match serde_json::from_slice(body) {
        Ok(mut answer) => {
            drop_text(&mut answer);
            answer.to_string()
        }
        Err(_) => format!("(no JSON, {} bytes)", body.len()),
    }
}

fn drop_text(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !name.eq_ignore_ascii_case("body"));
            fields.values_mut().for_each(drop_text);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_text),
        _ => {}
    }
}
