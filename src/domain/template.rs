//! Templates and their placeholders.

/// What a template may name between `{{` and `}}`; anything else is refused.
pub const PLACEHOLDERS: [&str; 5] = ["first_name", "project_name", "location_name", "review_link", "unsubscribe_link"];

/// The first word of a name, for a greeting; `there` where there is none.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or("there")
}
