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
    ui::{
        messages::message_forms::target,
        parts::{badge::Badge, time::Time},
    },
};
use chrono::NaiveDate;
use leptos::{prelude::*, server_fn::ServerFn};

pub fn message_view(detail: &MessageDetail, frame: &Frame) -> impl IntoView + use<> {
    let today = frame.today;
    let text = detail.text.clone();
    let content = if detail.row.channel == Channel::Email && !detail.html.is_empty() {
        let src = frame.href(&format!("messages/{}/preview", detail.row.id));
        view! {
            <iframe class="preview-frame" sandbox="" src=src title="The email as the customer sees it"></iframe>
            <details>
                <summary>"As plain text"</summary>
                <pre class="preview-text">{text}</pre>
            </details>
        }
        .into_any()
    } else {
        view! { <pre class="preview-text">{text}</pre> }.into_any()
    };
    let timeline = detail.timeline.iter().cloned().map(|e| entry(e, today)).collect_view();
    view! {
        <div class="message-view" data-task="view">
            {facts(detail, frame)} <h3>"Content"</h3> {content} <h3>"Timeline"</h3> <ol class="timeline">{timeline}</ol>
        </div>
    }
}

fn facts(detail: &MessageDetail, frame: &Frame) -> impl IntoView + use<> {
    let today = frame.today;
    let row = &detail.row;
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
    view! {
        {(row.status == Status::Failed).then(|| failure(detail, frame))}
        <dl class="definition-list">
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
fn failure(detail: &MessageDetail, frame: &Frame) -> impl IntoView + use<> {
    let row = &detail.row;
    let code = row.failure.unwrap_or(FailureCode::Other);
    let fix = frame.may(Role::Operator).then(|| {
        if code.wants_new_address() {
            let edit = frame.href(&format!("customers/{}?do=edit", row.customer_id));
            view! {
                <a class="button" href=edit>
                    "Edit customer"
                </a>
            }
            .into_any()
        } else {
            view! {
                <form method="post" action=ResendMessage::PATH>
                    {target(&frame.slug, row.id)}
                    <button class="button" type="submit">
                        "Resend message"
                    </button>
                </form>
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
            {detail.failure_text.clone().map(|t| view! { <p class="muted">"The provider said: " <q>{t}</q></p> })}
            {fix}
        </div>
    }
}
