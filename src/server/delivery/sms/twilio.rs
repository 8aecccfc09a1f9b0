//! SMS over Twilio's API.

use super::http;
use crate::{
    domain::{connection::StopReason, content::Outgoing},
    server::delivery::{
        PROVIDER_TIMEOUT, Receipt, Refusal, TwilioConfig, Verified,
        evidence::{Evidence, shortened},
        faults, one_line,
        provider_headers::KEY,
        retry::Class,
    },
};
use reqwest::{Client, Response, Url};
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// A client of <https://www.twilio.com/docs/messaging/api/message-resource>.
pub struct Twilio {
    client: Client,
    messages: Url,
    account: Url,
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
        let account = format!("{base}/2010-04-01/Accounts/{}", config.account_sid);
        let address = |path: &str| {
            let wrong = || format!("The Twilio address {base:?} must begin with https:// and a host.");
            http::address(&format!("{account}{path}")).ok_or_else(wrong)
        };
        let (messages, account) = (address("/Messages.json")?, address(".json")?);
        let client = http::client().map_err(|e| format!("The client for Twilio could not be made: {e}"))?;
        Ok(Self {
            client,
            messages,
            account,
            account_sid: config.account_sid.clone(),
            auth_token: config.auth_token.clone(),
            from: config.from.trim().to_owned(),
            reports: None,
            patience: PROVIDER_TIMEOUT,
        })
    }

    /// The number or service that SMS come from.
    pub fn from(&self) -> &str {
        &self.from
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

    /// # Errors
    /// The provider's refusal, classified.
    pub async fn send(&self, sms: &Outgoing, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        self.begin(sms, evidence);
        let sender = if self.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
        let mut form = vec![("To", sms.recipient.as_str()), (sender, &self.from), ("Body", &sms.text)];
        // With our own id: the report may be all that we ever hear of the message.
        let callback = self.reports.as_ref().zip(sms.message).map(|(to, id)| format!("{to}?{KEY}={id}"));
        form.extend(callback.as_ref().map(|address| ("StatusCallback", address.as_str())));
        let request = self.client.post(self.messages.clone()).basic_auth(&self.account_sid, Some(&self.auth_token));
        let answer = request.form(&form).timeout(self.patience).send().await.map_err(|error| {
            let refusal = http::broken(&error);
            evidence.heard("", &refusal.text);
            refusal
        })?;
        read(answer, evidence).await
    }

    /// Asks for the account, whose state the answer tells.
    ///
    /// # Errors
    /// The provider's refusal, classified.
    pub async fn verify(&self) -> Result<Verified, Refusal> {
        let request = self.client.get(self.account.clone()).basic_auth(&self.account_sid, Some(&self.auth_token));
        let answer = request.timeout(self.patience).send().await.map_err(|error| http::broken(&error))?;
        let date = http::date(&answer);
        let words = read(answer, &mut Evidence::default()).await?.text;
        if matches!(words.as_str(), "suspended" | "closed") {
            let class = Class::Account { reason: StopReason::Refused, otherwise: None };
            return Err(Refusal { class, code: None, text: format!("The account is {words}") });
        }
        Ok(Verified { server: http::host(&self.account), words: format!("the account is {words}"), date })
    }

    fn begin(&self, sms: &Outgoing, evidence: &mut Evidence) {
        let host = http::host(&self.messages);
        evidence.hide(&self.auth_token);
        evidence.hide_number(&sms.recipient);
        let account = shortened(&self.account_sid, 2, 2.min(self.account_sid.len().saturating_sub(6)));
        evidence.hide_as(&self.account_sid, &account, false);
        evidence.note(&format!("POST {host}{}", self.messages.path().replace(&self.account_sid, &account)));
        evidence.asked(host);
    }
}

async fn read(response: Response, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
    let status = response.status();
    evidence.note(&format!("HTTP {status}"));
    let retry_after = http::retry_after(&response);
    // The status decides; without a body only the provider's words are missing.
    let body = response.bytes().await.unwrap_or_default();
    evidence.heard("", &http::shown(&body));
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
