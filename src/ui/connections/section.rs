//! One channel: what its messages leave by, how that is, and what may be done about it.

use super::{
    domain_check::DomainCheck, health::Health, reports::Reports, settings::ConnectionSettings, test::ConnectionTest,
};
use crate::{
    domain::{
        connection::{
            form::ConnectionForm,
            page::{ChannelConnection, ConnectionsQuery},
        },
        message::Channel,
        project::Frame,
        role::Role,
    },
    ui::parts::icon::Icon,
};
use leptos::prelude::*;

/// The id of a channel's heading.
pub fn heading(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email-heading",
        Channel::Sms => "sms-heading",
    }
}

#[component]
pub fn ChannelSection(
    channel: Channel,
    data: Memo<ChannelConnection>,
    query: Memo<ConnectionsQuery>,
    /// What was entered in a form that was refused without scripts.
    entered: Option<ConnectionForm>,
    frame: Frame,
) -> impl IntoView {
    let id = heading(channel);
    let icon = match channel {
        Channel::Email => "mail",
        Channel::Sms => "sms",
    };
    let is_own = Memo::new(move |_| data.with(|data| data.provider.is_some()));
    let whose = move || if is_own.get() { "This project's own connection" } else { "The server's connection" };
    let (slug, today) = (frame.slug.clone(), frame.today);
    let may_change = frame.may(Role::Admin);
    let tools = may_change.then(|| {
        let slug = slug.clone();
        view! {
            <ConnectionTest channel data slug=slug.clone() today />
            <Reports data />
        }
        .into_any()
    });
    let main = may_change.then(|| {
        let check =
            (channel == Channel::Email).then(|| view! { <DomainCheck data slug=slug.clone() today /> }.into_any());
        view! {
            <div class="connection-main">
                <ConnectionSettings channel data query entered slug=slug.clone() />
                {check}
            </div>
        }
        .into_any()
    });
    view! {
        <section class="connection" aria-labelledby=id>
            <div class="connection-head">
                <h2 id=id tabindex="-1">
                    <Icon name=icon />
                    {channel.name()}
                </h2>
                <span class="tag">{whose}</span>
            </div>
            <div class="connection-columns">
                <div class="connection-side">
                    <Health channel data slug=slug.clone() today may_change />
                    {tools}
                </div>
                {main}
            </div>
        </section>
    }
}
