//! Parses phone numbers as staff write them into E.164.

use crate::domain::{AppError, AppResult, phone_zone};
use chrono_tz::Tz;
use phonenumber::{Mode, country::Id, metadata::DATABASE};

/// The numbering plan for numbers without a country code: of the country that the project's time zone is in. None for a zone that is
/// in none, such as UTC.
fn home(zone: Tz) -> Option<Id> {
    match phone_zone::country_code(zone.name()) {
        Some(code) => {
            let mut plans = DATABASE.by_code(&code)?.into_iter().filter_map(|plan| plan.id().parse().ok());
            plans.find(|id| *id != Id::CA)
        }
        // Smaller American zones are not in the table: Detroit, Indianapolis, …
        None => zone.name().starts_with("America/").then_some(Id::US),
    }
}

/// E.164 of `s`; empty where `s` is. A number without a country code is one of the country that the project's time zone is in.
///
/// # Errors
/// `Invalid` for a number that no numbering plan knows.
pub fn parse(field: &str, s: &str, zone: Tz) -> AppResult<String> {
    let s = s.trim();
    if s.is_empty() {
        return Ok(String::new());
    }
    let home = home(zone);
    let wrong = || {
        let unless =
            home.map_or_else(String::new, |home| format!(" unless it is one of {home:?}, the project's country"));
        AppError::invalid(
            field,
            format!("Write a phone number such as +1 201 555 0123, with the country code{unless}."),
        )
    };
    let number = phonenumber::parse(home, s).map_err(|_| wrong())?;
    if number.extension().is_some() || !number.is_valid() {
        return Err(wrong());
    }
    Ok(number.format().mode(Mode::E164).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{
        America::{Detroit, New_York, Toronto},
        Australia::Sydney,
        Europe::{Berlin, London, Paris},
    };

    #[test]
    fn numbers_become_e164() {
        for (written, stored) in [
            ("", ""),
            ("+1 201 555 0123", "+12015550123"),
            ("(201) 555-0123", "+12015550123"),
            ("+44 20 7946 0958", "+442079460958"),
            ("+49 30 901820", "+4930901820"),
        ] {
            assert_eq!(parse("phone", written, New_York).as_deref(), Ok(stored), "{written}");
        }
        for wrong in ["12", "abc", "+999 123 456", "201555012", "+1 201 555 0123 ext 5", "'; drop table", "+"] {
            assert!(parse("phone", wrong, New_York).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_number_without_a_country_code_is_of_the_projects_country() {
        for (zone, written, stored) in [
            (Berlin, "030 901820", "+4930901820"),
            (London, "020 7946 0958", "+442079460958"),
            (Paris, "01 44 55 66 77", "+33144556677"),
            (Sydney, "(02) 9374 4000", "+61293744000"),
            (Toronto, "416-555-0123", "+14165550123"),
            (Detroit, "313 555 0123", "+13135550123"),
            (Berlin, "+1 201 555 0123", "+12015550123"),
            (Tz::UTC, "+49 30 901820", "+4930901820"),
        ] {
            assert_eq!(parse("phone", written, zone).as_deref(), Ok(stored), "{written}");
        }
        let error = |zone| parse("phone", "12", zone).unwrap_err().to_string();
        assert!(error(Berlin).ends_with("with the country code unless it is one of DE, the project's country."));
        assert!(error(Tz::UTC).ends_with("with the country code."));
    }
}
