//! How a project's review page looks, what it says, and which review sites it leads to.

use super::{
    AppError, AppResult,
    contact::{parse_line, parse_text},
    error::Problems,
};
use serde::{Deserialize, Serialize};

/// The longest introduction, and the longest thanks, in characters.
pub const WORDS_MAX: usize = 600;
pub const ADDRESS_MAX: usize = 500;
pub const SITE_NAME_MAX: usize = 40;
/// The color of a project that chose none.
pub const COLOR: &str = "#4a4fd0";

/// What a project chose; empty for what it did not choose. It is also the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow))]
#[serde(default)]
pub struct ReviewPage {
    /// The https address of an image.
    pub logo: String,
    /// `#rrggbb`
    pub color: String,
    pub introduction: String,
    pub thanks: String,
    /// Addresses of the project's pages there.
    pub google: String,
    pub trustpilot: String,
    pub facebook: String,
    pub other: String,
    /// What the other site is called.
    pub other_name: String,
}

impl ReviewPage {
    /// The names of the fields, as in [`Self::value`].
    pub const FIELDS: [&'static str; 9] =
        ["logo", "color", "introduction", "thanks", "google", "trustpilot", "facebook", "other_name", "other"];

    /// Made of the fields by their names.
    pub fn of(mut value: impl FnMut(&'static str) -> String) -> Self {
        Self {
            logo: value("logo"),
            color: value("color"),
            introduction: value("introduction"),
            thanks: value("thanks"),
            google: value("google"),
            trustpilot: value("trustpilot"),
            facebook: value("facebook"),
            other: value("other"),
            other_name: value("other_name"),
        }
    }

    pub fn value(&self, field: &str) -> &str {
        match field {
            "logo" => &self.logo,
            "color" => &self.color,
            "introduction" => &self.introduction,
            "thanks" => &self.thanks,
            "google" => &self.google,
            "trustpilot" => &self.trustpilot,
            "facebook" => &self.facebook,
            "other_name" => &self.other_name,
            _ => &self.other,
        }
    }

    /// Trimmed, with whole addresses.
    ///
    /// # Errors
    /// `Invalid` with the names of the fields.
    pub fn checked(&self) -> AppResult<Self> {
        let mut problems = Problems::default();
        if !self.other.trim().is_empty() && self.other_name.trim().is_empty() {
            problems.add(AppError::invalid("other_name", "Write what the other site is called."));
        }
        if self.other.trim().is_empty() && !self.other_name.trim().is_empty() {
            problems.add(AppError::invalid("other", "Write the address of the other site."));
        }
        let color = match self.color.trim() {
            "" => Ok(String::new()),
            color => Color::parse(color)
                .map(|color| color.to_string())
                .ok_or_else(|| AppError::invalid("color", "Write a color such as #4a4fd0.")),
        };
        let checked = Self {
            logo: problems.take(parse_https("logo", &self.logo)),
            color: problems.take(color),
            introduction: problems.take(parse_text("introduction", "The introduction", &self.introduction, WORDS_MAX)),
            thanks: problems.take(parse_text("thanks", "The thanks", &self.thanks, WORDS_MAX)),
            google: problems.take(parse_https("google", &self.google)),
            trustpilot: problems.take(parse_https("trustpilot", &self.trustpilot)),
            facebook: problems.take(parse_https("facebook", &self.facebook)),
            other: problems.take(parse_https("other", &self.other)),
            other_name: problems.take(parse_line("other_name", "The name", &self.other_name, SITE_NAME_MAX)),
        };
        problems.or(checked)
    }

    /// Names and addresses of the review sites.
    pub fn sites(&self) -> Vec<(&str, &str)> {
        let all = [
            ("Google", &*self.google),
            ("Trustpilot", &*self.trustpilot),
            ("Facebook", &*self.facebook),
            (&*self.other_name, &*self.other),
        ];
        all.into_iter().filter(|(_, address)| !address.is_empty()).collect()
    }

    pub fn color(&self) -> Color {
        Color::parse(&self.color).or_else(|| Color::parse(COLOR)).unwrap_or(Color([0; 3]))
    }

    /// The origin of the logo, such as `https://example.com`.
    pub fn logo_origin(&self) -> Option<&str> {
        let rest = self.logo.strip_prefix("https://")?;
        let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
        self.logo.get(.."https://".len() + host.len())
    }
}

/// What the staff's page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPageSettings {
    pub page: ReviewPage,
    /// What was entered in a form without scripts that was refused.
    pub entered: Option<ReviewPage>,
    /// The project's version, read before the rest: what is shown is at least this new.
    pub version: i64,
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Color {
    /// `#rrggbb`
    pub fn parse(s: &str) -> Option<Self> {
        let digits = s.trim().strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let n = u32::from_str_radix(digits, 16).ok()?;
        let [_, rgb @ ..] = n.to_be_bytes();
        Some(Self(rgb))
    }

    /// As WCAG 2.2 defines it: 0 for black, 1 for white.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Black or white, whichever is read better upon it. Its contrast is at least 4.5.
    pub fn ink(self) -> Self {
        // From here on black has the greater contrast.
        if self.luminance() > 0.179 { Self([0; 3]) } else { Self([255; 3]) }
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// An https address, which stands in links and in the Content-Security-Policy; empty if it is left out. `https://` may be left out.
fn parse_https(field: &str, s: &str) -> AppResult<String> {
    let wrong = |sentence: &str| Err(AppError::invalid(field, sentence));
    let s = parse_line(field, "The address", s, ADDRESS_MAX)?;
    if s.is_empty() {
        return Ok(s);
    }
    let rest = match s.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => rest,
        Some(_) => return wrong("The address must begin with https://."),
        None => &s,
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        let is_plain = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        is_plain && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_host = host.contains('.') && host.split('.').all(label);
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|n| n > 0) && !port.starts_with('+'));
    if !is_host || !is_port {
        return wrong("Write a web address such as https://example.com/reviews.");
    }
    if path.chars().any(|c| c.is_whitespace() || "\"<>\\^`{|}".contains(c)) {
        return wrong("Copy the address from the address bar of the browser: this one has signs that no address has.");
    }
    let path: String = path.chars().map(percent).collect();
    Ok(format!("https://{}{path}", authority.to_ascii_lowercase()))
}

/// Letters beyond ASCII, and the apostrophe, which would end a quotation, in their percent form.
fn percent(c: char) -> String {
    if c == '\'' {
        return "%27".to_owned();
    }
    if c.is_ascii() {
        return c.to_string();
    }
    let mut bytes = [0; 4];
    c.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_addresses_are_taken() {
        for (given, kept) in [
            ("", ""),
            ("g.page/r/abc/review", "https://g.page/r/abc/review"),
            (" HTTPS://G.Page/R?x=1&y=%20#z ", "https://g.page/R?x=1&y=%20#z"),
            ("https://example.com:8443", "https://example.com:8443"),
            ("https://example.com/café", "https://example.com/caf%C3%A9"),
            ("https://www.google.com/maps/place/Joe's+Pizza", "https://www.google.com/maps/place/Joe%27s+Pizza"),
        ] {
            assert_eq!(parse_https("google", given).unwrap(), kept);
        }
        for wrong in [
            "http://example.com",
            "javascript://example.com/%0aalert(1)",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https://localhost/x",
            "https://a@example.com",
            "https://example.com:0",
            "https://example.com:x",
            "https://exa mple.com",
            "https://example.com; script-src *",
            "https://example.com/\"onload=",
            "https://example.com/a b",
            "https://-a.example",
            "https://bücher.example",
            "//example.com",
            "https://a.example\r\nx: y",
        ] {
            assert!(parse_https("google", wrong).is_err(), "{wrong}");
        }
        let long = format!("https://example.com/{}", "x".repeat(ADDRESS_MAX));
        assert!(parse_https("google", &long).is_err());
    }

    #[test]
    fn what_is_wrong_is_said_by_its_field() {
        let page = |field: &'static str, value: &str| {
            ReviewPage::of(|name| if name == field { value.into() } else { String::new() })
        };
        for (field, value) in [
            ("logo", "http://example.com/a.png"),
            ("color", "red"),
            ("color", "#12345"),
            ("introduction", &*"x".repeat(WORDS_MAX + 1)),
            ("thanks", "a\u{0}"),
            ("trustpilot", "x"),
        ] {
            let error = page(field, value).checked().unwrap_err();
            assert!(error.for_field(field).is_some(), "{field}: {error}");
        }
        assert!(page("other", "https://example.com").checked().unwrap_err().for_field("other_name").is_some());
        assert!(page("other_name", "Yelp").checked().unwrap_err().for_field("other").is_some());
        assert_eq!(page("color", " #AABBCC ").checked().unwrap().color, "#aabbcc");
        let several = ReviewPage { logo: "http://a.example".into(), google: "x".into(), ..page("other_name", "Yelp") };
        let error = several.checked().unwrap_err();
        for field in ["logo", "google", "other"] {
            assert!(error.for_field(field).is_some(), "{field}: {error}");
        }
        let all = ReviewPage::of(str::to_owned);
        for field in ReviewPage::FIELDS {
            assert_eq!(all.value(field), field);
        }
    }

    #[test]
    fn the_origin_of_the_logo_goes_into_the_policy() {
        let origin =
            |logo: &str| ReviewPage { logo: logo.into(), ..ReviewPage::default() }.logo_origin().map(str::to_owned);
        assert_eq!(origin("https://a.example:8443/x/y.png?z").as_deref(), Some("https://a.example:8443"));
        assert_eq!((origin(""), origin("https://a.example")), (None, Some("https://a.example".into())));
    }

    #[test]
    fn words_can_be_read_on_any_color() {
        let contrast = |a: Color, b: Color| {
            let (a, b) = (a.luminance() + 0.05, b.luminance() + 0.05);
            a.max(b) / a.min(b)
        };
        for n in 0..4096_u32 {
            let part = |shift: u32| (((n >> shift) & 15) * 17) as u8;
            let color = Color([part(8), part(4), part(0)]);
            assert!(contrast(color, color.ink()) >= 4.5, "{color}");
            assert_eq!(Color::parse(&color.to_string()), Some(color));
        }
    }
}
