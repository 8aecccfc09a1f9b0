//! One message in full: its facts, why it failed and what to do about it, its timeline, and its content.

use super::{actions_menu::copy_text, fix::fix_button};
use crate::{
    domain::{
        MessageId,
        contact::phone_words,
        customer::review_href,
        message::{Attempt, CancelCause, Channel, EventKind, FailureCode, MessageDetail, MessageRow, TimelineEntry},
        project::Frame,
        retention::months_words,
        role::Role,
        stats::count,
        status::Status,
        suppression::SuppressedQuery,
        time::date_words,
    },
    ui::parts::{
        badge::Badge,
        time::Time,
        toast::{Toasts, use_toasts},
    },
};
use chrono::NaiveDate;
use leptos::prelude::*;

#[component]
pub fn MessageView(#[prop(into)] detail: Signal<MessageDetail>, frame: Frame) -> impl IntoView {
    let preview = {
        let frame = frame.clone();
        Memo::new(move |_| detail.with(|detail| preview(detail, &frame)))
    };
    let text = Memo::new(move |_| detail.with(|detail| detail.text.clone()));
    // It depends only on the preview's address: a rebuilt iframe would load again.
    let removed = Memo::new(move |_| detail.with(|detail| detail.removed_after));
    let content = move || match preview.get() {
        _ if removed.get().is_some() => {
            let months = months_words(removed.get().unwrap_or_default());
            view! {
                <p>
                    {format!("The content was removed {months} after the message had come to its end, as the settings of the project ask. Its numbers stay.")}
                </p>
            }
            .into_any()
        }
        Some(src) => view! {
            <iframe class="preview-frame" sandbox="" src=src title="The email as the customer sees it"></iframe>
            <details>
                <summary>"As plain text"</summary>
                <pre class="preview-text">{text}</pre>
            </details>
        }
        .into_any(),
        None => view! { <pre class="preview-text">{text}</pre> }.into_any(),
    };
    let timeline = {
        let frame = frame.clone();
        move || detail.with(|detail| timeline(detail, &frame))
    };
    let toasts = use_toasts();
    // Other news leave them alone: what is open stays open.
    let attempts = Memo::new(move |_| detail.with(|detail| (detail.row.id, detail.attempts.clone())));
    let attempts = move || attempts.with(|(id, all)| (!all.is_empty()).then(|| attempt_list(*id, all, toasts)));
    view! {
        <div class="message-view">
            {move || detail.with(|detail| facts(detail, &frame))} <h3>"Timeline"</h3>
            <ol class="timeline">{timeline}</ol> {attempts}
            <h3 id="content-heading">"Content"</h3> {content}
        </div>
    }
}

/// The address of the email as the customer sees it. None for an SMS.
fn preview(detail: &MessageDetail, frame: &Frame) -> Option<String> {
    let row = &detail.row;
    (row.channel == Channel::Email && !detail.html.is_empty())
        .then(|| frame.href(&format!("messages/{}/preview", row.id)))
}

fn facts(detail: &MessageDetail, frame: &Frame) -> AnyView {
    let today = frame.today;
    let row = &detail.row;
    let failure = (row.status == Status::Failed)
        .then(|| view! { <Failure detail=detail.clone() frame=frame.clone() /> }.into_any());
    let to = if row.channel == Channel::Sms { phone_words(&row.recipient) } else { row.recipient.clone() };
    let fact = |name: &'static str, value: AnyView| {
        view! {
            <dt>{name}</dt>
            <dd>{value}</dd>
        }
        .into_any()
    };
    let status = view! {
        <Badge slug=row.status.slug() label=row.status.name() />
        {row.cancel_cause.map(|cause| view! { <span class="muted">{cause.sentence()}</span> }.into_any())}
        {suppressed(row, frame)}
    };
    let waiting = detail.waiting.clone().map(|sentence| fact("Why then", sentence.into_any()));
    let review = detail.review.map(|review| {
        let words = format!("{} on {}", review.rating.words(), date_words(review.created.date()));
        let href = review_href(&frame.slug, row.customer_id, review.id);
        fact("Earned a review", view! { <a href=href>{words}</a> }.into_any())
    });
    let subject = (!detail.subject.is_empty()).then(|| fact("Subject", detail.subject.clone().into_any()));
    let length = (detail.segments > 0).then(|| fact("Length", count(detail.segments.into(), "SMS segment").into_any()));
    view! {
        {failure}
        <dl class="definition-list">
            {fact("Status", status.into_any())} {review} {fact("To", to.into_any())}
            {fact("Scheduled", view! { <Time at=row.scheduled today /> }.into_any())} {waiting} {subject} {length}
            {fact("UUID", view! { <code>{row.id.to_string()}</code> }.into_any())}
        </dl>
    }
    .into_any()
}

/// Leads to where the address is lifted, if it was canceled because the address is suppressed.
fn suppressed(row: &MessageRow, frame: &Frame) -> Option<AnyView> {
    matches!(row.cancel_cause, Some(CancelCause::Suppressed | CancelCause::Bounced)).then(|| {
        let query = SuppressedQuery { q: row.recipient.clone(), ..SuppressedQuery::default() };
        view! {
            <a class="link-button" href=query.href(&frame.slug)>
                "Open the suppressed address"
            </a>
        }
        .into_any()
    })
}

/// The last failure says why, and has what helps.
fn timeline(detail: &MessageDetail, frame: &Frame) -> AnyView {
    let failed = detail.timeline.iter().rposition(|entry| entry.kind == EventKind::Failed);
    let one = |(at, one): (usize, &TimelineEntry)| {
        let fix = detail.fix().filter(|_| Some(at) == failed);
        let reason = fix.map(|_| reason(detail).to_owned());
        let fix = fix.filter(|_| frame.may(Role::Operator));
        let fix = fix.map(|fix| fix_button(fix, &detail.row, &frame.slug, "link-button"));
        entry(one.clone(), reason, fix, frame.today)
    };
    // Each message has one from the start.
    let is_removed = detail.timeline.is_empty();
    let removed = is_removed
        .then(|| view! { <li class="muted">"It was removed, as the settings of the project ask."</li> }.into_any());
    view! {
        {removed}
        {detail.timeline.iter().enumerate().map(one).collect_view()}
    }
    .into_any()
}

fn reason(detail: &MessageDetail) -> &'static str {
    detail.row.failure.unwrap_or(FailureCode::Other).reason(detail.row.channel)
}

fn entry(entry: TimelineEntry, reason: Option<String>, fix: Option<AnyView>, today: NaiveDate) -> AnyView {
    let by = entry.actor.map(|actor| format!("by {actor}"));
    let notes = [by, reason, entry.detail].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li class="timeline-entry">
            <strong>{entry.kind.name()}</strong>
            " "
            <Time at=entry.at today />
            {(!notes.is_empty()).then(|| view! { <span class="muted">{notes}</span> })}
            {fix}
        </li>
    }
    .into_any()
}

fn attempt_list(id: MessageId, attempts: &[Attempt], toasts: Toasts) -> AnyView {
    let attempts = attempts.iter().cloned().map(|attempt| attempt_view(id, attempt, toasts)).collect_view();
    view! {
        <section class="attempts" aria-label="Attempts">
            <h3>"Attempts"</h3>
            {attempts}
        </section>
    }
    .into_any()
}

/// A line about each, which opens what was said.
fn attempt_view(id: MessageId, attempt: Attempt, toasts: Toasts) -> AnyView {
    let number = attempt.number;
    let after = [attempt.server.clone(), attempt.duration(), Some(attempt.outcome.name().to_owned())];
    let after = after.into_iter().flatten().map(|words| format!(" · {words}")).collect::<String>();
    let started = attempt.started;
    // Without a dialogue, what is known of the answer.
    let said =
        attempt.dialogue.clone().or_else(|| attempt.text.clone()).unwrap_or_else(|| "Nothing was recorded.".into());
    let copy = move |_| copy_text(toasts, attempt.for_provider(id), "Copied.".into());
    view! {
        <details class="attempt">
            <summary>
                {format!("{number} · ")}
                <time datetime=started.machine() title=started.full()>
                    {started.to_the_second()}
                </time> {after}
            </summary>
            <pre class="preview-text attempt-dialogue">{said}</pre>
            <button type="button" class="button js-only" on:click=copy>
                "Copy for my provider"
                <span class="visually-hidden">{format!(", attempt {number}")}</span>
            </button>
        </details>
    }
    .into_any()
}

/// Why, what to do about it, and a button that does it.
#[component]
fn Failure(detail: MessageDetail, frame: Frame) -> impl IntoView {
    let row = &detail.row;
    let advice = detail.advice();
    let button = detail.fix().filter(|_| frame.may(Role::Operator));
    let button = button.map(|fix| fix_button(fix, row, &frame.slug, "button"));
    view! {
        <div class="notice notice-error">
            <p>
                <strong>{reason(&detail)}</strong>
            </p>
            <p>{advice}</p>
            {detail.failure_text.clone().map(|t| view! { <p class="muted">"The provider said: " <q>{t}</q></p> })}
            {button}
        </div>
    }
}
