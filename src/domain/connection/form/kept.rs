//! Which of the stored secrets a change keeps.

use super::{Checked, Secrets, domain};
use crate::domain::{
    AppError,
    connection::settings::{Provider, Security, Settings},
};

/// The connection as it is stored until now.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    pub provider: Provider,
    pub settings: &'a Settings,
    /// None where they cannot be read any more.
    pub secrets: Option<&'a Secrets>,
}

impl Checked {
    /// The secrets with those that are kept. A password stays only with the server and the user that it was entered for: else
    /// whoever may change the connection could have it sent to a server of their own.
    ///
    /// # Errors
    /// `Invalid`, where a secret has to be entered.
    pub fn secrets_with(&self, stored: Option<Stored<'_>>) -> Result<Secrets, AppError> {
        let kept = stored.map(|stored| stored.secrets.cloned().unwrap_or_default()).unwrap_or_default();
        let is_lost = stored.is_some_and(|stored| stored.secrets.is_none());
        let same_provider = stored.is_some_and(|stored| stored.provider == self.provider);
        Ok(Secrets {
            password: self.password(stored, &kept, is_lost)?,
            dkim_key: self.dkim_key(stored, kept.dkim_key)?,
            report: if self.secrets.report.is_empty() && same_provider {
                kept.report
            } else {
                self.secrets.report.clone()
            },
        })
    }

    fn password(&self, stored: Option<Stored<'_>>, kept: &Secrets, is_lost: bool) -> Result<String, AppError> {
        let (field, name) = match &self.settings {
            Settings::Smtp(smtp) if smtp.user.is_empty() => return Ok(String::new()),
            Settings::Smtp(_) => ("password", "password"),
            Settings::Twilio(_) => ("auth_token", "auth token"),
            Settings::ClickSend(_) => ("api_key", "API key"),
        };
        if !self.secrets.password.is_empty() {
            return Ok(self.secrets.password.clone());
        }
        if is_lost {
            let why = "it was encrypted with another SECRET_KEY than this server's";
            return Err(AppError::invalid(
                field,
                format!("Enter the {name} again: the stored one cannot be read, because {why}."),
            ));
        }
        let why = stored.and_then(|stored| match (stored.settings, &self.settings) {
            (Settings::Smtp(before), Settings::Smtp(now)) => {
                let is_same = (&before.host, &before.user, stored.provider) == (&now.host, &now.user, self.provider);
                if !is_same {
                    Some(format!("is for {} at {}, and is sent nowhere else", before.user, before.host))
                } else if now.security == Security::None && before.security != Security::None {
                    Some("is not sent without encryption".to_owned())
                } else {
                    None
                }
            }
            (Settings::Twilio(before), Settings::Twilio(now)) => (before.account_sid != now.account_sid)
                .then(|| format!("is for the account {}, and is used for no other", before.account_sid)),
            (Settings::ClickSend(before), Settings::ClickSend(now)) => {
                (before.user != now.user).then(|| format!("is for the user {}, and is used for no other", before.user))
            }
            _ => Some(format!("is for {}, and is sent nowhere else", stored.provider.name())),
        });
        match why {
            _ if kept.password.is_empty() => Err(AppError::invalid(field, format!("Write the {name}."))),
            Some(why) => Err(AppError::invalid(field, format!("Enter the {name} again: the stored one {why}."))),
            None => Ok(kept.password.clone()),
        }
    }

    fn dkim_key(&self, stored: Option<Stored<'_>>, kept: String) -> Result<String, AppError> {
        let Settings::Smtp(now) = &self.settings else { return Ok(String::new()) };
        if now.dkim_selector.is_empty() || !self.secrets.dkim_key.is_empty() || kept.is_empty() {
            return Ok(self.secrets.dkim_key.clone());
        }
        match stored.map(|stored| domain(stored.settings.from())) {
            Some(before) if before != domain(&now.from) => {
                let sentence = format!("Paste the key for this domain: the stored one is for {before}.");
                Err(AppError::invalid("dkim_key", sentence))
            }
            _ => Ok(kept),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::connection::form::{
        ConnectionForm,
        tests::{clicksend, email, twilio},
    };

    #[test]
    fn a_stored_password_stays_with_its_server_and_user() {
        let before = email().check().unwrap();
        let secrets = Secrets { dkim_key: "key".into(), report: "r".into(), ..before.secrets.clone() };
        let stored = Stored { provider: before.provider, settings: &before.settings, secrets: Some(&secrets) };
        let empty = ConnectionForm { password: String::new(), dkim_selector: "s1".into(), ..email() };
        assert_eq!(empty.check().unwrap().secrets_with(Some(stored)).unwrap(), secrets);
        assert_eq!(email().check().unwrap().secrets_with(Some(stored)).unwrap().dkim_key, "", "no selector, no key");

        let refused = |form: ConnectionForm, field: &str| {
            let error = form.check().unwrap().secrets_with(Some(stored)).unwrap_err();
            assert!(error.for_field(field).is_some(), "{field}: {error:?}");
        };
        refused(ConnectionForm { host: "mail.example.org".into(), ..empty.clone() }, "password");
        refused(ConnectionForm { user: "other".into(), ..empty.clone() }, "password");
        refused(ConnectionForm { provider: "ses".into(), ..empty.clone() }, "password");
        refused(ConnectionForm { security: "none".into(), ..empty.clone() }, "password");
        refused(ConnectionForm { from: "a@example.org".into(), ..empty.clone() }, "dkim_key");
        let entered = ConnectionForm { host: "mail.example.org".into(), password: "new".into(), ..empty.clone() };
        assert_eq!(entered.check().unwrap().secrets_with(Some(stored)).unwrap().password, "new");
        let open = ConnectionForm { user: String::new(), ..empty.clone() };
        assert_eq!(open.check().unwrap().secrets_with(Some(stored)).unwrap().password, "");

        assert!(empty.check().unwrap().secrets_with(None).unwrap_err().for_field("password").is_some());
        let lost = Stored { secrets: None, ..stored };
        let error = empty.check().unwrap().secrets_with(Some(lost)).unwrap_err();
        assert!(error.for_field("password").unwrap().contains("SECRET_KEY"));

        let before = twilio().check().unwrap();
        let stored = Stored { provider: before.provider, settings: &before.settings, secrets: Some(&before.secrets) };
        let empty = ConnectionForm { auth_token: String::new(), ..twilio() };
        assert_eq!(empty.check().unwrap().secrets_with(Some(stored)).unwrap().password, "abc");
        let other = ConnectionForm { account_sid: format!("AC{}", "1".repeat(32)), ..empty };
        let error = other.check().unwrap().secrets_with(Some(stored)).unwrap_err();
        assert!(error.for_field("auth_token").is_some());
        // One provider's secret is not shown to another.
        let other = ConnectionForm { api_key: String::new(), ..clicksend() };
        let error = other.check().unwrap().secrets_with(Some(stored)).unwrap_err();
        assert!(error.for_field("api_key").unwrap().contains("is for Twilio, and is sent nowhere else"), "{error:?}");

        let before = clicksend().check().unwrap();
        let stored = Stored { provider: before.provider, settings: &before.settings, secrets: Some(&before.secrets) };
        let kept = other.check().unwrap().secrets_with(Some(stored)).unwrap();
        assert_eq!(kept.password, "D83DED51-9E35");
        let moved = ConnectionForm { user: "leaf".into(), ..other };
        let error = moved.check().unwrap().secrets_with(Some(stored)).unwrap_err();
        assert!(error.for_field("api_key").unwrap().contains("is for the user bean"), "{error:?}");
    }
}
