//! The messages of a bulk action, and what became of each.

use super::Skipped;
use crate::{
    domain::{
        AppResult, BulkId, MessageId, ProjectId,
        bulk::{BulkKind, BulkRow, Fate, Skip},
        message::{Channel, Template},
    },
    server::store::{
        db::{Query, Tx},
        dialect,
        guard::{Manager, Viewer},
    },
};
use std::collections::BTreeSet;

/// Rows that are read at a time for a file.
const READ: i64 = 1_000;
/// `outcome` and `undo`, as they are stored.
const DONE: i16 = 1;
const SKIPPED: i16 = 10;

/// Adds messages of the project; returns how many. Those that are there already, and those of other projects, are passed over.
pub async fn add(tx: &mut Tx, manager: &Manager, id: BulkId, ids: &[MessageId]) -> sqlx::Result<u64> {
    let mut query = Query::new(
        "insert into bulk_action_row (project_id, bulk_id, message_id, customer_id, channel, template, reminder)
         select m.project_id, ",
    );
    query
        .push_bind(id)
        .push(", m.id, m.customer_id, m.channel, m.template, m.reminder from message m where m.project_id = ");
    dialect::push_any_id(query.push_bind(manager.project).push(" and m.id "), ids);
    query.push(" on conflict do nothing");
    Ok(query.build().execute(&mut **tx).await?.rows_affected())
}

/// Adds messages that are gone.
pub async fn add_gone(tx: &mut Tx, manager: &Manager, id: BulkId, ids: &[MessageId]) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::new("insert into bulk_action_row (project_id, bulk_id, message_id, outcome) ");
    query.push_values(ids, |mut row, message| {
        row.push_bind(manager.project).push_bind(id).push_bind(*message).push_bind(SKIPPED + Skip::Gone.number());
    });
    query.build().execute(&mut **tx).await?;
    Ok(())
}

/// Adds ticked messages; those that are gone are counted as skipped.
pub async fn add_these(tx: &mut Tx, manager: &Manager, id: BulkId, ids: &[MessageId]) -> sqlx::Result<()> {
    let ids: BTreeSet<MessageId> = ids.iter().copied().collect();
    let ids: Vec<MessageId> = ids.into_iter().collect();
    add(tx, manager, id, &ids).await?;
    let gone = missing(tx, manager, id, &ids).await?;
    add_gone(tx, manager, id, &gone).await?;
    let skipped = if gone.is_empty() { Vec::new() } else { vec![(Skip::Gone, gone.len() as u64)] };
    sqlx::query("update bulk_action set total = $3, skipped = $4 where project_id = $1 and id = $2")
        .bind(manager.project)
        .bind(id)
        .bind(i64::try_from(ids.len()).unwrap_or(i64::MAX))
        .bind(super::json(&skipped))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Those of `ids` that are no rows.
async fn missing(tx: &mut Tx, manager: &Manager, id: BulkId, ids: &[MessageId]) -> sqlx::Result<Vec<MessageId>> {
    let mut query = of("select message_id from bulk_action_row", manager.project, id);
    dialect::push_any_id(query.push(" and message_id "), ids);
    let known: Vec<MessageId> = query.build_query_scalar().fetch_all(&mut **tx).await?;
    let known: BTreeSet<MessageId> = known.into_iter().collect();
    Ok(ids.iter().copied().filter(|id| !known.contains(id)).collect())
}

/// `head` of the rows of a bulk action.
pub fn of(head: &'static str, project: ProjectId, id: BulkId) -> Query {
    let mut query = Query::new(head);
    query.push(" where project_id = ").push_bind(project).push(" and bulk_id = ").push_bind(id);
    query
}

/// Adds `column = number` for messages, which are `in` the list.
async fn mark(
    tx: &mut Tx,
    head: &'static str,
    (project, id): (ProjectId, BulkId),
    number: i16,
    ids: &[MessageId],
) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(head);
    query.push_bind(number).push(" where project_id = ").push_bind(project).push(" and bulk_id = ").push_bind(id);
    dialect::push_any_id(query.push(" and message_id "), ids);
    query.build().execute(&mut **tx).await?;
    Ok(())
}

async fn mark_all(
    tx: &mut Tx,
    head: &'static str,
    key: (ProjectId, BulkId),
    done: &[MessageId],
    skipped: &Skipped,
) -> sqlx::Result<()> {
    mark(tx, head, key, DONE, done).await?;
    let reasons: BTreeSet<i16> = skipped.iter().map(|(_, skip)| skip.number()).collect();
    for reason in reasons {
        let ids: Vec<MessageId> =
            skipped.iter().filter(|(_, skip)| skip.number() == reason).map(|(id, _)| *id).collect();
        mark(tx, head, key, SKIPPED + reason, &ids).await?;
    }
    Ok(())
}

/// Writes what became of messages.
pub async fn note(tx: &mut Tx, key: (ProjectId, BulkId), done: &[MessageId], skipped: &Skipped) -> sqlx::Result<()> {
    mark_all(tx, "update bulk_action_row set outcome = ", key, done, skipped).await
}

/// Writes what became of messages that were to be changed back.
pub async fn note_undo(
    tx: &mut Tx,
    key: (ProjectId, BulkId),
    done: &[MessageId],
    skipped: &Skipped,
) -> sqlx::Result<()> {
    mark_all(tx, "update bulk_action_row set undo = ", key, done, skipped).await
}

#[derive(sqlx::FromRow)]
struct Stored {
    message_id: MessageId,
    name: Option<String>,
    recipient: Option<String>,
    channel: Option<Channel>,
    template: Option<Template>,
    reminder: Option<i16>,
    outcome: i16,
    undo: Option<i16>,
}

/// Why a message was skipped, by the number that is stored; None where it was changed.
pub fn skip(number: i16) -> Option<Skip> {
    (number != DONE).then(|| Skip::from_number(number - SKIPPED))
}

fn fate(outcome: i16, undo: Option<i16>) -> Fate {
    match (outcome, undo) {
        (0, _) => Fate::Pending,
        (DONE, None) => Fate::Done,
        (DONE, Some(DONE)) => Fate::Undone,
        (DONE, Some(skip)) => Fate::NotUndone(Skip::from_number(skip - SKIPPED)),
        (skip, _) => Fate::Skipped(Skip::from_number(skip - SKIPPED)),
    }
}

/// What became of each message, some at a time, for a file.
pub struct Rows {
    manager: Manager,
    id: BulkId,
    kind: BulkKind,
    after: Option<MessageId>,
}

impl Rows {
    /// # Errors
    /// `NotFound` where there is no such bulk action in the project.
    pub async fn new(manager: Manager, id: BulkId) -> AppResult<Self> {
        let kind = super::kind(&manager, id).await?.ok_or_else(super::no_such)?;
        Ok(Self { manager, id, kind, after: None })
    }

    pub fn kind(&self) -> BulkKind {
        self.kind
    }

    pub fn viewer(&self) -> &Viewer {
        &self.manager
    }

    /// The next ones, in the order in which the messages were made; empty after the last.
    pub async fn next(&mut self) -> AppResult<Vec<BulkRow>> {
        let mut query = Query::new(
            "select r.message_id, c.name, m.recipient, r.channel, r.template, r.reminder, r.outcome, r.undo
             from bulk_action_row r
             left join customer c on c.project_id = r.project_id and c.id = r.customer_id
             left join message m on m.project_id = r.project_id and m.id = r.message_id
             where r.project_id = ",
        );
        query.push_bind(self.manager.project).push(" and r.bulk_id = ").push_bind(self.id);
        if let Some(after) = self.after {
            query.push(" and r.message_id > ").push_bind(after);
        }
        query.push(" order by r.message_id limit ").push_bind(READ);
        let found: Vec<Stored> = query.build_query_as().fetch_all(self.manager.db.read()).await?;
        self.after = found.last().map(|row| row.message_id).or(self.after);
        let row = |row: Stored| BulkRow {
            id: row.message_id,
            customer: row.name,
            recipient: row.recipient,
            what: row
                .channel
                .zip(row.template)
                .zip(row.reminder)
                .map(|((channel, template), n)| (channel, template, n)),
            fate: fate(row.outcome, row.undo),
        };
        Ok(found.into_iter().map(row).collect())
    }
}
