//! The queue of due messages: claims, results, and claims whose worker is gone.
//!
//! In SQL, state 0 is scheduled and 1 is being sent: written out, so that the partial indexes of the queue are used.
//!
//! A claim is a lease with a generation. A result counts only while its worker holds the lease of that generation; a late
//! one changes nothing, unless it says that a message was sent which was given up as unknown. Like every writer, each transaction
//! here touches its projects first, so that nobody else changes their messages until it ends; but for claims, which lock their
//! messages alone: workers of one project do not wait for each other.

pub mod claim;
pub mod lanes;
pub mod lost;
pub mod pace;
pub mod results;
pub mod stops;

use super::{
    db::{Db, Query, Tx},
    touch,
};
use crate::domain::{MessageId, ProjectId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How long a claim holds without a heartbeat, in ms.
pub const LEASE: i64 = Timestamp::MINUTE;

/// What a worker holds of a message while it sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    pub project: ProjectId,
    pub message: MessageId,
    pub generation: i32,
}

/// Extends the leases of running claims. It touches no project: no page shows leases.
pub async fn extend(db: &Db, leases: &[Lease], until: Timestamp) -> sqlx::Result<()> {
    let mut tx = db.begin().await?;
    for lease in leases {
        sqlx::query(
            "update message set lease_until = $1
             where project_id = $2 and id = $3 and generation = $4 and state = 1",
        )
        .bind(until)
        .bind(lease.project)
        .bind(lease.message)
        .bind(lease.generation)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await
}

/// The project's messages that a worker holds. Those of all projects are read, because they are few (what is sent at a time)
/// and in an index of their own: named in the statement, the project would make SQLite walk all that it has scheduled.
pub async fn being_sent(db: &Db, project: ProjectId) -> sqlx::Result<Vec<MessageId>> {
    let all: Vec<(ProjectId, MessageId)> =
        sqlx::query_as("select project_id, id from message where state = 1").fetch_all(db.read()).await?;
    Ok(all.into_iter().filter(|(of, _)| *of == project).map(|(_, id)| id).collect())
}

/// Puts back claimed messages whose attempt has not started. With `lost_before`, only those whose lease expired before it:
/// for a worker that is gone.
pub async fn release(db: &Db, leases: &[Lease], lost_before: Option<Timestamp>) -> sqlx::Result<()> {
    put_all_back(db, leases, lost_before, false).await
}

/// The same for those that must not begin, because their project was paused or their channel held after the claim.
pub async fn release_held(db: &Db, leases: &[Lease]) -> sqlx::Result<()> {
    put_all_back(db, leases, None, true).await
}

async fn put_all_back(db: &Db, leases: &[Lease], lost_before: Option<Timestamp>, only_held: bool) -> sqlx::Result<()> {
    if leases.is_empty() {
        return Ok(());
    }
    let projects: BTreeSet<_> = leases.iter().map(|lease| lease.project).collect();
    let mut tx = db.begin().await?;
    for project in &projects {
        touch(&mut tx, *project).await?;
    }
    for lease in leases {
        put_back(&mut tx, lease, lost_before, only_held).await?;
    }
    tx.commit().await?;
    for project in projects {
        db.changed(project);
    }
    Ok(())
}

/// Whether nothing may begin of a message's project or channel.
macro_rules! is_held {
    ($message:literal) => {
        concat!(
            "(exists (select 1 from project p where p.id = ",
            $message,
            ".project_id and p.paused_at is not null)
              or exists (select 1 from channel_guard g where g.project_id = ",
            $message,
            ".project_id
                and g.channel = ",
            $message,
            ".channel and g.held_at is not null))"
        )
    };
}
pub(super) use is_held;

async fn put_back(tx: &mut Tx, lease: &Lease, lost_before: Option<Timestamp>, only_held: bool) -> sqlx::Result<()> {
    sqlx::query(concat!(
        "update message set state = 0, generation = generation + 1, attempts = attempts - 1, lease_until = null,
            first_attempt_at = case when attempts > 1 then first_attempt_at end, version = version + 1
         where project_id = $1 and id = $2 and generation = $3 and state = 1 and lease_until < $4
            and not exists (select 1 from send_attempt a
                where a.project_id = $1 and a.message_id = $2 and a.generation = $3)
            and ($5 = 0 or ",
        is_held!("message"),
        ")"
    ))
    .bind(lease.project)
    .bind(lease.message)
    .bind(lease.generation)
    .bind(lost_before.unwrap_or(Timestamp(i64::MAX)))
    .bind(i16::from(only_held))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Groups messages by project: `(project_id, id) in (values …)` would make SQLite scan whole tables.
fn by_project(keys: impl IntoIterator<Item = Key>) -> BTreeMap<ProjectId, Vec<MessageId>> {
    let mut grouped: BTreeMap<ProjectId, Vec<MessageId>> = BTreeMap::new();
    for (project, message) in keys {
        grouped.entry(project).or_default().push(message);
    }
    grouped
}

/// `{column} = project and {ids} in (…)`
fn push_keys(query: &mut Query, [project_column, id_column]: [&str; 2], project: ProjectId, ids: &[MessageId]) {
    query.push(project_column).push(" = ").push_bind(project).push(" and ").push(id_column).push(" in (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
}

/// A message's primary key.
pub type Key = (ProjectId, MessageId);
