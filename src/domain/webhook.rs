//! Webhooks out: addresses that are told what happens in a project, and what becomes of that.

pub mod form;
pub mod schedule;

use super::{DeliveryId, LocalTime, WebhookId};
use form::WebhookForm;
use serde::{Deserialize, Serialize};

/// The most webhooks that a project has.
pub const WEBHOOKS_MOST: usize = 10;
/// How many deliveries of each webhook the page shows.
pub const DELIVERIES_SHOWN: usize = 20;
/// How long deliveries are kept, in days after what they tell of.
pub const KEPT_DAYS: i64 = 30;
/// How long the secret before counts beside a new one, in hours.
pub const FORMER_HOURS: i64 = 24;
/// What secrets begin with.
pub const SECRET_START: &str = "whsec_";

/// What a webhook can be told of. Stored; the numbers are fixed, and the triggers of the migration 0026 know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum WebhookEvent {
    Sent = 0,
    Delivered = 1,
    Opened = 2,
    Clicked = 3,
    Failed = 4,
    Complained = 5,
    Canceled = 6,
    Reviewed = 7,
    Unsubscribed = 8,
    /// Sent when staff ask for it.
    Test = 9,
}

impl WebhookEvent {
    /// Those that a webhook can be told of.
    pub const CHOICES: [Self; 9] = [
        Self::Sent,
        Self::Delivered,
        Self::Opened,
        Self::Clicked,
        Self::Failed,
        Self::Complained,
        Self::Canceled,
        Self::Reviewed,
        Self::Unsubscribed,
    ];

    /// The `type` of what is sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "message.sent",
            Self::Delivered => "message.delivered",
            Self::Opened => "message.opened",
            Self::Clicked => "message.clicked",
            Self::Failed => "message.failed",
            Self::Complained => "message.complained",
            Self::Canceled => "message.canceled",
            Self::Reviewed => "review.created",
            Self::Unsubscribed => "customer.unsubscribed",
            Self::Test => "webhook.test",
        }
    }

    /// When it happens, for who chooses.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Sent => "The provider took the message.",
            Self::Delivered => "The provider confirmed that it arrived.",
            Self::Opened => "The customer opened the email.",
            Self::Clicked => "The customer followed the review link.",
            Self::Failed => "The message could not be delivered.",
            Self::Complained => "The customer marked it as spam.",
            Self::Canceled => "The message was canceled before it left.",
            Self::Reviewed => "A review was left, or added by staff.",
            Self::Unsubscribed => "The customer gets no more messages.",
            Self::Test => "Somebody sent a test.",
        }
    }

    /// Its bit in what is stored of a choice.
    fn bit(self) -> i32 {
        1 << self as i16
    }

    /// A choice as it is stored: a bit for each.
    pub fn stored(chosen: &[Self]) -> i32 {
        chosen.iter().fold(0, |all, event| all | event.bit())
    }

    /// Reads what [`Self::stored`] wrote.
    pub fn read(stored: i32) -> Vec<Self> {
        Self::CHOICES.into_iter().filter(|event| stored & event.bit() != 0).collect()
    }
}

/// Why a webhook is off. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum OffCause {
    /// Staff switched it off.
    Staff = 0,
    /// It answered 410 Gone.
    Gone = 1,
    /// Nothing got through for long.
    Failing = 2,
}

/// That a webhook is off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Off {
    pub cause: OffCause,
    pub at: LocalTime,
    /// Who did it; empty where nobody did.
    pub by: String,
}

/// Where a delivery stands. Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum DeliveryState {
    /// It is tried, again or for the first time.
    Waiting = 0,
    Delivered = 1,
    /// No attempt got through, and none will follow by itself.
    GivenUp = 2,
}

/// A delivery, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    pub id: DeliveryId,
    pub event: WebhookEvent,
    /// When it happened.
    pub at: LocalTime,
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: i32,
    /// When it is tried next, if it waits and was tried.
    pub next: Option<LocalTime>,
    /// The status code of the last answer.
    pub answer: Option<i32>,
    /// What went wrong at the last attempt; empty if nothing did.
    pub error: String,
    /// How long the last attempt took, in ms.
    pub took: Option<i32>,
}

impl DeliveryRow {
    /// What the last attempt came to: `200 in 85 ms`, `No answer within 15 seconds.`, `Not tried yet`.
    pub fn outcome(&self) -> String {
        match (self.answer, self.error.as_str(), self.took) {
            (Some(code), "", Some(took)) => format!("{code} in {took} ms"),
            (Some(code), error, Some(took)) => format!("{code} in {took} ms. {error}"),
            (None, "", _) => "Not tried yet".to_owned(),
            (_, error, _) => error.to_owned(),
        }
    }
}

/// A webhook, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRow {
    pub id: WebhookId,
    pub url: String,
    pub events: Vec<WebhookEvent>,
    /// None while it is on.
    pub off: Option<Off>,
    /// Since when nothing got through, if the last attempt failed.
    pub failing_since: Option<LocalTime>,
    pub created: LocalTime,
    pub created_by: String,
    /// The newest first, [`DELIVERIES_SHOWN`] at most.
    pub deliveries: Vec<DeliveryRow>,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhooksPage {
    /// In the order in which they were added.
    pub rows: Vec<WebhookRow>,
    /// What was entered in a form that was refused without scripts.
    pub entered: Option<WebhookForm>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// The dialog that the page's address opens, and the webhook that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WebhooksTask {
    Change(WebhookId),
    Remove(WebhookId),
}

impl WebhooksTask {
    /// Reads a query string, with or without the question mark.
    pub fn parse(query: &str) -> Option<Self> {
        let query = query.trim_start_matches('?').as_bytes();
        let (_, value) = form_urlencoded::parse(query).find(|(name, _)| name == "do")?;
        match value.split_once('-')? {
            ("change", id) => id.parse().ok().map(Self::Change),
            ("remove", id) => id.parse().ok().map(Self::Remove),
            _ => None,
        }
    }

    /// The address of the page with this dialog, or none.
    pub fn href(task: Option<Self>, slug: &str) -> String {
        let task = match task {
            None => String::new(),
            Some(Self::Change(id)) => format!("?do=change-{id}"),
            Some(Self::Remove(id)) => format!("?do=remove-{id}"),
        };
        format!("/projects/{slug}/settings/webhooks{task}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Timestamp, message::EventKind};

    #[test]
    fn the_address_is_read_as_it_is_written() {
        let id = WebhookId(uuid::Uuid::from_u128(7));
        for task in [None, Some(WebhooksTask::Change(id)), Some(WebhooksTask::Remove(id))] {
            let href = WebhooksTask::href(task, "cup");
            assert_eq!(WebhooksTask::parse(href.split_once('?').map_or("", |(_, query)| query)), task, "{href}");
        }
        assert_eq!(WebhooksTask::parse("do=remove-x"), None);
    }

    #[test]
    fn a_choice_of_events_is_read_as_it_was_stored() {
        for chosen in [&WebhookEvent::CHOICES[..], &[WebhookEvent::Delivered, WebhookEvent::Unsubscribed], &[]] {
            assert_eq!(WebhookEvent::read(WebhookEvent::stored(chosen)), chosen);
        }
    }

    #[test]
    fn the_triggers_of_the_timeline_count_as_we_do() {
        for (kind, event) in [
            (EventKind::Sent, WebhookEvent::Sent),
            (EventKind::Delivered, WebhookEvent::Delivered),
            (EventKind::Opened, WebhookEvent::Opened),
            (EventKind::Clicked, WebhookEvent::Clicked),
            (EventKind::Failed, WebhookEvent::Failed),
            (EventKind::Complained, WebhookEvent::Complained),
            (EventKind::Canceled, WebhookEvent::Canceled),
        ] {
            assert_eq!(kind as i16 - 3, event as i16, "{kind:?}");
        }
    }

    #[test]
    fn what_the_last_attempt_came_to_is_said() {
        let row = |answer, error: &str, took| {
            DeliveryRow {
                id: DeliveryId(uuid::Uuid::nil()),
                event: WebhookEvent::Sent,
                at: LocalTime { at: Timestamp(0), offset: 0 },
                state: DeliveryState::Waiting,
                attempts: 1,
                next: None,
                answer,
                error: error.into(),
                took,
            }
            .outcome()
        };
        assert_eq!(row(Some(200), "", Some(85)), "200 in 85 ms");
        assert_eq!(row(Some(301), "Redirects are not followed.", Some(9)), "301 in 9 ms. Redirects are not followed.");
        assert_eq!(row(None, "No answer.", Some(15_000)), "No answer.");
        assert_eq!(row(None, "", None), "Not tried yet");
    }
}
