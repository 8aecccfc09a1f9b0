//! What carries a delivery to its receiver: over https, to the internet alone, without redirects, within 15 seconds.

use super::{payload, retry_after, signing};
use crate::{
    domain::{AppError, AppResult, Timestamp, WebhookId},
    server::{
        clock,
        delivery::{
            Transports,
            hosts::{Hosts, Unreachable},
            one_line,
        },
        store::{
            Db,
            webhooks_out::{
                queue::Job,
                results::{self, Attempt},
                subject,
            },
        },
    },
};
use reqwest::{
    Client, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::CONTENT_TYPE,
    redirect,
};
use std::{
    fmt,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

/// The longest that an attempt may take.
pub const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is read, in bytes.
const ANSWER_MAX: usize = 64 * 1024;

/// Cheap to clone.
#[derive(Clone)]
pub struct Courier {
    db: Db,
    /// They have the key that secrets are encrypted with.
    transports: Arc<Transports>,
    client: Client,
    hosts: Hosts,
    patience: Duration,
}

impl Courier {
    /// # Errors
    /// A sentence that says why no client can be made.
    pub fn new(db: Db, transports: Arc<Transports>, hosts: Hosts) -> Result<Self, String> {
        // A second installation in one process changes nothing: the first stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            // A proxy would look the name up itself.
            .no_proxy()
            .https_only(hosts == Hosts::Public)
            .dns_resolver(Arc::new(Judge(hosts)))
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(2)
            .user_agent("review-messages")
            .build()
            .map_err(|e| format!("The client for webhooks could not be made: {e}"))?;
        Ok(Self { db, transports, client, hosts, patience: PATIENCE })
    }

    /// With another limit for an attempt.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Encrypts the secret of a webhook.
    ///
    /// # Errors
    /// `Conflict` where this server has no key.
    pub fn seal(&self, webhook: WebhookId, secret: &[u8]) -> AppResult<Vec<u8>> {
        let key = self.transports.key.as_ref().ok_or_else(|| {
            AppError::Conflict("This server has no SECRET_KEY, so it cannot keep the secret of a webhook.".into())
        })?;
        Ok(key.seal(webhook, secret))
    }

    /// Makes the attempt that `job` stands for, and writes down what it came to. None where there was nothing to tell any more.
    pub async fn deliver(&self, job: &Job) -> AppResult<Option<Attempt>> {
        let Some(subject) = subject::of(&self.db, job).await? else {
            results::drop_delivery(&self.db, job).await?;
            return Ok(None);
        };
        let began = Instant::now();
        let (answer, error, not_before) = match self.post(job, payload::body(job, &subject)).await {
            Ok((status, not_before)) => (Some(status.as_u16()), words(status), not_before),
            Err(sentence) => (None, sentence, None),
        };
        let took = i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX);
        let attempt = Attempt { answer, error, took, not_before };
        results::record(&self.db, job, &attempt, clock::now()).await?;
        Ok(Some(attempt))
    }

    /// The status of the answer, and when the receiver wants the next attempt at the soonest.
    async fn post(&self, job: &Job, body: String) -> Result<(StatusCode, Option<Timestamp>), String> {
        let url = Url::parse(&job.url).map_err(|_| "The address cannot be read.".to_owned())?;
        // The client looks no such host up.
        if let Some(address) = literal(&url).filter(|address| !self.hosts.permits(*address)) {
            return Err(format!("Not sent. {}", NotPublic(address)));
        }
        let secrets =
            self.secrets(job).ok_or("Its secret cannot be decrypted: SECRET_KEY has changed. Make a new secret.")?;
        let (id, at) = (job.id.to_string(), clock::now());
        let request = self
            .client
            .post(url)
            .timeout(self.patience)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", signing::seconds(at))
            .header("webhook-signature", signing::signatures(&secrets, &id, at, &body))
            .body(body);
        let mut response = request.send().await.map_err(|error| self.sentence(&error))?;
        let status = response.status();
        let not_before = retry_after::read(status, response.headers(), clock::now());
        // So that the connection can be used again. Nothing that it says is kept.
        let mut read = 0;
        while read < ANSWER_MAX {
            match response.chunk().await {
                Ok(Some(chunk)) => read += chunk.len(),
                Ok(None) => break,
                Err(error) if error.is_timeout() => return Err(self.sentence(&error)),
                Err(_) => break,
            }
        }
        Ok((status, not_before))
    }

    /// What went wrong, without the address, which may hold a secret.
    fn sentence(&self, error: &reqwest::Error) -> String {
        if error.is_timeout() {
            return format!("No answer within {} seconds.", self.patience.as_secs());
        }
        let mut innermost: &dyn std::error::Error = error;
        while let Some(cause) = innermost.source() {
            innermost = cause;
        }
        match innermost.downcast_ref::<NotPublic>() {
            Some(not_public) => format!("Not sent. {not_public}"),
            None if error.is_connect() => format!("No connection: {}.", one_line(&innermost.to_string())),
            None => format!("The connection broke: {}.", one_line(&innermost.to_string())),
        }
    }

    fn secrets(&self, job: &Job) -> Option<Vec<Vec<u8>>> {
        let key = self.transports.key.as_ref()?;
        let opened: Vec<_> = job.secrets.iter().filter_map(|sealed| key.open(job.webhook, sealed)).collect();
        (!opened.is_empty()).then_some(opened)
    }
}

/// Why an answer does not count as taken; empty if it does.
fn words(status: StatusCode) -> String {
    match status.as_u16() {
        200..300 => "",
        300..400 => "Redirects are not followed: enter the address that it leads to.",
        410 => "It wants nothing more, so it was switched off.",
        _ => "The receiver did not take it.",
    }
    .to_owned()
}

/// The address that stands in a URL itself, in whatever spelling: reading the URL has made it the usual one.
pub fn literal(url: &Url) -> Option<IpAddr> {
    url.host_str()?.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Looks names up, and lets the client connect to the addresses that were judged, and to no others.
struct Judge(Hosts);

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let hosts = self.0;
        Box::pin(async move {
            match hosts.resolve(name.as_str(), 0).await {
                Ok(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(Unreachable::Internal(address)) => Err(Box::new(NotPublic(address)) as _),
                Err(Unreachable::Io(error)) => Err(Box::new(error) as _),
            }
        })
    }
}

/// The name leads into an internal network.
#[derive(Debug)]
struct NotPublic(IpAddr);

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "It leads to {}, an address of an internal network.", self.0)
    }
}

impl std::error::Error for NotPublic {}
