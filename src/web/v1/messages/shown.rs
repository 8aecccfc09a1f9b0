//! Messages as the API shows them.

use crate::{
    domain::message::{Attempt, MessageDetail, MessageRow, TimelineEntry},
    web::v1::words::{self, Channel, FailureCode, Moment, Status, Template},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A request, a reminder or a thank-you, by email or SMS.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    id: Uuid,
    customer_id: Uuid,
    /// The review request (ask) that it belongs to.
    request_id: Uuid,
    /// The request's number for its customer: 1, 2, …
    request_number: i32,
    customer_name: String,
    /// The email address or phone number that it is or was sent to.
    recipient: String,
    channel: Channel,
    template: Template,
    /// 1, 2, 3 for reminders; 0 for others.
    reminder: i16,
    /// The furthest that has become of it.
    status: Status,
    /// Where it is in the queue: `scheduled`, `sending`, `sent`, `failed` or `canceled`.
    #[schema(example = "scheduled")]
    state: String,
    scheduled_at: Moment,
    sent_at: Option<Moment>,
    /// Whether the provider has confirmed that it arrived.
    delivered: bool,
    /// When a person first opened the email.
    opened_at: Option<Moment>,
    /// When a person first followed its link.
    clicked_at: Option<Moment>,
    /// When a machine first opened it, where no person has.
    machine_opened_at: Option<Moment>,
    machine_clicked_at: Option<Moment>,
    failed_at: Option<Moment>,
    failure: Option<Failure>,
    /// Why it was canceled, such as `staff` or `unsubscribed`.
    cancel_cause: Option<String>,
    /// Why it waits although its time has come, such as `paused` or `daily-limit`.
    hold: Option<String>,
    /// The stars of the review that it led to, 1 to 5.
    rating: Option<i16>,
}

/// Why a message failed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Failure {
    code: FailureCode,
    reason: String,
    /// What to do about it.
    advice: String,
}

impl From<&MessageRow> for Message {
    fn from(row: &MessageRow) -> Self {
        let failure = row.failure.map(|code| Failure {
            code: FailureCode(code),
            reason: code.reason(row.channel).to_owned(),
            advice: code.advice(row.channel).to_owned(),
        });
        Self {
            id: row.id.0,
            customer_id: row.customer_id.0,
            request_id: row.request_id.0,
            request_number: row.request_number,
            customer_name: row.customer_name.clone(),
            recipient: row.recipient.clone(),
            channel: Channel(row.channel),
            template: Template(row.template),
            reminder: row.reminder,
            status: Status(row.status),
            state: words::state(row.state),
            scheduled_at: Moment(row.scheduled),
            sent_at: Moment::of(row.sent),
            delivered: row.delivered,
            opened_at: Moment::of(row.opened),
            clicked_at: Moment::of(row.clicked),
            machine_opened_at: Moment::of(row.machine_opened),
            machine_clicked_at: Moment::of(row.machine_clicked),
            failed_at: Moment::of(row.failed),
            failure,
            cancel_cause: row.cancel_cause.map(words::cause),
            hold: row.hold.map(words::hold),
            rating: row.rating.map(|rating| rating.stars()),
        }
    }
}

/// Everything about one message.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeMessage {
    message: Message,
    /// Empty for SMS.
    subject: String,
    /// What was or will be sent. Its links are inert.
    text: String,
    /// Empty for SMS.
    html: String,
    /// SMS segments as carriers bill them; 0 for email.
    segments: u32,
    /// The provider's words, where it failed.
    failure_text: Option<String>,
    /// Why it goes out when it does, and why it has not yet; null once it does not wait.
    waiting: Option<String>,
    /// What happened to it, oldest first.
    timeline: Vec<TimelineEvent>,
    /// The last attempts to send it, at most twenty, the newest last.
    attempts: Vec<SendAttempt>,
    /// The review that it led to.
    review_id: Option<Uuid>,
    /// How many other messages of its request are unsent.
    unsent_siblings: u32,
}

/// Something that happened to a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEvent {
    at: Moment,
    /// Such as `created`, `sent`, `opened`, `canceled`.
    #[schema(example = "sent")]
    kind: String,
    /// The same in words.
    title: String,
    /// Who did it, where a member of the staff or an API key did.
    actor: Option<String>,
    detail: Option<String>,
}

/// An attempt to send a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct SendAttempt {
    /// From 1.
    number: u32,
    started_at: Moment,
    /// In milliseconds; null while it is under way.
    took: Option<i64>,
    outcome: String,
    /// The provider's code and words.
    code: Option<String>,
    text: Option<String>,
}

impl From<&TimelineEntry> for TimelineEvent {
    fn from(entry: &TimelineEntry) -> Self {
        Self {
            at: Moment(entry.at),
            kind: words::event(entry.kind),
            title: entry.kind.name().to_owned(),
            actor: entry.actor.clone(),
            detail: entry.detail.clone(),
        }
    }
}

impl From<&Attempt> for SendAttempt {
    fn from(attempt: &Attempt) -> Self {
        Self {
            number: attempt.number,
            started_at: Moment(attempt.started),
            took: attempt.took,
            outcome: attempt.outcome.name().to_owned(),
            code: attempt.code.clone(),
            text: attempt.text.clone(),
        }
    }
}

impl From<MessageDetail> for WholeMessage {
    fn from(detail: MessageDetail) -> Self {
        Self {
            message: Message::from(&detail.row),
            subject: detail.subject,
            text: detail.text,
            html: detail.html,
            segments: detail.segments,
            failure_text: detail.failure_text,
            waiting: detail.waiting,
            timeline: detail.timeline.iter().map(TimelineEvent::from).collect(),
            attempts: detail.attempts.iter().map(SendAttempt::from).collect(),
            review_id: detail.review.map(|review| review.id.0),
            unsent_siblings: detail.unsent_siblings,
        }
    }
}
