//! The HTML part of an email: the paragraphs of its template, in the layout of `email.html`.
//!
//! The layout is for mail programs: tables, styles on the elements, and a style sheet of its own for dark windows alone, because
//! some programs leave that out.

use super::{Part, plain};
use crate::{
    domain::{
        language::Language,
        template::{Piece, Placeholder, holds, pieces},
    },
    server::language::templates::LayoutWords,
};
use html_escape::encode_double_quoted_attribute as escape;

const EMAIL: &str = include_str!("email.html");
const BUTTON: &str = include_str!("button.html");
const LINK: &str = r##"<a href="{{review_link}}" style="color:#1d4ed8">{{review_link}}</a>"##;
const WAY_OUT: &str = r##"<a href="{{unsubscribe_link}}" style="color:#475569">{{unsubscribe}}</a>"##;

/// A template's text as the parts of an HTML document. With `asks`, it has the button that leads to the review page.
pub(super) fn html(language: Language, words: &LayoutWords, pieces: &[Piece], asks: bool) -> Vec<Part> {
    let layout = Layout { language, words };
    let mut paragraphs = paragraphs(pieces);
    // The way out stands last and small, as people know it; elsewhere it is a part of its paragraph.
    let is_last = paragraphs.last().is_some_and(|last| holds(last, Placeholder::UnsubscribeLink));
    let mut way_out = Vec::new();
    match paragraphs.pop_if(|_| is_last) {
        Some(last) => layout.line(&last, &mut way_out),
        None if holds(pieces, Placeholder::UnsubscribeLink) => {}
        None => layout.write(WAY_OUT, &mut way_out),
    }
    let mut body = Vec::new();
    let mut has_button = false;
    for paragraph in &paragraphs {
        if is_link_alone(paragraph) {
            has_button = true;
            layout.write(BUTTON, &mut body);
        } else {
            body.push(Part::Text("<p style=\"margin:0 0 16px\">".into()));
            layout.line(paragraph, &mut body);
            body.push(Part::Text("</p>\n".into()));
        }
    }
    if asks && !has_button {
        layout.write(BUTTON, &mut body);
    }
    let mut parts = Vec::new();
    fill(EMAIL, &mut parts, |slot, parts| match slot {
        "body" => parts.append(&mut body),
        "way_out" => parts.append(&mut way_out),
        "pixel" => parts.push(Part::Pixel),
        slot => layout.word(slot, parts),
    });
    parts
}

/// What the layout says by itself.
struct Layout<'a> {
    language: Language,
    words: &'a LayoutWords,
}

impl Layout<'_> {
    fn word(&self, slot: &str, parts: &mut Vec<Part>) {
        let words = match slot {
            "lang" => self.language.tag(),
            "button" => &self.words.button,
            "unsubscribe" => &self.words.unsubscribe,
            _ => &self.words.why,
        };
        parts.extend(plain(&pieces(&escape(words)).unwrap_or_default()));
    }

    /// Writes one of the files above that holds words and placeholders only.
    fn write(&self, file: &str, parts: &mut Vec<Part>) {
        fill(file, parts, |slot, parts| self.word(slot, parts));
    }

    /// Text is escaped, its lines stay lines, and links can be followed.
    fn line(&self, pieces: &[Piece], parts: &mut Vec<Part>) {
        let last = pieces.len().saturating_sub(1);
        for (n, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => {
                    let text = if n == 0 { text.trim_start() } else { text };
                    let text = if n == last { text.trim_end() } else { text };
                    parts.push(Part::Text(escape(text).replace('\n', "<br>\n")));
                }
                Piece::Placeholder(Placeholder::ReviewLink) => self.write(LINK, parts),
                Piece::Placeholder(Placeholder::UnsubscribeLink) => self.write(WAY_OUT, parts),
                Piece::Placeholder(placeholder) => parts.push(Part::Placeholder(*placeholder)),
            }
        }
    }
}

/// Writes one of the files above. `slot` is asked for what is no placeholder of templates.
fn fill(layout: &str, parts: &mut Vec<Part>, mut slot: impl FnMut(&str, &mut Vec<Part>)) {
    let mut rest = layout;
    while let Some((text, after)) = rest.split_once("{{") {
        let (name, next) = after.split_once("}}").unwrap_or((after, ""));
        parts.push(Part::Text(text.to_owned()));
        match Placeholder::from_name(name) {
            Some(placeholder) => parts.push(Part::Placeholder(placeholder)),
            None => slot(name, parts),
        }
        rest = next;
    }
    parts.push(Part::Text(rest.to_owned()));
}

/// Parted by empty lines; none is empty.
fn paragraphs<'a>(pieces: &[Piece<'a>]) -> Vec<Vec<Piece<'a>>> {
    let mut paragraphs = vec![Vec::new()];
    for piece in pieces {
        let Piece::Text(text) = piece else {
            paragraphs.last_mut().into_iter().for_each(|last| last.push(*piece));
            continue;
        };
        for (n, text) in text.split("\n\n").enumerate() {
            if n > 0 {
                paragraphs.push(Vec::new());
            }
            paragraphs.last_mut().into_iter().for_each(|last| last.push(Piece::Text(text)));
        }
    }
    paragraphs.retain(|paragraph| !paragraph.iter().all(is_blank));
    paragraphs
}

fn is_blank(piece: &Piece) -> bool {
    matches!(piece, Piece::Text(text) if text.trim().is_empty())
}

fn is_link_alone(paragraph: &[Piece]) -> bool {
    let mut rest = paragraph.iter().filter(|piece| !is_blank(piece));
    rest.next() == Some(&Piece::Placeholder(Placeholder::ReviewLink)) && rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_name_only_what_is_filled() {
        let mut slots = Vec::new();
        for file in [EMAIL, BUTTON, LINK, WAY_OUT] {
            fill(file, &mut Vec::new(), |slot, _| slots.push(slot.to_owned()));
        }
        assert_eq!(slots, ["lang", "body", "why", "way_out", "pixel", "button", "unsubscribe"]);
    }

    #[test]
    fn paragraphs_are_parted_by_empty_lines() {
        let read =
            pieces("Hi {{first_name}}\nand all,\n\n\n\n{{ review_link }}\n\nBye\n\n{{unsubscribe_link}}").unwrap();
        let found = paragraphs(&read);
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(is_link_alone(&found[1]) && !is_link_alone(&found[0]) && !is_link_alone(&found[3]));
    }
}
