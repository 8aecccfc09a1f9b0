//! The demo's outbox: what was "sent", and each mail and SMS as its customer would see it.

mod links;

use crate::{
    api::outbox::{load_outbox, open_outbox_mail},
    domain::{
        message::Channel,
        outbox::{OutboxItem, OutboxMail},
        project::Frame,
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::use_param,
            live::NO_VERSION,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{heading::PageHeading, icon::Icon, time::Time, trouble::Trouble},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;
use links::{linked, named_links};

/// All of it, newest first.
#[component]
pub fn OutboxRoute() -> impl IntoView {
    let slug = use_param("slug");
    let items = use_resource(move || slug.get(), load_outbox);
    view! {
        <Title text="Outbox" />
        // It does not say which version it shows: it is read again at each change.
        {page_view(
            items,
            |_| (),
            |_| NO_VERSION,
            |page| view! { <OutboxPage page frame=use_frame() /> }.into_any(),
        )}
    }
}

/// One mail or SMS.
#[component]
pub fn OutboxMailRoute() -> impl IntoView {
    let (slug, file) = (use_param("slug"), use_param("file"));
    let mail = use_resource(
        move || (slug.get(), file.get()),
        |(slug, file)| async move { open_outbox_mail(slug, file).await },
    );
    // What was sent never changes.
    page_view(
        mail,
        |mail| mail.item.file.clone(),
        |_| i64::MAX,
        |page| view! { <OutboxMailPage mail=page.data.get_untracked() frame=use_frame() /> }.into_any(),
    )
}

#[component]
fn OutboxPage(page: PageData<Vec<OutboxItem>>, frame: Frame) -> impl IntoView {
    let PageData { data: items, trouble, read, .. } = page;
    let is_empty = Memo::new(move |_| items.with(Vec::is_empty));
    let content = move || {
        if is_empty.get() {
            view! { <Nothing customers=frame.href("customers") /> }.into_any()
        } else {
            view! { <OutboxTable items frame=frame.clone() /> }.into_any()
        }
    };
    view! {
        <div class="outbox">
            <div class="title-row">
                <PageHeading>"Outbox"</PageHeading>
            </div>
            <p class="muted">
                "This demo sends nothing to anybody. What it would have sent is kept here: open a message and follow its link as its customer would."
            </p>
            <Trouble trouble read />
            {content}
        </div>
    }
}

#[component]
fn Nothing(
    /// The address of the Customers page.
    customers: String,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p>
                "Nothing has been sent yet. Request a review for a customer, and the message appears here within seconds."
            </p>
            <a class="button" href=customers>
                "Go to Customers"
            </a>
        </div>
    }
}

#[component]
fn OutboxTable(items: Memo<Vec<OutboxItem>>, frame: Frame) -> impl IntoView {
    let row = move |item: OutboxItem| {
        let href = frame.href(&format!("outbox/{}", item.file));
        let (to, subject) = if item.is_readable {
            let link = view! {
                <a class="row-link" href=href>
                    {item.to}
                </a>
            };
            (link.into_any(), title(&item.subject, item.channel))
        } else {
            (view! { <span class="muted">"Unreadable file"</span> }.into_any(), item.file)
        };
        view! {
            <tr class="row">
                <th scope="row">{to}</th>
                <td>{subject}</td>
                <td>{channel(item.channel)}</td>
                <td>
                    <Time at=item.at today=frame.today />
                </td>
            </tr>
        }
    };
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
                <tbody>
                    <For each=move || items.get() key=|item| item.file.clone() children=row />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn OutboxMailPage(mail: OutboxMail, frame: Frame) -> impl IntoView {
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
            <PageHeading>{heading}</PageHeading>
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
