//! The form of a webhook.

use super::WebhookEvent;
use crate::domain::{AppError, AppResult, error::Problems};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest address, in bytes.
pub const URL_MAX: usize = 500;

/// The form as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookForm {
    #[serde(default)]
    pub url: String,
    /// By the names of the events: those that are ticked.
    #[serde(default)]
    pub events: BTreeMap<String, String>,
}

/// What was entered, checked as far as that goes without looking anything up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    pub url: String,
    pub events: Vec<WebhookEvent>,
}

impl WebhookForm {
    /// `may_be_plain`: whether http is permitted, too.
    ///
    /// # Errors
    /// `Invalid` for `url` and for `events`.
    pub fn check(&self, may_be_plain: bool) -> AppResult<Checked> {
        let mut problems = Problems::default();
        let checked =
            Checked { url: problems.take(self.check_url(may_be_plain)), events: problems.take(self.check_events()) };
        problems.or(checked)
    }

    fn check_url(&self, may_be_plain: bool) -> AppResult<String> {
        let url = self.url.trim();
        let lower = url.to_ascii_lowercase();
        let host = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://").filter(|_| may_be_plain));
        let sentence = match host {
            _ if url.is_empty() => "Write the address that is told.",
            None => "Write an address that begins with https://.",
            Some(_) if url.len() > URL_MAX => "An address has at most 500 characters.",
            Some(_) if url.chars().any(|c| c.is_whitespace() || c.is_control()) => "An address has no spaces in it.",
            Some("") => "Write an address such as https://example.com/hook.",
            Some(_) => return Ok(url.to_owned()),
        };
        Err(AppError::invalid("url", sentence))
    }

    /// The events that are ticked.
    pub fn ticked(&self) -> Vec<WebhookEvent> {
        WebhookEvent::CHOICES.into_iter().filter(|event| self.events.contains_key(event.name())).collect()
    }

    fn check_events(&self) -> AppResult<Vec<WebhookEvent>> {
        let chosen = self.ticked();
        if chosen.is_empty() { Err(AppError::invalid("events", "Choose at least one event.")) } else { Ok(chosen) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(url: &str, events: &[&str]) -> WebhookForm {
        let events = events.iter().map(|name| ((*name).to_owned(), "true".to_owned())).collect();
        WebhookForm { url: url.into(), events }
    }

    #[test]
    fn an_address_and_an_event_are_needed() {
        let checked =
            form(" https://example.com/hook ", &["review.created", "message.sent", "x"]).check(false).unwrap();
        assert_eq!(checked.url, "https://example.com/hook");
        assert_eq!(checked.events, [WebhookEvent::Sent, WebhookEvent::Reviewed]);
        for wrong in
            ["", "example.com", "ftp://example.com", "http://example.com", "https://", "https://a b", "javascript:x"]
        {
            let error = form(wrong, &[]).check(false).unwrap_err();
            assert!(error.for_field("url").is_some() && error.for_field("events").is_some(), "{wrong}");
        }
        let long = format!("https://example.com/{}", "x".repeat(URL_MAX));
        assert!(form(&long, &["message.sent"]).check(false).unwrap_err().for_field("url").is_some());
        assert!(form("http://localhost", &["message.sent"]).check(true).is_ok());
    }

    #[test]
    fn nobody_chooses_tests() {
        assert!(form("https://example.com", &["webhook.test"]).check(false).unwrap_err().for_field("events").is_some());
    }
}
