//! What a template has to hold before it is saved. The server and the browser, while somebody types, ask the same functions.

use super::{Piece, Placeholder, holds, pieces};
use crate::domain::{
    AppError, AppResult,
    connection::settings::Provider,
    contact::{parse_line, parse_text},
    message::{Channel, Template},
};
use serde::{Deserialize, Serialize};

/// The longest subject, in characters.
pub const SUBJECT_MAX: usize = 200;

/// The longest text, in characters.
pub fn body_max(channel: Channel) -> usize {
    match channel {
        Channel::Email => 10_000,
        // A dozen billed parts, with the names filled in.
        Channel::Sms => 1_000,
    }
}

/// What a template says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// Empty for SMS.
    #[serde(default)]
    pub subject: String,
    #[serde(default)]
    pub body: String,
}

impl Wording {
    /// Trimmed, with LF at the ends of lines.
    ///
    /// # Errors
    /// `Invalid` for `subject` or `body`, with the place of what is wrong.
    pub fn checked(&self, template: Template, channel: Channel) -> AppResult<Self> {
        Ok(Self {
            subject: checked_subject(channel, &self.subject)?,
            body: checked_body(template, channel, &self.body)?,
        })
    }
}

/// How the customer of an SMS gets no more of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OptOut {
    /// By the answer STOP, which the provider reports.
    #[default]
    Stop,
    /// By the link to unsubscribe, since nobody here hears of an answer.
    Link,
}

impl OptOut {
    /// Over a project's own connection to this provider; None for the server's.
    pub fn over(provider: Option<Provider>) -> Self {
        if provider == Some(Provider::ClickSend) { Self::Link } else { Self::Stop }
    }

    /// Whether the text of an SMS lacks the way out.
    pub fn is_lacking_in(self, body: &str) -> bool {
        let has_link = || pieces(body).is_ok_and(|read| holds(&read, Placeholder::UnsubscribeLink));
        self == Self::Link && !has_link()
    }
}

/// The placeholders that a template must hold: without them the customer cannot do what the message is for, or can't get out.
pub fn needs(template: Template, channel: Channel) -> &'static [Placeholder] {
    let asks = matches!(template, Template::Request | Template::Reminder);
    match (asks, channel) {
        (true, Channel::Email) => &[Placeholder::ReviewLink, Placeholder::UnsubscribeLink],
        (true, Channel::Sms) => &[Placeholder::ReviewLink],
        (false, Channel::Email) => &[Placeholder::UnsubscribeLink],
        (false, Channel::Sms) => &[],
    }
}

/// # Errors
/// `Invalid` for `subject`.
pub fn checked_subject(channel: Channel, subject: &str) -> AppResult<String> {
    if channel == Channel::Sms {
        return Ok(String::new());
    }
    let subject = parse_line("subject", "The subject", subject, SUBJECT_MAX)?;
    let invalid = |sentence: String| AppError::invalid("subject", sentence);
    let read = pieces(&subject).map_err(|fault| invalid(fault.to_string()))?;
    let link = read.iter().find_map(|piece| match piece {
        Piece::Placeholder(placeholder) if placeholder.is_link() => Some(placeholder),
        _ => None,
    });
    match link {
        Some(link) => Err(invalid(format!("{link} is a link, and a subject can't hold one. Put it into the text."))),
        None if subject.is_empty() => Err(invalid("Write a subject.".into())),
        None => Ok(subject),
    }
}

/// # Errors
/// `Invalid` for `body`.
pub fn checked_body(template: Template, channel: Channel, body: &str) -> AppResult<String> {
    let text = parse_text("body", "The text", body, body_max(channel))?;
    let invalid = |sentence: String| AppError::invalid("body", sentence);
    // The place is that in what was typed.
    let read = pieces(body).map_err(|fault| invalid(fault.to_string()))?;
    if text.is_empty() {
        return Err(invalid("Write a text.".into()));
    }
    let lacking = needs(template, channel).iter().find(|needed| !holds(&read, **needed));
    match lacking {
        Some(link @ Placeholder::ReviewLink) => {
            Err(invalid(format!("{link} is missing: without it the customer can't leave a review.")))
        }
        Some(link) => Err(invalid(format!("{link} is missing: each email must have a way to unsubscribe."))),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "Hi {{first_name}} {{review_link}} {{unsubscribe_link}}";

    fn refusal(template: Template, channel: Channel, subject: &str, body: &str) -> (String, String) {
        match (Wording { subject: subject.into(), body: body.into() }).checked(template, channel) {
            Err(AppError::Invalid { field, message, .. }) => (field, message),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_saved_is_trimmed_and_has_one_kind_of_line_end() {
        let wording = Wording { subject: " Hi ".into(), body: format!("\r\n{BODY}\r\nBye\r ") };
        let checked = wording.checked(Template::Request, Channel::Email).unwrap();
        assert_eq!((checked.subject.as_str(), checked.body), ("Hi", format!("{BODY}\nBye")));
        let sms = wording.checked(Template::Request, Channel::Sms).unwrap();
        assert_eq!(sms.subject, "", "an SMS has none");
    }

    #[test]
    fn each_kind_needs_its_links() {
        let email = |template, body| refusal(template, Channel::Email, "s", body);
        assert!(email(Template::Request, "{{unsubscribe_link}}").1.starts_with("{{review_link}} is missing"));
        assert!(email(Template::Reminder, "{{review_link}}").1.starts_with("{{unsubscribe_link}} is missing"));
        assert!(email(Template::ThanksNegative, "Thanks").1.starts_with("{{unsubscribe_link}} is missing"));
        assert!(refusal(Template::Reminder, Channel::Sms, "", "Hi").1.starts_with("{{review_link}} is missing"));
        assert_eq!(checked_body(Template::ThanksPositive, Channel::Sms, "Thanks").unwrap(), "Thanks");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_field_and_place() {
        for (subject, body, field, says) in [
            ("", BODY, "subject", "Write a subject."),
            ("a\r\nBcc: x@example.com", BODY, "subject", "one line"),
            ("a\u{85}b", BODY, "subject", "one line"),
            ("{{review_link}}", BODY, "subject", "can't hold one"),
            ("Hi {{ secret }}", BODY, "subject", "Line 1, column 4: {{secret}}"),
            (&"x".repeat(SUBJECT_MAX + 1), BODY, "subject", "has 201 characters; at most 200 fit"),
            ("s", "", "body", "Write a text."),
            ("s", "a\u{0}b", "body", "plain text"),
            ("s", "\n\n Hi {{name}}", "body", "Line 3, column 5: {{name}}"),
            ("s", &"{{".repeat(500_000), "body", "characters; at most 10000 fit"),
            ("s", &format!("{BODY}{}", "x".repeat(10_000)), "body", "at most 10000 fit"),
        ] {
            let (at, message) = refusal(Template::Request, Channel::Email, subject, body);
            assert!(at == field && message.contains(says), "{at}: {message}");
        }
        let (_, message) = refusal(Template::Request, Channel::Sms, "", &"x".repeat(1_001));
        assert!(message.contains("at most 1000 fit"), "{message}");
    }
}
