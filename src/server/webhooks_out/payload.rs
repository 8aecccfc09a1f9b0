//! What is sent: ids, statuses and times. Neither what a message says nor whom it goes to.

use crate::{
    domain::Timestamp,
    server::store::webhooks_out::{
        queue::Job,
        subject::{MessageFacts, ReviewFacts, Subject},
    },
};
use chrono::SecondsFormat;
use serde_json::{Value, json};
use uuid::Uuid;

/// The body, as JSON.
pub fn body(job: &Job, subject: &Subject) -> String {
    let data = match subject {
        Subject::Message(facts) => message(job.subject, facts),
        Subject::Review(facts) => review(job.subject, facts),
        Subject::Unsubscribed(at) => json!({ "customer_id": job.subject, "unsubscribed_at": time(*at) }),
        Subject::Test => json!({ "webhook_id": job.webhook }),
    };
    json!({ "type": job.event.name(), "timestamp": time(job.at), "data": data }).to_string()
}

fn message(id: Uuid, facts: &MessageFacts) -> Value {
    json!({
        "message_id": id,
        "request_id": facts.request_id,
        "customer_id": facts.customer_id,
        "location_id": facts.location_id,
        "channel": facts.channel.slug(),
        "template": facts.template.slug(),
        "reminder": facts.reminder,
        "status": facts.status.slug(),
        "scheduled_at": time(facts.scheduled_at),
        "sent_at": facts.sent_at.map(time),
        "delivered_at": facts.delivered_at.map(time),
        "opened_at": facts.opened_at.map(time),
        "clicked_at": facts.clicked_at.map(time),
        "failed_at": facts.failed_at.map(time),
        "failure_code": facts.failure_code,
        "complained_at": facts.complained_at.map(time),
        "canceled_at": facts.canceled_at.map(time),
    })
}

fn review(id: Uuid, facts: &ReviewFacts) -> Value {
    json!({
        "review_id": id,
        "customer_id": facts.customer_id,
        "message_id": facts.message_id,
        "request_id": facts.request_id,
        "rating": facts.rating,
        "created_at": time(facts.created_at),
    })
}

/// RFC 3339 in UTC, with milliseconds.
fn time(at: Timestamp) -> String {
    at.utc().to_rfc3339_opts(SecondsFormat::Millis, true)
}
