//! One's own account: how one signs in, and where one is signed in.

use super::{AppError, AppResult, LocalTime, PasskeyId, SessionId, done::Done};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How many recovery codes are made at a time.
pub const RECOVERY_CODES: usize = 10;
/// How many passkeys a person may have.
pub const PASSKEYS_MAX: usize = 20;
/// The longest name of a passkey, in characters.
pub const PASSKEY_NAME_MAX: usize = 60;

/// The Account page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPage {
    pub name: String,
    pub email: String,
    /// False for a person who signs in by one-time links or passkeys only.
    pub has_password: bool,
    pub two_factor: TwoFactor,
    /// Recovery codes that were just made. Shown until the person says that they are kept, for some minutes.
    pub fresh_codes: Vec<String>,
    pub passkeys: Vec<Passkey>,
    /// False where this server's address permits none.
    pub offers_passkeys: bool,
    /// This browser's first, then by last use.
    pub sessions: Vec<Session>,
    pub today: NaiveDate,
    /// Whether the person is told of reviews with one or two stars; None outside of all projects.
    pub low_ratings: Option<LowRatingEmails>,
    /// What a form without scripts did, where the page is in no project, whose frame would say it.
    pub notice: Option<Done>,
    /// The project's version, read before the rest; 0 outside of all.
    pub version: i64,
}

/// The emails about reviews of one or two stars in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LowRatingEmails {
    /// Whether the person wants them.
    pub is_on: bool,
    /// Whether this server sends emails by itself.
    pub is_sent: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TwoFactor {
    Off,
    /// Begun; it counts once a code of the app has shown that it works.
    SettingUp(Setup),
    On {
        since: LocalTime,
        codes_left: u32,
    },
}

/// What an authenticator app has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// In groups of four letters.
    pub secret: String,
    /// `otpauth://…`, which opens an app on the same device.
    pub link: String,
    pub qr: Qr,
}

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qr {
    /// The number of its squares in each direction.
    pub size: u32,
    /// The dark squares, as the path of an SVG whose unit is a square.
    pub path: String,
}

/// A browser in which the person is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// Such as `Firefox on Linux`; empty where it is not known.
    pub browser: String,
    pub since: LocalTime,
    /// To within some minutes; None where it is not known.
    pub used: Option<LocalTime>,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    pub since: LocalTime,
    pub used: Option<LocalTime>,
}

/// What somebody enters as the second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// The six digits of an app.
    App(String),
    /// A recovery code, in the form in which it is hashed: 16 small letters and digits.
    Recovery(String),
}

impl Code {
    /// # Errors
    /// `Invalid` for the field `code`.
    pub fn parse(entered: &str) -> AppResult<Self> {
        // Digits that a recovery code doesn't have stand for the letters that they look like.
        let alike = |c: char| match c.to_ascii_lowercase() {
            '0' => 'o',
            '1' => 'l',
            '8' => 'b',
            c => c,
        };
        let code: String = entered.chars().filter(|c| !c.is_whitespace() && *c != '-').take(100).collect();
        if code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self::App(code));
        }
        let code: String = code.chars().map(alike).collect();
        if code.len() == 16 && code.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7')) {
            return Ok(Self::Recovery(code));
        }
        let sentence = "Enter the six digits that your app shows now, or one of your recovery codes.";
        Err(AppError::invalid("code", sentence))
    }
}

/// A code or a key as people read it: in groups of four, with this sign between them.
pub fn grouped(code: &str, between: char) -> String {
    let mut groups = String::with_capacity(code.len() * 5 / 4);
    for (at, c) in code.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            groups.push(between);
        }
        groups.push(c);
    }
    groups
}

/// The browser and its system in words, by its User-Agent: `Firefox on Linux`. Empty where it tells neither.
pub fn browser_words(agent: &str) -> String {
    let find = |all: &[(&str, &'static str)]| all.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    // The first that is found counts: most name those that they resemble, too.
    let browser = find(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ]);
    let system = find(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_however_they_are_spaced() {
        for app in ["123456", " 123 456 ", "123-456"] {
            assert_eq!(Code::parse(app), Ok(Code::App("123456".into())), "{app}");
        }
        for recovery in ["abcd-efgh-2345-wxyz", "ABCD EFGH 2345 WXYZ", "abcdefgh2345wxyz"] {
            assert_eq!(Code::parse(recovery), Ok(Code::Recovery("abcdefgh2345wxyz".into())), "{recovery}");
        }
        assert_eq!(Code::parse("0000-1111-8888-aaaa"), Ok(Code::Recovery("oooollllbbbbaaaa".into())));
        for wrong in
            ["", "12345", "1234567", "12345x", "abcd-efgh-2345-wxy", "abcd-efgh-2345-wxy!", "１２３４５６", "é"]
        {
            assert!(Code::parse(wrong).unwrap_err().for_field("code").is_some(), "{wrong}");
        }
        assert!(Code::parse(&"a".repeat(100_000)).is_err());
    }

    #[test]
    fn codes_and_secrets_are_shown_in_groups() {
        assert_eq!(grouped("abcdefgh2345wxyz", '-'), "abcd-efgh-2345-wxyz");
        assert_eq!(grouped("ABCDEFGHABCDEFGHABCDEFGHABCDEFGH", ' '), "ABCD EFGH ABCD EFGH ABCD EFGH ABCD EFGH");
    }

    #[test]
    fn browsers_in_words() {
        for (agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", ""),
            ("", ""),
        ] {
            assert_eq!(browser_words(agent), words, "{agent}");
        }
    }
}
