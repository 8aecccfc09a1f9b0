//! Amazon SNS, which brings the reports of SES: its envelope, whose signature is checked with a certificate of Amazon's
//! (<https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>).
//!
//! The certificate's address stands in the envelope, so it is followed only where it can be nobody's but Amazon's, and only for
//! the topic that the connection names: of its region, over https, to no other port, without redirects.

use super::{Rejection, json};
use crate::domain::Timestamp;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Client, Url, redirect};
use ring::signature::{self, UnparsedPublicKey};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex as StdMutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Mutex, time::Instant};
use x509_parser::pem::parse_x509_pem;

/// SNS tries again for at most 23 days, and the names of events are remembered for a month.
const AGE_MAX: i64 = 25 * Timestamp::DAY;
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes. A certificate has about 2,000.
const ANSWER_MAX: usize = 64 * 1024;
/// How many certificates are kept. Amazon has a few of each region.
const KEPT: usize = 50;
/// How soon an address that did not answer is asked again.
const RETRY: Duration = Duration::from_secs(10);

/// A message of SNS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    kind: String,
    id: String,
    topic: String,
    message: String,
    subject: Option<String>,
    timestamp: String,
    sent: Timestamp,
    token: String,
    subscribe_url: String,
    version: String,
    signature: String,
    certificate_url: String,
}

impl Envelope {
    pub fn read(body: &[u8]) -> Result<Self, Rejection> {
        let value = json::read(body)?;
        // Whole: the signature is over every letter.
        let text = |name: &str| value.get(name).and_then(|text| text.as_str()).unwrap_or_default().to_owned();
        let sent = json::time(&value, "/Timestamp").ok_or(Rejection::Unreadable("This is no message of SNS."))?;
        Ok(Self {
            kind: text("Type"),
            id: text("MessageId"),
            topic: text("TopicArn"),
            message: text("Message"),
            subject: value.get("Subject").and_then(|subject| subject.as_str()).map(str::to_owned),
            timestamp: text("Timestamp"),
            sent,
            token: text("Token"),
            subscribe_url: text("SubscribeURL"),
            version: text("SignatureVersion"),
            signature: text("Signature"),
            certificate_url: text("SigningCertURL"),
        })
    }

    /// What is signed.
    fn canonical(&self) -> String {
        let mut lines = vec![("Message", &self.message), ("MessageId", &self.id)];
        if self.kind == "Notification" {
            lines.extend(self.subject.as_ref().map(|subject| ("Subject", subject)));
            lines.push(("Timestamp", &self.timestamp));
        } else {
            lines.push(("SubscribeURL", &self.subscribe_url));
            lines.push(("Timestamp", &self.timestamp));
            lines.push(("Token", &self.token));
        }
        lines.extend([("TopicArn", &self.topic), ("Type", &self.kind)]);
        lines.iter().map(|(name, value)| format!("{name}\n{value}\n")).collect()
    }

    fn is_signed_by(&self, key: &[u8]) -> bool {
        let Ok(signature) = STANDARD.decode(&self.signature) else { return false };
        let algorithm = match self.version.as_str() {
            "1" => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            "2" => &signature::RSA_PKCS1_2048_8192_SHA256,
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, key).verify(self.canonical().as_bytes(), &signature).is_ok()
    }
}

/// The host of SNS in the region of a topic: `arn:aws:sns:eu-central-1:123456789012:reports`. None for what is no topic.
pub fn host(topic: &str) -> Option<String> {
    let parts: Vec<&str> = topic.split(':').collect();
    let [arn, partition, service, region, account, name] = parts[..] else { return None };
    let ending = match partition {
        "aws" | "aws-us-gov" => "",
        "aws-cn" => ".cn",
        _ => return None,
    };
    let is_region =
        !region.is_empty() && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let is_topic = (arn, service) == ("arn", "sns") && is_region && is_account && !name.is_empty();
    is_topic.then(|| format!("sns.{region}.amazonaws.com{ending}"))
}

/// An address of SNS in the topic's region; None for every other.
fn amazons(address: &str, topic: &str) -> Option<Url> {
    // What a parser would drop or change is not what Amazon writes.
    let is_plain = address.len() < 2_000 && address.bytes().all(|b| b.is_ascii_graphic() && !b"\\@#".contains(&b));
    let host = host(topic)?;
    let url = Url::parse(address).ok().filter(|_| is_plain)?;
    let is_hosts = address.strip_prefix("https://").is_some_and(|rest| rest.starts_with(&format!("{host}/")));
    (is_hosts && url.scheme() == "https" && url.host_str() == Some(&host) && url.port().is_none()).then_some(url)
}

/// The address of a certificate: a file, without a query.
fn certificate_address(address: &str, topic: &str) -> Option<Url> {
    amazons(address, topic).filter(|url| url.path().ends_with(".pem") && url.query().is_none())
}

/// The address that confirms the subscription of this topic, and no other.
fn subscribe_address(address: &str, topic: &str) -> Option<Url> {
    let url = amazons(address, topic)?;
    let is = |wanted: &str, value: &str| url.query_pairs().filter(|(name, _)| name == wanted).all(|(_, v)| v == value);
    let has = |wanted: &str| url.query_pairs().any(|(name, _)| name == wanted);
    let is_confirmation = url.path() == "/" && has("Action") && is("Action", "ConfirmSubscription");
    (is_confirmation && has("TopicArn") && is("TopicArn", topic)).then_some(url)
}

/// A key of Amazon's, as long as its certificate is valid.
struct Certificate {
    key: Vec<u8>,
    from: Timestamp,
    until: Timestamp,
}

impl Certificate {
    fn read(pem: &[u8]) -> Option<Self> {
        let (_, pem) = parse_x509_pem(pem).ok()?;
        let certificate = pem.parse_x509().ok()?;
        let validity = certificate.validity();
        Some(Self {
            key: certificate.public_key().subject_public_key.data.to_vec(),
            from: Timestamp(validity.not_before.timestamp().saturating_mul(1000)),
            until: Timestamp(validity.not_after.timestamp().saturating_mul(1000)),
        })
    }

    fn is_valid(&self, now: Timestamp) -> bool {
        self.from <= now && now <= self.until
    }
}

/// Asks Amazon, and remembers its certificates.
pub struct Sns {
    web: Web,
    certificates: StdMutex<HashMap<String, Arc<Certificate>>>,
    /// The last addresses that did not answer. Locked while one is asked, so that one is asked at a time.
    failed: Mutex<HashMap<String, Instant>>,
}

enum Web {
    Real(Client),
    Memory(Memory),
}

/// Answers for tests, and what was asked.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub answers: Arc<StdMutex<HashMap<String, Vec<u8>>>>,
    pub asked: Arc<StdMutex<Vec<String>>>,
}

impl Sns {
    /// # Errors
    /// A sentence that says why no client can be made.
    pub fn new() -> Result<Self, String> {
        // A second installation in one process changes nothing: the first stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(redirect::Policy::none()).https_only(true).timeout(PATIENCE).build();
        let client = client.map_err(|e| format!("The client for Amazon SNS could not be made: {e}"))?;
        Ok(Self::over(Web::Real(client)))
    }

    pub fn memory(memory: Memory) -> Self {
        Self::over(Web::Memory(memory))
    }

    fn over(web: Web) -> Self {
        Self { web, certificates: StdMutex::default(), failed: Mutex::default() }
    }

    /// The message in an envelope for this topic and when it was sent, once its signature is verified; None for what carries none.
    /// Confirms a subscription of this topic.
    pub async fn open<'a>(
        &self,
        envelope: &'a Envelope,
        topic: &str,
        now: Timestamp,
    ) -> Result<Option<(&'a str, Timestamp)>, Rejection> {
        let address = certificate_address(&envelope.certificate_url, topic).filter(|_| envelope.topic == topic);
        let address = address.ok_or(Rejection::Unverified)?;
        let is_recent = now.0.saturating_sub(envelope.sent.0) < AGE_MAX;
        let certificate = self.certificate(&address, now).await?;
        if !is_recent || !certificate.is_valid(now) || !envelope.is_signed_by(&certificate.key) {
            return Err(Rejection::Unverified);
        }
        match envelope.kind.as_str() {
            "Notification" => Ok(Some((&envelope.message, envelope.sent))),
            "SubscriptionConfirmation" => {
                let address = subscribe_address(&envelope.subscribe_url, topic).ok_or(Rejection::Unverified)?;
                self.ask(&address).await.ok_or(Rejection::Later)?;
                tracing::info!("a subscription of SNS was confirmed");
                Ok(None)
            }
            "UnsubscribeConfirmation" => {
                tracing::warn!("SNS has ended a subscription: its topic reports nothing more");
                Ok(None)
            }
            _ => Err(Rejection::Unreadable("This is no message of SNS.")),
        }
    }

    async fn certificate(&self, address: &Url, now: Timestamp) -> Result<Arc<Certificate>, Rejection> {
        if let Some(known) = self.known(address, now) {
            return Ok(known);
        }
        let mut failed = self.failed.lock().await;
        // Another request may have asked meanwhile.
        if let Some(known) = self.known(address, now) {
            return Ok(known);
        }
        failed.retain(|_, at| at.elapsed() < RETRY);
        if failed.contains_key(address.as_str()) || failed.len() >= KEPT {
            return Err(Rejection::Later);
        }
        let answer = self.ask(address).await;
        let Some(certificate) = answer.as_deref().and_then(Certificate::read) else {
            failed.insert(address.to_string(), Instant::now());
            return Err(Rejection::Later);
        };
        let certificate = Arc::new(certificate);
        let mut certificates = self.certificates();
        if certificates.len() >= KEPT {
            certificates.clear();
        }
        certificates.insert(address.to_string(), certificate.clone());
        Ok(certificate)
    }

    fn known(&self, address: &Url, now: Timestamp) -> Option<Arc<Certificate>> {
        self.certificates().get(address.as_str()).filter(|certificate| certificate.is_valid(now)).cloned()
    }

    fn certificates(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Certificate>>> {
        self.certificates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body of a good answer.
    async fn ask(&self, address: &Url) -> Option<Vec<u8>> {
        let client = match &self.web {
            Web::Real(client) => client,
            Web::Memory(memory) => {
                memory.asked.lock().unwrap_or_else(PoisonError::into_inner).push(address.to_string());
                return memory.answers.lock().unwrap_or_else(PoisonError::into_inner).get(address.as_str()).cloned();
            }
        };
        let asked = client.get(address.clone()).send().await;
        let mut answer = asked
            .inspect_err(|error| tracing::warn!(host = address.host_str(), %error, "SNS does not answer"))
            .ok()
            .filter(|answer| answer.status().is_success())?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.ok()? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_MAX {
                return None;
            }
        }
        Some(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:reports";

    #[test]
    fn only_amazons_own_addresses_of_the_region_are_followed() {
        let good = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
        assert_eq!(certificate_address(good, TOPIC).unwrap().as_str(), good);
        let china = "arn:aws-cn:sns:cn-north-1:123456789012:reports";
        assert!(certificate_address("https://sns.cn-north-1.amazonaws.com.cn/x.pem", china).is_some());
        for evil in [
            "",
            "x",
            "http://sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.evil.com/x.pem",
            "https://sns.us-east-1.amazonaws.com.evil.com/x.pem",
            "https://sns.us-east-1.amazonaws.com.cn/x.pem",
            "https://evil.com/sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com@evil.com/x.pem",
            "https://evil.com#@sns.us-east-1.amazonaws.com/x.pem",
            "https://evil.com\\@sns.us-east-1.amazonaws.com/x.pem",
            "https://user@sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com:8443/x.pem",
            "https://sns.us-east-1.amazonaws.com:443/x.pem",
            "https://sns.eu-west-1.amazonaws.com/x.pem",
            "https://s3.us-east-1.amazonaws.com/x.pem",
            "https://x.sns.us-east-1.amazonaws.com/x.pem",
            "https://snsxus-east-1.amazonaws.com/x.pem",
            "https://127.0.0.1/x.pem",
            "https://[::1]/x.pem",
            "https://localhost/x.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem?y=1",
            "https://sns.us-east-1.amazonaws.com/?Action=x",
            "https://sns.us-east-1.amazonaws.com/x.txt",
            "https://SNS.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem\r\nHost: evil.com",
            "file:///etc/x.pem",
        ] {
            assert!(certificate_address(evil, TOPIC).is_none(), "{evil}");
        }
        for topic in [
            "",
            "reports",
            "arn:aws:sqs:us-east-1:123456789012:x",
            "arn:aws:sns:evil.com/:123456789012:x",
            "arn:aws:sns::1:x",
        ] {
            assert_eq!(host(topic), None, "{topic}");
        }
    }

    #[test]
    fn only_the_subscription_of_the_topic_is_confirmed() {
        let at = |topic: &str, action: &str| {
            format!("https://sns.us-east-1.amazonaws.com/?Action={action}&TopicArn={topic}&Token=2336")
        };
        assert!(subscribe_address(&at(TOPIC, "ConfirmSubscription"), TOPIC).is_some());
        let other = "arn:aws:sns:us-east-1:123456789012:other";
        for evil in [
            at(other, "ConfirmSubscription"),
            at(TOPIC, "DeleteTopic"),
            format!("{}&TopicArn={other}", at(TOPIC, "ConfirmSubscription")),
            format!("{}&Action=DeleteTopic", at(TOPIC, "ConfirmSubscription")),
            at(TOPIC, "ConfirmSubscription").replace("https", "http"),
            at(TOPIC, "ConfirmSubscription").replace("amazonaws.com", "amazonaws.com.evil.com"),
            "https://sns.us-east-1.amazonaws.com/".into(),
        ] {
            assert!(subscribe_address(&evil, TOPIC).is_none(), "{evil}");
        }
    }
}
