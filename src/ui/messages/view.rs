//! The whole of one message: what was or will be sent, why it failed and what to do about it, and its timeline.

use crate::{
    api::messages::ResendMessage,
    domain::{
        message::{Channel, FailureCode, MessageDetail, TimelineEntry},
        project::Frame,
        role::Role,
        stats::count,
        status::Status,
    },
    ui::parts::{badge::Badge, dialog::close_dialog, post::post, time::Time, toast::use_toasts},
};
use chrono::NaiveDate;
use leptos::prelude::*;

#[component]
pub fn MessageView(detail: MessageDetail, frame: Frame) -> impl IntoView {
    let today = frame.today;
    let row = detail.row.clone();
    let failure =
        (row.status == Status::Failed).then(|| view! { <Failure detail=detail.clone() frame=frame.clone() /> });
    let segments = (detail.segments > 0).then(|| {
        view! {
            <dt>"Length"</dt>
            <dd>{count(detail.segments.into(), "SMS segment")}</dd>
        }
    });
    let subject = (!detail.subject.is_empty()).then(|| {
        view! {
            <dt>"Subject"</dt>
            <dd>{detail.subject.clone()}</dd>
        }
    });
    let html = (row.channel == Channel::Email && !detail.html.is_empty()).then(|| {
        let src = frame.href(&format!("messages/{}/preview", row.id));
        view! { <iframe class="preview-frame" sandbox="" src=src title="The email as the customer sees it"></iframe> }
    });
    let text = if html.is_some() {
        view! {
            <details>
                <summary>"As plain text"</summary>
                <pre class="preview-text">{detail.text.clone()}</pre>
            </details>
        }
        .into_any()
    } else {
        view! { <pre class="preview-text">{detail.text.clone()}</pre> }.into_any()
    };
    view! {
        <div class="message-view">
            {failure} <dl class="definition-list">
                <dt>"Status"</dt>
                <dd>
                    <Badge slug=row.status.slug() label=row.status.name() />
                    {row.cancel_cause.map(|c| c.sentence())}
                </dd>
                <dt>"To"</dt>
                <dd>{row.recipient.clone()}</dd>
                <dt>"Scheduled"</dt>
                <dd>
                    <Time at=row.scheduled today />
                </dd>
                {subject}
                {segments}
                <dt>"UUID"</dt>
                <dd>
                    <code>{row.id.to_string()}</code>
                </dd>
            </dl>
            <h3>"Content"</h3>
            {html}
            {text}
            <h3>"Timeline"</h3>
            <ol class="timeline">{detail.timeline.into_iter().map(|e| entry(e, today)).collect_view()}</ol>
        </div>
    }
}

fn entry(e: TimelineEntry, today: NaiveDate) -> impl IntoView {
    let by = e.actor.map(|a| format!("by {a}"));
    let machine = e.machine.then_some("by a machine, not counted");
    let notes = [by, machine.map(str::to_owned), e.detail].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li class="timeline-entry">
            <strong>{e.kind.name()}</strong>
            " "
            <Time at=e.at today />
            {(!notes.is_empty()).then(|| view! { <span class="muted">{notes}</span> })}
        </li>
    }
}

/// Why, what to do about it, and a button that does it.
#[component]
fn Failure(detail: MessageDetail, frame: Frame) -> impl IntoView {
    let toasts = use_toasts();
    let row = detail.row;
    let code = row.failure.unwrap_or(FailureCode::Other);
    let may_act = frame.may(Role::Operator);
    let edit = frame.href(&format!("customers/{}?do=edit", row.customer_id));
    let slug = frame.slug.clone();
    let resend = move |_| {
        close_dialog();
        toasts.run(post(&ResendMessage { slug: slug.clone(), id: row.id }));
    };
    let fix = may_act.then(|| {
        if code.wants_new_address() {
            view! {
                <a class="button" href=edit on:click=|_| close_dialog()>
                    "Edit customer"
                </a>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="button js-only" on:click=resend>
                    "Resend message"
                </button>
            }
            .into_any()
        }
    });
    view! {
        <div class="notice notice-error">
            <p>
                <strong>{code.reason(row.channel)}</strong>
            </p>
            <p>{code.advice(row.channel)}</p>
            {detail.failure_text.map(|t| view! { <p class="muted">"The provider said: " <q>{t}</q></p> })}
            {fix}
        </div>
    }
}
