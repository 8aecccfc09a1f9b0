//! Failed messages that nobody has resent or dismissed, by cause; and how they are dismissed. The number of the sidebar also counts
//! reviews of one or two stars (`reviews/low.rs`).
//!
//! Status 4 is failed; written out, so that the partial index is used. A message that fails anew is news: a trigger takes its
//! dismissal back.

use super::{
    db::{Db, Query},
    dialect,
    guard::{Manager, Operator, Viewer},
    id::NewId,
    messages, rows, timeline,
};
use crate::domain::{
    AppResult, BatchId, MessageId, ProjectId, Timestamp,
    attention::{After, AttentionQuery, COUNTED_MOST, Cause, Group, SHOWN_MOST},
    bulk::Outcome,
    message::EventKind,
    refusal::{Change, Refusal},
    status::Status,
};

/// How many rows of each group the page shows, and how many where it shows one.
const FEW: usize = 5;
const MANY: usize = 50;
/// Messages of one statement.
const CHUNK: i64 = 4_000;

/// ` from message m where …` of the project's.
fn push_open(query: &mut Query, project: ProjectId) {
    query.push(" from message m").push(dialect::BY_ATTENTION).push(" where m.project_id = ").push_bind(project);
    query.push(" and m.status = 4 and m.dismiss_batch is null");
}

/// … and those of one cause.
pub(super) fn push_cause(query: &mut Query, cause: Cause) {
    query.push(" and m.failure_code = '").push(cause.code.code()).push("' and m.channel = ").push(cause.channel as i16);
}

/// ` and …` for the rows after one, newest first, and their order.
pub(super) fn push_after(query: &mut Query, after: Option<After>, limit: i64) {
    if let Some(After { failed, id }) = after {
        query.push(" and (m.failed_at, m.id) < (").push_bind(failed).push(", ").push_bind(id).push(")");
    }
    query.push(" order by m.failed_at desc, m.id desc limit ").push_bind(limit);
}

fn number_query(project: ProjectId) -> Query {
    let mut query = Query::new("select (select count(*) from (select 1");
    push_open(&mut query, project);
    query.push(" limit ").push(SHOWN_MOST + 1).push(") t)");
    query.push(" + (select count(*) from (select 1 from review v where v.is_open = 1 and v.project_id = ");
    query.push_bind(project).push(" limit ").push(SHOWN_MOST + 1).push(") r)");
    query
}

/// How many failed messages and reviews need attention: exact up to [`SHOWN_MOST`].
pub async fn number(db: &Db, project: ProjectId) -> AppResult<u32> {
    let n: i64 = number_query(project).build_query_scalar().fetch_one(db.read()).await?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// The index of each cause in [`Cause::all`] and its number, up to one more than [`COUNTED_MOST`].
fn counts_query(viewer: &Viewer) -> Query {
    let mut query = Query::new("");
    for (index, cause) in Cause::all().into_iter().enumerate() {
        query.push(if index == 0 { "select " } else { " union all select " }).push(index);
        query.push(", count(*) from (select 1");
        push_open(&mut query, viewer.project);
        push_cause(&mut query, cause);
        query.push(" limit ").push(COUNTED_MOST + 1).push(") t");
    }
    query
}

#[derive(sqlx::FromRow)]
struct Found {
    seq: i64,
    failed_at: i64,
    id: MessageId,
}

fn rows_query(viewer: &Viewer, cause: Cause, after: Option<After>, limit: usize) -> Query {
    let mut query = Query::new("select m.seq, m.failed_at, m.id");
    push_open(&mut query, viewer.project);
    push_cause(&mut query, cause);
    push_after(&mut query, after, limit as i64);
    query
}

/// The groups that the address asks for. The one that it names is there even if it is empty.
pub async fn groups(viewer: &Viewer, query: AttentionQuery) -> AppResult<Vec<Group>> {
    let counts: Vec<(i32, i64)> = counts_query(viewer).build_query_as().fetch_all(viewer.db.read()).await?;
    let counted = |index: usize| counts.iter().find(|(of, _)| *of as usize == index).map_or(0, |(_, n)| *n as u32);
    let shown = if query.cause.is_some() { MANY } else { FEW };
    let mut groups = Vec::new();
    for (index, cause) in Cause::all().into_iter().enumerate() {
        let count = counted(index);
        if query.cause.map_or(count == 0, |wanted| wanted != cause) {
            continue;
        }
        // One more, to know whether rows follow.
        let mut found: Vec<Found> =
            rows_query(viewer, cause, query.after, shown + 1).build_query_as().fetch_all(viewer.db.read()).await?;
        let is_more = found.len() > shown;
        found.truncate(shown);
        let after = found.last().filter(|_| is_more).map(|last| After { failed: last.failed_at, id: last.id });
        let next = after.map(|after| AttentionQuery {
            // From the few of each cause, the way leads to all of this one.
            after: query.cause.map(|_| after),
            ..AttentionQuery::of(cause)
        });
        let seqs: Vec<i64> = found.iter().map(|found| found.seq).collect();
        let rows = rows::by_seq(viewer, &seqs).await?;
        let readdressed = readdressed(viewer, &seqs).await?;
        groups.push(Group { cause, count, rows, readdressed, next });
    }
    Ok(groups)
}

/// Those of the messages whose customers have another address now.
async fn readdressed(viewer: &Viewer, seqs: &[i64]) -> AppResult<Vec<MessageId>> {
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "select m.id from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id
         where case when m.channel = 0 then c.email else c.phone end not in ('', m.recipient) and m.seq ",
    );
    dialect::push_any(&mut query, seqs);
    Ok(query.build_query_scalar().fetch_all(viewer.db.read()).await?)
}

/// Takes a failed message from the list, until it fails anew.
///
/// # Errors
/// Conflict where it has not failed, or was dismissed already.
pub async fn dismiss(operator: &Operator, id: MessageId, now: Timestamp) -> AppResult<BatchId> {
    let batch = BatchId::new();
    let mut tx = operator.db.begin_in(operator.project).await?;
    let mut query = set_dismissed(operator, batch);
    query.push(" and status = 4 and dismiss_batch is null and id = ").push_bind(id);
    if query.build().execute(&mut *tx).await?.rows_affected() == 0 {
        drop(tx);
        let row = messages::row(operator, id).await?;
        return Err(match row.status {
            Status::Failed => Refusal::Dismissed,
            status => Refusal::Standing { state: row.state, status, change: Change::Dismiss },
        }
        .into());
    }
    timeline::record(&mut tx, operator, [id], EventKind::Dismissed, None, now).await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(batch)
}

/// The same with all of a cause, in chunks: after an interruption, a second call does the rest.
pub async fn dismiss_cause(manager: &Manager, cause: Cause, now: Timestamp) -> AppResult<Outcome> {
    let batch = BatchId::new();
    let mut done = 0;
    loop {
        let mut tx = manager.db.begin_in(manager.project).await?;
        let mut query = set_dismissed(manager, batch);
        query.push(" and id in (select m.id");
        push_open(&mut query, manager.project);
        push_cause(&mut query, cause);
        query.push(" limit ").push_bind(CHUNK).push(") returning id");
        let dismissed: Vec<MessageId> = query.build_query_scalar().fetch_all(&mut *tx).await?;
        if dismissed.is_empty() {
            break;
        }
        done += dismissed.len() as u64;
        timeline::record(&mut tx, manager, dismissed, EventKind::Dismissed, None, now).await?;
        manager.db.commit(tx, manager.project).await?;
        tokio::task::yield_now().await;
    }
    Ok(Outcome { done, undo: (done > 0).then_some(batch), ..Outcome::default() })
}

fn set_dismissed(operator: &Operator, batch: BatchId) -> Query {
    let mut query = Query::new("update message set dismiss_batch = ");
    query.push_bind(batch).push(", version = version + 1 where project_id = ").push_bind(operator.project);
    query
}

/// Puts what was dismissed back on the list, unless something became of it. None where nothing of the batch is dismissed.
pub(super) async fn undo(operator: &Operator, batch: BatchId, now: Timestamp) -> AppResult<Option<Outcome>> {
    let mut done = 0;
    loop {
        let mut tx = operator.db.begin_in(operator.project).await?;
        let listed: Vec<MessageId> = sqlx::query_scalar(
            "update message set dismiss_batch = null, version = version + 1
             where project_id = $1 and id in (select id from message where project_id = $1 and dismiss_batch = $2 limit $3)
             returning id",
        )
        .bind(operator.project)
        .bind(batch)
        .bind(CHUNK)
        .fetch_all(&mut *tx)
        .await?;
        if listed.is_empty() {
            break;
        }
        done += listed.len() as u64;
        timeline::record(&mut tx, operator, listed, EventKind::DismissalUndone, None, now).await?;
        operator.db.commit(tx, operator.project).await?;
    }
    Ok((done > 0).then(|| Outcome { done, ..Outcome::default() }))
}

/// The statements that read, for a test that asks the planner about them.
#[cfg(test)]
pub fn queries(viewer: &Viewer, after: Option<After>) -> Vec<Query> {
    let cause = Cause::all()[0];
    vec![number_query(viewer.project), counts_query(viewer), rows_query(viewer, cause, after, 51)]
}
