//! The default templates, and the words of the layout of emails.

use super::{Value, plain, say};
use crate::domain::{
    language::Language,
    message::{Channel, Template},
    template::{OptOut, Placeholder, Wording},
};

/// With its placeholders, as staff write them, in the place of values.
fn template(language: Language, id: &'static str) -> String {
    say(language, id, &placeholders())
}

fn placeholders<'a>() -> Vec<Value<'a>> {
    Placeholder::ALL.iter().map(|placeholder| (placeholder.name(), placeholder.to_string().into())).collect()
}

/// The same of an SMS, which ends in its way out.
fn sms_template(language: Language, id: &'static str, opt_out: OptOut) -> String {
    let way_out = match opt_out {
        OptOut::Stop => "opt-out-sms",
        OptOut::Link => "opt-out-link-sms",
    };
    let mut values = placeholders();
    values.push(("opt_out", template(language, way_out).into()));
    say(language, id, &values)
}

/// What a project's template says until somebody changes it.
pub fn default(language: Language, kind: Template, channel: Channel, opt_out: OptOut) -> Wording {
    let (subject, email, sms) = match kind {
        Template::Request => ("request-subject", "request-email", "request-sms"),
        Template::Reminder => ("reminder-subject", "reminder-email", "reminder-sms"),
        Template::ThanksPositive => ("thanks-positive-subject", "thanks-positive-email", "thanks-positive-sms"),
        Template::ThanksNegative => ("thanks-negative-subject", "thanks-negative-email", "thanks-negative-sms"),
    };
    match channel {
        Channel::Email => Wording { subject: template(language, subject), body: template(language, email) },
        Channel::Sms => Wording { subject: String::new(), body: sms_template(language, sms, opt_out) },
    }
}

/// What the layout of emails says by itself, with placeholders.
pub struct LayoutWords {
    /// Of the button that leads to the review page.
    pub button: String,
    /// Why the customer gets the email.
    pub why: String,
    /// Of the link to unsubscribe.
    pub unsubscribe: String,
    /// The last line of a text part whose template does not name the way out.
    pub way_out: String,
}

pub fn layout(language: Language) -> LayoutWords {
    LayoutWords {
        button: plain(language, "email-button"),
        why: template(language, "email-why"),
        unsubscribe: plain(language, "email-unsubscribe"),
        way_out: template(language, "email-way-out"),
    }
}
