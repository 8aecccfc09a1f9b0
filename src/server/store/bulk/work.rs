//! Steps of a bulk action: its messages are written down, then changed.

use super::{
    job::{self, Job, Step, end_in},
    rows,
    rules::{judge, standings},
};
use crate::{
    domain::{
        AppResult, BulkId, MessageId, Timestamp,
        bulk::{
            BulkKind, Skip,
            plan::BulkPlan,
            record::{BulkState, StopCause},
        },
        filter::MessageFilter,
        message::EventKind,
    },
    server::store::{
        db::Tx,
        dialect,
        find::Find,
        guard::Manager,
        steering::{self, Place, Putting, Standing},
        timeline,
    },
};
use std::collections::BTreeSet;

/// Writes down the next messages that match the filter.
pub async fn gather(manager: &Manager, id: BulkId, job: &Job, now: Timestamp) -> AppResult<Step> {
    let key = (manager.project, id);
    let Some(filter) = job.filter.as_deref().and_then(MessageFilter::parse_strict) else {
        job::end(&manager.db, key, BulkState::Gathering, Some(StopCause::Filter), now).await?;
        return Ok(Step::Over);
    };
    let except: BTreeSet<MessageId> = serde_json::from_str(&job.except_ids).unwrap_or_default();
    let hits = steering::hits(manager, &filter).await?;
    let find = Find::new(manager, &filter, hits.as_ref());
    let after = job.place_at.zip(job.place_id);
    let next: Vec<Place> = steering::next_places(&find, after).build_query_as().fetch_all(manager.db.read()).await?;
    let last = next.last().copied();
    let ids: Vec<MessageId> = next.into_iter().map(|(_, id)| id).filter(|id| !except.contains(id)).collect();

    let mut tx = manager.db.begin_in(manager.project).await?;
    let added = rows::add(&mut tx, manager, id, &ids).await?;
    let saved = sqlx::query(
        "update bulk_action set total = total + $4, place_at = $5, place_id = $6, steps = steps + 1, state = $7,
            except_ids = case when $7 = 0 then except_ids else '[]' end
         where project_id = $1 and id = $2 and state = 0 and steps = $3",
    )
    .bind(manager.project)
    .bind(id)
    .bind(job.steps)
    .bind(i64::try_from(added).unwrap_or(i64::MAX))
    .bind(last.map(|(at, _)| at))
    .bind(last.map(|(_, id)| id))
    .bind(if last.is_some() { BulkState::Gathering } else { BulkState::Running })
    .execute(&mut *tx)
    .await?;
    // Otherwise another server has written them down, or it was stopped.
    if saved.rows_affected() == 1 {
        manager.db.commit(tx, manager.project).await?;
    }
    Ok(Step::On)
}

/// Changes the next messages.
pub async fn work(manager: &Manager, id: BulkId, size: usize, skipping: bool, now: Timestamp) -> AppResult<Step> {
    match work_in(manager, id, size, skipping, now).await {
        Err(error) if dialect::is_about_rows(&error) => Ok(Step::Refused),
        result => Ok(result?),
    }
}

async fn work_in(manager: &Manager, id: BulkId, size: usize, skipping: bool, now: Timestamp) -> sqlx::Result<Step> {
    let key = (manager.project, id);
    let mut tx = manager.db.begin_in(manager.project).await?;
    let Some(job) = Job::locked(&mut tx, key, BulkState::Running).await? else { return Ok(Step::Over) };
    let turns = match job.turns(size, now) {
        Ok(turns) => turns,
        Err(next) => return Ok(Step::Later(next)),
    };
    let mut query = rows::of("select message_id from bulk_action_row", manager.project, id);
    query.push(" and outcome = 0");
    if let Some(place) = job.place_id {
        query.push(" and message_id > ").push_bind(place);
    }
    query.push(" order by message_id limit ").push_bind(turns as i64);
    let ids: Vec<MessageId> = query.build_query_scalar().fetch_all(&mut *tx).await?;
    let Some(last) = ids.last().copied() else {
        end_in(&mut tx, key, BulkState::Running, None, now).await?;
        manager.db.commit(tx, manager.project).await?;
        return Ok(Step::Over);
    };
    let (done, skipped) = if skipping {
        (Vec::new(), ids.iter().map(|id| (*id, Skip::Broken)).collect())
    } else {
        change(&mut tx, manager, id, &job.plan(), &ids, now).await?
    };
    rows::note(&mut tx, key, &done, &skipped).await?;
    let mut outcome = job.outcome();
    outcome.done += done.len() as u64;
    skipped.iter().for_each(|(_, skip)| outcome.skip(*skip, 1));
    let next = job.next_after(done.len(), now);
    job::save(&mut tx, manager, id, (&outcome, &job.undo()), (last, next)).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(Step::On)
}

type Fates = (Vec<MessageId>, Vec<(MessageId, Skip)>);

/// Changes those of the messages that may be; returns which were, and why the others were not.
async fn change(
    tx: &mut Tx,
    manager: &Manager,
    id: BulkId,
    plan: &BulkPlan,
    ids: &[MessageId],
    now: Timestamp,
) -> sqlx::Result<Fates> {
    let all = standings(&mut **tx, manager, ids).await?;
    let (mut may, mut skipped) = (Vec::new(), Vec::new());
    for id in ids {
        match all.get(id).ok_or(Skip::Gone).and_then(|s| Ok((s, judge(plan, s, manager, now)?))) {
            Ok(one) => may.push(one),
            Err(skip) => skipped.push((*id, skip)),
        }
    }
    let wanted: Vec<MessageId> = may.iter().map(|(standing, _)| standing.id).collect();
    if wanted.is_empty() {
        return Ok((wanted, skipped));
    }
    let done = match plan.kind {
        BulkKind::SendNow => put(tx, manager, EventKind::SendNow, &may, now).await?,
        BulkKind::Reschedule => {
            note_former(tx, manager, id, &wanted).await?;
            let done = put(tx, manager, EventKind::Rescheduled, &may, now).await?;
            note_new(tx, manager, id, &done).await?;
            done
        }
        BulkKind::Resend => steering::queue_again(tx, manager, &wanted, now).await?,
        BulkKind::Delete => steering::delete_some(tx, manager, &wanted).await?,
        // Canceled by the request that asks for it (`steering::cancel_selection`).
        BulkKind::Cancel => Vec::new(),
    };
    let changed: BTreeSet<MessageId> = done.iter().copied().collect();
    let missed: Vec<MessageId> = wanted.into_iter().filter(|id| !changed.contains(id)).collect();
    if !missed.is_empty() {
        // PostgreSQL: a worker took them between the two statements.
        let now_standing = standings(&mut **tx, manager, &missed).await?;
        let why = |id| now_standing.get(&id).map_or(Skip::Gone, |standing| Skip::of_state(standing.state));
        skipped.extend(missed.into_iter().map(|id| (id, why(id))));
    }
    Ok((done, skipped))
}

async fn put(
    tx: &mut Tx,
    manager: &Manager,
    kind: EventKind,
    may: &[(&Standing, Timestamp)],
    now: Timestamp,
) -> sqlx::Result<Vec<MessageId>> {
    let putting = Putting::new(tx, manager, kind, now).await?;
    let mut events = Vec::with_capacity(may.len());
    for (standing, at) in may {
        let Ok(recipient) = standing.recipient() else { continue };
        if let Some((_, event)) = putting.put(tx, standing, recipient, *at).await? {
            events.push(event);
        }
    }
    timeline::append(tx, &events).await?;
    Ok(events.into_iter().map(|event| event.message).collect())
}

/// Keeps the times and states of messages, for an undo.
async fn note_former(tx: &mut Tx, manager: &Manager, id: BulkId, ids: &[MessageId]) -> sqlx::Result<()> {
    const HEAD: &str = "update bulk_action_row set
            former_at = (select m.scheduled_at from message m
                where m.project_id = bulk_action_row.project_id and m.id = bulk_action_row.message_id),
            former_state = (select m.state from message m
                where m.project_id = bulk_action_row.project_id and m.id = bulk_action_row.message_id)";
    note_times(tx, manager, HEAD, id, ids).await
}

/// Keeps the times that messages were put to: one that has another later was moved by somebody else.
async fn note_new(tx: &mut Tx, manager: &Manager, id: BulkId, ids: &[MessageId]) -> sqlx::Result<()> {
    const HEAD: &str = "update bulk_action_row set
            new_at = (select m.scheduled_at from message m
                where m.project_id = bulk_action_row.project_id and m.id = bulk_action_row.message_id)";
    note_times(tx, manager, HEAD, id, ids).await
}

async fn note_times(
    tx: &mut Tx,
    manager: &Manager,
    head: &'static str,
    id: BulkId,
    ids: &[MessageId],
) -> sqlx::Result<()> {
    let mut query = rows::of(head, manager.project, id);
    dialect::push_any_id(query.push(" and message_id "), ids);
    query.build().execute(&mut **tx).await?;
    Ok(())
}
