//! Changes of many customers at once, some in each transaction: after an interruption, a second call does the rest.

use super::find::Find;
use crate::{
    domain::{
        AppResult, CustomerId, Timestamp,
        customer::bulk::{BulkAction, BulkChange, CustomerSelection, CustomerSkip, CustomersOutcome},
        message::CancelCause,
    },
    server::store::{
        db::{Query, Tx},
        dialect,
        guard::Manager,
        steering::cancel_customers,
    },
};
use std::collections::BTreeSet;

/// Customers of one transaction.
const CHUNK: usize = 500;
/// Fewer where each takes messages, notes and reviews along.
const DELETED: usize = 50;
/// The most tags of a customer.
pub const TAGS: i64 = 20;

/// Changes the customers of a selection.
pub async fn change_selection(
    manager: &Manager,
    selection: &CustomerSelection,
    change: &BulkChange,
    now: Timestamp,
) -> AppResult<CustomersOutcome> {
    let size = if change.action == BulkAction::Delete { DELETED } else { CHUNK };
    let mut outcome = CustomersOutcome::default();
    let mut chunks = Chunks::new(manager, selection, size).await?;
    while let Some(some) = chunks.next().await? {
        outcome.add(&change_some(manager, &some, change, now).await?);
    }
    Ok(outcome)
}

/// The customers of a selection, some at a time. Those that match are looked for anew each time, after the last ones.
pub struct Chunks<'a> {
    manager: &'a Manager,
    size: usize,
    rest: Rest<'a>,
}

enum Rest<'a> {
    These(std::slice::Chunks<'a, CustomerId>),
    Matching { find: Find<'a>, except: BTreeSet<CustomerId>, after: Option<CustomerId> },
}

impl<'a> Chunks<'a> {
    pub async fn new(manager: &'a Manager, selection: &'a CustomerSelection, size: usize) -> AppResult<Self> {
        let rest = match selection {
            CustomerSelection::These(ids) => Rest::These(ids.chunks(size)),
            CustomerSelection::Matching { filter, except } => Rest::Matching {
                find: Find::new(manager, filter).await?,
                except: except.iter().copied().collect(),
                after: None,
            },
        };
        Ok(Self { manager, size, rest })
    }

    /// None once there are no more; empty where all of some are left out.
    pub async fn next(&mut self) -> AppResult<Option<Vec<CustomerId>>> {
        tokio::task::yield_now().await;
        match &mut self.rest {
            Rest::These(chunks) => Ok(chunks.next().map(<[CustomerId]>::to_vec)),
            Rest::Matching { find, except, after } => {
                let mut query = find.ids(*after, self.size);
                let mut some: Vec<CustomerId> = query.build_query_scalar().fetch_all(self.manager.db.read()).await?;
                let Some(last) = some.last().copied() else { return Ok(None) };
                *after = Some(last);
                some.retain(|id| !except.contains(id));
                Ok(Some(some))
            }
        }
    }
}

/// How many customers a selection has at this moment.
pub async fn count_selection(manager: &Manager, selection: &CustomerSelection) -> AppResult<u64> {
    let mut query = match selection {
        CustomerSelection::These(ids) => {
            let mut query = Query::new("select count(*) from customer where project_id = ");
            dialect::push_any_id(query.push_bind(manager.project).push(" and id "), ids);
            query
        }
        CustomerSelection::Matching { filter, except } => Find::new(manager, filter).await?.count(except),
    };
    let n: i64 = query.build_query_scalar().fetch_one(manager.db.read()).await?;
    Ok(n.unsigned_abs())
}

async fn change_some(
    manager: &Manager,
    ids: &[CustomerId],
    change: &BulkChange,
    now: Timestamp,
) -> AppResult<CustomersOutcome> {
    if ids.is_empty() {
        return Ok(CustomersOutcome::default());
    }
    let mut tx = manager.db.begin_in(manager.project).await?;
    let known = all(of_project("select id from customer where project_id = ", manager, "id", ids), &mut tx).await?;
    let mut outcome = match change.action {
        // Its messages are written by `server/requests.rs`.
        BulkAction::Request => CustomersOutcome::default(),
        BulkAction::Unsubscribe => {
            mark(&mut tx, manager, ids, "unsubscribed_at", Some((CancelCause::Unsubscribed, now))).await?
        }
        BulkAction::Archive => mark(&mut tx, manager, ids, "archived_at", Some((CancelCause::Archived, now))).await?,
        BulkAction::Unarchive => mark(&mut tx, manager, ids, "archived_at", None).await?,
        BulkAction::AddTag => add_tag(&mut tx, manager, ids, &change.tag).await?,
        BulkAction::RemoveTag => remove_tag(&mut tx, manager, ids, &change.tag).await?,
        BulkAction::Delete => delete(&mut tx, manager, &known).await?,
    };
    manager.db.commit(tx, manager.project).await?;
    let known = known.len() as u64;
    let named: u64 = outcome.done + outcome.skipped.iter().map(|(_, n)| n).sum::<u64>();
    outcome.skip(CustomerSkip::Already, known.saturating_sub(named));
    outcome.skip(CustomerSkip::Gone, ids.len() as u64 - known);
    Ok(outcome)
}

/// `head` project `and column in (ids)`.
fn of_project(head: &'static str, manager: &Manager, column: &'static str, ids: &[CustomerId]) -> Query {
    let mut query = Query::new(head);
    query.push_bind(manager.project).push(" and ").push(column).push(" ");
    dialect::push_any_id(&mut query, ids);
    query
}

async fn all(mut query: Query, tx: &mut Tx) -> sqlx::Result<Vec<CustomerId>> {
    query.build_query_scalar().fetch_all(&mut **tx).await
}

fn done(ids: &[CustomerId]) -> CustomersOutcome {
    CustomersOutcome { done: ids.len() as u64, ..CustomersOutcome::default() }
}

/// Sets the time in a column where there is none, and cancels what is unsent; or takes the time away.
async fn mark(
    tx: &mut Tx,
    manager: &Manager,
    ids: &[CustomerId],
    column: &'static str,
    on: Option<(CancelCause, Timestamp)>,
) -> AppResult<CustomersOutcome> {
    let mut query = Query::new("update customer set ");
    query.push(column).push(" = ").push_bind(on.map(|(_, now)| now)).push(" where project_id = ");
    query.push_bind(manager.project).push(" and ").push(column);
    query.push(if on.is_some() { " is null and id " } else { " is not null and erased_at is null and id " });
    dialect::push_any_id(&mut query, ids);
    query.push(" returning id");
    let changed = all(query, tx).await?;
    let canceled = match on {
        Some((cause, now)) => cancel_customers(tx, manager, &changed, cause, now).await?,
        None => 0,
    };
    Ok(CustomersOutcome { canceled, ..done(&changed) })
}

/// A tag that differs only in its case is the same.
async fn add_tag(tx: &mut Tx, manager: &Manager, ids: &[CustomerId], tag: &str) -> AppResult<CustomersOutcome> {
    let mut query =
        Query::new("insert into customer_tag (project_id, customer_id, tag) select c.project_id, c.id, cast(");
    query.push_bind(tag.to_owned()).push(" as text) from customer c where c.project_id = ").push_bind(manager.project);
    dialect::push_any_id(query.push(" and c.erased_at is null and c.id "), ids);
    query.push(
        " and not exists (select 1 from customer_tag t where t.project_id = c.project_id and t.customer_id = c.id
            and lower(t.tag) = lower(",
    );
    query.push_bind(tag.to_owned());
    query.push(
        ")) and (select count(*) from customer_tag t where t.project_id = c.project_id and t.customer_id = c.id) < ",
    );
    query.push_bind(TAGS).push(" returning customer_id");
    let added = all(query, tx).await?;
    // The others have it already, or as many as there can be.
    let head = "select count(*) from customer c where c.project_id = ";
    let mut query = of_project(head, manager, "c.id", ids);
    query.push(
        " and not exists (select 1 from customer_tag t where t.project_id = c.project_id and t.customer_id = c.id
            and lower(t.tag) = lower(",
    );
    query.push_bind(tag.to_owned()).push("))");
    let full: i64 = query.build_query_scalar().fetch_one(&mut **tx).await?;
    let mut outcome = done(&added);
    outcome.skip(CustomerSkip::ManyTags, full.unsigned_abs());
    Ok(outcome)
}

async fn remove_tag(tx: &mut Tx, manager: &Manager, ids: &[CustomerId], tag: &str) -> AppResult<CustomersOutcome> {
    let mut query = of_project("delete from customer_tag where project_id = ", manager, "customer_id", ids);
    query.push(" and lower(tag) = lower(").push_bind(tag.to_owned()).push(") returning customer_id");
    let mut removed = all(query, tx).await?;
    removed.sort_unstable();
    removed.dedup();
    Ok(done(&removed))
}

/// With every message, note and review. Whoever has a message that is being sent stays, with everything.
async fn delete(tx: &mut Tx, manager: &Manager, ids: &[CustomerId]) -> AppResult<CustomersOutcome> {
    // Read with a lock, so that no worker takes one of the messages meanwhile.
    let head = "select customer_id, state from message where project_id = ";
    let mut query = of_project(head, manager, "customer_id", ids);
    query.push(dialect::FOR_UPDATE);
    let states: Vec<(CustomerId, i16)> = query.build_query_as().fetch_all(&mut **tx).await?;
    let busy: BTreeSet<CustomerId> = states.into_iter().filter(|(_, state)| *state == 1).map(|(id, _)| id).collect();
    let free: Vec<CustomerId> = ids.iter().copied().filter(|id| !busy.contains(id)).collect();
    // The messages first, in a statement of their own, so that the triggers update the counters on both engines.
    of_project("delete from message where project_id = ", manager, "customer_id", &free)
        .build()
        .execute(&mut **tx)
        .await?;
    let mut query = of_project("delete from customer where project_id = ", manager, "id", &free);
    query.push(" returning id");
    let deleted = all(query, tx).await?;
    let mut outcome = done(&deleted);
    outcome.skip(CustomerSkip::BeingSent, busy.len() as u64);
    Ok(outcome)
}
