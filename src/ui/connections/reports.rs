//! Where the provider is to report to what became of messages, and what to switch on there; or that it cannot report.

use super::copy::CopyValue;
use crate::domain::connection::{page::ChannelConnection, settings::Provider};
use leptos::prelude::*;

#[component]
pub fn Reports(data: Memo<ChannelConnection>) -> impl IntoView {
    let webhook = Memo::new(move |_| {
        data.with(|data| {
            Some((data.provider?, data.setup.as_ref()?.webhook.clone()?, data.setup.as_ref()?.stored.report))
        })
    });
    let is_silent = Memo::new(move |_| data.with(|data| data.provider == Some(Provider::ClickSend)));
    move || {
        if is_silent.get() {
            return Some(clicksend());
        }
        webhook.get().map(|(provider, address, has_secret)| {
            let lacks = (provider.report_secret().is_some() && !has_secret).then(|| {
                let what = provider.report_secret().unwrap_or_default();
                view! {
                    <p class="notice">{format!("Enter “{what}” in the settings. Until then, reports are refused.")}</p>
                }
                .into_any()
            });
            view! {
                <div class="card connection-reports">
                    <h3>"Reports"</h3>
                    <p>{format!("Have {} report to this address:", provider.name())}</p>
                    <CopyValue what="the address for reports".to_owned() value=address />
                    <p class="muted">{instructions(provider)}</p>
                    {lacks}
                </div>
            }
            .into_any()
        })
    }
}

/// What ClickSend cannot tell. Its help says that its opt-out list is not asked about messages over the API
/// (<https://help.clicksend.com/article/jg3o5n5mbo-how-does-the-opt-out-system-work>).
fn clicksend() -> AnyView {
    view! {
        <div class="card connection-reports">
            <h3>"Reports"</h3>
            <p>
                "ClickSend signs no reports, so none are taken: a message counts as Sent once ClickSend has taken it. What becomes of it then stands in ClickSend's dashboard."
            </p>
            <p class="notice">
                "Answers such as STOP reach ClickSend alone, and its opt-out list does not hold back what is sent over the API. So each SMS ends in {{unsubscribe_link}} and not in “Reply STOP”, but for those that waited when the connection was made. Unsubscribe here who answers STOP there."
            </p>
        </div>
    }
    .into_any()
}

fn instructions(provider: Provider) -> &'static str {
    match provider {
        Provider::Smtp | Provider::ClickSend => "",
        Provider::Ses => {
            "In Amazon SNS, make a topic with an HTTPS subscription to it (without raw message delivery). In Amazon SES, \
             choose that topic for bounces, complaints and deliveries of your identity or configuration set."
        }
        Provider::SendGrid => {
            "In SendGrid, under Settings, Mail Settings, Event Webhook: choose Delivered, Bounced, Dropped, Deferred, Spam \
             Reports and Unsubscribes, and switch on the Signed Event Webhook."
        }
        Provider::Mailgun => {
            "In Mailgun, under Sending, Webhooks, enter it for Delivered Messages, Permanent Failure, Temporary Failure, Spam \
             Complaints and Unsubscribes."
        }
        Provider::Postmark => {
            "In Postmark, under Webhooks of the message stream, enter it with the user and the password of the settings as \
             Basic auth, and choose Delivery, Bounce, Spam complaint and Subscription change."
        }
        Provider::Twilio => {
            "In Twilio, enter it for your number or messaging service as the webhook of incoming messages (POST) and as the \
             delivery status callback, so that STOP and START take effect."
        }
    }
}
