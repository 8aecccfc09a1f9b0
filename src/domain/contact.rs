//! Checks of contact details and of other text that people enter.

use super::AppError;

/// The longest email address that RFC 5321 section 4.5.3.1 permits.
pub const EMAIL_MAX: usize = 254;
/// The longest name or company, in characters.
pub const NAME_MAX: usize = 120;
pub const TEXT_MAX: usize = 4_000;

/// Parses an email address in the dot-atom form of RFC 5321, with a domain of two labels or more. The result is in lower
/// case, so that a mailbox has one address.
pub fn parse_email(field: &str, s: &str) -> Result<String, AppError> {
    let s = s.trim();
    let wrong = || AppError::invalid(field, "Write an email address such as ana@example.com.");
    if s.len() > EMAIL_MAX {
        return Err(AppError::invalid(field, format!("An email address has at most {EMAIL_MAX} characters.")));
    }
    if !s.is_ascii() {
        // Few servers accept other letters (RFC 6531), and a domain with other letters also has an ASCII form.
        return Err(AppError::invalid(field, "Write the email address with the letters a to z, without accents."));
    }
    let (local, domain) = s.rsplit_once('@').ok_or_else(wrong)?;
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    let local_ok =
        !local.is_empty() && local.len() <= 64 && local.split('.').all(|p| !p.is_empty() && p.chars().all(atom));
    let label_ok = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
    if local_ok && domain_ok { Ok(s.to_ascii_lowercase()) } else { Err(wrong()) }
}

/// Parses one line of text: trimmed, without control characters, at most `max` characters.
pub fn parse_line(field: &str, label: &str, s: &str, max: usize) -> Result<String, AppError> {
    let s = s.trim();
    if s.chars().any(char::is_control) {
        return Err(AppError::invalid(field, format!("{label} must be one line of plain text.")));
    }
    let n = s.chars().count();
    if n > max {
        return Err(AppError::invalid(field, format!("{label} has {n} characters; at most {max} fit.")));
    }
    Ok(s.to_owned())
}

/// Parses several lines of text: trimmed, with CRLF and CR replaced by LF, at most `max` characters.
pub fn parse_text(field: &str, label: &str, s: &str, max: usize) -> Result<String, AppError> {
    let s = s.trim().replace("\r\n", "\n").replace('\r', "\n");
    if s.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(AppError::invalid(field, format!("{label} must be plain text.")));
    }
    let n = s.chars().count();
    if n > max {
        return Err(AppError::invalid(field, format!("{label} has {n} characters; at most {max} fit.")));
    }
    Ok(s)
}

/// Groups the digits of an E.164 number for display: `+1 401 555 0112`. Any other text is returned unchanged.
pub fn phone_words(number: &str) -> String {
    let Some(digits) = number.strip_prefix('+').filter(|d| d.len() >= 7 && d.bytes().all(|b| b.is_ascii_digit()))
    else {
        return number.to_owned();
    };
    let (country, mut rest) = digits.split_at(country_code_len(digits));
    let mut words = format!("+{country}");
    // Groups of three; the last has two to four digits, so that none has only one.
    while rest.len() > 4 {
        let (group, left) = rest.split_at(3);
        words.push(' ');
        words.push_str(group);
        rest = left;
    }
    words.push(' ');
    words.push_str(rest);
    words
}

/// The number of digits of the country code (ITU-T E.164) that `digits` begins with.
fn country_code_len(digits: &str) -> usize {
    match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    }
}

/// One or two letters for the avatar.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|w| w.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["ana@example.com", "a.b+c@mail.example.co.uk", "o'neil@example.ie", " ana@example.com "] {
            assert_eq!(parse_email("email", good).as_deref(), Ok(good.trim()));
        }
        assert_eq!(parse_email("email", "Ana@Example.COM").as_deref(), Ok("ana@example.com"));
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "a b@example.com",
            "ana@exam ple.com",
            "ana@-x.com",
            "ana@example.com\r\nBcc: x@y.z",
            "a..b@example.com",
            "ana@example..com",
            "<ana@example.com>",
            "\"a b\"@example.com",
            "jörg@example.com",
            "ana@bücher.example",
        ] {
            assert!(parse_email("email", bad).is_err(), "{bad:?}");
        }
        assert!(parse_email("email", &format!("{}@example.com", "a".repeat(300))).is_err());
    }

    #[test]
    fn phone_numbers_read_in_groups() {
        for (number, words) in [
            ("+14015550112", "+1 401 555 0112"),
            ("+4930123456", "+49 301 234 56"),
            ("+442079460958", "+44 207 946 0958"),
            ("+33123456789", "+33 123 456 789"),
            ("+35312345678", "+353 123 456 78"),
            ("", ""),
            ("+12", "+12"),
            ("401 555", "401 555"),
            ("+1401555x112", "+1401555x112"),
        ] {
            assert_eq!(phone_words(number), words);
        }
    }

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("Ana Maria Ruiz"), "AR");
        assert_eq!(initials("Cher"), "C");
        assert_eq!(initials("  "), "");
        assert_eq!(initials("'Élodie d'Arc"), "ÉD");
    }
}
