//! Which columns the tables of messages have, and how dense their rows stand. A browser remembers the choice in cookies, by which the
//! server sends the page in it.

/// The cookie and, after `data-`, the attribute of the document for the density; nothing where rows are comfortable.
pub const DENSITY: &str = "density";
pub const COMPACT: &str = "compact";
/// The same for the columns that are hidden.
pub const HIDDEN: &str = "hidden-columns";

/// The columns that can be hidden: what the cookie and the style sheet call each, and its heading.
pub const COLUMNS: [(&str, &str); 7] = [
    ("channel", "Channel"),
    ("template", "Template"),
    ("when", "Scheduled / Sent"),
    ("sent", "Sent"),
    ("opened", "Opened"),
    ("clicked", "Clicked"),
    ("failed", "Failed"),
];

/// The known ones of the columns in a cookie (`sent.failed`), as the attribute has them (`sent failed`).
pub fn hidden(cookie: &str) -> String {
    let known = COLUMNS.iter().map(|(name, _)| *name).filter(|name| cookie.split('.').any(|hidden| hidden == *name));
    known.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_columns_are_hidden() {
        assert_eq!(hidden("failed.sent"), "sent failed");
        assert_eq!(hidden("status.\"><script>.sent"), "sent");
        assert_eq!(hidden(""), "");
    }
}
