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
pub fn MessageView(#[prop(into)] detail: Signal<MessageDetail>, frame: Frame) -> impl IntoView {
    let preview = {
        let frame = frame.clone();
        Memo::new(move |_| detail.with(|d| preview(d, &frame)))
    };
    let text = Memo::new(move |_| detail.with(|d| d.text.clone()));
    // Apart from what changes: a frame that is built anew loads anew.
    let content = move || match preview.get() {
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
    let today = frame.today;
    let timeline = move || detail.with(|d| d.timeline.iter().cloned().map(|e| entry(e, today)).collect_view());
    view! {
        <div class="message-view">
            {move || detail.with(|d| facts(d, &frame))} <h3>"Content"</h3> {content} <h3>"Timeline"</h3>
            <ol class="timeline">{timeline}</ol>
        </div>
    }
}

/// Where the email is as its customer sees it.
fn preview(detail: &MessageDetail, frame: &Frame) -> Option<String> {
    let row = &detail.row;
    (row.channel == Channel::Email && !detail.html.is_empty())
        .then(|| frame.href(&format!("messages/{}/preview", row.id)))
}

fn facts(detail: &MessageDetail, frame: &Frame) -> AnyView {
    let today = frame.today;
    let row = &detail.row;
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
    view! {
        {failure}
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
    .into_any()
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
