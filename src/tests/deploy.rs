//! The files in `deploy` name settings that the program has.

use crate::server::config::Settings;
use clap::Args;
use std::collections::BTreeSet;

const FILES: [(&str, &str); 4] = [
    ("Containerfile", include_str!("../../deploy/Containerfile")),
    ("compose.yaml", include_str!("../../deploy/compose.yaml")),
    ("review-messages.service", include_str!("../../deploy/review-messages.service")),
    ("settings.example", include_str!("../../deploy/settings.example")),
];

/// Of the build, of PostgreSQL's image, and of compose.yaml itself.
const OTHERS: [&str; 9] = [
    "CMD",
    "DATABASE_PASSWORD",
    "ENGINE",
    "LEPTOS_SITE_ROOT",
    "POSTGRES_DB",
    "POSTGRES_PASSWORD",
    "POSTGRES_USER",
    "REVIEW_MESSAGES_CACHE",
    "RUST",
];

/// Names in capitals with a value after them.
fn set(text: &str) -> BTreeSet<&str> {
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let words = lines.flat_map(|line| line.split_whitespace());
    let names = words.filter_map(|word| {
        let word = word.strip_prefix("Environment=").unwrap_or(word);
        let name = &word[..word.find(|c| !is_name(c))?];
        let is_name = name.len() > 2 && name.starts_with(|c: char| c.is_ascii_uppercase());
        (is_name && matches!(word[name.len()..].chars().next(), Some('=' | ':'))).then_some(name)
    });
    names.collect()
}

#[test]
fn each_setting_is_one_of_the_programs() {
    let command = Settings::augment_args(clap::Command::new("review-messages"));
    let known: BTreeSet<&str> = command.get_arguments().filter_map(|arg| arg.get_env()?.to_str()).collect();
    assert!(known.contains("BASE_URL"));
    for (file, text) in FILES {
        let names = set(text);
        let unknown: Vec<_> = names.iter().filter(|name| !known.contains(*name) && !OTHERS.contains(name)).collect();
        assert!(unknown.is_empty(), "{file} sets {unknown:?}");
        assert!(!names.is_empty(), "{file}");
    }
    let compose = set(FILES[1].1);
    for name in set(FILES[3].1) {
        assert!(
            compose.contains(name) || FILES[1].1.contains(&format!("${{{name}")),
            "compose.yaml takes {name} of settings.example"
        );
    }
}
