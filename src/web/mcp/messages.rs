//! The tools about messages.

use super::tools::Caller;
use crate::{
    domain::{MessageId, message::MessageDetail},
    server::store::messages,
    web::v1::{
        messages::{
            self as api, Changed, MessagesFilter,
            shown::{Message, SendAttempt, TimelineEvent},
        },
        paging::Part,
        problem::Problem,
    },
};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Which message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OneMessage {
    /// The message's id, as list_messages has it.
    id: Uuid,
}

/// Which message is canceled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelOne {
    /// The message's id, as list_messages has it.
    id: Uuid,
    /// Whether the other unsent messages of its request are canceled, too.
    #[serde(default)]
    also_request: bool,
}

/// Which message is put to another time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleOne {
    /// The message's id, as list_messages has it.
    id: Uuid,
    /// Not in the past, and within two years.
    scheduled_at: DateTime<FixedOffset>,
}

/// One message, without its HTML.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageStory {
    message: Message,
    /// Empty for SMS.
    subject: String,
    /// What was or will be sent, as plain text. Its links are inert.
    text: String,
    /// SMS segments as carriers bill them; 0 for email.
    segments: u32,
    /// What happened to it, oldest first.
    timeline: Vec<TimelineEvent>,
    /// The last attempts to send it, at most twenty, the newest last.
    attempts: Vec<SendAttempt>,
    /// The review that it led to.
    review_id: Option<Uuid>,
    /// How many other messages of its request are unsent.
    unsent_siblings: u32,
}

impl From<MessageDetail> for MessageStory {
    fn from(detail: MessageDetail) -> Self {
        Self {
            message: Message::from(&detail.row),
            subject: detail.subject,
            text: detail.text,
            segments: detail.segments,
            timeline: detail.timeline.iter().map(TimelineEvent::from).collect(),
            attempts: detail.attempts.iter().map(SendAttempt::from).collect(),
            review_id: detail.review.map(|review| review.id.0),
            unsent_siblings: detail.unsent_siblings,
        }
    }
}

/// Why a message is where it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    message: Message,
    /// Why it goes out when it does and has not been sent yet, or what became of it.
    explanation: String,
    /// What to do about it, where it failed.
    advice: Option<String>,
}

pub async fn list(caller: Caller, filter: MessagesFilter) -> Result<Part<Message>, Problem> {
    Ok(filter.part(&caller.viewer).await?)
}

pub async fn get(caller: Caller, one: OneMessage) -> Result<MessageStory, Problem> {
    Ok(messages::detail(&caller.viewer, MessageId(one.id)).await?.into())
}

pub async fn explain(caller: Caller, one: OneMessage) -> Result<Explanation, Problem> {
    let detail = messages::detail(&caller.viewer, MessageId(one.id)).await?;
    Ok(Explanation {
        message: Message::from(&detail.row),
        explanation: detail.explanation(),
        advice: detail.advice().map(str::to_owned),
    })
}

pub async fn cancel(caller: Caller, one: CancelOne) -> Result<Changed, Problem> {
    api::canceled(&caller.operator()?, MessageId(one.id), one.also_request).await
}

pub async fn reschedule(caller: Caller, one: RescheduleOne) -> Result<Changed, Problem> {
    api::rescheduled(&caller.operator()?, MessageId(one.id), one.scheduled_at).await
}
