//! What providers report: kept once, whatever the order, together with all that follows from it.

mod apply;
pub mod shared;
mod subject;
mod texts;

use super::{
    db::{Db, Query, Tx},
    timeline::append,
    touch,
};
use crate::domain::{
    AppResult, ConnectionId, ProjectId, Timestamp,
    feedback::{Feedback, Keyword},
    language::Language,
    message::Channel,
};
use apply::Applying;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How long the names of events are remembered, in ms: no provider repeats itself for longer.
const REMEMBERED: i64 = 30 * Timestamp::DAY;
/// Names of one statement: SQLite takes 32,766 values.
const NAMES: usize = 4_000;
/// How many names [`prune`] forgets in one transaction.
const PRUNED: i64 = 500;

/// The events of one request of a provider.
#[derive(Clone, Debug)]
pub struct Group {
    pub connection: ConnectionId,
    pub project: ProjectId,
    pub channel: Channel,
    pub events: Vec<Feedback>,
}

/// What came of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many of its events were not known.
    pub news: usize,
    /// What to answer to a customer's SMS.
    pub reply: Option<Reply>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub word: Keyword,
    pub project_name: String,
    /// Of the project.
    pub language: Language,
}

type Name = Vec<u8>;

/// The events over one connection, each with the number of its group.
struct Bundle<'a> {
    connection: ConnectionId,
    project: ProjectId,
    channel: Channel,
    events: Vec<(usize, &'a Feedback)>,
}

/// Keeps groups with all that follows from them, in one transaction; returns what came of each.
///
/// A message is changed only in the group's own project.
pub async fn record(db: &Db, groups: &[Group], now: Timestamp) -> AppResult<Vec<Taken>> {
    let mut taken = vec![Taken::default(); groups.len()];
    let mut bundles = bundles(groups);
    for bundle in bundles.values_mut() {
        let known = known_names(db, bundle).await?;
        bundle.events.retain(|(_, event)| !event.names.iter().any(|name| known.contains(&hashed(name))));
    }
    // Nobody needs to hear of what is known.
    bundles.retain(|_, bundle| !bundle.events.is_empty());
    let projects: BTreeSet<ProjectId> = bundles.values().map(|bundle| bundle.project).collect();
    if projects.is_empty() {
        return Ok(taken);
    }
    let mut tx = db.begin().await?;
    for project in &projects {
        touch(&mut tx, *project).await?;
    }
    let mut timeline = Vec::new();
    for bundle in bundles.values_mut() {
        claim_names(&mut tx, bundle, now).await?;
        let mut applying = Applying::begin(&mut tx, bundle, now).await?;
        for (group, event) in &bundle.events {
            taken[*group].news += 1;
            if let Some(reply) = applying.apply(&mut tx, event).await? {
                taken[*group].reply = Some(reply);
            }
        }
        timeline.extend(applying.timeline());
    }
    append(&mut tx, &timeline).await?;
    tx.commit().await?;
    for project in projects {
        db.changed(project);
    }
    Ok(taken)
}

fn bundles(groups: &[Group]) -> BTreeMap<ConnectionId, Bundle<'_>> {
    let mut bundles = BTreeMap::new();
    for (n, group) in groups.iter().enumerate() {
        let Group { connection, project, channel, .. } = *group;
        let bundle = bundles.entry(connection).or_insert(Bundle { connection, project, channel, events: Vec::new() });
        bundle.events.extend(group.events.iter().map(|event| (n, event)));
    }
    bundles
}

/// Names can be long, and of any form.
fn hashed(name: &str) -> Name {
    Sha256::digest(name.as_bytes())[..16].to_vec()
}

impl Bundle<'_> {
    fn names(&self) -> Vec<Name> {
        self.events.iter().flat_map(|(_, event)| &event.names).map(|name| hashed(name)).collect()
    }
}

/// The names that were reported before.
async fn known_names(db: &Db, bundle: &Bundle<'_>) -> sqlx::Result<HashSet<Name>> {
    let mut known = HashSet::new();
    for chunk in bundle.names().chunks(NAMES) {
        let mut query = Query::new("select name from feedback_event where project_id = ");
        query.push_bind(bundle.project).push(" and connection_id = ").push_bind(bundle.connection);
        query.push(" and name in (");
        let mut list = query.separated(", ");
        for name in chunk {
            list.push_bind(name.clone());
        }
        query.push(")");
        let found: Vec<Name> = query.build_query_scalar().fetch_all(db.read()).await?;
        known.extend(found);
    }
    Ok(known)
}

/// Remembers the events, and keeps those that nobody else has reported meanwhile; of repeated ones the first.
async fn claim_names(tx: &mut Tx, bundle: &mut Bundle<'_>, now: Timestamp) -> sqlx::Result<()> {
    let mut ours = HashSet::new();
    for chunk in bundle.names().chunks(NAMES) {
        let mut query = Query::new("insert into feedback_event (project_id, connection_id, name, taken_at) ");
        query.push_values(chunk, |mut row, name| {
            row.push_bind(bundle.project).push_bind(bundle.connection).push_bind(name.clone()).push_bind(now);
        });
        query.push(" on conflict do nothing returning name");
        let inserted: Vec<Name> = query.build_query_scalar().fetch_all(&mut **tx).await?;
        ours.extend(inserted);
    }
    bundle.events.retain(|(_, event)| {
        let names: Vec<Name> = event.names.iter().map(|name| hashed(name)).collect();
        let is_first = names.iter().all(|name| ours.contains(name));
        for name in &names {
            ours.remove(name);
        }
        is_first
    });
    Ok(())
}

/// Forgets the names of events from long ago. False once none is left.
pub async fn prune(db: &Db, now: Timestamp) -> AppResult<bool> {
    let mut tx = db.begin().await?;
    let old =
        "select project_id, connection_id, name from feedback_event where taken_at < $1 order by taken_at limit $2";
    let old: Vec<(ProjectId, ConnectionId, Name)> =
        sqlx::query_as(old).bind(now.plus(-REMEMBERED)).bind(PRUNED).fetch_all(&mut *tx).await?;
    for (project, connection, name) in &old {
        sqlx::query("delete from feedback_event where project_id = $1 and connection_id = $2 and name = $3")
            .bind(project)
            .bind(connection)
            .bind(name)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(old.len() as i64 == PRUNED)
}
