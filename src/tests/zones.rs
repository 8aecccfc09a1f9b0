//! The zones of ARCHITECTURE.md: each module imports only from its own zone and from those below it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// From the bottom up: the modules of each zone, and the crates that it must not know.
const ZONES: [(&[&str], &[&str]); 12] = [
    (&["domain"], &["axum", "fastrand", "getrandom", "leptos_axum", "reqwest", "tokio"]),
    (&["server::metrics", "server::request_id"], &["axum", "leptos", "leptos_axum", "sqlx"]),
    (&["server::language"], &["axum", "leptos", "leptos_axum", "sqlx"]),
    (&["server::store"], &["axum", "leptos", "leptos_axum", "lettre", "reqwest"]),
    (&["server::clock"], &["axum", "leptos", "leptos_axum"]),
    (&["server::delivery", "server::strategy"], &["axum", "leptos", "leptos_axum"]),
    (&["server"], &[]),
    (&["api"], &["axum", "sqlx"]),
    (&["ui"], &["axum", "sqlx"]),
    (&["app"], &["axum", "sqlx"]),
    (&["web"], &["sqlx"]),
    (&["commands"], &["sqlx"]),
];

/// What is above the server and must not import it all the same: it is compiled for the browser.
const IN_THE_BROWSER: [&str; 2] = ["ui", "app"];

fn is_in(path: &str, module: &str) -> bool {
    path == module || path.strip_prefix(module).is_some_and(|rest| rest.starts_with("::"))
}

/// The zone's rank: that of the longest module which holds the path.
fn rank(path: &str) -> Option<usize> {
    let modules = ZONES.iter().enumerate().flat_map(|(rank, (modules, _))| modules.iter().map(move |m| (rank, *m)));
    modules.filter(|(_, module)| is_in(path, module)).max_by_key(|(_, module)| module.len()).map(|(rank, _)| rank)
}

/// Why `module` must not refer to `path`.
fn fault(module: &str, path: &str) -> Option<String> {
    let own = rank(module)?;
    let name = |rank: usize| ZONES[rank].0[0];
    match rank(path) {
        Some(other) if other > own => Some(format!("{} is below {}", name(own), name(other))),
        Some(_) if IN_THE_BROWSER.iter().any(|m| is_in(module, m)) && is_in(path, "server") => {
            Some("it is compiled for the browser".into())
        }
        None if ZONES[own].1.iter().any(|forbidden| is_in(path, forbidden)) => {
            Some(format!("{} must not know this crate", name(own)))
        }
        _ => None,
    }
}

/// Names, `::` and single signs of Rust source; comments, strings and numbers are left out.
fn tokens(source: &str) -> Vec<String> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = at(i);
        if c == '/' && at(i + 1) == '/' {
            i += chars[i..].iter().take_while(|c| **c != '\n').count();
        } else if c == '"' {
            i += 1;
            while i < chars.len() && at(i) != '"' {
                i += if at(i) == '\\' { 2 } else { 1 };
            }
            i += 1;
        } else if c == '\'' {
            // A lifetime has no second quote.
            let end = if at(i + 1) == '\\' { 3 } else { 2 };
            let close = (i + end..i + 12).find(|j| at(*j) == '\'').filter(|j| end == 3 || *j == i + 2);
            i = close.map_or(i + 1, |j| j + 1);
        } else if c.is_alphabetic() || c == '_' {
            let word: String = chars[i..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
            i += word.chars().count();
            let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
            if matches!(word.as_str(), "r" | "br") && at(i + hashes) == '"' {
                i += hashes + 1;
                let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                while i < chars.len() && !chars[i..].starts_with(&close) {
                    i += 1;
                }
                i += close.len();
            } else {
                tokens.push(word);
            }
        } else if c == ':' && at(i + 1) == ':' {
            tokens.push("::".into());
            i += 2;
        } else {
            if !c.is_whitespace() && !c.is_numeric() {
                tokens.push(c.into());
            }
            i += 1;
        }
    }
    tokens
}

/// The paths of a module's source that could name another module or a crate, without `crate::`.
struct Paths<'a> {
    tokens: Vec<String>,
    /// The module of the file, as its names.
    module: Vec<&'a str>,
    children: &'a BTreeSet<String>,
    found: BTreeSet<String>,
}

impl Paths<'_> {
    fn is(&self, i: usize, token: &str) -> bool {
        self.tokens.get(i).is_some_and(|t| t == token)
    }

    fn is_name(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.starts_with(|c: char| c.is_alphabetic() || c == '_'))
    }

    fn collect(&mut self) {
        // Whether each open brace is that of a module in the file.
        let mut braces = Vec::new();
        let mut i = 0;
        while i < self.tokens.len() {
            let inner = braces.iter().filter(|is_module| **is_module).count();
            if self.is(i, "mod") && self.is_name(i + 1) && self.is(i + 2, "{") {
                braces.push(true);
                i += 3;
            } else if self.is(i, "{") {
                braces.push(false);
                i += 1;
            } else if self.is(i, "}") {
                braces.pop();
                i += 1;
            } else if self.is(i, "use") {
                i = self.tree(i + 1, &[], inner);
            } else if self.is_name(i) && self.is(i + 1, "::") && (i == 0 || !self.is(i - 1, "::")) {
                i = self.tree(i, &[], inner);
            } else {
                i += 1;
            }
        }
    }

    /// Reads a path or a tree of paths that begins at `i`; returns where it ends.
    fn tree(&mut self, mut i: usize, before: &[String], inner: usize) -> usize {
        let mut path = before.to_vec();
        loop {
            if self.is(i, "::") {
                i += 1;
            } else if self.is(i, "{") && self.is(i - 1, "::") || self.is(i, "{") && before.is_empty() && path.is_empty()
            {
                i += 1;
                while i < self.tokens.len() && !self.is(i, "}") {
                    i = self.tree(i, &path, inner);
                    if self.is(i, "as") {
                        i += 2;
                    }
                    if self.is(i, ",") {
                        i += 1;
                    }
                }
                return i + 1;
            } else if self.is_name(i) && (path.len() == before.len() || self.is(i - 1, "::")) {
                path.push(self.tokens[i].clone());
                i += 1;
                if !self.is(i, "::") {
                    break;
                }
            } else {
                // A star, or what follows a turbofish.
                i += usize::from(self.is(i, "*"));
                break;
            }
        }
        self.resolve(&path, inner);
        i.max(1)
    }

    fn resolve(&mut self, path: &[String], inner: usize) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(first) = names.first() else { return };
        let full = match *first {
            "crate" | "review_messages" => names[1..].join("::"),
            "super" => {
                let ups = names.iter().take_while(|n| **n == "super").count();
                let keep = self.module.len().saturating_sub(ups.saturating_sub(inner));
                // One `super` for each module in the file leads no further than the file.
                let own = if ups <= inner { &self.module[..] } else { &self.module[..keep] };
                own.iter().chain(&names[ups..]).copied().collect::<Vec<_>>().join("::")
            }
            "self" | "Self" => return,
            child if self.children.contains(child) => {
                self.module.iter().chain(&names).copied().collect::<Vec<_>>().join("::")
            }
            _ => names.join("::"),
        };
        self.found.insert(full);
    }
}

fn paths(module: &str, source: &str, children: &BTreeSet<String>) -> BTreeSet<String> {
    let module = module.split("::").filter(|name| !name.is_empty()).collect();
    let mut paths = Paths { tokens: tokens(source), module, children, found: BTreeSet::new() };
    paths.collect();
    paths.found
}

/// The modules of `folder` and below: name and file.
fn modules(folder: &Path, parent: &str, all: &mut Vec<(String, PathBuf)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = if parent.is_empty() { name } else { format!("{parent}::{name}") };
        if path.is_dir() {
            modules(&path, &module, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push((module, path));
        }
    }
}

#[test]
fn no_module_imports_from_a_zone_above_it() {
    let mut all = Vec::new();
    modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut all);
    let mut checked = 0;
    let mut faults = Vec::new();
    for (module, file) in &all {
        // The module tree, and the tests, know everything.
        if module == "lib" || is_in(module, "tests") {
            continue;
        }
        let name = if module == "main" { "commands" } else { module };
        assert!(rank(name).is_some(), "{module} is in no zone: name it in src/tests/zones.rs");
        let child = |other: &str| Some(other.strip_prefix(&format!("{module}::"))?.split("::").next()?.to_owned());
        let children = all.iter().filter_map(|(other, _)| child(other)).collect();
        for path in paths(name, &fs::read_to_string(file).unwrap(), &children) {
            checked += 1;
            faults.extend(fault(name, &path).map(|why| format!("{module} refers to {path}: {why}")));
        }
    }
    assert!(checked > 1_000, "only {checked} paths were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_import_from_above_is_found_however_it_is_written() {
    let faults = |module: &str, source: &str| -> usize {
        let children = BTreeSet::from(["db".to_owned()]);
        paths(module, source, &children).iter().filter(|path| fault(module, path).is_some()).count()
    };
    for source in [
        "use crate::api::messages;",
        "use crate::{domain::Timestamp, server::{auth, store::db}};",
        "use crate::{\n    domain, // server\n    server::delivery::{self, worker as w},\n};",
        "use super::super::auth;",
        "use super::{super::limits::Limit, rows};",
        "fn f() { let x = crate::server::config::Config::new(); }",
        "mod tests { use super::super::super::auth; }",
        "fn f<'a>(x: &'a str) -> char { super::super::demo::SLUG; '\"' }",
        "use leptos::prelude::*;",
        "fn f() { leptos::logging::log!(\"x\") }",
    ] {
        assert!(faults("server::store::messages", source) > 0, "{source}");
    }
    for source in [
        "use crate::{domain::Timestamp, server::store::{db, search::{self, fold}}};",
        "use super::{rows, super::store::db};",
        "// use crate::api;\nconst X: &str = \"crate::api::x\";",
        "const X: &str = r#\"use \"crate::api\";\"#;",
        "use db::Query; fn f() { db::open(); std::fs::read(); }",
        "mod tests { use super::*; use super::super::db; }",
    ] {
        assert_eq!(faults("server::store::messages", source), 0, "{source}");
    }
    assert_eq!(faults("ui::pages::message", "use crate::{api::messages, server::store};"), 1);
    assert_eq!(faults("api::messages", "fn f() { use crate::server::{auth, store}; }"), 0);
    assert_eq!(faults("web", "use crate::{app::App, server::AppState, commands::STACK};"), 1);
}
