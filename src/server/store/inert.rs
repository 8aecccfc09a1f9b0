//! What staff see of a message: the customer's content with its links made inert. The token in them is the customer's
//! key: whoever follows one opens, clicks, reviews or unsubscribes in the customer's name.

use crate::domain::content::Content;

/// What stands in the place of a token.
const HIDDEN: &str = "hidden";

/// `content` without `tokens`: no pixel, no link that can be followed, and no token in any text.
pub fn inert(content: Content, tokens: &[String]) -> Content {
    let Content { subject, text, html } = content;
    let html = tokens.iter().fold(html, |html, token| without_links(&without_pixel(&html, token), token));
    let [subject, text, html] =
        [subject, text, html].map(|part| tokens.iter().fold(part, |part, token| part.replace(token.as_str(), HIDDEN)));
    Content { subject, text, html }
}

/// Without the image that records opens.
fn without_pixel(html: &str, token: &str) -> String {
    let tag = html.find(&format!("/o/{token}")).and_then(|at| {
        let start = html[..at].rfind("<img ")?;
        let end = at + html[at..].find('>')? + 1;
        Some((start, end))
    });
    match tag {
        Some((start, end)) => format!("{}{}", &html[..start], &html[end..]),
        None => html.to_owned(),
    }
}

/// Links with the token keep their looks and lose their address.
fn without_links(html: &str, token: &str) -> String {
    const HREF: &str = " href=\"";
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find(HREF) {
        let Some(length) = rest[start + HREF.len()..].find('"') else { break };
        let end = start + HREF.len() + length + 1;
        let keep_until = if rest[start..end].contains(token) { start } else { end };
        out.push_str(&rest[..keep_until]);
        rest = &rest[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "Zm9vYmFyYmF6cXV4cXV1eHgx";

    fn shown(subject: &str, text: &str, html: &str) -> Content {
        let content = Content { subject: subject.into(), text: text.into(), html: html.into() };
        inert(content, &[TOKEN.to_owned()])
    }

    #[test]
    fn no_token_is_left() {
        let link = |kind: &str| format!("http://a.example/{kind}/{TOKEN}");
        let html = format!(
            "<a style=\"color:red\" href=\"{0}\">{0}</a> <a href=\"http://b.example/\">b</a>\
             <a href=\"{1}\" class=\"x\">Unsubscribe</a><img src=\"{2}\" width=\"1\"></body>",
            link("r"),
            link("u"),
            link("o")
        );
        let seen = shown(&link("r"), &format!("See {} or {}.", link("r"), link("u")), &html);
        assert_eq!(seen.subject, "http://a.example/r/hidden");
        assert_eq!(seen.text, "See http://a.example/r/hidden or http://a.example/u/hidden.");
        assert_eq!(
            seen.html,
            "<a style=\"color:red\">http://a.example/r/hidden</a> <a href=\"http://b.example/\">b</a>\
             <a class=\"x\">Unsubscribe</a></body>"
        );
    }

    #[test]
    fn what_has_no_token_stays_as_it_is() {
        for html in ["", "<p>Hello</p>", "<a href=\"http://b.example/r/x\">b</a> <img src=\"x\"> href=\"", "a \" b"] {
            assert_eq!(shown("Hello", "Hello", html).html, html);
        }
    }
}
