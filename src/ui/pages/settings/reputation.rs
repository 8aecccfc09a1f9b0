//! How the messages of each channel are received, and what the reputation guard holds.

use super::settings_action;
use crate::{
    api::sending::ResumeChannel,
    domain::{
        message::Channel,
        project::Frame,
        role::Role,
        sending::{Reputation, SendingPage},
        stats::count,
    },
    ui::{
        hooks::action::FormAction,
        parts::{
            field::{FormNotice, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Channels(data: Memo<SendingPage>, frame: Frame) -> impl IntoView {
    let channels = Channel::ALL.map(|channel| view! { <OneChannel data channel frame=frame.clone() /> }.into_any());
    view! {
        <section class="card" aria-labelledby="reputation-heading">
            <h2 id="reputation-heading">"Reputation guard"</h2>
            <p class="muted">
                "If more than 5% of the last 1,000 messages (or of those of 7 days) bounce, or more than 0.1% are marked as spam, the channel is held until you resume it."
            </p>
            {channels}
        </section>
    }
}

#[component]
fn OneChannel(data: Memo<SendingPage>, channel: Channel, frame: Frame) -> impl IntoView {
    let today = frame.today;
    let reputation = Memo::new(move |_| {
        data.with(|page| page.reputation.iter().find(|reputation| reputation.channel == channel).cloned())
    });
    let sentence = move || reputation.with(|reputation| reputation.as_ref().map(|of| sentence(of, today)));
    // Once the guard has held it, its pace can be changed.
    let has_form = Memo::new(move |_| {
        reputation.with(|of| of.as_ref().is_some_and(|of| of.held.is_some() || of.resumed.is_some()))
    });
    let slug = frame.slug.clone();
    let may = frame.may(Role::Manager);
    let form = move || {
        (may && has_form.get()).then(|| view! { <ResumeForm reputation channel slug=slug.clone() /> }.into_any())
    };
    view! {
        <h3>{channel.name()}</h3>
        <p>{sentence}</p>
        {form}
    }
}

fn sentence(of: &Reputation, today: NaiveDate) -> String {
    let seen = of.seen.sentence();
    if let Some(since) = of.held {
        return format!("Held since {}: {seen}", since.inline(today));
    }
    let Some((at, by)) = &of.resumed else { return seen };
    let pace = match of.per_minute {
        Some(n) => format!("with at most {} a minute", count(n.into(), "message")),
        None => "without a limit".to_owned(),
    };
    format!("{seen} Resumed {} by {by}, {pace}.", at.inline(today))
}

#[component]
fn ResumeForm(reputation: Memo<Option<Reputation>>, channel: Channel, slug: String) -> impl IntoView {
    let action = settings_action::<ResumeChannel>(&slug);
    let error = action.refusal();
    let is_held = Memo::new(move |_| reputation.with(|of| of.as_ref().is_some_and(|of| of.held.is_some())));
    let label = Signal::derive(move || {
        if is_held.get() {
            format!("Resume {}", channel.name())
        } else {
            format!("Change the pace of {}", channel.name())
        }
    });
    let pace = Signal::derive(move || {
        reputation.with(|of| of.as_ref().and_then(|of| of.per_minute)).map_or_else(String::new, |n| n.to_string())
    });
    let id = match channel {
        Channel::Email => "pace-of-email",
        Channel::Sms => "pace-of-sms",
    };
    view! {
        <ActionForm action attr:novalidate="">
            <input type="hidden" name="slug" value=slug />
            <input type="hidden" name="channel" value=channel.slug() />
            <FormNotice error fields=&["per_minute"] />
            <TextField
                id
                label="Limit (messages per minute)"
                name="per_minute"
                field="per_minute"
                error
                value=pace
                hint="Empty for no limit."
            />
            <SubmitButton label class=PLAIN pending=action.pending() />
        </ActionForm>
    }
}
