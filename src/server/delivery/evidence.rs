//! What an attempt leaves for the provider's support: the server that was asked, and what was said, line by line with the
//! time of each. Nothing in it is secret or the customer's: no credential, no content, no link, and of the recipient only a hint.

use super::one_line;
use crate::server::store::queue::results;
use std::{fmt::Write, time::Instant};

/// The most characters of a dialogue; what is in the middle is left out.
pub const MOST: usize = 4_000;
/// Digits in a row that may be a phone number.
const NUMBER: usize = 7;
/// Characters in a row that may be a customer's token, after `/r/` and the like.
const TOKEN: usize = 16;

pub struct Evidence {
    server: String,
    begun: Instant,
    lines: String,
    hidden: Vec<Hidden>,
}

/// What others may repeat and nobody should read.
struct Hidden {
    what: String,
    instead: String,
    /// Whether it is hidden only where it is a word of its own.
    is_word: bool,
}

impl Default for Evidence {
    fn default() -> Self {
        Self { server: String::new(), begun: Instant::now(), lines: String::new(), hidden: Vec::new() }
    }
}

impl Evidence {
    /// Whom we ask: the host and port, or the host of an API.
    pub fn asked(&mut self, server: impl Into<String>) {
        self.server = server.into();
    }

    /// Hides `secret` in what is heard from now on.
    pub fn hide(&mut self, secret: &str) {
        self.hide_as(secret, "…", false);
    }

    /// Shows `address` shortened in what is heard from now on, and also its local part alone.
    pub fn hide_address(&mut self, address: &str) {
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
        self.hide_as(address, &short_address(address), false);
        self.hide_as(local, &shortened(local, 1, 0), true);
    }

    /// Shows the phone number shortened in what is heard from now on.
    pub fn hide_number(&mut self, number: &str) {
        let digits = number.trim_start_matches('+');
        self.hide_as(digits, &shortened(digits, 1, 2), false);
    }

    pub fn hide_as(&mut self, what: &str, instead: &str, is_word: bool) {
        if what.chars().nth(1).is_some() {
            self.hidden.push(Hidden { what: what.to_ascii_lowercase(), instead: instead.to_owned(), is_word });
        }
    }

    /// A line of our own words: nothing that others chose.
    pub fn note(&mut self, words: &str) {
        let ms = self.begun.elapsed().as_millis();
        let _ = writeln!(self.lines, "{ms:>6} ms  {}", one_line(words));
    }

    /// A line with the words of others.
    pub fn heard(&mut self, who: &str, words: &str) {
        self.note(&format!("{who}{}", self.redacted(words)));
    }

    /// The words of others, as they may be stored.
    pub fn redacted(&self, words: &str) -> String {
        let hidden = self.hidden.iter().fold(words.to_owned(), |words, hidden| hidden.hide(words));
        impersonal(&hidden)
    }

    /// None if nobody was asked.
    pub fn finish(self) -> Option<results::Evidence> {
        let dialogue = cut(self.lines.trim_end());
        (!self.server.is_empty()).then_some(results::Evidence { server: self.server, dialogue })
    }
}

impl Hidden {
    /// ASCII letters match in either case.
    fn hide(&self, words: String) -> String {
        let lower = words.to_ascii_lowercase();
        let (mut out, mut from) = (String::new(), 0);
        for (at, what) in lower.match_indices(&self.what) {
            let end = at + what.len();
            let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let is_part = is_letter(words[..at].chars().next_back()) || is_letter(words[end..].chars().next());
            if !(self.is_word && is_part) {
                out.push_str(&words[from..at]);
                out.push_str(&self.instead);
                from = end;
            }
        }
        if from == 0 {
            return words;
        }
        out.push_str(&words[from..]);
        out
    }
}

/// `a…@example.com`
pub fn short_address(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", shortened(local, 1, 0)),
        None => shortened(address, 1, 0),
    }
}

/// The `first` characters and the `last` ones, and a mark between.
pub fn shortened(text: &str, first: usize, last: usize) -> String {
    let count = text.chars().count();
    let head: String = text.chars().take(first).collect();
    let tail: String = text.chars().skip(count.saturating_sub(last).max(first)).collect();
    format!("{head}…{tail}")
}

/// Words of others, for the log: without addresses, numbers and links that may be a customer's.
pub fn impersonal(words: &str) -> String {
    without_tokens(&without_numbers(&without_addresses(words)))
}

/// All addresses shortened, whosever they are.
fn without_addresses(text: &str) -> String {
    let is_local = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let mut parts: Vec<&str> = text.split('@').collect();
    let last = parts.pop().unwrap_or_default();
    let mut out = String::with_capacity(text.len());
    for part in parts {
        let local = part.len() - part.chars().rev().take_while(|c| is_local(*c)).map(char::len_utf8).sum::<usize>();
        out.push_str(&part[..local]);
        if let Some(first) = part[local..].chars().next() {
            out.push(first);
            out.push('…');
        }
        out.push('@');
    }
    out + last
}

/// Long runs of digits shortened, unless they are part of an identifier with letters.
fn without_numbers(text: &str) -> String {
    runs(text, char::is_alphanumeric, |run| {
        (run.len() >= NUMBER && run.bytes().all(|b| b.is_ascii_digit())).then(|| shortened(run, 1, 2))
    })
}

/// The customer's links: `/r/…`, `/o/…`, `/u/…`.
fn without_tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, part) in text.split('/').enumerate() {
        let is_after = ["/r", "/o", "/u"].iter().any(|end| out.ends_with(end));
        if i > 0 {
            out.push('/');
        }
        let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let length = part.find(|c| !is_token(c)).unwrap_or(part.len());
        if is_after && length >= TOKEN {
            out.push_str("hidden");
            out.push_str(&part[length..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

/// `text` with its runs of such characters replaced, where `replace` gives something.
fn runs(text: &str, belongs: impl Fn(char) -> bool, replace: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(&belongs) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(run.find(|c| !belongs(c)).unwrap_or(run.len()));
        out.push_str(before);
        match replace(run) {
            Some(instead) => out.push_str(&instead),
            None => out.push_str(run),
        }
        rest = after;
    }
    out + rest
}

/// What a server repeats of a sign-in that it does not understand: the credentials in base64.
pub fn without_base64(words: &str) -> String {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    runs(words, belongs, |run| (run.len() >= TOKEN).then(|| "…".to_owned()))
}

/// At most [`MOST`] characters: beginning and end.
fn cut(text: &str) -> String {
    let count = text.chars().count();
    if count <= MOST {
        return text.to_owned();
    }
    let mark = "\n… (the middle is left out) …\n";
    let keep = MOST - mark.chars().count();
    let head: String = text.chars().take(keep / 2).collect();
    let tail: String = text.chars().skip(count - keep.div_ceil(2)).collect();
    format!("{head}{mark}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(words: &str) -> String {
        let mut evidence = Evidence::default();
        evidence.hide_address("ana.ruiz@example.com");
        evidence.hide_number("+12075550100");
        evidence.hide("p%ss");
        evidence.redacted(words)
    }

    #[test]
    fn what_is_the_customers_or_secret_is_hidden() {
        for (heard, shown) in [
            ("550 5.1.1 <Ana.Ruiz@Example.com>: no such user", "550 5.1.1 <a…@example.com>: no such user"),
            ("550 5.1.1 user ana.ruiz unknown here", "550 5.1.1 user a… unknown here"),
            ("250 bob+x=y@a.example and @ alone", "250 b…@a.example and @ alone"),
            ("535 p%ss is wrong", "535 … is wrong"),
            ("The number +12075550100 is not valid", "The number +1…00 is not valid"),
            ("to=%2B12075550100", "to=%2B1…00"),
            ("4155550123 is on SM0123456789abcdef", "4…23 is on SM0123456789abcdef"),
            (
                "554 https://a.example/r/Zm9vYmFyYmF6cXV4cXV1eHgx?x is listed",
                "554 https://a.example/r/hidden?x is listed",
            ),
            ("250 2.0.0 Ok: queued as 4bXkYz1abc/r/short", "250 2.0.0 Ok: queued as 4bXkYz1abc/r/short"),
            ("", ""),
        ] {
            assert_eq!(redacted(heard), shown);
        }
        assert_eq!(without_base64("500 AGFuYQBwYXNzd29yZA== what"), "500 … what");
        assert_eq!(without_base64("535 5.7.8 authentication failed"), "535 5.7.8 authentication failed");
        assert_eq!(short_address("ä@example.com"), "ä…@example.com");
    }

    #[test]
    fn others_cannot_add_lines() {
        let mut evidence = Evidence::default();
        evidence.asked("mail.example.com:25");
        evidence.heard("S: ", "250 ok\r\n     0 ms  C: QUIT\u{0}");
        assert_eq!(evidence.finish().unwrap().dialogue.lines().count(), 1);
    }

    #[test]
    fn a_long_dialogue_keeps_its_beginning_and_end() {
        let mut evidence = Evidence::default();
        evidence.asked("mail.example.com:25");
        evidence.note("First");
        for _ in 0..200 {
            evidence.heard("S: ", "250 ä word and another word and more words");
        }
        evidence.note("Last");
        let dialogue = evidence.finish().unwrap().dialogue;
        assert_eq!(dialogue.chars().count(), MOST);
        assert!(dialogue.contains("First") && dialogue.ends_with("Last") && dialogue.contains("left out"));
        assert_eq!(cut("short"), "short");
    }

    #[test]
    fn who_asked_nobody_has_nothing_to_show() {
        assert!(Evidence::default().finish().is_none());
    }
}
