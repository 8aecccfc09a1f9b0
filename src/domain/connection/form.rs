//! The form of a connection, and what it becomes.

mod kept;

pub use kept::Stored;

use super::settings::{Pace, Provider, Security, Settings, SmtpSettings, TwilioSettings};
use crate::domain::{
    AppError,
    contact::{parse_email, parse_line},
    error::Problems,
    message::Channel,
};
use serde::{Deserialize, Serialize};

/// The longest secret, in characters: an RSA key of 4,096 bits as PEM has 3,300.
pub const SECRET_MAX: usize = 5_000;

/// The form **Email** or **SMS** of the Connections page, as it is submitted. A secret that is left empty stays as it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionForm {
    /// A [`Provider::code`].
    pub provider: String,
    pub host: String,
    /// Empty for the usual one.
    pub port: String,
    /// A [`Security::code`].
    pub security: String,
    pub user: String,
    pub password: String,
    pub from: String,
    pub reply_to: String,
    pub dkim_selector: String,
    /// A private key (PEM); empty keeps the one that is there while there is a selector.
    pub dkim_key: String,
    /// What the provider's reports are verified with ([`Provider::report_secret`]).
    pub report_secret: String,
    pub account_sid: String,
    pub auth_token: String,
    /// Empty for no limit.
    pub per_minute: String,
    pub per_day: String,
}

/// Without its secrets.
impl std::fmt::Debug for ConnectionForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { provider, host, user, from, .. } = self;
        f.debug_struct("ConnectionForm")
            .field("provider", provider)
            .field("host", host)
            .field("user", user)
            .field("from", from)
            .finish_non_exhaustive()
    }
}

/// Secrets that were entered; the empty ones stay as they are.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// Of the user at the mail server, or the auth token of the account.
    pub password: String,
    pub dkim_key: String,
    pub report: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

/// The form, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub provider: Provider,
    pub settings: Settings,
    pub pace: Pace,
    pub secrets: Secrets,
}

impl ConnectionForm {
    /// The form of a connection, without its secrets.
    pub fn of(provider: Provider, settings: &Settings, pace: Pace) -> Self {
        let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
        let form = Self {
            provider: provider.code().to_owned(),
            from: settings.from().to_owned(),
            per_minute: number(pace.per_minute),
            per_day: number(pace.per_day),
            ..Self::default()
        };
        match settings {
            Settings::Smtp(smtp) => Self {
                host: smtp.host.clone(),
                port: smtp.port.to_string(),
                security: smtp.security.code().to_owned(),
                user: smtp.user.clone(),
                reply_to: smtp.reply_to.clone(),
                dkim_selector: smtp.dkim_selector.clone(),
                ..form
            },
            Settings::Twilio(twilio) => Self { account_sid: twilio.account_sid.clone(), ..form },
        }
    }

    /// The same without secrets.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        let (password, dkim_key, report_secret, auth_token) = Default::default();
        Self { password, dkim_key, report_secret, auth_token, ..self }
    }

    /// # Errors
    /// `Invalid`, with the names of all form controls that cannot be read.
    pub fn check(&self) -> Result<Checked, AppError> {
        let provider = Provider::from_code(self.provider.trim())
            .ok_or_else(|| AppError::invalid("provider", "Choose a provider from the list."))?;
        let mut problems = Problems::default();
        let (settings, password) = match provider.channel() {
            Channel::Email => (
                Settings::Smtp(self.smtp(provider, &mut problems)),
                problems.take(secret("password", "The password", &self.password)),
            ),
            Channel::Sms => (Settings::Twilio(self.twilio(&mut problems)), problems.take(self.token())),
        };
        let pace = Pace {
            per_minute: problems.take(limit("per_minute", &self.per_minute)),
            per_day: problems.take(limit("per_day", &self.per_day)),
        };
        let report = secret("report_secret", "What reports are verified with", &self.report_secret);
        let secrets = Secrets { password, dkim_key: problems.take(pem(&self.dkim_key)), report: problems.take(report) };
        problems.take(check_report(provider, &secrets.report));
        if !secrets.dkim_key.is_empty() && self.dkim_selector.trim().is_empty() {
            problems.add(AppError::invalid("dkim_selector", "Write the selector that the key belongs to, such as s1."));
        }
        problems.or(Checked { provider, settings, pace, secrets })
    }

    fn smtp(&self, provider: Provider, problems: &mut Problems) -> SmtpSettings {
        let security = Security::from_code(self.security.trim()).unwrap_or_else(|| {
            problems.add(AppError::invalid("security", "Choose TLS, STARTTLS or None."));
            Security::Tls
        });
        let port = match self.port.trim() {
            "" => security.port(),
            port => problems.take(
                port.parse()
                    .ok()
                    .filter(|port| *port > 0)
                    .ok_or_else(|| AppError::invalid("port", "Write a port from 1 to 65535, or leave it empty.")),
            ),
        };
        let host = match (self.host.trim(), provider.host()) {
            ("", Some(usual)) => usual.to_owned(),
            (given, _) => problems.take(host(given)),
        };
        let user = problems.take(parse_line("user", "The user", &self.user, 255));
        if self.user.trim().is_empty() && !self.password.is_empty() {
            problems.add(AppError::invalid("user", "Write the user that the password belongs to."));
        }
        let from = problems.take(parse_email("from", &self.from));
        let reply_to = match self.reply_to.trim() {
            "" => String::new(),
            address => problems.take(parse_email("reply_to", address)),
        };
        let dkim_selector = problems.take(selector(&self.dkim_selector));
        SmtpSettings { host, port, security, user, from, reply_to, dkim_selector }
    }

    fn twilio(&self, problems: &mut Problems) -> TwilioSettings {
        let account_sid = self.account_sid.trim().to_owned();
        let is_sid = account_sid.len() == 34
            && account_sid.starts_with("AC")
            && account_sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_sid {
            problems.add(AppError::invalid("account_sid", "Write the account SID: AC and 32 letters and digits."));
        }
        let from: String = self.from.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
        let is_number = from
            .strip_prefix('+')
            .is_some_and(|digits| (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        let is_service =
            from.len() == 34 && from.starts_with("MG") && from.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_number && !is_service {
            let sentence = "Write the number with its country code, such as +14015550112, or the SID of a messaging \
                            service (MG…).";
            problems.add(AppError::invalid("from", sentence));
        }
        TwilioSettings { account_sid, from }
    }

    fn token(&self) -> Result<String, AppError> {
        let token = self.auth_token.trim();
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) || token.len() > 64 {
            return Err(AppError::invalid("auth_token", "The auth token consists of letters and digits only."));
        }
        Ok(token.to_owned())
    }
}

/// The domain of an address.
pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain)
}

/// A name of RFC 1123 or an IP address.
fn host(given: &str) -> Result<String, AppError> {
    let host = given.trim().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_name = host.len() <= 253 && host.split('.').all(label);
    if is_name || host.parse::<std::net::IpAddr>().is_ok() {
        Ok(host)
    } else {
        Err(AppError::invalid("host", "Write the name of the mail server, such as smtp.example.com."))
    }
}

fn selector(given: &str) -> Result<String, AppError> {
    let selector = given.trim().to_ascii_lowercase();
    let known = selector.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    if known && selector.len() <= 63 {
        Ok(selector)
    } else {
        Err(AppError::invalid("dkim_selector", "A selector has letters, digits, dots and dashes, such as s1."))
    }
}

fn secret(field: &str, label: &str, given: &str) -> Result<String, AppError> {
    parse_line(field, label, given, SECRET_MAX)
}

fn pem(given: &str) -> Result<String, AppError> {
    let key = given.trim().replace("\r\n", "\n");
    let is_key = key.starts_with("-----BEGIN ") && key.contains("PRIVATE KEY-----") && key.len() <= SECRET_MAX;
    if key.is_empty() || is_key {
        Ok(key)
    } else {
        let sentence = "Paste the private key as it stands in its file, from -----BEGIN to -----END.";
        Err(AppError::invalid("dkim_key", sentence))
    }
}

/// What is entered in the wrong field is found out now, not with the first report.
///
/// # Errors
/// `Invalid`, with the name of the form control.
pub fn check_report(provider: Provider, secret: &str) -> Result<(), AppError> {
    let (is_right, form) = match provider {
        _ if secret.is_empty() => return Ok(()),
        Provider::Ses => (secret.starts_with("arn:aws") && secret.contains(":sns:"), "arn:aws:sns:region:account:name"),
        Provider::Postmark => (
            secret.split_once(':').is_some_and(|(u, p)| !u.is_empty() && p.len() >= 12),
            "user:password, with a password of at least 12 characters",
        ),
        Provider::SendGrid => (secret.len() > 80, "the base64 text of the verification key"),
        Provider::Mailgun => (secret.len() >= 16, "the HTTP webhook signing key"),
        Provider::Smtp | Provider::Twilio => (false, "empty"),
    };
    if is_right { Ok(()) } else { Err(AppError::invalid("report_secret", format!("It must be {form}."))) }
}

fn limit(field: &str, given: &str) -> Result<Option<u32>, AppError> {
    match given.trim().replace([',', ' '], "").as_str() {
        "" => Ok(None),
        number => number.parse().ok().filter(|n| (1..=10_000_000).contains(n)).map(Some).ok_or_else(|| {
            AppError::invalid(field, "Write how many messages are sent at most, such as 600, or leave it empty.")
        }),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn email() -> ConnectionForm {
        ConnectionForm {
            provider: "smtp".into(),
            host: "Mail.Example.com.".into(),
            security: "starttls".into(),
            user: "reviews".into(),
            password: "p w".into(),
            from: "Reviews@Example.com".into(),
            per_minute: "1,000".into(),
            ..ConnectionForm::default()
        }
    }

    pub fn twilio() -> ConnectionForm {
        ConnectionForm {
            provider: "twilio".into(),
            account_sid: format!("AC{}", "0".repeat(32)),
            auth_token: "abc".into(),
            from: "+1 (401) 555-0112".into(),
            ..ConnectionForm::default()
        }
    }

    #[test]
    fn what_is_entered_is_taken_in_its_usual_form() {
        let Checked { settings: Settings::Smtp(smtp), pace, secrets, .. } = email().check().unwrap() else { panic!() };
        assert_eq!(
            (smtp.host.as_str(), smtp.port, smtp.from.as_str()),
            ("mail.example.com", 587, "reviews@example.com")
        );
        assert_eq!((pace.per_minute, pace.per_day), (Some(1_000), None));
        assert_eq!(secrets.password, "p w");
        assert_eq!(twilio().check().unwrap().settings.from(), "+14015550112");
    }

    #[test]
    fn providers_with_one_server_need_no_name_of_it() {
        let form = ConnectionForm { provider: "sendgrid".into(), host: String::new(), ..email() };
        let Settings::Smtp(smtp) = form.check().unwrap().settings else { panic!() };
        assert_eq!(smtp.host, "smtp.sendgrid.net");
    }

    #[test]
    fn each_field_is_named_that_cannot_be_read() {
        let wrong = |form: ConnectionForm, field: &str| {
            let error = form.check().unwrap_err();
            assert!(error.for_field(field).is_some_and(|m| m.ends_with('.')), "{field}: {error:?}");
        };
        wrong(ConnectionForm { provider: "x".into(), ..email() }, "provider");
        for host in ["", "a b", "-a.com", "http://mail.example.com", "mail.example.com:25", "a..b"] {
            wrong(ConnectionForm { host: host.into(), ..email() }, "host");
        }
        for port in ["0", "70000", "smtp"] {
            wrong(ConnectionForm { port: port.into(), ..email() }, "port");
        }
        wrong(ConnectionForm { security: "ssl".into(), ..email() }, "security");
        wrong(ConnectionForm { user: "a\nb".into(), ..email() }, "user");
        wrong(ConnectionForm { user: String::new(), ..email() }, "user");
        wrong(ConnectionForm { from: "nobody".into(), ..email() }, "from");
        wrong(ConnectionForm { reply_to: "nobody".into(), ..email() }, "reply_to");
        wrong(ConnectionForm { dkim_selector: "a/b".into(), ..email() }, "dkim_selector");
        wrong(ConnectionForm { dkim_key: "MIIE".into(), dkim_selector: "s1".into(), ..email() }, "dkim_key");
        let key = "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----";
        wrong(ConnectionForm { dkim_key: key.into(), ..email() }, "dkim_selector");
        for limit in ["0", "-1", "many", "99999999999"] {
            wrong(ConnectionForm { per_day: limit.into(), ..email() }, "per_day");
        }
        wrong(ConnectionForm { report_secret: "key".into(), provider: "ses".into(), ..email() }, "report_secret");
        wrong(ConnectionForm { account_sid: "AC1".into(), ..twilio() }, "account_sid");
        wrong(ConnectionForm { auth_token: "a-b".into(), ..twilio() }, "auth_token");
        wrong(ConnectionForm { from: "4015550112".into(), ..twilio() }, "from");
    }
}
