//! The demo's outbox: what was "sent", and each mail and SMS as its customer would see it.

use super::{awaited, param};
use crate::{
    api::outbox::{load_outbox, open_outbox_mail},
    domain::{
        message::Channel,
        outbox::{OutboxItem, OutboxMail},
        project::Frame,
    },
    ui::{
        frame::use_frame,
        parts::{icon::Icon, time::Time},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// All of it, newest first.
#[component]
pub fn OutboxPage() -> impl IntoView {
    view! {
        <Title text="Outbox" />
        {awaited(load_outbox(param("slug")), |items| view! { <Outbox items frame=use_frame() /> })}
    }
}

/// One mail or SMS.
#[component]
pub fn OutboxMailPage() -> impl IntoView {
    awaited(open_outbox_mail(param("slug"), param("file")), |mail| view! { <Mail mail frame=use_frame() /> })
}

#[component]
fn Outbox(items: Vec<OutboxItem>, frame: Frame) -> impl IntoView {
    let content = if items.is_empty() {
        view! {
            <div class="empty">
                <p>"Nothing has been sent yet. Request a review for a customer, and the message appears here within seconds."</p>
                <a class="button" href=frame.href("customers")>"Go to Customers"</a>
            </div>
        }
        .into_any()
    } else {
        let today = frame.today;
        let rows = items
            .into_iter()
            .map(|item| {
                let href = frame.href(&format!("outbox/{}", item.file));
                view! {
                    <tr class="row">
                        <th scope="row">
                            <a class="row-link" href=href>{item.to}</a>
                        </th>
                        <td>{title(&item.subject, item.channel)}</td>
                        <td>{channel(item.channel)}</td>
                        <td>
                            <Time at=item.at today />
                        </td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <div class="table-wrap">
                <table class="table">
                    <caption class="visually-hidden">"Outbox"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"To"</th>
                            <th scope="col">"Subject"</th>
                            <th scope="col">"Channel"</th>
                            <th scope="col">"Sent"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <div class="outbox">
            <div class="title-row">
                <h1 tabindex="-1">"Outbox"</h1>
            </div>
            <p class="muted">
                "This demo sends nothing to anybody. What it would have sent is kept here: open a message and follow its link as its customer would."
            </p>
            {content}
        </div>
    }
}

#[component]
fn Mail(mail: OutboxMail, frame: Frame) -> impl IntoView {
    let OutboxMail { item, text, has_html } = mail;
    let heading = title(&item.subject, item.channel);
    let body = frame.href(&format!("outbox/{}/body", item.file));
    let links = named_links(&text)
        .into_iter()
        .map(|(name, href)| {
            view! {
                <li>
                    <a href=href rel="external noopener" target="_blank">
                        <Icon name="external" />
                        {name}
                    </a>
                </li>
            }
        })
        .collect_view();
    let content = match item.channel {
        Channel::Email if has_html => view! {
            <iframe
                class="preview-frame"
                src=body
                title=format!("The email \u{201c}{heading}\u{201d}")
                sandbox="allow-popups allow-popups-to-escape-sandbox"
            ></iframe>
        }
        .into_any(),
        _ => view! { <p class="sms">{linked(&text)}</p> }.into_any(),
    };
    view! {
        <Title text=heading.clone() />
        <article class="outbox-mail">
            <p>
                <a href=frame.href("outbox")>"Back to the outbox"</a>
            </p>
            <h1 tabindex="-1">{heading}</h1>
            <dl class="definition-list">
                <dt>"To"</dt>
                <dd>{item.to}</dd>
                <dt>"Channel"</dt>
                <dd>{channel(item.channel)}</dd>
                <dt>"Sent"</dt>
                <dd>
                    <Time at=item.at today=frame.today />
                </dd>
            </dl>
            <section aria-labelledby="links-heading">
                <h2 id="links-heading">"Follow its links"</h2>
                <ul class="link-list">{links}</ul>
            </section>
            {content}
        </article>
    }
}

/// An SMS has no subject.
fn title(subject: &str, channel: Channel) -> String {
    match (subject.trim(), channel) {
        ("", Channel::Email) => "(no subject)".into(),
        ("", Channel::Sms) => "SMS".into(),
        (subject, _) => subject.into(),
    }
}

fn channel(channel: Channel) -> impl IntoView {
    let icon = match channel {
        Channel::Email => "mail",
        Channel::Sms => "sms",
    };
    view! {
        <Icon name=icon />
        " "
        {channel.name()}
    }
}

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

fn linked(text: &str) -> Vec<AnyView> {
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
fn named_links(text: &str) -> Vec<(&'static str, String)> {
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
