//! Asking customers for reviews.

use super::{
    answers::{answered, created},
    caller::{Reads, Writes},
    customers::whom,
    input::{Id, IdempotencyKey, Json},
    messages::shown::Message,
    problem::Problem,
    words::{Channel, Moment, Template, instant},
};
use crate::{
    domain::{CustomerId, RequestId},
    server::{
        AppState, clock,
        rest::asks::{self, Wanted},
        store::{
            guard::Viewer,
            new_message::NewMessage,
            requests::{self, Kept},
        },
    },
};
use axum::{Json as Answer, extract::State, response::Response};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The names that fields of forms have here.
const NAMES: &[(&str, &str)] = &[("reminders", "reminders_count"), ("days", "reminder_days"), ("at", "asked_at")];

/// Who is asked, how and when. The customer is named by `customer_id`, or by `email` or `phone`; with these and a `name`, one who is
/// not known is added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskInput {
    #[serde(default)]
    customer_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_length = 254, example = "ana@example.com")]
    email: Option<String>,
    /// With the country code, unless it is a US number.
    #[serde(default)]
    #[schema(max_length = 40)]
    phone: Option<String>,
    #[serde(default)]
    #[schema(max_length = 120, example = "Ana Ruiz")]
    name: Option<String>,
    /// Without it, the channels of the project's strategy, as far as they reach the customer.
    #[serde(default)]
    #[schema(min_items = 1)]
    channels: Option<Vec<Channel>>,
    /// Without it, the reminders of the project's strategy.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 3)]
    reminders_count: Option<u8>,
    /// Days between the request and its reminders.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 90)]
    reminder_days: Option<u16>,
    /// When the request is to leave: now, without it. Not in the past, and within two years.
    #[serde(default)]
    asked_at: Option<DateTime<FixedOffset>>,
}

/// A review request with its messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ask {
    id: Uuid,
    customer_id: Uuid,
    /// Its number for its customer: 1, 2, …
    number: i32,
    created_at: Moment,
    messages: Vec<AskMessage>,
}

/// A message of a new request.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskMessage {
    id: Uuid,
    channel: Channel,
    template: Template,
    /// 1, 2, 3 for reminders; 0 for the request.
    reminder: i16,
    recipient: String,
    /// When it will leave: inside of the project's schedule.
    scheduled_at: Moment,
}

impl Ask {
    fn new(viewer: &Viewer, customer: CustomerId, kept: &Kept, now: crate::domain::Timestamp) -> Self {
        let message = |message: &NewMessage| AskMessage {
            id: message.id.0,
            channel: Channel(message.channel),
            template: Template(message.template),
            reminder: message.reminder,
            recipient: message.recipient.clone(),
            scheduled_at: Moment(viewer.local(message.scheduled)),
        };
        Self {
            id: kept.id.0,
            customer_id: customer.0,
            number: kept.number,
            created_at: Moment(viewer.local(now)),
            messages: kept.messages.iter().map(message).collect(),
        }
    }
}

/// A review request as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingAsk {
    id: Uuid,
    customer_id: Uuid,
    /// Its number for its customer: 1, 2, …
    number: i32,
    created_at: Moment,
    /// In the order in which they leave; those that staff deleted are missing.
    messages: Vec<Message>,
}

/// Read a review request
///
/// With what has become of its messages.
#[utoipa::path(get, path = "/asks/{id}", tag = "asks", params(("id" = Uuid, Path)),
    responses((status = 200, description = "The request with its messages", body = StandingAsk)))]
pub async fn get(Reads(viewer): Reads, Id(id): Id<RequestId>) -> Result<Answer<StandingAsk>, Problem> {
    let standing = requests::one(&viewer, id).await?;
    Ok(Answer(StandingAsk {
        id: id.0,
        customer_id: standing.customer.0,
        number: standing.number,
        created_at: Moment(standing.created),
        messages: standing.messages.iter().map(Message::from).collect(),
    }))
}

/// Ask for a review
///
/// Makes a request with its messages, for each channel the request itself and its reminders: all of them, or none.
#[utoipa::path(post, path = "/asks", tag = "asks", request_body = AskInput,
    responses((status = 201, description = "The request with its messages", body = Ask)))]
pub async fn create(
    Writes { key, operator }: Writes,
    State(state): State<AppState>,
    name: IdempotencyKey,
    body: Json<AskInput>,
) -> Result<Response, Problem> {
    let once = body.once(name, key);
    let input = body.value;
    let whom = whom(input.customer_id, input.name.as_ref(), input.email.as_ref(), input.phone.as_ref())?;
    let wanted = Wanted {
        channels: input.channels.map(|channels| channels.into_iter().map(|channel| channel.0).collect()),
        reminders_count: input.reminders_count,
        reminder_days: input.reminder_days,
        at: input.asked_at.map(instant),
    };
    let now = clock::now();
    let answer = |customer, kept: &Kept| created(&Ask::new(&operator, customer, kept, now));
    let base_url = &state.config.base_url;
    let answer = asks::ask(&operator, &whom, &wanted, (base_url, once.as_ref()), now, answer).await;
    answer.map(answered).map_err(|error| Problem::renamed(error, NAMES))
}
