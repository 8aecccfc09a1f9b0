//! Asking for reviews by hand, one customer or many: channels, reminders, when.

pub mod many;
pub mod preview;

use super::{AppError, error::Problems, message::Channel, strategy::Strategy};
use serde::{Deserialize, Serialize};

/// The most reminders a request can have.
pub const REMINDERS_MAX: u8 = 3;
/// Days between a request and its first reminder, and between reminders, if the form leaves them out.
pub const REMINDER_DAYS: u16 = 3;

/// The form **Request review**, as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskForm {
    #[serde(default)]
    pub email: bool,
    #[serde(default)]
    pub sms: bool,
    /// 0–3.
    #[serde(default)]
    pub reminders: String,
    /// Days between the messages, 1–90.
    #[serde(default)]
    pub days: String,
    /// `now` or `later`; if empty, `at` decides.
    #[serde(default)]
    pub when: String,
    /// Wall time in the project's zone (`YYYY-MM-DDTHH:MM`); empty for now.
    #[serde(default)]
    pub at: String,
}

/// The form, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub channels: Vec<Channel>,
    /// How many days after the message before it each reminder leaves.
    pub reminders: Vec<u16>,
    /// None to send it now.
    pub at: Option<chrono::NaiveDateTime>,
}

impl Ask {
    /// Now, by the channels and with the reminders of the strategy.
    pub fn by(strategy: &Strategy) -> Self {
        Self { channels: strategy.channels().collect(), reminders: strategy.reminders.clone(), at: None }
    }
}

impl AskForm {
    pub fn check(&self) -> Result<Ask, AppError> {
        let mut problems = Problems::default();
        let mut channels = Vec::new();
        if self.email {
            channels.push(Channel::Email);
        }
        if self.sms {
            channels.push(Channel::Sms);
        }
        if channels.is_empty() {
            problems.add(AppError::invalid("channels", "Choose at least one channel: email, SMS or both."));
        }
        let reminders: u8 =
            match self.reminders.trim() {
                "" => 0,
                n => problems.take(n.parse().ok().filter(|n| *n <= REMINDERS_MAX).ok_or_else(|| {
                    AppError::invalid("reminders", format!("Choose from 0 to {REMINDERS_MAX} reminders."))
                })),
            };
        let days = match self.days.trim() {
            "" => REMINDER_DAYS,
            n => problems.take(
                n.parse()
                    .ok()
                    .filter(|n| (1..=90).contains(n))
                    .ok_or_else(|| AppError::invalid("days", "Write a whole number of days from 1 to 90.")),
            ),
        };
        let at = match self.at.trim() {
            _ if self.when == "now" => None,
            "" if self.when == "later" => {
                problems.add(AppError::invalid("at", "Choose a date and time, or send it now."));
                None
            }
            "" => None,
            s => problems.take(super::schedule::parse_wall("at", s).map(Some)),
        };
        problems.or(Ask { channels, reminders: vec![days; reminders.into()], at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let ok = AskForm { email: true, ..AskForm::default() };
        assert_eq!(ok.check().unwrap(), Ask { channels: vec![Channel::Email], reminders: vec![], at: None });
        let two = AskForm { reminders: "2".into(), ..ok.clone() };
        assert_eq!(two.check().unwrap().reminders, [REMINDER_DAYS; 2]);
        for (form, field) in [
            (AskForm::default(), "channels"),
            (AskForm { reminders: "4".into(), ..ok.clone() }, "reminders"),
            (AskForm { reminders: "-1".into(), ..ok.clone() }, "reminders"),
            (AskForm { days: "0".into(), ..ok.clone() }, "days"),
            (AskForm { days: "1e9".into(), ..ok.clone() }, "days"),
            (AskForm { at: "tomorrow".into(), ..ok.clone() }, "at"),
            (AskForm { when: "later".into(), ..ok.clone() }, "at"),
        ] {
            let error = form.check().unwrap_err();
            assert!(error.for_field(field).is_some(), "{form:?}: {error}");
        }
        let now = AskForm { when: "now".into(), at: "2026-11-24T09:00".into(), ..ok };
        assert_eq!(now.check().map(|ask| ask.at), Ok(None));
    }
}
