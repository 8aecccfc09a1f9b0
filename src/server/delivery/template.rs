//! From a project's template to what a customer reads: text and five placeholders, and nothing that a template could run.

mod layout;

use crate::{
    domain::{
        AppError, AppResult,
        content::Content,
        language::Language,
        message::{Channel, Template},
        template::{Piece, Placeholder, Wording, first_name, holds, pieces},
    },
    server::language::templates,
};
use html_escape::encode_double_quoted_attribute as escape;

/// What the placeholders stand for in one message.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    pub customer_name: &'a str,
    pub project_name: &'a str,
    /// None where the customer has no location: the project's name stands in.
    pub location_name: Option<&'a str>,
    pub base_url: &'a str,
    /// Of the links in the message.
    pub token: &'a str,
}

/// A template that was read once and writes many messages.
pub struct Compiled {
    channel: Channel,
    subject: Vec<Part>,
    text: Vec<Part>,
    html: Vec<Part>,
}

/// A part of what is written. Values are never read again, so that nothing in them can be a placeholder.
enum Part {
    Text(String),
    Placeholder(Placeholder),
    /// The address of the image that records opens.
    Pixel,
}

impl Compiled {
    /// # Errors
    /// `Invalid` for `subject` or `body`, with the place of what a template cannot hold.
    pub fn new(language: Language, template: Template, channel: Channel, wording: &Wording) -> AppResult<Self> {
        let read = |field: &'static str| {
            move |fault: crate::domain::template::Fault| AppError::invalid(field, fault.to_string())
        };
        let body = wording.body.replace("\r\n", "\n");
        let body = pieces(&body).map_err(read("body"))?;
        let subject = pieces(&wording.subject).map_err(read("subject"))?;
        let asks = matches!(template, Template::Request | Template::Reminder);
        let mut text = plain(&body);
        let mut html = Vec::new();
        if channel == Channel::Email {
            let words = templates::layout(language);
            if !holds(&body, Placeholder::UnsubscribeLink) {
                // The text part names the way out even where the template does not.
                let way_out = pieces(&words.way_out).map_err(read("body"))?;
                text.push(Part::Text("\n\n--\n".into()));
                text.extend(plain(&way_out));
            }
            html = layout::html(language, &words, &body, asks);
        }
        Ok(Self { channel, subject: plain(&subject), text, html })
    }

    pub fn render(&self, values: &Values) -> Content {
        let Values { customer_name, project_name, location_name, base_url, token } = values;
        let link = |kind: char| format!("{base_url}/{kind}/{token}");
        let (review, unsubscribe, pixel) = (link('r'), link('u'), link('o'));
        let value = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Placeholder(Placeholder::FirstName) => first_name(customer_name).to_owned(),
            Part::Placeholder(Placeholder::ProjectName) => (*project_name).to_owned(),
            Part::Placeholder(Placeholder::LocationName) => location_name.unwrap_or(project_name).to_owned(),
            Part::Placeholder(Placeholder::ReviewLink) => review.clone(),
            Part::Placeholder(Placeholder::UnsubscribeLink) => unsubscribe.clone(),
            Part::Pixel => pixel.clone(),
        };
        let markup = |part: &Part| match part {
            Part::Text(html) => html.clone(),
            part => escape(&value(part)).into_owned(),
        };
        Content {
            subject: match self.channel {
                Channel::Email => self.subject.iter().map(value).collect(),
                Channel::Sms => String::new(),
            },
            text: self.text.iter().map(value).collect(),
            html: self.html.iter().map(markup).collect(),
        }
    }
}

fn plain(pieces: &[Piece]) -> Vec<Part> {
    let part = |piece: &Piece| match piece {
        Piece::Text(text) => Part::Text((*text).to_owned()),
        Piece::Placeholder(placeholder) => Part::Placeholder(*placeholder),
    };
    pieces.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        message::{outside_gsm, sms_segments},
        template::OptOut,
    };

    const VALUES: Values = Values {
        customer_name: "Ana <b>Ruiz</b>",
        project_name: "Cup & Saucer",
        location_name: None,
        base_url: "https://reviews.example.com",
        token: "Zm9vYmFyYmF6cXV4cXV1eHgx",
    };

    fn request(subject: &str, body: &str) -> AppResult<Compiled> {
        let wording = Wording { subject: subject.into(), body: body.into() };
        Compiled::new(Language::English, Template::Request, Channel::Email, &wording)
    }

    #[test]
    fn every_default_reads_well() {
        for (language, button, unsubscribe) in [
            (Language::English, "Leave a review", "Unsubscribe"),
            (Language::German, "Bewertung abgeben", "Abmelden"),
            (Language::French, "Donner mon avis", "Se désabonner"),
            (Language::Spanish, "Dejar mi opinión", "Darse de baja"),
        ] {
            for template in Template::ALL {
                let email = templates::default(language, template, Channel::Email, OptOut::Stop);
                let email = email.checked(template, Channel::Email).unwrap();
                let content = Compiled::new(language, template, Channel::Email, &email).unwrap().render(&VALUES);
                let asks = matches!(template, Template::Request | Template::Reminder);
                assert!(content.text.contains("Ana") && !content.text.contains("{{"));
                assert_eq!(content.text.contains("https://reviews.example.com/r/"), asks);
                assert!(!content.subject.is_empty() && !content.subject.contains("{{"));
                assert!(content.text.contains("https://reviews.example.com/u/"));
                assert_eq!(content.html.matches(&format!(">{button}</a>")).count(), usize::from(asks));
                assert_eq!(content.html.matches(&format!(">{unsubscribe}</a>")).count(), 1);
                assert!(content.html.contains("alt=\"\"></body>"));
                assert!(content.html.contains(&format!("<html lang=\"{}\"", language.tag())));

                for opt_out in [OptOut::Stop, OptOut::Link] {
                    let sms = templates::default(language, template, Channel::Sms, opt_out);
                    assert_eq!(sms.checked(template, Channel::Sms).as_ref(), Ok(&sms));
                    let content = Compiled::new(language, template, Channel::Sms, &sms).unwrap().render(&VALUES);
                    let text = &content.text;
                    let ways_out = (text.contains("STOP"), text.contains("https://reviews.example.com/u/"));
                    assert_eq!(ways_out, (opt_out == OptOut::Stop, opt_out == OptOut::Link), "{text}");
                    assert!(!opt_out.is_lacking_in(&sms.body) && text.contains("Cup & Saucer"), "{text}");
                    assert!((1..=2).contains(&sms_segments(text)), "{text}");
                    assert_eq!(outside_gsm(text), None, "{text}");
                    assert!(content.html.is_empty() && content.subject.is_empty());
                }
            }
        }
    }

    #[test]
    fn an_email_always_names_the_way_out() {
        for language in Language::ALL {
            let wording = Wording { subject: "s".into(), body: "Hi".into() };
            let compiled = Compiled::new(language, Template::Request, Channel::Email, &wording).unwrap();
            let Content { text, html, .. } = compiled.render(&VALUES);
            assert!(text.starts_with("Hi\n\n--\n") && text.ends_with("/u/Zm9vYmFyYmF6cXV4cXV1eHgx"), "{text}");
            assert!(!text.contains("{{") && !html.contains("{{"), "{html}");
            assert_eq!(html.matches("/u/Zm9vYmFyYmF6cXV4cXV1eHgx").count(), 1, "{html}");
        }
    }

    #[test]
    fn values_and_text_are_escaped_in_html_only() {
        let values = Values { customer_name: "<script>alert(1)</script>", ..VALUES };
        let compiled = request("s", "<i>Hi</i> {{ first_name }}\n& more").unwrap();
        let content = compiled.render(&values);
        assert!(content.text.starts_with("<i>Hi</i> <script>alert(1)</script>\n& more"));
        assert!(
            content.html.contains("&lt;i&gt;Hi&lt;/i&gt; &lt;script&gt;alert(1)&lt;/script&gt;<br>\n&amp; more"),
            "{}",
            content.html
        );
        assert!(!content.html.contains("<script>"));
        assert!(content.html.contains("Cup &amp; Saucer"));
    }

    #[test]
    fn the_way_out_stands_once_and_last() {
        let html = |body: &str| request("s", body).unwrap().render(&VALUES).html;
        let footer = "You receive this because you are a customer of Cup &amp; Saucer.<br>\n";
        for (body, after) in [
            ("Hi\n\nNo more of this: {{unsubscribe_link}}", "No more of this: <a href"),
            ("Hi", "<a href=\"https://reviews.example.com/u/"),
            ("Out: {{unsubscribe_link}}\n\nHi", "</td>"),
        ] {
            let html = html(body);
            let rest = html.split_once(footer).unwrap().1;
            assert!(rest.starts_with(after), "{rest}");
            assert_eq!(html.matches(">Unsubscribe</a>").count(), 1, "{html}");
        }
    }

    /// What is written into names and templates to run something, to read the server's secrets, or to make a header.
    const CORPUS: [&str; 14] = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'-alert(1)-'",
        "</p></td></table><form action=https://evil.example>",
        "javascript:alert(1)",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<style>*{display:none}</style>",
        "{{env}} {{ config }} {{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
        "{% for x in y %}x{% endfor %} {# x #}",
        "{{review_link}} {{unsubscribe_link}}",
        "\r\nBcc: victim@example.com",
        "\n.\r\nMAIL FROM:<x@example.com>",
        "=?utf-8?q?=0D=0ABcc:_x@example.com?=",
        "\u{85}Bcc: x \u{2028} \u{202e}",
    ];

    #[test]
    fn what_hostile_names_hold_is_text() {
        let body =
            "Hi {{first_name}} of {{project_name}}, {{location_name}}\n\n{{review_link}}\n\n{{unsubscribe_link}}";
        let compiled = request("To {{project_name}}", body).unwrap();
        let tame = compiled.render(&VALUES).html;
        for hostile in CORPUS {
            let values =
                Values { customer_name: hostile, project_name: hostile, location_name: Some(hostile), ..VALUES };
            let Content { html, text, subject } = compiled.render(&values);
            for tag in ["<script", "<img", "<form", "<style", "<a ", "<p"] {
                assert_eq!(html.matches(tag).count(), tame.matches(tag).count(), "{tag}: {html}");
            }
            assert!(text.contains(hostile) && subject.contains(hostile), "values are not read again: {text}");
            assert!(!html.contains("49"), "{html}");
        }
    }

    #[test]
    fn what_hostile_templates_hold_is_text_or_refused() {
        for hostile in CORPUS {
            let body = format!("{hostile}\n\n{{{{review_link}}}} {{{{unsubscribe_link}}}}");
            let Ok(compiled) = request("s", &body) else {
                assert!(hostile.contains("{{") || hostile.contains("{%"), "{hostile}");
                continue;
            };
            let html = compiled.render(&VALUES).html;
            for tag in ["<script", "onerror=alert(1)>", "<form", "<style>*", "href=\"javascript"] {
                assert!(!html.contains(tag), "{tag}: {html}");
            }
        }
        for huge in ["{{".repeat(500_000), "{{first_name}}{%".repeat(50_000), "{".repeat(1_000_001)] {
            assert!(
                crate::domain::template::checked_body(Template::Request, Channel::Email, &huge).is_err(),
                "its size is refused"
            );
        }
    }
}
