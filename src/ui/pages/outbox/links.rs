//! The web addresses in the text of a message.

use leptos::prelude::*;

/// A piece of text: plain, or an address to link.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Link(&'a str),
}

/// The text cut at its web addresses; punctuation that ends a sentence is none of an address.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(from.len());
        let link = from[..end].trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        if !before.is_empty() {
            pieces.push(Piece::Plain(before));
        }
        pieces.push(Piece::Link(link));
        rest = &from[link.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

/// The text with its web addresses as links, which open in a window of their own.
pub fn linked(text: &str) -> Vec<AnyView> {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Plain(text) => view! { <span>{text.to_owned()}</span> }.into_any(),
            Piece::Link(href) => view! {
                <a href=href.to_owned() rel="external noopener" target="_blank">{href.to_owned()}</a>
            }
            .into_any(),
        })
        .collect()
}

/// The links that a message is made of, each once, by what they do.
pub fn named_links(text: &str) -> Vec<(&'static str, String)> {
    let mut links: Vec<(&'static str, String)> = Vec::new();
    for piece in pieces(text) {
        let Piece::Link(href) = piece else { continue };
        let name = if href.contains("/r/") {
            "Review link"
        } else if href.contains("/u/") {
            "Unsubscribe link"
        } else {
            continue;
        };
        if links.iter().all(|(_, known)| known != href) {
            links.push((name, href.to_owned()));
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_without_the_sentence_around_them() {
        assert_eq!(
            pieces("Rate us: https://a.test/r/x1. Stop: http://a.test/u/y"),
            [
                Piece::Plain("Rate us: "),
                Piece::Link("https://a.test/r/x1"),
                Piece::Plain(". Stop: "),
                Piece::Link("http://a.test/u/y"),
            ]
        );
        assert_eq!(pieces("no link"), [Piece::Plain("no link")]);
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn links_are_named_once_each() {
        let text = "https://a.test/r/x https://a.test/r/x https://a.test/ https://a.test/u/y";
        assert_eq!(
            named_links(text),
            [("Review link", "https://a.test/r/x".into()), ("Unsubscribe link", "https://a.test/u/y".into())]
        );
    }
}
