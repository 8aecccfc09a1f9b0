//! The form of a connection, and what it becomes.

mod kept;
mod sms;
mod smtp;

pub use kept::Stored;

use super::settings::{Pace, Provider, Settings};
use crate::domain::{AppError, contact::parse_line, error::Problems};
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
    /// Of the mail server, or of ClickSend's API.
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
    pub api_key: String,
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
    /// Of the user at the mail server; Twilio's auth token; ClickSend's API key.
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
            Settings::ClickSend(clicksend) => Self { user: clicksend.user.clone(), ..form },
        }
    }

    /// The same without secrets.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        let (password, dkim_key, report_secret, auth_token, api_key) = Default::default();
        Self { password, dkim_key, report_secret, auth_token, api_key, ..self }
    }

    /// # Errors
    /// `Invalid`, with the names of all form controls that cannot be read.
    pub fn check(&self) -> Result<Checked, AppError> {
        let provider = Provider::from_code(self.provider.trim())
            .ok_or_else(|| AppError::invalid("provider", "Choose a provider from the list."))?;
        let mut problems = Problems::default();
        let (settings, password) = match provider {
            Provider::Twilio => (Settings::Twilio(self.twilio(&mut problems)), problems.take(self.token())),
            Provider::ClickSend => (Settings::ClickSend(self.clicksend(&mut problems)), problems.take(self.api_key())),
            Provider::Smtp | Provider::Ses | Provider::SendGrid | Provider::Mailgun | Provider::Postmark => (
                Settings::Smtp(self.smtp(provider, &mut problems)),
                problems.take(secret("password", "The password", &self.password)),
            ),
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
}

/// The domain of an address.
pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(_, domain)| domain)
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
        Provider::Smtp | Provider::Twilio | Provider::ClickSend => (false, "empty"),
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

    pub fn clicksend() -> ConnectionForm {
        ConnectionForm {
            provider: "clicksend".into(),
            user: " bean ".into(),
            api_key: " D83DED51-9E35 ".into(),
            from: "BeanLeaf".into(),
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
        let Checked { settings: Settings::ClickSend(account), secrets, .. } = clicksend().check().unwrap() else {
            panic!()
        };
        assert_eq!((account.user.as_str(), account.from.as_str()), ("bean", "BeanLeaf"));
        assert_eq!(secrets.password, "D83DED51-9E35");
        let number = ConnectionForm { from: "+1 (401) 555-0112".into(), ..clicksend() };
        assert_eq!(number.check().unwrap().settings.from(), "+14015550112");
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
        for user in ["", " ", "a:b", "a\nb"] {
            wrong(ConnectionForm { user: user.into(), ..clicksend() }, "user");
        }
        for key in ["a b", "ä", "a\u{7}b"] {
            wrong(ConnectionForm { api_key: key.into(), ..clicksend() }, "api_key");
        }
        for from in
            ["", "4015550112", "+1401", "+1401555011x", "Bean & Leaf", "Bean Leaf", "BeanAndLeafs", "12345678901"]
        {
            wrong(ConnectionForm { from: from.into(), ..clicksend() }, "from");
        }
        wrong(ConnectionForm { report_secret: "key".into(), ..clicksend() }, "report_secret");
        let all = ConnectionForm { user: String::new(), from: "B L".into(), per_day: "x".into(), ..clicksend() };
        let error = all.check().unwrap_err();
        assert!(["user", "from", "per_day"].iter().all(|field| error.for_field(field).is_some()), "{error:?}");
    }
}
