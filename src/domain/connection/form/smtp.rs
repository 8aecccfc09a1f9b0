//! The part of the form that is about a mail server.

use super::ConnectionForm;
use crate::domain::{
    AppError,
    connection::settings::{Provider, Security, SmtpSettings},
    contact::{parse_email, parse_line},
    error::Problems,
};

impl ConnectionForm {
    pub(super) fn smtp(&self, provider: Provider, problems: &mut Problems) -> SmtpSettings {
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
