//! Steps of the undo of a Reschedule: messages return to their former times, and canceled ones are canceled again.

use super::{
    job::{self, Job, Step, end_in},
    rows,
    rules::standings,
};
use crate::{
    domain::{
        AppResult, BulkId, MessageId, Timestamp,
        bulk::{Skip, record::BulkState},
        message::{CancelCause, EventKind},
        status::State,
    },
    server::store::{
        db::Tx,
        dialect,
        guard::Manager,
        steering::{self, Putting, Standing},
        timeline,
    },
};

/// A message that was put to another time.
#[derive(sqlx::FromRow)]
struct Moved {
    message_id: MessageId,
    former_at: Option<Timestamp>,
    former_state: Option<State>,
    new_at: Option<Timestamp>,
}

/// Changes the next messages back.
pub async fn undo_some(manager: &Manager, id: BulkId, size: usize, skipping: bool, now: Timestamp) -> AppResult<Step> {
    match undo_in(manager, id, size, skipping, now).await {
        Err(error) if dialect::is_about_rows(&error) => Ok(Step::Refused),
        result => Ok(result?),
    }
}

async fn undo_in(manager: &Manager, id: BulkId, size: usize, skipping: bool, now: Timestamp) -> sqlx::Result<Step> {
    let key = (manager.project, id);
    let mut tx = manager.db.begin_in(manager.project).await?;
    let Some(job) = Job::locked(&mut tx, key, BulkState::Undoing).await? else { return Ok(Step::Over) };
    let mut query =
        rows::of("select message_id, former_at, former_state, new_at from bulk_action_row", manager.project, id);
    query.push(" and outcome = 1 and undo is null");
    if let Some(place) = job.place_id {
        query.push(" and message_id > ").push_bind(place);
    }
    query.push(" order by message_id limit ").push_bind(size as i64);
    let moved: Vec<Moved> = query.build_query_as().fetch_all(&mut *tx).await?;
    let Some(last) = moved.last().map(|moved| moved.message_id) else {
        end_in(&mut tx, key, BulkState::Undoing, None, now).await?;
        manager.db.commit(tx, manager.project).await?;
        return Ok(Step::Over);
    };
    let (done, skipped) = if skipping {
        (Vec::new(), moved.iter().map(|moved| (moved.message_id, Skip::Broken)).collect())
    } else {
        change_back(&mut tx, manager, &moved, now).await?
    };
    rows::note_undo(&mut tx, key, &done, &skipped).await?;
    let mut undo = job.undo();
    undo.done += done.len() as u64;
    skipped.iter().for_each(|(_, skip)| undo.skip(*skip, 1));
    job::save(&mut tx, manager, id, (&job.outcome(), &undo), (last, now)).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(Step::On)
}

async fn change_back(
    tx: &mut Tx,
    manager: &Manager,
    moved: &[Moved],
    now: Timestamp,
) -> sqlx::Result<(Vec<MessageId>, Vec<(MessageId, Skip)>)> {
    let ids: Vec<MessageId> = moved.iter().map(|moved| moved.message_id).collect();
    let all = standings(&mut **tx, manager, &ids).await?;
    let putting = Putting::new(tx, manager, EventKind::Rescheduled, now).await?;
    let (mut events, mut skipped, mut to_cancel) = (Vec::new(), Vec::new(), Vec::new());
    for Moved { message_id, former_at, former_state, new_at } in moved {
        let standing = match all.get(message_id).ok_or(Skip::Gone).and_then(|standing| as_left(standing, *new_at)) {
            Ok(standing) => standing,
            Err(skip) => {
                skipped.push((*message_id, skip));
                continue;
            }
        };
        if *former_state == Some(State::Canceled) {
            to_cancel.push(*message_id);
            continue;
        }
        let at = former_at.unwrap_or(now).max(now);
        let recipient = match standing.recipient() {
            Ok(recipient) => recipient,
            Err(refusal) => {
                skipped.push((*message_id, Skip::of_refusal(&refusal)));
                continue;
            }
        };
        match putting.put(tx, standing, recipient, at).await? {
            Some((_, event)) => events.push(event),
            None => skipped.push((*message_id, Skip::BeingSent)),
        }
    }
    timeline::append(tx, &events).await?;
    let mut done: Vec<MessageId> = events.into_iter().map(|event| event.message).collect();
    if !to_cancel.is_empty() {
        let canceled = cancel_again(tx, manager, &to_cancel, now).await?;
        let missed = to_cancel.into_iter().filter(|id| !canceled.contains(id));
        skipped.extend(missed.map(|id| (id, Skip::BeingSent)));
        done.extend(canceled);
    }
    Ok((done, skipped))
}

/// The message, if it is still as the action left it.
fn as_left(standing: &Standing, new_at: Option<Timestamp>) -> Result<&Standing, Skip> {
    match standing.state {
        State::Scheduled if Some(standing.scheduled_at) == new_at => Ok(standing),
        State::Scheduled => Err(Skip::Moved),
        state => Err(Skip::of_state(state)),
    }
}

async fn cancel_again(
    tx: &mut Tx,
    manager: &Manager,
    ids: &[MessageId],
    now: Timestamp,
) -> sqlx::Result<Vec<MessageId>> {
    let mut query = steering::set_canceled(manager, CancelCause::Staff, None, now);
    steering::push_ids(&mut query, ids);
    query.push(" returning id");
    let canceled = steering::ids(&mut query, tx).await?;
    timeline::record(tx, manager, canceled.iter().copied(), EventKind::Canceled, None, now).await?;
    Ok(canceled)
}
