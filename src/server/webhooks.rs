//! Reports of providers: verified over the raw body, read into one form, and kept before they are acknowledged.

pub mod connection;
pub mod json;
pub mod keyword;
pub mod mailgun;
pub mod postmark;
pub mod reports;
mod secret;
pub mod sendgrid;
pub mod ses;
pub mod sns;
pub mod twilio;

use super::{
    AppState,
    delivery::evidence::Evidence,
    store::feedback::{Group, Reply, shared},
};
use crate::domain::{
    AppError, AppResult, ConnectionId, Timestamp,
    feedback::{Feedback, Report},
    message::Channel,
};
use axum::http::HeaderMap;
use connection::{WebhookConnection, WebhookSecrets, webhook_connection};
use sns::Envelope;
use std::collections::BTreeMap;

/// The events of one request: providers send far fewer.
const EVENTS_MAX: usize = 5_000;

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Our public origin: what providers sign is the address that they know, not the host that a proxy asks for.
    pub origin: &'a str,
    /// From the slash.
    pub path_and_query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub now: Timestamp,
}

impl Incoming<'_> {
    /// Empty where it is missing or not ASCII.
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn query(&self) -> &str {
        self.path_and_query.split_once('?').map_or("", |(_, query)| query)
    }
}

/// Why a request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such connection of this provider.
    Unknown,
    /// Not from the provider, as far as we can tell.
    Unverified,
    /// The same, for a provider that signs in instead of signing.
    SignIn,
    /// What is signed is not what the provider documents; in our words.
    Unreadable(&'static str),
    /// It could not be kept; the provider will try again.
    Later,
}

impl From<AppError> for Rejection {
    fn from(_: AppError) -> Self {
        Self::Later
    }
}

/// The answer to a request that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// TwiML for the provider; None for an empty answer.
    pub twiml: Option<String>,
}

/// Takes a request of a provider. What it reports is in the database when this returns.
pub async fn receive(
    state: &AppState,
    provider: &str,
    connection: &str,
    incoming: &Incoming<'_>,
) -> Result<Answer, Rejection> {
    let found = match connection.parse::<ConnectionId>() {
        Ok(id) => webhook_connection(state, id).await?,
        Err(_) => None,
    };
    let Some(connection) = found.filter(|connection| connection.provider.code() == provider) else {
        // As long as a wrong signature takes, so that nobody learns which connections there are.
        twilio::verify("unknown", incoming);
        return Err(Rejection::Unknown);
    };
    let events = match &connection.secrets {
        WebhookSecrets::Twilio { auth_token } => {
            checked(twilio::verify(auth_token, incoming))?;
            twilio::read(incoming)?
        }
        WebhookSecrets::SendGrid { public_key } => {
            checked(sendgrid::verify(public_key, incoming))?;
            sendgrid::read(incoming.body)?
        }
        WebhookSecrets::Mailgun { signing_key } => {
            let body = json::read(incoming.body)?;
            checked(mailgun::verify(signing_key, &body, incoming.now))?;
            mailgun::read(&body, incoming.now)?
        }
        WebhookSecrets::Postmark { credentials } => {
            if !postmark::verify(credentials, incoming.header("authorization")) {
                return Err(Rejection::SignIn);
            }
            postmark::read(incoming.body, incoming.now)?
        }
        WebhookSecrets::Ses { topic } => {
            let envelope = Envelope::read(incoming.body)?;
            match state.sns.open(&envelope, topic, incoming.now).await? {
                Some((message, sent)) => ses::read(message, sent)?,
                None => Vec::new(),
            }
        }
    };
    let is_twilio = matches!(connection.secrets, WebhookSecrets::Twilio { .. });
    let reply = keep(state, connection, events).await?;
    let reply = reply.filter(|_| !twilio::has_answered(incoming));
    Ok(Answer { twiml: is_twilio.then(|| twilio::answer(reply.as_ref())) })
}

fn checked(is_verified: bool) -> Result<(), Rejection> {
    is_verified.then_some(()).ok_or(Rejection::Unverified)
}

async fn keep(
    state: &AppState,
    connection: WebhookConnection,
    events: Vec<Feedback>,
) -> Result<Option<Reply>, Rejection> {
    if events.len() > EVENTS_MAX {
        return Err(Rejection::Unreadable("This holds too many events."));
    }
    if events.is_empty() {
        return Ok(None);
    }
    let WebhookConnection { id, project, channel, .. } = connection;
    let events = events.into_iter().map(|event| impersonal(event, channel)).collect();
    let of_projects = match project {
        Some(project) => BTreeMap::from([(project, events)]),
        None => logged(shared::by_project(&state.db, channel, events).await)?,
    };
    let mut reply = None;
    for (project, events) in of_projects {
        let taken = state.reports.keep(Group { connection: id, project, channel, events }).await?;
        reply = reply.or(taken.reply);
    }
    Ok(reply)
}

/// With words that may be stored: without the customer's address.
fn impersonal(mut event: Feedback, channel: Channel) -> Feedback {
    let mut evidence = Evidence::default();
    if let Some(recipient) = &event.about.recipient {
        match channel {
            Channel::Email => evidence.hide_address(recipient),
            Channel::Sms => evidence.hide_number(recipient),
        }
    }
    match &mut event.kind {
        Report::Delivered { words }
        | Report::Failed { words, .. }
        | Report::Delayed { words }
        | Report::Complained { words }
        | Report::OptedOut { words } => *words = evidence.redacted(words),
        // The customer's own words, for staff.
        Report::Texted { .. } => {}
    }
    event
}

/// A result that is logged where the provider is told only that it failed.
pub(super) fn logged<T>(result: AppResult<T>) -> Result<T, Rejection> {
    result.map_err(|error| {
        tracing::warn!(%error, "a provider's report could not be kept");
        Rejection::Later
    })
}
