//! The placeholders of templates.

/// The names that a template may use between `{{` and `}}`; any other name is refused.
pub const PLACEHOLDERS: [&str; 5] = ["first_name", "project_name", "location_name", "review_link", "unsubscribe_link"];

/// The first word of a name, for a greeting; `there` if the name is empty.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or("there")
}
