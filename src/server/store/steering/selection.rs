//! Cancels the unsent messages of a selection, and counts beforehand what that would do.

use super::{CHUNK, cancel::set_canceled, ids, push_ids};
use crate::{
    domain::{
        AppResult, BatchId, MessageId, Timestamp,
        bulk::{Outcome, Selection, Skip},
        filter::MessageFilter,
        message::{CancelCause, EventKind},
        status::{State, Status},
    },
    server::store::{
        bulk,
        db::Query,
        find::Find,
        guard::Manager,
        id::NewId,
        messages, queue,
        search::{self, Hits},
        tally::Tally,
        timeline::record,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// How the messages of a selection divide. Those that it leaves out are in none of the numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::server::store) struct Shares {
    pub unsent: u64,
    pub sent: u64,
    pub being_sent: u64,
    pub failed: u64,
    pub canceled: u64,
    pub gone: u64,
}

impl Shares {
    fn add(&mut self, state: State) {
        *match state {
            State::Scheduled => &mut self.unsent,
            State::Sending => &mut self.being_sent,
            State::Sent => &mut self.sent,
            State::Failed => &mut self.failed,
            State::Canceled => &mut self.canceled,
        } += 1;
    }

    fn outcome(self, batch: Option<BatchId>) -> Outcome {
        let skipped = [
            (Skip::AlreadySent, self.sent),
            (Skip::BeingSent, self.being_sent),
            (Skip::Failed, self.failed),
            (Skip::AlreadyCanceled, self.canceled),
            (Skip::Gone, self.gone),
        ];
        Outcome {
            done: self.unsent,
            skipped: skipped.into_iter().filter(|(_, n)| *n > 0).collect(),
            undo: batch.filter(|_| self.unsent > 0),
        }
    }
}

/// Cancels the unsent messages of a selection, in chunks: after an interruption, a second call does the rest. It is a bulk action, whose
/// id is that of the batch.
pub async fn cancel_selection(
    manager: &Manager,
    selection: &Selection,
    reason: &str,
    now: Timestamp,
) -> AppResult<Outcome> {
    let batch = BatchId::new();
    bulk::begin_cancel(manager, batch, selection, reason, now).await?;
    let shares = match selection {
        Selection::These(ids) => cancel_these(manager, ids, batch, now).await?,
        Selection::Matching { filter, except } => cancel_matching(manager, filter, except, batch, now).await?,
    };
    let outcome = shares.outcome(Some(batch));
    bulk::end_cancel(manager, batch, &outcome, now).await?;
    Ok(outcome)
}

/// What [`cancel_selection`] would do at this moment: `done` is how many it would cancel. Changes nothing.
pub async fn preview_cancel(manager: &Manager, selection: &Selection) -> AppResult<Outcome> {
    let shares = match selection {
        Selection::These(ids) => preview_these(manager, ids).await?,
        Selection::Matching { filter, except } => preview_matching(manager, filter, except).await?,
    };
    Ok(shares.outcome(None))
}

fn distinct(ids: &[MessageId]) -> Vec<MessageId> {
    ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

/// ` id, state …` of the project's messages among `some`.
fn states(manager: &Manager, some: &[MessageId]) -> Query {
    let mut query = Query::new("select id, state from message where project_id = ");
    query.push_bind(manager.project);
    push_ids(&mut query, some);
    query
}

async fn preview_these(manager: &Manager, wanted: &[MessageId]) -> AppResult<Shares> {
    let mut shares = Shares::default();
    for some in distinct(wanted).chunks(CHUNK) {
        let known: Vec<(MessageId, State)> =
            states(manager, some).build_query_as().fetch_all(manager.db.read()).await?;
        shares.gone += (some.len() - known.len()) as u64;
        known.into_iter().for_each(|(_, state)| shares.add(state));
    }
    Ok(shares)
}

async fn cancel_these(manager: &Manager, wanted: &[MessageId], batch: BatchId, now: Timestamp) -> AppResult<Shares> {
    let mut shares = Shares::default();
    for some in distinct(wanted).chunks(CHUNK) {
        let mut tx = manager.db.begin_in(manager.project).await?;
        let mut query = set_canceled(manager, CancelCause::Staff, Some(batch), now);
        push_ids(&mut query, some);
        query.push(" returning id");
        let canceled = ids(&mut query, &mut tx).await?;
        record(&mut tx, manager, canceled.iter().copied(), EventKind::Canceled, None, now).await?;
        let known: Vec<(MessageId, State)> = states(manager, some).build_query_as().fetch_all(&mut *tx).await?;
        let others = divide(some, &canceled, known);
        bulk::note_canceled(&mut tx, manager, batch, &canceled, &others).await?;
        manager.db.commit(tx, manager.project).await?;
        shares.unsent += canceled.len() as u64;
        for (_, skip) in others {
            match skip {
                Skip::AlreadySent => shares.sent += 1,
                Skip::Failed => shares.failed += 1,
                Skip::AlreadyCanceled => shares.canceled += 1,
                Skip::Gone => shares.gone += 1,
                _ => shares.being_sent += 1,
            }
        }
    }
    Ok(shares)
}

/// Why those of `some` were not canceled that are not in `canceled`.
fn divide(some: &[MessageId], canceled: &[MessageId], known: Vec<(MessageId, State)>) -> Vec<(MessageId, Skip)> {
    let canceled: BTreeSet<_> = canceled.iter().copied().collect();
    let known: BTreeMap<_, _> = known.into_iter().collect();
    let why = |id: &MessageId| match known.get(id) {
        None => Skip::Gone,
        // PostgreSQL: its attempt ended between the two statements.
        Some(State::Scheduled) => Skip::BeingSent,
        Some(state) => Skip::of_state(*state),
    };
    some.iter().filter(|id| !canceled.contains(id)).map(|id| (*id, why(id))).collect()
}

/// The messages that match a filter but those that are left out, by status.
struct Matched<'a> {
    filter: &'a MessageFilter,
    all: Tally,
    left_out: Tally,
}

impl<'a> Matched<'a> {
    async fn count(manager: &Manager, find: &Find<'a>, except: &[MessageId]) -> AppResult<Self> {
        let all = messages::tally(manager, find).await?;
        let left_out = messages::tally_among(manager, find, except).await?;
        Ok(Self { filter: find.filter, all, left_out })
    }

    fn total(&self, status: Status) -> u64 {
        self.all.total(Some(status)).saturating_sub(self.left_out.total(Some(status)))
    }

    /// Those with one badge.
    fn badge(&self, status: Status) -> u64 {
        if self.filter.wanted_status().is_none_or(|wanted| wanted == status) { self.total(status) } else { 0 }
    }

    /// How they divide, where `unsent` of them are waiting and the other scheduled ones are being sent.
    fn shares(&self, unsent: u64) -> Shares {
        let sent = match self.filter.wanted_status() {
            None => self.total(Status::Sent),
            Some(status) if status.is_sent() => self.total(status),
            Some(_) => 0,
        };
        Shares {
            unsent,
            sent,
            being_sent: self.badge(Status::Scheduled).saturating_sub(unsent),
            failed: self.badge(Status::Failed),
            canceled: self.badge(Status::Canceled),
            gone: 0,
        }
    }

    fn has_unsent(&self) -> bool {
        matches!(self.filter.wanted_status(), None | Some(Status::Scheduled))
    }
}

pub(in crate::server::store) async fn hits(manager: &Manager, filter: &MessageFilter) -> AppResult<Option<Hits>> {
    if filter.q.is_empty() { Ok(None) } else { Ok(Some(search::hits(manager, &filter.q).await?)) }
}

/// The scheduled ones of all that a filter matches.
fn scheduled<'a>(manager: &Manager, filter: &'a MessageFilter, hits: Option<&'a Hits>) -> Find<'a> {
    Find { status: Some(Status::Scheduled), ..Find::new(manager, filter, hits) }
}

pub(in crate::server::store) async fn preview_matching(
    manager: &Manager,
    filter: &MessageFilter,
    except: &[MessageId],
) -> AppResult<Shares> {
    let hits = hits(manager, filter).await?;
    let find = scheduled(manager, filter, hits.as_ref());
    let matched = Matched::count(manager, &find, except).await?;
    if !matched.has_unsent() {
        return Ok(matched.shares(0));
    }
    let mut taken = queue::being_sent(&manager.db, manager.project).await?;
    taken.retain(|id| !except.contains(id));
    let taken = messages::tally_among(manager, &find, &taken).await?.total(Some(Status::Scheduled));
    Ok(matched.shares(matched.badge(Status::Scheduled).saturating_sub(taken)))
}

async fn cancel_matching(
    manager: &Manager,
    filter: &MessageFilter,
    except: &[MessageId],
    batch: BatchId,
    now: Timestamp,
) -> AppResult<Shares> {
    let hits = hits(manager, filter).await?;
    let find = scheduled(manager, filter, hits.as_ref());
    // Counted before anything is canceled: these are the numbers that the person saw.
    let matched = Matched::count(manager, &find, except).await?;
    let except: BTreeSet<MessageId> = except.iter().copied().collect();
    let mut done = 0;
    if matched.has_unsent() {
        let mut after = None;
        loop {
            let (n, last) = cancel_chunk(manager, &find, &except, after, batch, now).await?;
            done += n;
            let Some(last) = last else { break };
            after = Some(last);
            tokio::task::yield_now().await;
        }
    }
    Ok(matched.shares(done))
}

/// Where a message stands in the order of the schedule.
pub(in crate::server::store) type Place = (Timestamp, MessageId);

/// The places of the next messages that match, in the order of their schedule, [`CHUNK`] at most.
pub(in crate::server::store) fn next_places(find: &Find<'_>, after: Option<Place>) -> Query {
    let mut query = Query::new("select m.scheduled_at, m.id from message m");
    if let Some(Hits::Many(_)) = find.hits {
        query.push(" join message_search s on s.seq = m.seq");
    }
    find.push_where(&mut query);
    if let Some((at, id)) = after {
        query.push(" and (m.scheduled_at, m.id) > (").push_bind(at).push(", ").push_bind(id).push(")");
    }
    query.push(" order by m.scheduled_at, m.id limit ").push_bind(CHUNK as i64);
    query
}

/// The next waiting messages that match, in the order of their schedule; none after the last.
async fn cancel_chunk(
    manager: &Manager,
    find: &Find<'_>,
    except: &BTreeSet<MessageId>,
    after: Option<Place>,
    batch: BatchId,
    now: Timestamp,
) -> AppResult<(u64, Option<Place>)> {
    let next: Vec<Place> = next_places(find, after).build_query_as().fetch_all(manager.db.read()).await?;
    let Some(last) = next.last().copied() else { return Ok((0, None)) };

    let wanted: Vec<MessageId> = next.iter().map(|(_, id)| *id).filter(|id| !except.contains(id)).collect();
    let mut tx = manager.db.begin_in(manager.project).await?;
    let mut query = set_canceled(manager, CancelCause::Staff, Some(batch), now);
    push_ids(&mut query, &wanted);
    query.push(" returning id");
    let canceled = ids(&mut query, &mut tx).await?;
    record(&mut tx, manager, canceled.iter().copied(), EventKind::Canceled, None, now).await?;
    bulk::note_canceled(&mut tx, manager, batch, &canceled, &[]).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok((canceled.len() as u64, Some(last)))
}
