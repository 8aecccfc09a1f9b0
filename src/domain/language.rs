//! The languages in which a project can speak to its customers. Staff's own pages are English.

use serde::{Deserialize, Serialize};

/// Stored; the numbers are fixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[repr(i16)]
pub enum Language {
    #[default]
    English = 0,
    German = 1,
    French = 2,
    Spanish = 3,
}

impl Language {
    pub const ALL: [Self; 4] = [Self::English, Self::German, Self::French, Self::Spanish];

    /// As in BCP 47, for the `lang` of documents.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }

    pub fn from_tag(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == s)
    }

    /// For staff.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "German",
            Self::French => "French",
            Self::Spanish => "Spanish",
        }
    }

    /// As those who speak it call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::French => "Français",
            Self::Spanish => "Español",
        }
    }

    /// The first of these languages that the header Accept-Language names. Browsers write them in the order of preference.
    pub fn accepted(header: &str) -> Self {
        let tag = |part: &str| part.split(['-', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
        header.split(',').find_map(|part| Self::from_tag(&tag(part))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_its_language() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
            assert_eq!(Language::ALL[language as usize], language);
        }
        assert_eq!((Language::from_tag("DE"), Language::from_tag("")), (None, None));
    }

    #[test]
    fn the_first_known_language_of_a_browser_is_taken() {
        for (header, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", Language::German),
            ("nl, FR-ca;q=0.7, en", Language::French),
            ("es", Language::Spanish),
            ("den, x;q=1", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }
}
