//! For how long a project keeps what its messages said, and what happened to them.

use super::{AppError, AppResult, error::Problems};
use serde::{Deserialize, Serialize};

/// In months after a message has come to its end (sent, failed or canceled); None for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Subject, text and recipient, and what providers and customers said about it.
    pub content: Option<u16>,
    /// The timeline, and the attempts to send it.
    pub events: Option<u16>,
}

impl Kept {
    /// The choices, in months.
    pub const MONTHS: [u16; 7] = [1, 3, 6, 12, 24, 36, 60];

    /// What is removed when, in sentences.
    pub fn sentence(self) -> String {
        let part = |what: &str, months: Option<u16>| match months {
            Some(n) => format!("{what} removed {} after a message has come to its end.", months_words(n)),
            None => format!("{what} kept for ever."),
        };
        format!(
            "{} {}",
            part("What messages said and to whom is", self.content),
            part("Their timelines are", self.events)
        )
    }
}

/// `1 month`, `12 months`.
pub fn months_words(n: u16) -> String {
    if n == 1 { "1 month".to_owned() } else { format!("{n} months") }
}

/// The form, as it is submitted: numbers of months; empty for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForm {
    #[serde(default)]
    pub content: String,
    #[serde(default)]
    pub events: String,
}

impl KeptForm {
    /// # Errors
    /// `Invalid` for each field that is none of the choices.
    pub fn check(&self) -> AppResult<Kept> {
        let mut problems = Problems::default();
        let kept = Kept {
            content: problems.take(parse("content", &self.content)),
            events: problems.take(parse("events", &self.events)),
        };
        problems.or(kept)
    }
}

fn parse(field: &str, s: &str) -> AppResult<Option<u16>> {
    match s.trim() {
        "" => Ok(None),
        s => {
            let known = s.parse().ok().filter(|months| Kept::MONTHS.contains(months));
            known.map(Some).ok_or_else(|| AppError::invalid(field, "Choose a number of months from the list."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_choices_are_taken_and_each_field_is_told() {
        let check = |content: &str, events: &str| KeptForm { content: content.into(), events: events.into() }.check();
        assert_eq!(check("12", " "), Ok(Kept { content: Some(12), events: None }));
        assert_eq!(check("", "60"), Ok(Kept { content: None, events: Some(60) }));
        for wrong in ["0", "2", "-1", "12 months", "65536", "9999999"] {
            let error = check(wrong, wrong).unwrap_err();
            assert!(error.for_field("content").is_some() && error.for_field("events").is_some(), "{wrong}");
        }
    }

    #[test]
    fn it_is_told_in_sentences() {
        let kept = Kept { content: Some(1), events: None };
        assert_eq!(
            kept.sentence(),
            "What messages said and to whom is removed 1 month after a message has come to its end. Their timelines are kept for ever."
        );
    }
}
