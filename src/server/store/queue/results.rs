//! Writes the results of attempts, in groups.

mod begin;
mod sent;
mod verdict;

pub use begin::Intent;
pub use verdict::{Evidence, Verdict};

use super::{Key, Lease, by_project, push_keys};
use crate::{
    domain::{
        CustomerId, MessageId, ProjectId, Timestamp,
        message::{Channel, EventKind, FailureCode},
        status::{Facts, Signal, State},
        timeline::Detail,
    },
    server::store::{
        db::{Db, Query, Tx},
        guard::day_number,
        reputation::{self, Counts},
        search, suppressions,
        timeline::{Event, append},
        touch,
    },
};
use chrono_tz::Tz;
use std::collections::{BTreeSet, HashMap};

/// The result of one attempt.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub lease: Lease,
    pub customer: CustomerId,
    pub zone: Tz,
    pub started: Timestamp,
    pub at: Timestamp,
    pub verdict: Verdict,
    /// None if no server was asked, or the worker that asked is gone.
    pub evidence: Option<Evidence>,
    /// Set when another worker judges a lost claim: the result counts only if the lease expired before this.
    pub lost_before: Option<Timestamp>,
}

/// The instants of a message that determine its status.
#[derive(Clone, sqlx::FromRow)]
struct Known {
    project_id: ProjectId,
    id: MessageId,
    channel: Channel,
    delivered_at: Option<Timestamp>,
    opened_at: Option<Timestamp>,
    clicked_at: Option<Timestamp>,
    complained_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
}

impl Known {
    /// Sent, whatever the attempt said, where the provider has reported meanwhile what became of the message: of this attempt, or
    /// of an earlier one in doubt.
    fn overruled(&self, outcome: &Outcome) -> Option<Outcome> {
        let is_reported = self.delivered_at.is_some() || self.failed_at.is_some();
        let text = "The provider reported what became of it".to_owned();
        let verdict = Verdict::Sent { provider_id: None, text };
        (is_reported && !is_sent(outcome)).then(|| Outcome { verdict, ..outcome.clone() })
    }

    /// The state and facts of a message that was sent at `at`, while its lease was held.
    fn sent(&self, at: Timestamp) -> (State, Facts) {
        let facts = Facts { sent: Some(at), ..self.facts() };
        (if facts.has_failed() { State::Failed } else { State::Sent }, facts)
    }

    /// Queueing a message again has cleared any earlier failure or cancel: while it is being sent, a failure is what its provider
    /// has reported.
    fn facts(&self) -> Facts {
        Facts {
            sent: self.sent_at,
            delivered: self.delivered_at,
            opened: self.opened_at,
            clicked: self.clicked_at,
            complained: self.complained_at,
            failed: self.failed_at,
            canceled: None,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many results came too late: they are only noted in the timeline.
    pub stale: usize,
    /// For each intent whether its attempt may start: whether its lease still holds.
    pub begun: Vec<bool>,
}

/// Writes a group of results and records the attempts that are about to start, in one transaction.
pub async fn write(db: &Db, outcomes: &[Outcome], intents: &[Intent]) -> sqlx::Result<Written> {
    if outcomes.is_empty() && intents.is_empty() {
        return Ok(Written::default());
    }
    let projects: BTreeSet<_> = outcomes.iter().map(|o| o.lease.project).collect();
    let touched: BTreeSet<_> = intents.iter().map(|i| i.lease.project).chain(projects.iter().copied()).collect();
    let mut tx = db.begin().await?;
    for project in touched {
        touch(&mut tx, project).await?;
    }
    let known = known(&mut tx, outcomes).await?;
    let mut events = Vec::with_capacity(2 * outcomes.len());
    let mut stale = 0;
    let mut counts = Counts::default();
    // Almost all, in few statements.
    let sent = sent::write(&mut tx, outcomes, &known).await?;
    for outcome in outcomes {
        let key = (outcome.lease.project, outcome.lease.message);
        // The message may have been deleted with its customer.
        let Some(known) = known.get(&key) else { continue };
        if sent.contains(&outcome.lease) {
            events.push(Event::new(key, EventKind::Attempted, outcome.started));
            events.push(result_event(outcome));
            count(&mut counts, outcome, known);
            continue;
        }
        let overruled = known.overruled(outcome);
        let verdict = overruled.as_ref().unwrap_or(outcome);
        if apply(&mut tx, verdict, known, STILL_OURS).await? {
            events.push(Event::new(key, EventKind::Attempted, outcome.started));
            settle(&mut tx, verdict, &mut events).await?;
            count(&mut counts, verdict, known);
        } else if is_sent(outcome) && apply(&mut tx, outcome, known, GIVEN_UP).await? {
            forget_doubt(&mut tx, outcome).await?;
            settle(&mut tx, outcome, &mut events).await?;
            count(&mut counts, outcome, known);
        } else if outcome.lost_before.is_none() {
            stale += 1;
            note_stale(&mut tx, outcome, &mut events).await?;
        }
    }
    append(&mut tx, &events).await?;
    reputation::note(&mut tx, counts).await?;
    let begun = begin::begin(&mut tx, intents).await?;
    tx.commit().await?;
    for project in projects {
        db.changed(project);
    }
    Ok(Written { stale, begun })
}

async fn known(tx: &mut Tx, outcomes: &[Outcome]) -> sqlx::Result<HashMap<Key, Known>> {
    let mut known = HashMap::with_capacity(outcomes.len());
    for (project, ids) in by_project(outcomes.iter().map(|o| (o.lease.project, o.lease.message))) {
        let mut query = Query::new(
            "select project_id, id, channel, sent_at, delivered_at, opened_at, clicked_at, complained_at, failed_at from message where ",
        );
        push_keys(&mut query, ["project_id", "id"], project, &ids);
        let rows: Vec<Known> = query.build_query_as().fetch_all(&mut **tx).await?;
        known.extend(rows.into_iter().map(|row| ((row.project_id, row.id), row)));
    }
    Ok(known)
}

/// The state in which a result counts.
const STILL_OURS: &str = " and state = 1";
/// … and the one in which it still counts that a message was sent: given up as unknown, and neither begun again, nor queued again
/// by staff, nor canceled since.
const GIVEN_UP: &str = " and (state = 0 and first_attempt_at is not null or state = 3 and failure_code = 'unconfirmed')
    and exists (select 1 from send_attempt a where a.project_id = message.project_id and a.message_id = message.id
        and a.generation = message.generation and a.outcome = 'ambiguous')";

fn is_sent(outcome: &Outcome) -> bool {
    matches!(outcome.verdict, Verdict::Sent { .. })
}

/// The compare-and-set; false if the message is not in that state, or the lease not of this generation any more.
async fn apply(tx: &mut Tx, outcome: &Outcome, known: &Known, expected: &'static str) -> sqlx::Result<bool> {
    let Outcome { lease, at, .. } = outcome;
    let mut query = Query::new("update message set lease_until = null, version = version + 1, state = ");
    match &outcome.verdict {
        Verdict::Sent { .. } => {
            let was_given_up = expected == GIVEN_UP;
            let known = if was_given_up { &Known { failed_at: None, ..known.clone() } } else { known };
            let (state, facts) = known.sent(*at);
            query.push_bind(state).push(", status = ").push_bind(facts.status());
            query.push(", sent_at = ").push_bind(*at);
            query.push(", day = ").push_bind(day_number(at.local(&outcome.zone).date()));
            if was_given_up {
                query.push(", failed_at = null, failure_code = null, failure_text = null");
            }
        }
        Verdict::Deferred { due, .. } => {
            query.push_bind(State::Scheduled).push(", due_at = ").push_bind(*due);
        }
        Verdict::Returned { due, .. } => {
            query.push_bind(State::Scheduled).push(", due_at = ").push_bind(*due);
            query
                .push(", attempts = attempts - 1, first_attempt_at = case when attempts > 1 then first_attempt_at end");
        }
        Verdict::Failed { failure, text, .. } => {
            let facts = known.facts().with(Signal::Failed, *at);
            query.push_bind(State::Failed).push(", status = ").push_bind(facts.status());
            query.push(", failed_at = ").push_bind(*at);
            query.push(", failure_code = ").push_bind(failure.code());
            query.push(", failure_text = ").push_bind(text.clone());
        }
    }
    query.push(" where project_id = ").push_bind(lease.project).push(" and id = ").push_bind(lease.message);
    query.push(expected).push(" and generation = ").push_bind(lease.generation);
    if let Some(before) = outcome.lost_before {
        query.push(" and lease_until < ").push_bind(before);
    }
    Ok(query.build().execute(&mut **tx).await?.rows_affected() == 1)
}

/// What a result that counts says of the project's reputation.
fn count(counts: &mut Counts, outcome: &Outcome, known: &Known) {
    let bounced = match outcome.verdict {
        Verdict::Sent { .. } => false,
        Verdict::Failed { failure: FailureCode::AddressUnknown, .. } => true,
        _ => return,
    };
    counts.add(known.project_id, known.channel, outcome.at, |seen| {
        seen.messages += 1;
        seen.bounced += u32::from(bounced);
    });
}

fn result_event(outcome: &Outcome) -> Event {
    let Outcome { lease, at, verdict, .. } = outcome;
    let words = Some(verdict.text().to_owned()).filter(|text| !text.is_empty());
    Event::new((lease.project, lease.message), verdict.event(), *at).with(words.map(Detail::Words))
}

/// Applies a result that counts: to the attempt, the timeline, the customer and the search index.
async fn settle(tx: &mut Tx, outcome: &Outcome, events: &mut Vec<Event>) -> sqlx::Result<()> {
    let Outcome { lease, customer, at, verdict, .. } = outcome;
    finish_attempt(tx, outcome, verdict.outcome()).await?;
    events.push(result_event(outcome));
    match verdict {
        Verdict::Sent { .. } => {
            sqlx::query(
                "update customer set last_messaged_at = $1
                 where project_id = $2 and id = $3 and (last_messaged_at is null or last_messaged_at < $1)",
            )
            .bind(at)
            .bind(lease.project)
            .bind(customer)
            .execute(&mut **tx)
            .await?;
        }
        Verdict::Failed { failure, text, .. } => {
            search::refresh(tx, lease.project, &[lease.message]).await?;
            suppressions::reported_by_attempt(tx, lease.project, lease.message, *failure, text, *at).await?;
        }
        Verdict::Deferred { .. } | Verdict::Returned { .. } => {}
    }
    Ok(())
}

/// The outcome of an attempt that was given up is known after all, and so is its message's.
async fn forget_doubt(tx: &mut Tx, outcome: &Outcome) -> sqlx::Result<()> {
    let Outcome { lease, .. } = outcome;
    sqlx::query(
        "update send_attempt set outcome = null, finished_at = null
         where project_id = $1 and message_id = $2 and generation = $3 and outcome = 'ambiguous'",
    )
    .bind(lease.project)
    .bind(lease.message)
    .bind(lease.generation)
    .execute(&mut **tx)
    .await?;
    search::refresh(tx, lease.project, &[lease.message]).await
}

/// Notes a late result: the lease has gone to another worker, or to none. An attempt that was given up as ambiguous stays so,
/// unless its message still waits.
async fn note_stale(tx: &mut Tx, outcome: &Outcome, events: &mut Vec<Event>) -> sqlx::Result<()> {
    let Outcome { lease, at, verdict, .. } = outcome;
    let detail = Detail::Late(verdict.event(), verdict.text().to_owned());
    events.push(Event::new((lease.project, lease.message), EventKind::Stale, *at).with(detail));
    finish_attempt(tx, outcome, "stale").await
}

async fn finish_attempt(tx: &mut Tx, outcome: &Outcome, how: &'static str) -> sqlx::Result<()> {
    let Outcome { lease, at, verdict, evidence, .. } = outcome;
    sqlx::query(
        "update send_attempt set outcome = coalesce(outcome, $1), finished_at = coalesce(finished_at, $2),
            provider_id = $3, code = $4, detail = $5, server = coalesce($6, server), dialogue = coalesce($7, dialogue)
         where project_id = $8 and message_id = $9 and generation = $10",
    )
    .bind(how)
    .bind(at)
    .bind(verdict.provider_id())
    .bind(verdict.code().map(str::to_owned))
    .bind(verdict.text().to_owned())
    .bind(evidence.as_ref().map(|evidence| evidence.server.clone()))
    .bind(evidence.as_ref().map(|evidence| evidence.dialogue.clone()))
    .bind(lease.project)
    .bind(lease.message)
    .bind(lease.generation)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The statements of a group of two, for a test that asks the planner about them.
#[cfg(test)]
pub fn queries(project: ProjectId) -> Vec<Query> {
    let lease = Lease { project, message: MessageId(uuid::Uuid::nil()), generation: 1 };
    let (at, zone) = (Timestamp(1), Tz::UTC);
    let verdict = Verdict::Sent { provider_id: None, text: String::new() };
    let (customer, evidence, lost_before) = (CustomerId(uuid::Uuid::nil()), None, None);
    let outcome = Outcome { lease, customer, zone, started: at, at, verdict, evidence, lost_before };
    let intent = Intent { lease, started: at, provider: "smtp" };
    let mut queries = sent::queries(project, &outcome);
    queries.push(begin::begin_query(project, &[&intent, &intent]));
    queries
}
