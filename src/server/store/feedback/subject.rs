//! The messages that a group of reports is about.

use crate::{
    domain::{
        CustomerId, MessageId, ProjectId, Timestamp,
        feedback::{Failure, Feedback, Standing},
        message::{Channel, FailureCode},
        status::{Facts, State, Status},
    },
    server::store::{
        db::{Query, Tx},
        guard::day_number,
        reputation::{self, Counts},
        search,
    },
};
use chrono_tz::Tz;
use std::collections::HashMap;

/// How far a provider's clock may be behind ours, in ms.
const CLOCKS: i64 = 2 * Timestamp::MINUTE;

/// A message, and what the reports make of it.
pub struct Subject {
    pub message: MessageId,
    pub customer: CustomerId,
    pub channel: Channel,
    pub recipient: String,
    zone: Tz,
    version: i32,
    /// When the present sending began; None if it has not.
    first_attempt: Option<Timestamp>,
    was: Standing,
    pub standing: Standing,
}

#[derive(sqlx::FromRow)]
struct Stored {
    id: MessageId,
    customer_id: CustomerId,
    channel: Channel,
    recipient: String,
    time_zone: String,
    version: i32,
    state: State,
    status: Status,
    sent_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    opened_at: Option<Timestamp>,
    clicked_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    failure_code: Option<String>,
    failure_text: Option<String>,
    complained_at: Option<Timestamp>,
    canceled_at: Option<Timestamp>,
    first_attempt_at: Option<Timestamp>,
    in_doubt: Option<Timestamp>,
    attempts_begun: i64,
}

impl From<Stored> for Subject {
    fn from(row: Stored) -> Self {
        let failure = row.failed_at.zip(row.failure_code);
        let failure = failure.map(|(at, code)| Failure { at, code, words: row.failure_text.unwrap_or_default() });
        let was = Standing {
            state: row.state,
            status: row.status,
            facts: Facts {
                sent: row.sent_at,
                delivered: row.delivered_at,
                opened: row.opened_at,
                clicked: row.clicked_at,
                failed: row.failed_at,
                complained: row.complained_at,
                canceled: row.canceled_at,
            },
            failure,
            in_doubt: row.in_doubt,
        };
        Self {
            message: row.id,
            customer: row.customer_id,
            channel: row.channel,
            recipient: row.recipient,
            zone: row.time_zone.parse().unwrap_or(Tz::UTC),
            version: row.version,
            // A worker has only taken it: nothing has been sent that could be reported.
            first_attempt: row.first_attempt_at.filter(|_| row.attempts_begun > 0),
            standing: was.clone(),
            was,
        }
    }
}

impl Subject {
    /// Whether the report is about the present sending, to the present address: a message can be sent again, and elsewhere.
    /// `attempt` is when the attempt began that the provider names.
    pub fn is_current(&self, report: &Feedback, attempt: Option<Timestamp>) -> bool {
        let is_elsewhere = report.about.recipient.as_ref().is_some_and(|address| *address != self.recipient);
        let began = match (self.first_attempt, attempt) {
            (Some(first), Some(attempt)) => attempt >= first,
            (Some(first), None) => report.at.plus(CLOCKS) >= first,
            (None, _) => self.standing.facts.sent.is_some(),
        };
        !is_elsewhere && began
    }

    /// Writes what has changed. The project is touched, so nobody else can have changed the message since it was read.
    ///
    /// # Errors
    /// `RowNotFound` if somebody has all the same.
    pub async fn write(&mut self, tx: &mut Tx, project: ProjectId) -> sqlx::Result<()> {
        let Standing { state, status, facts, failure, .. } = &self.standing;
        if self.standing == self.was {
            return Ok(());
        }
        let mut query = Query::new("update message set version = version + 1, state = ");
        query.push_bind(*state).push(", status = ").push_bind(*status);
        query.push(", delivered_at = ").push_bind(facts.delivered);
        query.push(", complained_at = ").push_bind(facts.complained);
        query.push(", failed_at = ").push_bind(facts.failed);
        query.push(", failure_code = ").push_bind(failure.as_ref().map(|failure| failure.code.clone()));
        query.push(", failure_text = ").push_bind(failure.as_ref().map(|failure| failure.words.clone()));
        if let Some(sent) = facts.sent.filter(|_| self.was.facts.sent.is_none()) {
            query.push(", sent_at = ").push_bind(sent);
            query.push(", day = ").push_bind(day_number(sent.local(&self.zone).date()));
            query.push(", canceled_at = null, cancel_cause = null, canceled_by = null, cancel_batch = null");
        }
        query.push(" where project_id = ").push_bind(project).push(" and id = ").push_bind(self.message);
        query.push(" and state = ").push_bind(self.was.state).push(" and version = ").push_bind(self.version);
        if query.build().execute(&mut **tx).await?.rows_affected() == 0 {
            return Err(sqlx::Error::RowNotFound);
        }
        if self.standing.failure != self.was.failure {
            search::refresh(tx, project, &[self.message]).await?;
        }
        reputation::note(tx, self.counts(project)).await?;
        self.version += 1;
        self.was = self.standing.clone();
        Ok(())
    }

    /// What the reports say of the project's reputation that was not known before. That the message was sent is counted already.
    fn counts(&self, project: ProjectId) -> Counts {
        let mut counts = Counts::default();
        let unknown = FailureCode::AddressUnknown.code();
        let is_bounce = |standing: &Standing| standing.failure.as_ref().is_some_and(|failure| failure.code == unknown);
        if let Some(at) = self.standing.facts.failed.filter(|_| is_bounce(&self.standing) && !is_bounce(&self.was)) {
            counts.add(project, self.channel, at, |seen| seen.bounced += 1);
        }
        if let Some(at) = self.standing.facts.complained.filter(|_| self.was.facts.complained.is_none()) {
            counts.add(project, self.channel, at, |seen| seen.complained += 1);
        }
        counts
    }
}

/// The project's messages among `ids`.
pub async fn load(tx: &mut Tx, project: ProjectId, ids: &[MessageId]) -> sqlx::Result<HashMap<MessageId, Subject>> {
    let mut subjects = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let mut query = Query::new(
            "select m.id, m.customer_id, m.channel, m.recipient, p.time_zone, m.version, m.state, m.status, m.sent_at,
                m.delivered_at, m.opened_at, m.clicked_at, m.failed_at, m.failure_code, m.failure_text, m.complained_at,
                m.canceled_at, m.first_attempt_at,
                (select max(a.started_at) from send_attempt a where a.project_id = m.project_id and a.message_id = m.id
                    and a.outcome = 'ambiguous' and a.started_at >= m.first_attempt_at) as in_doubt,
                (select count(*) from send_attempt b where b.project_id = m.project_id and b.message_id = m.id
                    and b.started_at >= m.first_attempt_at) as attempts_begun
             from message m join project p on p.id = m.project_id where m.project_id = ",
        );
        // Without a recipient it was of a person who was erased: what is reported of it would bring the address back.
        query.push_bind(project).push(" and m.recipient <> '' and m.id in (");
        let mut list = query.separated(", ");
        for id in chunk {
            list.push_bind(*id);
        }
        query.push(")");
        let rows: Vec<Stored> = query.build_query_as().fetch_all(&mut **tx).await?;
        subjects.extend(rows.into_iter().map(|row| (row.id, Subject::from(row))));
    }
    Ok(subjects)
}

/// By the provider's name for it: the message, and when the attempt began.
pub async fn named_by_provider(
    tx: &mut Tx,
    project: ProjectId,
    names: &[&str],
) -> sqlx::Result<HashMap<String, (MessageId, Timestamp)>> {
    let mut found = HashMap::with_capacity(names.len());
    for chunk in names.chunks(1_000) {
        let mut query = Query::new("select provider_id, message_id, started_at from send_attempt where project_id = ");
        query.push_bind(project).push(" and provider_id is not null and provider_id in (");
        let mut list = query.separated(", ");
        for name in chunk {
            list.push_bind((*name).to_owned());
        }
        query.push(")");
        let rows: Vec<(String, MessageId, Timestamp)> = query.build_query_as().fetch_all(&mut **tx).await?;
        found.extend(rows.into_iter().map(|(name, message, started)| (name, (message, started))));
    }
    Ok(found)
}
