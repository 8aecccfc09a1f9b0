//! Undoes a cancel, or a Send now: messages return to their former times. Or a dismissal: failures return to their list.

use super::{CHUNK, ids, push_ids, times};
use crate::{
    domain::{
        AppResult, BatchId, MessageId, ReviewId, Timestamp,
        bulk::{Outcome, Skip},
        message::EventKind,
        refusal::{Change, Refusal},
        status::{State, Status},
        timeline::Detail,
    },
    server::store::{
        attention, bulk,
        db::{Query, Tx},
        guard::Operator,
        timeline::{former_time, record},
    },
};

#[derive(sqlx::FromRow)]
struct Canceled {
    id: MessageId,
    state: State,
    scheduled_at: Timestamp,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
    /// The customer's present address for its channel.
    address: String,
    review: Option<ReviewId>,
}

impl Canceled {
    /// What has happened since that forbids sending it.
    fn obstacle(&self) -> Option<Skip> {
        if self.state != State::Canceled {
            Some(Skip::NotCanceled)
        } else if self.unsubscribed_at.is_some() {
            Some(Skip::Unsubscribed)
        } else if self.archived_at.is_some() {
            Some(Skip::Archived)
        } else if self.address.is_empty() {
            Some(Skip::NoAddress)
        } else if self.review.is_some() {
            Some(Skip::Reviewed)
        } else {
            None
        }
    }
}

/// Messages of the batch that are still canceled return to their former times; a time that has passed becomes now, within
/// the project's window.
///
/// # Errors
/// NotFound where there is no such batch (any more) in the project.
pub async fn undo(operator: &Operator, batch: BatchId, now: Timestamp) -> AppResult<Outcome> {
    if let Some(outcome) = undo_send_now(operator, batch, now).await? {
        return Ok(outcome);
    }
    let mut outcome = Outcome::default();
    let mut after: Option<MessageId> = None;
    loop {
        let mut tx = operator.db.begin_in(operator.project).await?;
        let members = members(&mut tx, operator, batch, after).await?;
        let Some(last) = members.last() else { break };
        after = Some(last.id);
        let (mut restorable, mut skipped) = (Vec::new(), Vec::new());
        for m in members {
            match m.obstacle() {
                None => restorable.push(m),
                Some(skip) => skipped.push((m.id, skip)),
            }
        }
        skipped.iter().for_each(|(_, skip)| outcome.skip(*skip, 1));
        let (due, future): (Vec<_>, Vec<_>) = restorable.into_iter().partition(|m| m.scheduled_at <= now);
        let mut restored = restore(&mut tx, operator, &due, Some(now), now).await?;
        restored.extend(restore(&mut tx, operator, &future, None, now).await?);
        outcome.done += restored.len() as u64;
        bulk::note_undone_cancel(&mut tx, operator, batch, &restored, &skipped, now).await?;
        operator.db.commit(tx, operator.project).await?;
    }
    if outcome == Outcome::default() {
        return attention::undo(operator, batch, now).await?.ok_or_else(|| Refusal::NothingToUndo.into());
    }
    Ok(outcome)
}

async fn members(
    tx: &mut Tx,
    operator: &Operator,
    batch: BatchId,
    after: Option<MessageId>,
) -> sqlx::Result<Vec<Canceled>> {
    let mut query = Query::new(
        "select m.id, m.state, m.scheduled_at, c.unsubscribed_at, c.archived_at,
            case when m.channel = 0 then c.email else c.phone end as address,
            (select v.id from review v where v.project_id = m.project_id and v.request_id = m.request_id limit 1) as review
         from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id
         where m.project_id = ",
    );
    query.push_bind(operator.project).push(" and m.cancel_batch = ").push_bind(batch);
    if let Some(id) = after {
        query.push(" and m.id > ").push_bind(id);
    }
    query.push(" order by m.id limit ").push_bind(CHUNK as i64);
    query.build_query_as().fetch_all(&mut **tx).await
}

async fn restore(
    tx: &mut Tx,
    operator: &Operator,
    messages: &[Canceled],
    at: Option<Timestamp>,
    now: Timestamp,
) -> AppResult<Vec<MessageId>> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "update message set state = 0, status = 0, canceled_at = null, cancel_cause = null, canceled_by = null,
            cancel_batch = null, hold = 0, delay = 0, version = version + 1",
    );
    match at {
        Some(at) => {
            let due = times(tx, operator).await?.due(operator, at);
            query.push(", scheduled_at = ").push_bind(at).push(", due_at = ").push_bind(due);
            query.push(", day = ").push_bind(operator.day(at));
        }
        None => drop(query.push(", due_at = scheduled_at")),
    }
    query.push(" where project_id = ").push_bind(operator.project).push(" and state = 4");
    push_ids(&mut query, &messages.iter().map(|m| m.id).collect::<Vec<_>>());
    query.push(" returning id");
    let restored = ids(&mut query, tx).await?;
    record(tx, operator, restored.iter().copied(), EventKind::Restored, None, now).await?;
    Ok(restored)
}

/// Gives a message that Send now made due its former time back. None where the batch is that of a cancel.
///
/// # Errors
/// Conflict once the message is being sent.
async fn undo_send_now(operator: &Operator, batch: BatchId, now: Timestamp) -> AppResult<Option<Outcome>> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let found: Option<(MessageId, State, Status)> = sqlx::query_as(
        "select id, state, status from message where project_id = $1 and cancel_batch = $2 and state <> 4 limit 1",
    )
    .bind(operator.project)
    .bind(batch)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((id, state, status)) = found else { return Ok(None) };
    // A cancel that was undone leaves no batch: this one was named by Send now.
    let Some(former) = former_time(&mut tx, operator, id).await? else { return Ok(None) };
    let at = former.max(now);
    let due = times(&mut tx, operator).await?.due(operator, at);
    let changed = sqlx::query(
        "update message set scheduled_at = $3, due_at = $4, day = $5, cancel_batch = null, hold = 0, delay = 0, version = version + 1
         where project_id = $1 and id = $2 and state = 0",
    );
    let changed = changed.bind(operator.project).bind(id).bind(at).bind(due).bind(operator.day(at));
    if changed.execute(&mut *tx).await?.rows_affected() == 0 {
        return Err(Refusal::Standing { state, status, change: Change::UndoSendNow }.into());
    }
    record(&mut tx, operator, [id], EventKind::Rescheduled, Some(Detail::Time(at)), now).await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(Some(Outcome { done: 1, ..Outcome::default() }))
}
