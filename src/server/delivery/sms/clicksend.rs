//! SMS over ClickSend's API.

use super::http;
use crate::{
    domain::content::Outgoing,
    server::delivery::{
        PROVIDER_TIMEOUT, Receipt, Refusal, Verified,
        evidence::{Evidence, shortened},
        faults, one_line,
    },
};
use reqwest::{Client, Response, Url};
use serde_json::{Value, json};
use std::time::Duration;

/// Where ClickSend's API is.
pub const BASE_URL: &str = "https://rest.clicksend.com";

/// The status of a message that was taken.
const TAKEN: &str = "SUCCESS";

/// An account at ClickSend, and who its messages come from.
#[derive(Clone)]
pub struct ClickSendConfig {
    /// The user name of the API.
    pub user: String,
    pub api_key: String,
    /// The sending number (E.164), or a name of at most 11 letters and digits.
    pub from: String,
    /// [`BASE_URL`]
    pub base_url: String,
}

impl std::fmt::Debug for ClickSendConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClickSendConfig").field("user", &self.user).finish_non_exhaustive()
    }
}

/// A client of <https://developers.clicksend.com/docs/rest/v3>.
pub struct ClickSend {
    client: Client,
    messages: Url,
    account: Url,
    user: String,
    api_key: String,
    from: String,
    patience: Duration,
}

impl ClickSend {
    /// # Errors
    /// A sentence that names the setting which is wrong.
    pub fn new(config: &ClickSendConfig) -> Result<Self, String> {
        for (name, value) in [("user name", &config.user), ("API key", &config.api_key), ("sender", &config.from)] {
            if value.trim().is_empty() {
                return Err(format!("The ClickSend {name} is missing."));
            }
        }
        let base = config.base_url.trim_end_matches('/');
        let address = |path: &str| {
            let wrong = || format!("The ClickSend address {base:?} must begin with https:// and a host.");
            http::address(&format!("{base}{path}")).ok_or_else(wrong)
        };
        let (messages, account) = (address("/v3/sms/send")?, address("/v3/account")?);
        let client = http::client().map_err(|e| format!("The client for ClickSend could not be made: {e}"))?;
        Ok(Self {
            client,
            messages,
            account,
            user: config.user.trim().to_owned(),
            api_key: config.api_key.clone(),
            from: config.from.trim().to_owned(),
            patience: PROVIDER_TIMEOUT,
        })
    }

    /// The number or name that SMS come from.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// Waits this long for an answer instead of [`PROVIDER_TIMEOUT`].
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// # Errors
    /// The provider's refusal, classified.
    pub async fn send(&self, sms: &Outgoing, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
        self.begin(sms, evidence);
        let mut message = json!({ "to": sms.recipient, "from": self.from, "body": sms.text });
        if let Some(id) = sms.message {
            // Shown in ClickSend's history beside the message.
            message["custom_string"] = id.to_string().into();
        }
        let request = self.client.post(self.messages.clone()).basic_auth(&self.user, Some(&self.api_key));
        let request = request.json(&json!({ "messages": [message] })).timeout(self.patience);
        let answer = request.send().await.map_err(|error| {
            let refusal = http::broken(&error);
            evidence.heard("", &refusal.text);
            refusal
        })?;
        read(answer, evidence).await
    }

    /// Asks for the account.
    ///
    /// # Errors
    /// The provider's refusal, classified.
    pub async fn verify(&self) -> Result<Verified, Refusal> {
        let request = self.client.get(self.account.clone()).basic_auth(&self.user, Some(&self.api_key));
        let answer = request.timeout(self.patience).send().await.map_err(|error| http::broken(&error))?;
        let (server, date) = (http::host(&self.account), http::date(&answer));
        if !answer.status().is_success() {
            read(answer, &mut Evidence::default()).await?;
        }
        Ok(Verified { server, words: "signed in".into(), date })
    }

    fn begin(&self, sms: &Outgoing, evidence: &mut Evidence) {
        let host = http::host(&self.messages);
        evidence.hide(&self.api_key);
        evidence.hide_number(&sms.recipient);
        evidence.hide_as(&self.user, &shortened(&self.user, 1, 0), true);
        evidence.note(&format!("POST {host}{}", self.messages.path()));
        evidence.asked(host);
    }
}

async fn read(response: Response, evidence: &mut Evidence) -> Result<Receipt, Refusal> {
    let http_status = response.status();
    evidence.note(&format!("HTTP {http_status}"));
    let retry_after = http::retry_after(&response);
    let body = response.bytes().await.unwrap_or_default();
    evidence.heard("", &http::shown(&body));
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    let of_request = answer["response_code"].as_str().filter(|code| *code != TAKEN);
    if !http_status.is_success() {
        let words = answer["response_msg"].as_str().map(str::to_owned);
        return Err(Refusal {
            class: faults::clicksend(http_status.as_u16(), of_request, retry_after),
            code: Some(one_line(of_request.unwrap_or(http_status.as_str()))),
            text: one_line(&words.unwrap_or_else(|| format!("The SMS provider answered {http_status}"))),
        });
    }
    // The HTTP status says that the request was read; each message has a status of its own.
    let message = &answer["data"]["messages"][0];
    match message["status"].as_str().or(of_request) {
        Some(TAKEN) => {
            let provider_id = message["message_id"].as_str().map(str::to_owned);
            Ok(Receipt { provider_id, text: TAKEN.to_owned() })
        }
        Some(status) => Err(Refusal {
            class: faults::clicksend(http_status.as_u16(), Some(status), retry_after),
            code: Some(one_line(status)),
            text: one_line(&format!("The SMS provider answered {status}")),
        }),
        None => Err(Refusal {
            class: faults::clicksend(http_status.as_u16(), None, retry_after),
            code: Some(http_status.as_str().to_owned()),
            text: "The SMS provider answered without a status of the message".to_owned(),
        }),
    }
}
