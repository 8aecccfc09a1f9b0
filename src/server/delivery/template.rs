//! From a project's template to what a customer reads: five placeholders, and nothing that a template could run.

mod defaults;

pub use defaults::default;

use crate::domain::{
    AppError, AppResult,
    content::Content,
    message::{Channel, Template},
    template::{PLACEHOLDERS, first_name},
};
use html_escape::encode_double_quoted_attribute as escape;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

/// The longest body that a template may have, in characters.
pub const BODY_MAX: usize = 10_000;
pub const SUBJECT_MAX: usize = 200;

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
    environment: Environment<'static>,
}

enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

impl Compiled {
    /// # Errors
    /// `Invalid` for `subject` or `body`, with a sentence that names what a template cannot hold.
    pub fn new(template: Template, channel: Channel, subject: &str, body: &str) -> AppResult<Self> {
        check(subject, "subject", SUBJECT_MAX)?;
        let pieces = check(body, "body", BODY_MAX)?;
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(100_000));
        environment.set_auto_escape_callback(|name| match name {
            "html" => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        let mut add = |name: &'static str, source: String| {
            environment.add_template_owned(name, source).map_err(|e| unreadable("body", &e))
        };
        match channel {
            Channel::Email => {
                add("subject", subject.to_owned())?;
                add("text", with_footer(body))?;
                add("html", html(template, &pieces, body))?;
            }
            Channel::Sms => add("text", body.to_owned())?,
        }
        Ok(Self { channel, environment })
    }

    /// # Errors
    /// `Invalid` where the template asks for more than there is.
    pub fn render(&self, values: &Values) -> AppResult<Content> {
        let Values { customer_name, project_name, location_name, base_url, token } = values;
        let context = context! {
            first_name => first_name(customer_name),
            project_name => *project_name,
            location_name => location_name.unwrap_or(*project_name),
            review_link => link(base_url, "r", token),
            unsubscribe_link => link(base_url, "u", token),
            pixel => link(base_url, "o", token),
        };
        let write = |name: &str| {
            self.environment.get_template(name).and_then(|t| t.render(&context)).map_err(|e| unreadable("body", &e))
        };
        match self.channel {
            Channel::Email => Ok(Content { subject: write("subject")?, text: write("text")?, html: write("html")? }),
            Channel::Sms => Ok(Content { subject: String::new(), text: write("text")?, html: String::new() }),
        }
    }
}

/// Escaped already where it needs to be: minijinja would escape its slashes too.
fn link(base_url: &str, kind: &str, token: &str) -> Value {
    Value::from_safe_string(escape(&format!("{base_url}/{kind}/{token}")).into_owned())
}

fn unreadable(field: &str, error: &minijinja::Error) -> AppError {
    AppError::invalid(field, format!("The template can't be used: {error}."))
}

/// Splits a template at its placeholders and refuses whatever else stands in braces.
fn check<'a>(source: &'a str, field: &str, max: usize) -> AppResult<Vec<Piece<'a>>> {
    if source.chars().count() > max {
        return Err(AppError::invalid(field, format!("A template's {field} has at most {max} characters.")));
    }
    if source.contains("{%") || source.contains("{#") {
        return Err(AppError::invalid(
            field,
            "A template holds text and placeholders only: no {% … %} and no {# … #}.",
        ));
    }
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some((text, after)) = rest.split_once("{{") {
        let (inside, next) = after
            .split_once("}}")
            .ok_or_else(|| AppError::invalid(field, "A placeholder begins with {{ and does not end with }}."))?;
        let name = inside.trim();
        if !PLACEHOLDERS.contains(&name) {
            let shown: String = name.chars().take(40).collect();
            let known = PLACEHOLDERS.map(|p| format!("{{{{{p}}}}}")).join(", ");
            return Err(AppError::invalid(field, format!("{{{{{shown}}}}} is not a placeholder. There are {known}.")));
        }
        pieces.push(Piece::Text(text));
        pieces.push(Piece::Placeholder(name));
        rest = next;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// The text part names the way out even where the template does not.
fn with_footer(body: &str) -> String {
    if mentions(body, "unsubscribe_link") {
        body.to_owned()
    } else {
        format!("{}\n\n--\nNo more messages from us: {{{{ unsubscribe_link }}}}\n", body.trim_end())
    }
}

fn mentions(body: &str, placeholder: &str) -> bool {
    check(body, "body", BODY_MAX)
        .is_ok_and(|pieces| pieces.iter().any(|p| matches!(p, Piece::Placeholder(name) if *name == placeholder)))
}

/// The HTML part's template: the body's paragraphs, the review link as a button, the way out, the pixel.
fn html(template: Template, pieces: &[Piece], body: &str) -> String {
    let asks = matches!(template, Template::Request | Template::Reminder);
    let mut paragraphs = String::new();
    let mut has_button = false;
    for paragraph in flow(pieces).split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        if paragraph == REVIEW_ANCHOR {
            has_button = true;
            paragraphs.push_str(BUTTON);
        } else {
            let lines = paragraph.replace('\n', "<br>\n");
            paragraphs.push_str(&format!("<p style=\"margin:0 0 16px\">{lines}</p>\n"));
        }
    }
    if asks && !has_button {
        paragraphs.push_str(BUTTON);
    }
    let out = if mentions(body, "unsubscribe_link") { "" } else { UNSUBSCRIBE };
    LAYOUT.replace("<!--body-->", &paragraphs).replace("<!--out-->", out)
}

/// The body with its text escaped and its links made links; minijinja escapes the values.
fn flow(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(&escape(&text.replace("\r\n", "\n"))),
            Piece::Placeholder("review_link") => out.push_str(REVIEW_ANCHOR),
            Piece::Placeholder("unsubscribe_link") => {
                out.push_str("<a href=\"{{ unsubscribe_link }}\" style=\"color:#475569\">Unsubscribe</a>");
            }
            Piece::Placeholder(name) => out.push_str(&format!("{{{{ {name} }}}}")),
        }
    }
    out
}

const REVIEW_ANCHOR: &str = "<a href=\"{{ review_link }}\" style=\"color:#1d4ed8\">{{ review_link }}</a>";

const BUTTON: &str = r##"<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:8px 0 24px"><tr><td bgcolor="#1d4ed8" style="border-radius:8px">
<a href="{{ review_link }}" style="display:inline-block;padding:12px 24px;font-weight:600;color:#ffffff;text-decoration:none">Leave a review</a>
</td></tr></table>
"##;

const UNSUBSCRIBE: &str = r##" <a href="{{ unsubscribe_link }}" style="color:#475569">Unsubscribe</a>"##;

const LAYOUT: &str = r##"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{ project_name }}</title></head>
<body style="margin:0;padding:0;background:#f1f5f9">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f1f5f9"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="max-width:560px;border-radius:12px">
<tr><td style="padding:28px 32px 0;font:600 18px/1.4 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#0f172a">{{ project_name }}</td></tr>
<tr><td style="padding:16px 32px 12px;font:400 16px/1.6 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#0f172a">
<!--body--></td></tr>
</table>
<p style="margin:16px 0 0;font:400 13px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#475569">You receive this because you are a customer of {{ project_name }}.<!--out--></p>
</td></tr></table>
<img src="{{ pixel }}" width="1" height="1" alt=""></body>
</html>
"##;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::sms_segments;

    const VALUES: Values = Values {
        customer_name: "Ana <b>Ruiz</b>",
        project_name: "Cup & Saucer",
        location_name: None,
        base_url: "https://reviews.example.com",
        token: "Zm9vYmFyYmF6cXV4cXV1eHgx",
    };

    #[test]
    fn every_default_reads_well() {
        for template in Template::ALL {
            for channel in Channel::ALL {
                let (subject, body) = default(template, channel);
                let content = Compiled::new(template, channel, subject, body).unwrap().render(&VALUES).unwrap();
                let asks = matches!(template, Template::Request | Template::Reminder);
                assert!(content.text.contains("Ana") && !content.text.contains("{{"));
                assert_eq!(content.text.contains("https://reviews.example.com/r/"), asks);
                match channel {
                    Channel::Email => {
                        assert!(!content.subject.is_empty());
                        assert!(content.text.contains("https://reviews.example.com/u/"));
                        assert_eq!(content.html.matches(">Leave a review</a>").count(), usize::from(asks));
                        assert_eq!(content.html.matches(">Unsubscribe</a>").count(), 1);
                        assert!(content.html.contains("alt=\"\"></body>"));
                    }
                    Channel::Sms => {
                        assert!(content.text.ends_with(" Reply STOP to opt out."));
                        assert!((1..=2).contains(&sms_segments(&content.text)), "{}", content.text);
                        assert!(content.html.is_empty() && content.subject.is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn values_and_text_are_escaped_in_html_only() {
        let values = Values { customer_name: "<script>alert(1)</script>", ..VALUES };
        let compiled =
            Compiled::new(Template::Request, Channel::Email, "s", "<i>Hi</i> {{ first_name }}\n& more").unwrap();
        let content = compiled.render(&values).unwrap();
        assert!(content.text.starts_with("<i>Hi</i> <script>alert(1)</script>\n& more"));
        assert!(
            content.html.contains("&lt;i&gt;Hi&lt;/i&gt; &lt;script&gt;alert(1)&lt;&#x2f;script&gt;<br>\n&amp; more"),
            "{}",
            content.html
        );
        assert!(!content.html.contains("<script>"));
        assert!(content.html.contains("Cup &amp; Saucer"));
    }

    #[test]
    fn templates_hold_placeholders_and_nothing_else() {
        for (body, says) in [
            ("{{ env }}", "not a placeholder"),
            ("{{ first_name | upper }}", "not a placeholder"),
            ("{{ first_name.__class__ }}", "not a placeholder"),
            ("{{- first_name -}}", "not a placeholder"),
            ("{{ 7 * 7 }}", "not a placeholder"),
            ("{{ \"}}\" }}", "not a placeholder"),
            ("{{ first_name", "does not end"),
            ("{{ {{ first_name }} }}", "not a placeholder"),
            ("{% for x in y %}{% endfor %}", "no {% … %}"),
            ("{# hidden #}", "no {% … %}"),
        ] {
            let error = Compiled::new(Template::Request, Channel::Email, "s", body).err().unwrap();
            assert!(error.for_field("body").is_some_and(|s| s.contains(says)), "{body}: {error}");
        }
        let huge = "{{".repeat(500_000);
        assert!(Compiled::new(Template::Request, Channel::Sms, "", &huge).is_err());
        assert!(
            Compiled::new(Template::Request, Channel::Email, "{{ secret }}", "b")
                .err()
                .unwrap()
                .for_field("subject")
                .is_some()
        );
        // What only looks like one is text.
        let odd = Compiled::new(Template::Request, Channel::Sms, "", "} }} { a }").unwrap();
        assert_eq!(odd.render(&VALUES).unwrap().text, "} }} { a }");
    }
}
