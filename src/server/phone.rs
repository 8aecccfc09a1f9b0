//! Parses phone numbers as staff write them into E.164.

use crate::domain::{AppError, AppResult};
use phonenumber::{Mode, country::Id};

/// The numbering plan for numbers without a country code.
const HOME: Id = Id::US;

/// E.164 of `s`; empty where `s` is.
///
/// # Errors
/// `Invalid` for a number that no numbering plan knows.
pub fn parse(field: &str, s: &str) -> AppResult<String> {
    let s = s.trim();
    if s.is_empty() {
        return Ok(String::new());
    }
    let wrong = || {
        let hint = "Write a phone number such as +1 201 555 0123, with the country code unless it is a US number.";
        AppError::invalid(field, hint)
    };
    let number = phonenumber::parse(Some(HOME), s).map_err(|_| wrong())?;
    if number.extension().is_some() || !number.is_valid() {
        return Err(wrong());
    }
    Ok(number.format().mode(Mode::E164).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_e164() {
        for (written, stored) in [
            ("", ""),
            ("+1 201 555 0123", "+12015550123"),
            ("(201) 555-0123", "+12015550123"),
            ("+44 20 7946 0958", "+442079460958"),
            ("+49 30 901820", "+4930901820"),
        ] {
            assert_eq!(parse("phone", written).as_deref(), Ok(stored), "{written}");
        }
        for wrong in ["12", "abc", "+999 123 456", "201555012", "+1 201 555 0123 ext 5", "'; drop table", "+"] {
            assert!(parse("phone", wrong).is_err(), "{wrong}");
        }
    }
}
