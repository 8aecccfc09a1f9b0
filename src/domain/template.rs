//! Templates of messages: their placeholders, what they may hold, and how they are filled.

mod check;
mod page;

pub use check::{OptOut, SUBJECT_MAX, Wording, body_max, checked_body, checked_subject, needs};
pub use page::{DEFAULT, HISTORY_MAX, Sample, TemplateQuery, TemplateVersion, TemplatesPage};

use std::fmt;

/// What a template may name between `{{` and `}}`; any other name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    FirstName,
    ProjectName,
    LocationName,
    ReviewLink,
    UnsubscribeLink,
}

impl Placeholder {
    pub const ALL: [Self; 5] =
        [Self::FirstName, Self::ProjectName, Self::LocationName, Self::ReviewLink, Self::UnsubscribeLink];

    pub fn name(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::ProjectName => "project_name",
            Self::LocationName => "location_name",
            Self::ReviewLink => "review_link",
            Self::UnsubscribeLink => "unsubscribe_link",
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Self::FirstName => "The first word of the customer's name",
            Self::ProjectName => "The name of this project",
            Self::LocationName => "The customer's location, or the project's name where there is none",
            Self::ReviewLink => "Leads to the review page",
            Self::UnsubscribeLink => "Leads to the page to unsubscribe",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|placeholder| placeholder.name() == name)
    }

    /// Whether it stands for an address with the customer's token.
    pub fn is_link(self) -> bool {
        matches!(self, Self::ReviewLink | Self::UnsubscribeLink)
    }
}

/// As it is written in a template.
impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{{}}}}}", self.name())
    }
}

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Placeholder(Placeholder),
}

/// Why a template cannot be read, and where: both count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    pub column: usize,
    pub sentence: String,
}

impl Fault {
    /// `at` is the byte of `source` where the fault begins.
    fn new(source: &str, at: usize, sentence: String) -> Self {
        let before = &source[..at];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: before.matches('\n').count() + 1, column: before[start..].chars().count() + 1, sentence }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}, column {}: {}", self.line, self.column, self.sentence)
    }
}

/// The most of a wrong placeholder that a sentence repeats, in characters.
const SHOWN: usize = 40;

/// Splits a template at its placeholders. It holds nothing else: what other engines would take for logic is refused.
pub fn pieces(source: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(open) = ["{{", "{%", "{#"].iter().filter_map(|open| source[from..].find(open)).min() {
        let open = from + open;
        let fault = |sentence: String| Fault::new(source, open, sentence);
        let inside = &source[open + 2..];
        if !source[open..].starts_with("{{") {
            let shown = &source[open..open + 2];
            return Err(fault(format!("a template holds text and placeholders only, and no instruction {shown}.")));
        }
        let line = inside.split('\n').next().unwrap_or_default();
        let Some(length) = line.find("}}") else {
            let shown: String = line.trim_end().chars().take(SHOWN).collect();
            return Err(fault(format!("{{{{{shown} does not end with }}}}.")));
        };
        let name = inside[..length].trim();
        let Some(placeholder) = Placeholder::from_name(name) else {
            let shown: String = name.chars().take(SHOWN).collect();
            let known = Placeholder::ALL.map(|known| known.to_string()).join(", ");
            return Err(fault(format!("{{{{{shown}}}}} is not a placeholder. There are {known}.")));
        };
        pieces.push(Piece::Text(&source[from..open]));
        pieces.push(Piece::Placeholder(placeholder));
        from = open + 2 + length + 2;
    }
    pieces.push(Piece::Text(&source[from..]));
    Ok(pieces)
}

/// The text with a value in the place of each placeholder. Values are not read again: braces in them are text.
pub fn fill<'a>(pieces: &[Piece<'a>], value: impl Fn(Placeholder) -> &'a str) -> String {
    let text = |piece: &Piece<'a>| match piece {
        Piece::Text(text) => *text,
        Piece::Placeholder(placeholder) => value(*placeholder),
    };
    pieces.iter().map(text).collect()
}

pub fn holds(pieces: &[Piece], placeholder: Placeholder) -> bool {
    pieces.contains(&Piece::Placeholder(placeholder))
}

/// The first word of a name, for a greeting; `there` if the name is empty.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or("there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_text_and_placeholders() {
        let read = pieces("Hi {{ first_name }},\n{{review_link}}").unwrap();
        assert_eq!(
            read,
            [
                Piece::Text("Hi "),
                Piece::Placeholder(Placeholder::FirstName),
                Piece::Text(",\n"),
                Piece::Placeholder(Placeholder::ReviewLink),
                Piece::Text(""),
            ]
        );
        assert!(holds(&read, Placeholder::ReviewLink) && !holds(&read, Placeholder::ProjectName));
        let value = |placeholder| if placeholder == Placeholder::FirstName { "{{review_link}}" } else { "<link>" };
        assert_eq!(fill(&read, value), "Hi {{review_link}},\n<link>", "values are not read again");
        for odd in ["", "} }} { a }", "a { { b", "{", "100 %}"] {
            assert_eq!(pieces(odd).unwrap(), [Piece::Text(odd)], "what only looks like one is text");
        }
    }

    #[test]
    fn a_fault_says_where_it_is() {
        for (source, place, says) in [
            ("{{ env }}", "Line 1, column 1", "{{env}} is not a placeholder"),
            ("Hé {{nmae}}", "Line 1, column 4", "{{nmae}}"),
            ("a\r\nb {{first_name}}\n ü{{x}}", "Line 3, column 3", "{{x}}"),
            ("{{ first_name | upper }}", "Line 1, column 1", "not a placeholder"),
            ("{{ first_name.__class__ }}", "Line 1, column 1", "not a placeholder"),
            ("{{- first_name -}}", "Line 1, column 1", "not a placeholder"),
            ("{{ 7 * 7 }}", "Line 1, column 1", "not a placeholder"),
            ("{{ \"}}\" }}", "Line 1, column 1", "not a placeholder"),
            ("{{}}", "Line 1, column 1", "{{}} is not a placeholder"),
            ("ab {{ first_name", "Line 1, column 4", "{{ first_name does not end with }}."),
            ("a\n{{ first_name\n}}", "Line 2, column 1", "does not end with }}."),
            ("{{ {{ first_name }} }}", "Line 1, column 1", "not a placeholder"),
            ("{{{first_name}}}", "Line 1, column 1", "not a placeholder"),
            ("a {% for x in y %}{% endfor %}", "Line 1, column 3", "no instruction {%."),
            ("{# hidden #}", "Line 1, column 1", "no instruction {#."),
        ] {
            let fault = pieces(source).unwrap_err().to_string();
            assert!(fault.starts_with(&format!("{place}: ")) && fault.contains(says), "{source}: {fault}");
        }
        let long = format!("{{{{{}}}}}", "x".repeat(1_000));
        assert!(pieces(&long).unwrap_err().sentence.len() < 300);
    }
}
