//! What a provider is told with a mail, so that its reports name the message; and what it calls the mail itself.

use crate::domain::{MessageId, connection::settings::Provider};

/// Under which key providers keep our message's id.
pub const KEY: &str = "message";

/// The headers that the provider takes out of the mail again.
pub fn of(provider: Provider, message: MessageId) -> Vec<(&'static str, String)> {
    match provider {
        Provider::Ses => vec![("X-SES-MESSAGE-TAGS", format!("{KEY}={message}"))],
        Provider::SendGrid => vec![("X-SMTPAPI", format!(r#"{{"unique_args":{{"{KEY}":"{message}"}}}}"#))],
        Provider::Mailgun => vec![("X-Mailgun-Variables", format!(r#"{{"{KEY}":"{message}"}}"#))],
        // Without the second, Postmark gives the mail a Message-ID of its own.
        Provider::Postmark => vec![("X-PM-Metadata-message", message.to_string()), ("X-PM-KeepID", "true".to_owned())],
        Provider::Smtp | Provider::Twilio | Provider::ClickSend => Vec::new(),
    }
}

/// What the provider calls the mail, from its answer to the end of the data. Amazon SES replaces the Message-ID by this:
/// `250 Ok 0102019…-000000`.
pub fn id_in(provider: Provider, reply: &str) -> Option<String> {
    let id = reply.split_whitespace().nth(2)?;
    let is_id = id.len() >= 20 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (provider == Provider::Ses && is_id).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_provider_is_told_the_message() {
        let id = MessageId(uuid::Uuid::from_u128(7));
        for provider in [Provider::Ses, Provider::SendGrid, Provider::Mailgun, Provider::Postmark] {
            let headers = of(provider, id);
            assert!(headers[0].1.contains(&id.to_string()), "{provider:?}");
            assert!(headers.iter().all(|(_, value)| value.len() < 200 && value.chars().all(|c| c.is_ascii_graphic())));
        }
        assert!(of(Provider::Smtp, id).is_empty());
    }

    #[test]
    fn amazons_name_is_read_from_its_answer() {
        let id = "0102017f7abc1234-11112222-3333-4444-5555-666677778888-000000";
        assert_eq!(id_in(Provider::Ses, &format!("250 Ok {id}")).as_deref(), Some(id));
        assert_eq!(id_in(Provider::Smtp, &format!("250 Ok {id}")), None);
        assert_eq!(id_in(Provider::Ses, "250 2.0.0 Ok: queued as 4F"), None);
    }
}
