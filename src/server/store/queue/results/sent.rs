//! The results of a group that say that a message was sent, which is almost all of them: a few statements for each project write them,
//! instead of a few for each message.

use super::{Known, Outcome, is_sent};
use crate::{
    domain::{CustomerId, MessageId, ProjectId, Timestamp},
    server::store::{
        db::{Query, Tx},
        guard::day_number,
        queue::{Key, Lease},
    },
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Writes those that count because their lease is held, to message, attempt and customer; returns their leases.
pub(super) async fn write(
    tx: &mut Tx,
    outcomes: &[Outcome],
    known: &HashMap<Key, Known>,
) -> sqlx::Result<HashSet<Lease>> {
    let mut by_project: BTreeMap<ProjectId, Vec<(&Outcome, &Known)>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| is_sent(outcome) && outcome.lost_before.is_none()) {
        let Lease { project, message, .. } = outcome.lease;
        if let Some(known) = known.get(&(project, message)) {
            by_project.entry(project).or_default().push((outcome, known));
        }
    }
    let mut written = HashSet::new();
    for (project, sent) in by_project {
        let ours: Vec<(MessageId, i32)> = message_query(project, &sent).build_query_as().fetch_all(&mut **tx).await?;
        let lease = |(message, generation)| Lease { project, message, generation };
        let ours: HashSet<Lease> = ours.into_iter().map(lease).collect();
        let sent: Vec<&Outcome> =
            sent.into_iter().map(|(outcome, _)| outcome).filter(|o| ours.contains(&o.lease)).collect();
        if !sent.is_empty() {
            attempt_query(project, &sent).build().execute(&mut **tx).await?;
            customer_query(project, &sent).build().execute(&mut **tx).await?;
        }
        written.extend(ours);
    }
    Ok(written)
}

fn message_query(project: ProjectId, sent: &[(&Outcome, &Known)]) -> Query {
    let mut query = Query::new("with sent (id, generation, at, day, state, status) as (");
    query.push_values(sent, |mut row, (outcome, known)| {
        let Outcome { lease, at, zone, .. } = outcome;
        let (state, facts) = known.sent(*at);
        row.push_bind(lease.message).push_bind(lease.generation).push_bind(*at);
        row.push_bind(day_number(at.local(zone).date())).push_bind(state).push_bind(facts.status());
    });
    query.push(
        ") update message set lease_until = null, version = version + 1, state = sent.state, status = sent.status,
            sent_at = sent.at, day = sent.day
         from sent where message.state = 1 and message.id = sent.id and message.generation = sent.generation
            and message.project_id = ",
    );
    query.push_bind(project).push(" returning message.id, message.generation");
    query
}

fn attempt_query(project: ProjectId, sent: &[&Outcome]) -> Query {
    let mut query = Query::new("with sent (message_id, generation, at, provider_id, words, server, dialogue) as (");
    query.push_values(sent, |mut row, outcome| {
        let (lease, evidence) = (outcome.lease, outcome.evidence.as_ref());
        row.push_bind(lease.message).push_bind(lease.generation).push_bind(outcome.at);
        row.push_bind(outcome.verdict.provider_id()).push_bind(outcome.verdict.text().to_owned());
        row.push_bind(evidence.map(|evidence| evidence.server.clone()));
        row.push_bind(evidence.map(|evidence| evidence.dialogue.clone()));
    });
    query.push(
        ") update send_attempt set outcome = coalesce(outcome, 'sent'), finished_at = coalesce(finished_at, sent.at),
            provider_id = sent.provider_id, code = null, detail = sent.words,
            server = coalesce(sent.server, send_attempt.server), dialogue = coalesce(sent.dialogue, send_attempt.dialogue)
         from sent where send_attempt.message_id = sent.message_id and send_attempt.generation = sent.generation
            and send_attempt.project_id = ",
    );
    query.push_bind(project);
    query
}

fn customer_query(project: ProjectId, sent: &[&Outcome]) -> Query {
    let mut last: BTreeMap<CustomerId, Timestamp> = BTreeMap::new();
    for outcome in sent {
        let at = last.entry(outcome.customer).or_insert(outcome.at);
        *at = outcome.at.max(*at);
    }
    let mut query = Query::new("with sent (customer_id, at) as (");
    query.push_values(last, |mut row, (customer, at)| {
        row.push_bind(customer).push_bind(at);
    });
    query.push(
        ") update customer set last_messaged_at = sent.at
         from sent where customer.id = sent.customer_id and coalesce(customer.last_messaged_at, 0) < sent.at and customer.project_id = ",
    );
    query.push_bind(project);
    query
}

#[cfg(test)]
pub(super) fn queries(project: ProjectId, outcome: &Outcome) -> Vec<Query> {
    let Lease { message, .. } = outcome.lease;
    let at = None;
    let known = Known {
        project_id: project,
        id: message,
        channel: crate::domain::message::Channel::Email,
        delivered_at: at,
        opened_at: at,
        clicked_at: at,
        complained_at: at,
        sent_at: at,
        failed_at: at,
    };
    vec![
        message_query(project, &[(outcome, &known), (outcome, &known)]),
        attempt_query(project, &[outcome, outcome]),
        customer_query(project, &[outcome]),
    ]
}
