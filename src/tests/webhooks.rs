//! What providers report: who is believed, what each report does, and that nothing counts twice.

mod effects;
mod flood;
mod order;
mod payloads;
mod shared;
mod signatures;
mod sns;
mod suppressed;
mod texts;

use super::support::{Answer, Browser, Sent, TestApp};
use crate::{
    domain::{
        ConnectionId, MessageId, Timestamp,
        connection::{
            form::Secrets,
            settings::{ClickSendSettings, Pace, Provider, Security, Settings, SmtpSettings, TwilioSettings},
        },
        status::{State, Status},
    },
    server::{
        clock, config,
        delivery::{Transports, seal::SealingKey},
        store::{
            connections::{self, Change},
            db::Query,
            id::NewId,
        },
        webhooks::sns::{Memory, Sns},
    },
};
use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::{Value, json};

/// The public origin, which is not the host that requests name.
pub const ORIGIN: &str = "https://reviews.example.com";
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
pub const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:reports";
pub const CERTIFICATE: &str = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
const CREDENTIALS: &str = "postmark:a long password";

/// The application with one connection, and its provider.
pub struct Hook {
    pub app: TestApp,
    pub provider: Provider,
    pub connection: ConnectionId,
    pub amazon: Memory,
    key: EcdsaKeyPair,
}

/// A request as a provider makes it.
#[derive(Clone)]
pub struct Call {
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Hook {
    pub async fn new(provider: Provider) -> Self {
        Self::configured(provider, |_| {}).await
    }

    /// With the deployment's connection, which no project has set up.
    pub async fn of_deployment(provider: Provider, set: impl FnOnce(&mut config::Settings)) -> Self {
        let hook = Self::configured(provider, set).await;
        Self { connection: ConnectionId::of_deployment(provider.channel()), ..hook }
    }

    async fn configured(provider: Provider, set: impl FnOnce(&mut config::Settings)) -> Self {
        let set = |settings: &mut config::Settings| {
            settings.base_url = Some(ORIGIN.to_owned());
            set(settings);
        };
        let mut app = TestApp::configured(set, |_| {}).await;
        let (mut transports, memory) = Transports::memory(ORIGIN).unwrap();
        transports.key = Some(SealingKey::parse(&STANDARD.encode([7; 32])).unwrap());
        app.memory = memory;
        app.state.transports = transports.into();
        let amazon = Memory::default();
        app.state.sns = Sns::memory(amazon.clone()).into();
        amazon.answers.lock().unwrap().insert(CERTIFICATE.into(), include_bytes!("webhooks/sns_valid.pem").to_vec());
        app.serve_anew().await;
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.as_ref(), &SystemRandom::new()).unwrap();
        Self { app, provider, connection: ConnectionId::new(), amazon, key }
    }

    /// A message that was sent, and then the connection: what was sent before went by the deployment's.
    pub async fn with_sent(provider: Provider, reminders: u8) -> (Self, Sent) {
        let hook = Self::new(provider).await;
        let sent = hook.app.sent("Ana Ruiz", provider.channel(), reminders).await;
        hook.connect("cup").await;
        (hook, sent)
    }

    /// Gives the project this connection.
    pub async fn connect(&self, slug: &str) {
        let settings = match self.provider {
            Provider::Twilio => {
                Settings::Twilio(TwilioSettings { account_sid: "AC42".into(), from: "+12015550199".into() })
            }
            Provider::ClickSend => {
                Settings::ClickSend(ClickSendSettings { user: "cup".into(), from: "+12015550199".into() })
            }
            _ => Settings::Smtp(SmtpSettings {
                host: "127.0.0.1".into(),
                port: 9,
                security: Security::None,
                user: String::new(),
                from: "reviews@example.com".into(),
                reply_to: String::new(),
                dkim_selector: String::new(),
            }),
        };
        let report = match self.provider {
            Provider::SendGrid => self.public_key(),
            Provider::Mailgun => TOKEN.to_owned(),
            Provider::Postmark => CREDENTIALS.to_owned(),
            Provider::Ses => TOPIC.to_owned(),
            // As if somebody had forced one in: it verifies nothing.
            Provider::ClickSend => TOKEN.to_owned(),
            Provider::Twilio | Provider::Smtp => String::new(),
        };
        let secrets = Secrets { password: TOKEN.into(), report, ..Secrets::default() };
        let secrets = serde_json::to_vec(&secrets).unwrap();
        let sealed = self.app.state.transports.key.as_ref().unwrap().seal(self.connection, &secrets);
        let (id, provider, settings) = (self.connection, self.provider, &settings);
        let change = Change { id, provider, settings, sealed: &sealed, pace: Pace::default(), follows: 0 };
        let admin = (**self.app.system(slug).await).clone().admin().unwrap();
        connections::save(&admin, &change, clock::now()).await.unwrap();
    }

    pub fn public_key(&self) -> String {
        let head = "3059301306072a8648ce3d020106082a8648ce3d030107034200";
        let mut der: Vec<u8> =
            (0..head.len()).step_by(2).map(|at| u8::from_str_radix(&head[at..at + 2], 16).unwrap()).collect();
        der.extend_from_slice(self.key.public_key().as_ref());
        STANDARD.encode(der)
    }

    pub fn path(&self) -> String {
        format!("/webhooks/{}/{}", self.provider.code(), self.connection)
    }

    /// A form of Twilio's about a message, signed.
    pub fn twilio(&self, fields: &[(&str, &str)], message: Option<MessageId>) -> Call {
        let query = message.map_or_else(String::new, |id| format!("?message={id}"));
        let path = format!("{}{query}", self.path());
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        let signed: String = sorted.iter().map(|(name, value)| format!("{name}{value}")).collect();
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
        let signature = hmac::sign(&key, format!("{ORIGIN}{path}{signed}").as_bytes());
        let headers = vec![
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ("x-twilio-signature", STANDARD.encode(signature.as_ref())),
        ];
        Call { path, headers, body: body.finish().into_bytes() }
    }

    /// A status callback.
    pub fn status(&self, sid: &str, status: &str, error: &str, message: Option<MessageId>) -> Call {
        self.twilio(&[("MessageSid", sid), ("MessageStatus", status), ("ErrorCode", error)], message)
    }

    /// An SMS of a customer.
    pub fn text(&self, sid: &str, from: &str, text: &str) -> Call {
        self.twilio(
            &[("MessageSid", sid), ("SmsStatus", "received"), ("From", from), ("To", "+12015550199"), ("Body", text)],
            None,
        )
    }

    /// The body in this provider's wrapping, signed.
    pub fn signed(&self, body: &Value) -> Call {
        let now = clock::now().0 / 1000;
        let (mut headers, mut body) = (vec![("content-type", "application/json".to_owned())], body.clone());
        match self.provider {
            Provider::SendGrid => {
                let bytes = body.to_string().into_bytes();
                let signed = [now.to_string().as_bytes(), &bytes].concat();
                let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
                headers.push(("x-twilio-email-event-webhook-timestamp", now.to_string()));
                headers.push(("x-twilio-email-event-webhook-signature", STANDARD.encode(signature.as_ref())));
                return Call { path: self.path(), headers, body: bytes };
            }
            Provider::Mailgun => {
                let token = MessageId::new().0.simple().to_string();
                let key = hmac::Key::new(hmac::HMAC_SHA256, TOKEN.as_bytes());
                let signature = hmac::sign(&key, format!("{now}{token}").as_bytes());
                let signature: String = signature.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
                body = json!({
                    "signature": { "timestamp": now.to_string(), "token": token, "signature": signature },
                    "event-data": body,
                });
            }
            Provider::Postmark => headers.push(("authorization", format!("Basic {}", STANDARD.encode(CREDENTIALS)))),
            Provider::Ses => body = envelope(&json!({ "Message": body.to_string() })),
            Provider::Twilio | Provider::ClickSend | Provider::Smtp => {}
        }
        Call { path: self.path(), headers, body: body.to_string().into_bytes() }
    }

    pub async fn send(&self, call: &Call) -> Answer {
        send(&self.app.stranger(), call).await
    }

    /// Sends a call that must be taken.
    pub async fn take(&self, call: &Call) -> Answer {
        let answer = self.send(call).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer
    }

    /// Puts what the provider calls the message into its last attempt.
    pub async fn name(&self, message: MessageId, provider_id: &str) {
        let mut query = Query::new("update send_attempt set provider_id = ");
        query.push_bind(provider_id.to_owned()).push(" where message_id = ").push_bind(message);
        let mut tx = self.app.db.begin().await.unwrap();
        query.build().execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn standing(&self, message: MessageId) -> (Status, State) {
        self.app.status(message).await
    }

    /// Everything that a rejected request must leave as it is.
    pub async fn fingerprint(&self) -> (i64, i64, i64, i64) {
        let count = |sql| self.app.count(sql);
        (
            count("select coalesce(sum(version), 0) from message").await,
            count("select count(*) from message_event").await,
            count("select count(*) from suppression").await,
            count("select count(*) from feedback_event").await,
        )
    }
}

pub async fn send(browser: &Browser, call: &Call) -> Answer {
    let mut request = browser.request(Method::POST, &call.path);
    for (name, value) in &call.headers {
        request = request.header(*name, value);
    }
    browser.send(request.body(Body::from(call.body.clone())).unwrap()).await
}

/// A notification of SNS with these fields instead of the usual ones, signed.
pub fn envelope(fields: &Value) -> Value {
    let sent = clock::now().utc().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let mut envelope = json!({
        "Type": "Notification",
        "MessageId": MessageId::new().to_string(),
        "TopicArn": TOPIC,
        "Subject": "Amazon SES Email Event Notification",
        "Message": "{}",
        "Timestamp": sent,
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE,
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
    });
    for (name, value) in fields.as_object().unwrap() {
        envelope[name] = value.clone();
    }
    let names = if envelope["Type"] == "Notification" {
        &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"][..]
    } else {
        &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    };
    let line = |name: &&str| envelope[*name].as_str().map(|value| format!("{name}\n{value}\n"));
    let signed: String = names.iter().filter_map(line).collect();
    envelope["Signature"] = sns_signature(signed.as_bytes(), envelope["SignatureVersion"] == "1").into();
    envelope
}

fn sns_signature(signed: &[u8], is_first: bool) -> String {
    let key = STANDARD.decode(include_str!("webhooks/sns_key.txt").trim()).unwrap();
    let key = RsaKeyPair::from_pkcs8(&key).unwrap();
    // ring verifies SHA-1 and does not sign with it: tests of version 1 have a signature made beforehand.
    assert!(!is_first);
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut signature).unwrap();
    STANDARD.encode(signature)
}

/// Which events of an hour ago: after the message was sent.
pub fn minutes_ago(minutes: i64) -> Timestamp {
    clock::now().plus(-minutes * Timestamp::MINUTE)
}

/// The address of the customer that `TestApp::sent` makes of Ana Ruiz.
pub const ANA: &str = "ana.ruiz@example.com";
