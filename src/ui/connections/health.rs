//! How a connection is: whether it works, since when not and why, and how much goes over it.

use super::fields::ChannelTarget;
use crate::{
    api::connections::RetryConnection,
    domain::{
        connection::{StoppedConnection, page::ChannelConnection, provider_of, settings::Pace},
        contact::phone_words,
        message::Channel,
        stats::thousands,
    },
    ui::{
        hooks::action::FormAction,
        messages::steering::use_steering,
        parts::{
            badge::Badge,
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
            time::Time,
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn Health(
    channel: Channel,
    data: Memo<ChannelConnection>,
    slug: String,
    today: NaiveDate,
    may_change: bool,
) -> impl IntoView {
    let is_paused = Memo::new(move |_| data.with(|data| data.stopped.is_some()));
    let state = move || {
        let (icon, word) = if is_paused.get() { ("failed", "Paused") } else { ("check", "Working") };
        view! { <Badge slug=icon label=word /> }
    };
    let facts = move || facts(&data.get(), today);
    let stop = move || data.with(|data| data.stopped.clone()).map(|stop| why(stop, channel, today));
    let retry = may_change.then(|| view! { <Retry channel slug is_paused /> }.into_any());
    view! {
        <div class="card connection-health">
            <h3>"Health"</h3>
            <dl class="definition-list">
                <dt>"State"</dt>
                <dd>
                    <span role="status">{state}</span>
                </dd>
                {stop}
                {facts}
            </dl>
            {retry}
        </div>
    }
}

fn why(stop: StoppedConnection, channel: Channel, today: NaiveDate) -> AnyView {
    let StoppedConnection { reason, words, since, tries, next_try, .. } = stop;
    let words = (!words.is_empty()).then(|| view! { <code class="connection-words">{words}</code> }.into_any());
    let tried = match tries {
        0 => String::new(),
        1 => ", tried once since".to_owned(),
        n => format!(", tried {n} times since"),
    };
    let next = match next_try {
        Some(at) => view! { <Time at today /> }.into_any(),
        None => "With the next message that is due".into_any(),
    };
    let advice = reason.advice().unwrap_or("Nothing: it is tried again by itself.");
    view! {
        <dt>"Since"</dt>
        <dd>
            <Time at=since today />
            {tried}
        </dd>
        <dt>"Because"</dt>
        <dd>
            {format!("The {} {}.", provider_of(channel), reason.clause())}
            {words}
        </dd>
        <dt>"Next try"</dt>
        <dd>{next}</dd>
        <dt>"What to do"</dt>
        <dd>{advice}" Messages wait and none is lost."</dd>
    }
    .into_any()
}

fn facts(data: &ChannelConnection, today: NaiveDate) -> AnyView {
    let ChannelConnection { way, sender, last_sent, pace, sent_today, changed, .. } = data.clone();
    let last = match last_sent {
        Some(at) => view! { <Time at today /> }.into_any(),
        None => "None yet".into_any(),
    };
    let sender = if sender.is_empty() { "\u{2013}".to_owned() } else { phone_words(&sender) };
    let changed = changed.map(|(at, by)| {
        view! {
            <dt>"Last changed"</dt>
            <dd>
                <Time at today />
                {format!(" by {by}")}
            </dd>
        }
    });
    let today_of = match pace.per_day {
        Some(most) => format!("{} of {}", thousands(sent_today), thousands(most.into())),
        None => thousands(sent_today),
    };
    view! {
        <dt>"Sent over"</dt>
        <dd>{way}</dd>
        <dt>"From"</dt>
        <dd>{sender}</dd>
        <dt>"Last accepted"</dt>
        <dd>{last}</dd>
        <dt>"Sent today"</dt>
        <dd>{today_of}</dd>
        <dt>"Limit"</dt>
        <dd>{limits(pace)}</dd>
        {changed}
    }
    .into_any()
}

fn limits(pace: Pace) -> String {
    let limit = |n: Option<u32>, of: &str| n.map(|n| format!("{} {of}", thousands(n.into())));
    match (limit(pace.per_minute, "a minute"), limit(pace.per_day, "a day")) {
        (None, None) => "None set here".into(),
        (Some(one), None) | (None, Some(one)) => one,
        (Some(minute), Some(day)) => format!("{minute}, {day}"),
    }
}

/// It stays in the page while its answer is awaited.
#[component]
fn Retry(channel: Channel, slug: String, is_paused: Memo<bool>) -> impl IntoView {
    let action = ServerAction::<RetryConnection>::new();
    let steering = use_steering();
    let project = StoredValue::new(slug);
    action.on_done(move |done| project.with_value(|slug| steering.done(slug, done)));
    move || {
        is_paused.get().then(|| {
            view! {
                <ActionForm action>
                    <ChannelTarget slug=project.get_value() channel />
                    <FormNotice error=action.refusal() />
                    <SubmitButton label="Retry now" class=PLAIN pending=action.pending() />
                </ActionForm>
            }
            .into_any()
        })
    }
}
