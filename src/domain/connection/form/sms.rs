//! The part of the form that is about an SMS provider.

use super::ConnectionForm;
use crate::domain::{
    AppError,
    connection::settings::{ClickSendSettings, TwilioSettings},
    contact::parse_line,
    error::Problems,
};

/// The longest user name and API key, in characters.
const CREDENTIAL_MAX: usize = 255;
/// The longest name that an SMS can come from (GSM 03.40), in characters.
const NAME_MAX: usize = 11;

impl ConnectionForm {
    pub(super) fn twilio(&self, problems: &mut Problems) -> TwilioSettings {
        let account_sid = self.account_sid.trim().to_owned();
        let is_sid = account_sid.len() == 34
            && account_sid.starts_with("AC")
            && account_sid.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_sid {
            problems.add(AppError::invalid("account_sid", "Write the account SID: AC and 32 letters and digits."));
        }
        let from = without_separators(&self.from);
        let is_service =
            from.len() == 34 && from.starts_with("MG") && from.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_number(&from) && !is_service {
            let sentence = "Write the number with its country code, such as +14015550112, or the SID of a messaging \
                            service (MG…).";
            problems.add(AppError::invalid("from", sentence));
        }
        TwilioSettings { account_sid, from }
    }

    /// Twilio's.
    pub(super) fn token(&self) -> Result<String, AppError> {
        let token = self.auth_token.trim();
        if !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) || token.len() > 64 {
            return Err(AppError::invalid("auth_token", "The auth token consists of letters and digits only."));
        }
        Ok(token.to_owned())
    }

    pub(super) fn clicksend(&self, problems: &mut Problems) -> ClickSendSettings {
        let user = problems.take(parse_line("user", "The user name", &self.user, CREDENTIAL_MAX));
        if self.user.trim().is_empty() {
            problems.add(AppError::invalid("user", "Write the user name of the API."));
        } else if user.contains(':') {
            // It ends the user name in the header of RFC 7617.
            problems.add(AppError::invalid("user", "A user name has no colon."));
        }
        let given = self.from.trim();
        let number = without_separators(given);
        let has_letter = given.bytes().any(|byte| byte.is_ascii_alphabetic());
        let is_name = given.len() <= NAME_MAX && given.bytes().all(|byte| byte.is_ascii_alphanumeric()) && has_letter;
        if !is_number(&number) && !is_name {
            let sentence = "Write the number with its country code, such as +14015550112, or a name of at most 11 \
                            letters and digits, without spaces.";
            problems.add(AppError::invalid("from", sentence));
        }
        ClickSendSettings { user, from: if is_name { given.to_owned() } else { number } }
    }

    /// ClickSend's.
    pub(super) fn api_key(&self) -> Result<String, AppError> {
        let key = self.api_key.trim();
        if key.bytes().all(|byte| byte.is_ascii_graphic()) && key.len() <= CREDENTIAL_MAX {
            Ok(key.to_owned())
        } else {
            Err(AppError::invalid("api_key", "Write the API key as ClickSend shows it, without spaces."))
        }
    }
}

/// A phone number as people write it, without what stands between its digits.
fn without_separators(number: &str) -> String {
    number.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect()
}

/// Whether it is in the form of E.164.
fn is_number(text: &str) -> bool {
    let of_digits = |digits: &str| (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('+').is_some_and(of_digits)
}
