//! Inserts the demo's rows, many in one statement.

use super::story::Story;
use crate::{
    domain::{
        LocationId, ProjectId, SuppressionId, Timestamp, UserId, message::FailureCode, status::Facts,
        suppression::SuppressionReason,
    },
    server::store::{
        db::{Query, Tx},
        id::NewId,
        new_message::NewMessage,
        search, timeline,
    },
};
use std::collections::{BTreeMap, HashSet};

const ROWS: usize = 1_000;

pub async fn locations(
    tx: &mut Tx,
    project: ProjectId,
    names: &[&'static str],
) -> sqlx::Result<Vec<(LocationId, &'static str)>> {
    let locations: Vec<_> = names.iter().map(|&name| (LocationId::new(), name)).collect();
    insert(tx, "insert into location (project_id, id, name) ", &locations, |row, (id, name)| {
        row.push_bind(project).push_bind(*id).push_bind(*name);
    })
    .await?;
    Ok(locations)
}

pub async fn customers(tx: &mut Tx, project: ProjectId, owner: UserId, story: &Story) -> sqlx::Result<()> {
    let head = "insert into customer (project_id, id, location_id, name, company, email, phone, search_text,
        last_number, last_messaged_at, unsubscribed_at, archived_at, created_at) ";
    insert(tx, head, &story.customers, |row, c| {
        let searched = [&c.name, c.company, &c.email, &c.phone].map(search::normalized).join("\n");
        row.push_bind(project).push_bind(c.id).push_bind(c.location.map(|(id, _)| id)).push_bind(c.name.clone());
        row.push_bind(c.company).push_bind(c.email.clone()).push_bind(c.phone.clone()).push_bind(searched);
        row.push_bind(c.last_number).push_bind(c.last_messaged).push_bind(c.unsubscribed).push_bind(c.archived);
        row.push_bind(c.created);
    })
    .await?;
    let tags: Vec<_> = story.customers.iter().flat_map(|c| c.tags.iter().map(|tag| (c.id, *tag))).collect();
    insert(tx, "insert into customer_tag (project_id, customer_id, tag) ", &tags, |row, (customer, tag)| {
        row.push_bind(project).push_bind(*customer).push_bind(*tag);
    })
    .await?;
    let notes: Vec<_> = story.customers.iter().filter_map(|c| c.note.map(|note| (c.id, note))).collect();
    let head = "insert into note (project_id, customer_id, id, author_id, text, created_at) ";
    insert(tx, head, &notes, |row, (customer, (id, text, at))| {
        row.push_bind(project).push_bind(*customer).push_bind(*id).push_bind(owner).push_bind(*text).push_bind(*at);
    })
    .await
}

pub async fn requests(tx: &mut Tx, project: ProjectId, story: &Story) -> sqlx::Result<()> {
    let head = "insert into request (project_id, id, customer_id, number, created_at, created_by) ";
    insert(tx, head, &story.requests, |row, r| {
        row.push_bind(project).push_bind(r.id).push_bind(r.customer).push_bind(r.number);
        row.push_bind(r.created).push_bind(r.by);
    })
    .await
}

/// Inserts timelines, attempts and reviews.
pub async fn histories(tx: &mut Tx, project: ProjectId, story: &Story) -> sqlx::Result<()> {
    let events: Vec<timeline::Event> = story.events.iter().map(|event| event.of(project)).collect();
    timeline::append(tx, &events).await?;
    let head = "insert into send_attempt (project_id, message_id, generation, started_at, finished_at, outcome,
        provider, code, detail, server, dialogue) ";
    insert(tx, head, &story.attempts, |row, a| {
        row.push_bind(project).push_bind(a.message).push_bind(a.generation).push_bind(a.started);
        row.push_bind(a.finished).push_bind(a.outcome).push_bind("file").push_bind(a.code).push_bind(a.detail);
        let (server, dialogue) = a.evidence();
        row.push_bind(server).push_bind(dialogue);
    })
    .await?;
    let head = "insert into review (project_id, id, customer_id, message_id, request_id, rating, text, created_at) ";
    insert(tx, head, &story.reviews, |row, r| {
        row.push_bind(project).push_bind(r.id).push_bind(r.customer).push_bind(r.message).push_bind(r.request);
        row.push_bind(r.stars).push_bind(r.text).push_bind(r.created);
    })
    .await
}

/// Inserts the addresses that came back, or whose owners opted out or complained. Not those to which something is still to come:
/// it would be canceled.
pub async fn suppressions(tx: &mut Tx, project: ProjectId, story: &Story) -> sqlx::Result<()> {
    let waits = |m: &NewMessage| m.past.facts == Facts::default();
    let busy: HashSet<&str> = story.messages.iter().filter(|m| waits(m)).map(|m| m.recipient.as_str()).collect();
    let mut suppressed: BTreeMap<&str, (Timestamp, SuppressionReason, &NewMessage)> = BTreeMap::new();
    for message in &story.messages {
        let failure = message.past.failure.as_ref().map(|(code, _)| *code);
        let (since, reason) = match (message.past.facts.complained, message.past.facts.failed, failure) {
            (Some(at), ..) => (at, SuppressionReason::Complained),
            (_, Some(at), Some(FailureCode::AddressUnknown)) => (at, SuppressionReason::Bounced),
            (_, Some(at), Some(FailureCode::OptedOut)) => (at, SuppressionReason::OptedOut),
            _ => continue,
        };
        if !busy.contains(message.recipient.as_str()) {
            suppressed.insert(&message.recipient, (since, reason, message));
        }
    }
    let head = "insert into suppression (project_id, id, channel, address, reason, since, message_id, note) ";
    let rows: Vec<_> = suppressed.into_values().collect();
    insert(tx, head, &rows, |row, (since, reason, message)| {
        let words = message.past.failure.as_ref().map(|(_, words)| words.clone()).unwrap_or_default();
        row.push_bind(project).push_bind(SuppressionId::new()).push_bind(message.channel);
        row.push_bind(message.recipient.clone())
            .push_bind(*reason)
            .push_bind(*since)
            .push_bind(message.id)
            .push_bind(words);
    })
    .await
}

async fn insert<T>(
    tx: &mut Tx,
    head: &str,
    items: &[T],
    push: impl Fn(&mut sqlx::query_builder::Separated<'_, crate::server::store::db::Engine, &'static str>, &T),
) -> sqlx::Result<()> {
    for chunk in items.chunks(ROWS) {
        let mut query = Query::new(head);
        query.push_values(chunk, |mut row, item| push(&mut row, item));
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}
