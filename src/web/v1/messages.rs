//! Messages: listed as on the Messages page, read with their timeline, and steered.

pub mod shown;

use super::{
    caller::{Deletes, Reads, Writes},
    input::{Id, Json, OptionalJson, Params},
    paging::{Limit, Part, read, written},
    problem::Problem,
    words::{Channel, Direction, Sort, StatusFilter, Template, instant},
};
use crate::{
    domain::{
        AppResult, LocationId, MessageId,
        done::Done,
        filter::{MessageFilter, MessagesQuery},
        page::{Cursor, PageAt, PageRef},
    },
    server::{
        actions, clock,
        store::{
            guard::{Operator, Viewer},
            messages,
        },
    },
};
use axum::{Json as Answer, http::StatusCode};
use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use shown::{Message, WholeMessage};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which messages, in which order: the filters of the Messages page.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessagesFilter {
    /// Words of the customer's name, email, phone or company, of the subject, of the reason of a failure, or an id.
    q: Option<String>,
    location: Option<Uuid>,
    #[param(inline)]
    channel: Option<Channel>,
    #[param(inline)]
    template: Option<Template>,
    /// Opened and clicked messages are sent ones, too; reviewed ones led to a review.
    #[param(inline)]
    status: Option<StatusFilter>,
    /// By the date sent, without it.
    #[param(inline)]
    sort: Option<Sort>,
    /// The newest first, without it.
    #[param(inline)]
    dir: Option<Direction>,
    /// Sent (or, if unsent, scheduled) on this day or later, in the project's time zone.
    from: Option<NaiveDate>,
    /// On this day or before.
    to: Option<NaiveDate>,
    /// Whether opens and clicks that only machines made count, too.
    machines: Option<bool>,
    #[param(inline)]
    limit: Option<Limit>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

impl MessagesFilter {
    /// The part of the list that it names.
    pub async fn part(&self, viewer: &Viewer) -> AppResult<Part<Message>> {
        let page = messages::page_once(viewer, &self.query()?).await?;
        let next_cursor = page.place.next.map(|next| written(&next.write()));
        Ok(Part { data: page.rows.iter().map(Message::from).collect(), next_cursor })
    }

    fn query(&self) -> AppResult<MessagesQuery> {
        let cursor = read(self.cursor.as_deref(), Cursor::read)?;
        let limit = self.limit.unwrap_or_default();
        // The text is read as that of an address is.
        let read = MessageFilter::default().with_value("q", self.q.as_deref().unwrap_or_default());
        let filter = MessageFilter {
            location: self.location.map(LocationId),
            channel: self.channel.map(|channel| channel.0),
            template: self.template.map(|template| template.0),
            status: self.status.map(|status| status.0),
            sort: self.sort.map_or_else(Default::default, |sort| sort.0),
            dir: self.dir.map_or_else(Default::default, |dir| dir.0),
            from: self.from,
            to: self.to,
            machines: self.machines.unwrap_or_default(),
            ..read
        };
        let at = cursor.map_or(PageAt::First, PageAt::After);
        Ok(MessagesQuery { filter, page: PageRef { at, per: Some(limit.rows()) }, chart: None })
    }
}

/// Which messages are canceled.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelInput {
    /// Whether the other unsent messages of its request are canceled, too.
    #[serde(default)]
    also_request: bool,
}

/// When a message is to leave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleInput {
    /// Not in the past, and within two years.
    scheduled_at: DateTime<FixedOffset>,
}

/// A message that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    message: Message,
    /// What was done, in a sentence.
    #[schema(example = "Canceled 1 message.")]
    sentence: String,
}

/// List messages
///
/// Those that the filters of the Messages page show, in its order.
#[utoipa::path(get, path = "/messages", tag = "messages", params(MessagesFilter),
    responses((status = 200, description = "A part of the list", body = Part<Message>)))]
pub async fn list(
    Reads(viewer): Reads,
    Params(filter): Params<MessagesFilter>,
) -> Result<Answer<Part<Message>>, Problem> {
    Ok(Answer(filter.part(&viewer).await?))
}

/// Read a message
///
/// With its content, why it waits, its attempts and its timeline.
#[utoipa::path(get, path = "/messages/{id}", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 200, description = "The message", body = WholeMessage)))]
pub async fn get(Reads(viewer): Reads, Id(id): Id<MessageId>) -> Result<Answer<WholeMessage>, Problem> {
    Ok(Answer(messages::detail(&viewer, id).await?.into()))
}

/// Cancel a message
///
/// One that waits. What was just sent, or is being sent, is not canceled (409).
#[utoipa::path(post, path = "/messages/{id}/cancel", tag = "messages", params(("id" = Uuid, Path)),
    request_body = Option<CancelInput>,
    responses((status = 200, description = "The canceled message", body = Changed)))]
pub async fn cancel(
    Writes { operator, .. }: Writes,
    Id(id): Id<MessageId>,
    OptionalJson(input): OptionalJson<CancelInput>,
) -> Result<Answer<Changed>, Problem> {
    Ok(Answer(canceled(&operator, id, input.also_request).await?))
}

/// Cancels a message, and the other unsent ones of its request where that is wanted.
pub async fn canceled(operator: &Operator, id: MessageId, also_request: bool) -> Result<Changed, Problem> {
    changed(operator, id, actions::cancel_message(operator, id, also_request).await?).await
}

/// Reschedule a message
///
/// One that waits or was canceled. It leaves then, inside of the project's schedule.
#[utoipa::path(post, path = "/messages/{id}/reschedule", tag = "messages", params(("id" = Uuid, Path)),
    request_body = RescheduleInput,
    responses((status = 200, description = "The scheduled message", body = Changed)))]
pub async fn reschedule(
    Writes { operator, .. }: Writes,
    Id(id): Id<MessageId>,
    body: Json<RescheduleInput>,
) -> Result<Answer<Changed>, Problem> {
    Ok(Answer(rescheduled(&operator, id, body.value.scheduled_at).await?))
}

/// Puts a message to another time.
pub async fn rescheduled(operator: &Operator, id: MessageId, to: DateTime<FixedOffset>) -> Result<Changed, Problem> {
    let done = actions::reschedule_to(operator, id, instant(to), clock::now()).await;
    let done = done.map_err(|error| Problem::renamed(error, &[("at", "scheduled_at")]))?;
    changed(operator, id, done).await
}

/// Send a message now
///
/// One that waits or was canceled: within seconds, or when the project's schedule allows it.
#[utoipa::path(post, path = "/messages/{id}/send-now", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 200, description = "The message", body = Changed)))]
pub async fn send_now(Writes { operator, .. }: Writes, Id(id): Id<MessageId>) -> Result<Answer<Changed>, Problem> {
    Ok(Answer(changed(&operator, id, actions::send_now(&operator, id).await?).await?))
}

/// Resend a failed message
///
/// To the customer's present address. It counts as sent only when the provider has taken it.
#[utoipa::path(post, path = "/messages/{id}/resend", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 200, description = "The message", body = Changed)))]
pub async fn resend(Writes { operator, .. }: Writes, Id(id): Id<MessageId>) -> Result<Answer<Changed>, Problem> {
    Ok(Answer(changed(&operator, id, actions::resend(&operator, id).await?).await?))
}

/// Delete a message
///
/// For good, with its timeline. What was sent stays sent.
#[utoipa::path(delete, path = "/messages/{id}", tag = "messages", params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is deleted")))]
pub async fn delete(Deletes(operator): Deletes, Id(id): Id<MessageId>) -> Result<StatusCode, Problem> {
    actions::delete_message(&operator, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The message as it is after a change.
async fn changed(operator: &Operator, id: MessageId, done: Done) -> Result<Changed, Problem> {
    let row = match done.row {
        Some(row) => row,
        None => messages::row(operator, id).await?,
    };
    Ok(Changed { message: Message::from(&row), sentence: done.sentence })
}
