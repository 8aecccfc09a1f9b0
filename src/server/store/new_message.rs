//! New messages, with their content and the token of their links, many rows a statement.

use super::db::{Query, Tx};
use crate::domain::{
    AppResult, BatchId, CustomerId, LocationId, MessageId, ProjectId, RequestId, Timestamp, UserId,
    content::Content,
    message::{CancelCause, Channel, FailureCode, Template},
    refusal::Refusal,
    status::{Facts, State},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Rows of one statement: SQLite takes 32,766 values.
const ROWS: usize = 400;

/// A message to insert; unless `past` says otherwise, it waits for its time.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub id: MessageId,
    pub customer: CustomerId,
    pub request: RequestId,
    pub location: Option<LocationId>,
    pub channel: Channel,
    pub template: Template,
    /// 1, 2, 3 for reminders; 0 otherwise.
    pub reminder: i16,
    pub recipient: String,
    pub scheduled: Timestamp,
    /// Of `scheduled`, or of the instant at which it was sent (`Viewer::day`).
    pub day: i32,
    pub created: Timestamp,
    pub content: Content,
    /// How the strategy came to its time; empty where it did not.
    pub why: String,
    pub token: String,
    pub past: Past,
}

/// What has happened to a message before it is inserted.
#[derive(Clone, Debug, Default)]
pub struct Past {
    pub facts: Facts,
    /// When a machine first opened it.
    pub machine_opened: Option<Timestamp>,
    pub failure: Option<(FailureCode, String)>,
    pub canceled: Option<Canceled>,
    pub attempts: i32,
    pub first_attempt: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
pub struct Canceled {
    pub cause: CancelCause,
    pub by: Option<UserId>,
    pub batch: Option<BatchId>,
}

impl Past {
    fn state(&self) -> State {
        if self.facts.has_failed() {
            State::Failed
        } else if self.facts.sent.is_some() {
            State::Sent
        } else if self.facts.canceled.is_some() {
            State::Canceled
        } else {
            State::Scheduled
        }
    }
}

/// The random part of a message's links: 144 random bits.
///
/// # Errors
/// Where the system has no randomness to give.
pub fn token() -> AppResult<String> {
    let mut bytes = [0; 18];
    getrandom::fill(&mut bytes).map_err(|e| {
        tracing::error!(error = %e, "no randomness");
        Refusal::NoRandomness
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Takes the next `count` places in the search index; returns the first.
pub async fn reserve(tx: &mut Tx, project: ProjectId, count: usize) -> sqlx::Result<i64> {
    let count = count as i64;
    let (number, last): (i64, i64) =
        sqlx::query_as("update project set last_seq = last_seq + $1 where id = $2 returning number, last_seq")
            .bind(count)
            .bind(project)
            .fetch_one(&mut **tx)
            .await?;
    Ok((number << 40) + last - count + 1)
}

/// Inserts messages at `seq` (from [`reserve`]) and the places after it.
pub async fn insert(tx: &mut Tx, project: ProjectId, seq: i64, messages: &[NewMessage]) -> sqlx::Result<()> {
    for (n, chunk) in messages.chunks(ROWS).enumerate() {
        insert_rows(tx, project, seq + (n * ROWS) as i64, chunk).await?;
        insert_contents(tx, project, chunk).await?;
        insert_tokens(tx, project, chunk).await?;
    }
    Ok(())
}

async fn insert_rows(tx: &mut Tx, project: ProjectId, seq: i64, messages: &[NewMessage]) -> sqlx::Result<()> {
    let mut query = Query::new(
        "insert into message (seq, project_id, id, customer_id, request_id, location_id, channel, template, reminder,
            recipient, state, status, scheduled_at, due_at, sent_at, delivered_at, opened_at, clicked_at,
            any_opened_at, any_clicked_at, failed_at, failure_code, failure_text, complained_at, canceled_at, cancel_cause, canceled_by, cancel_batch, day,
            generation, attempts, first_attempt_at, created_at) ",
    );
    query.push_values(messages.iter().zip(seq..), |mut row, (m, seq)| {
        let Past { facts, machine_opened, failure, canceled, attempts, first_attempt } = &m.past;
        row.push_bind(seq).push_bind(project).push_bind(m.id).push_bind(m.customer).push_bind(m.request);
        row.push_bind(m.location).push_bind(m.channel).push_bind(m.template).push_bind(m.reminder);
        row.push_bind(m.recipient.clone()).push_bind(m.past.state()).push_bind(facts.status());
        row.push_bind(m.scheduled).push_bind(m.scheduled).push_bind(facts.sent).push_bind(facts.delivered);
        row.push_bind(facts.opened).push_bind(facts.clicked).push_bind(facts.opened.or(*machine_opened));
        row.push_bind(facts.clicked).push_bind(facts.failed);
        row.push_bind(failure.as_ref().map(|(code, _)| code.code()));
        row.push_bind(failure.as_ref().map(|(_, text)| text.clone())).push_bind(facts.complained);
        row.push_bind(facts.canceled).push_bind(canceled.map(|c| c.cause)).push_bind(canceled.and_then(|c| c.by));
        row.push_bind(canceled.and_then(|c| c.batch)).push_bind(m.day).push_bind(*attempts).push_bind(*attempts);
        row.push_bind(*first_attempt).push_bind(m.created);
    });
    query.build().execute(&mut **tx).await?;
    Ok(())
}

async fn insert_contents(tx: &mut Tx, project: ProjectId, messages: &[NewMessage]) -> sqlx::Result<()> {
    let mut query = Query::new("insert into message_content (project_id, message_id, subject, text, html, why) ");
    query.push_values(messages, |mut row, m| {
        row.push_bind(project).push_bind(m.id).push_bind(m.content.subject.clone());
        row.push_bind(m.content.text.clone()).push_bind(m.content.html.clone()).push_bind(m.why.clone());
    });
    query.build().execute(&mut **tx).await?;
    Ok(())
}

async fn insert_tokens(tx: &mut Tx, project: ProjectId, messages: &[NewMessage]) -> sqlx::Result<()> {
    let mut query = Query::new("insert into tracking_token (token, project_id, message_id) ");
    query.push_values(messages, |mut row, m| {
        row.push_bind(m.token.clone()).push_bind(project).push_bind(m.id);
    });
    query.build().execute(&mut **tx).await?;
    Ok(())
}
