//! What a bulk action would do, counted beforehand.

use super::rules::{judge, standings};
use crate::{
    domain::{
        AppResult, MessageId, Timestamp,
        bulk::{
            BulkKind, Outcome, Selection, Skip,
            plan::{BulkPlan, BulkPreview},
        },
        filter::MessageFilter,
        status::{State, Status},
    },
    server::store::{
        find::Find,
        guard::Manager,
        steering::{self, CHUNK, Place},
    },
};
use std::collections::BTreeSet;

/// What [`super::start`] would come to, were all done at this moment. Changes nothing.
pub async fn preview(
    manager: &Manager,
    selection: &Selection,
    plan: &BulkPlan,
    now: Timestamp,
) -> AppResult<BulkPreview> {
    match selection {
        Selection::These(ids) => these(manager, ids, plan, now).await,
        Selection::Matching { filter, except } => matching(manager, filter, except, plan, now).await,
    }
}

async fn these(manager: &Manager, ids: &[MessageId], plan: &BulkPlan, now: Timestamp) -> AppResult<BulkPreview> {
    let mut preview = BulkPreview::default();
    let ids: Vec<MessageId> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    for some in ids.chunks(CHUNK) {
        preview.canceled += count(manager, some, plan, &mut preview.outcome, now).await?;
    }
    if !plan.kind.may_revive() {
        preview.canceled = 0;
    }
    Ok(preview)
}

/// Counts some messages; returns how many of them are canceled.
async fn count(
    manager: &Manager,
    ids: &[MessageId],
    plan: &BulkPlan,
    outcome: &mut Outcome,
    now: Timestamp,
) -> AppResult<u64> {
    let all = standings(manager.db.read(), manager, ids).await?;
    for standing in all.values() {
        match judge(plan, standing, manager, now) {
            Ok(_) => outcome.done += 1,
            Err(skip) => outcome.skip(skip, 1),
        }
    }
    outcome.skip(Skip::Gone, (ids.len() - all.len()) as u64);
    Ok(all.values().filter(|standing| standing.state == State::Canceled).count() as u64)
}

/// Those that cannot be changed by their status are counted by the counters; only the others are looked at.
async fn matching(
    manager: &Manager,
    filter: &MessageFilter,
    except: &[MessageId],
    plan: &BulkPlan,
    now: Timestamp,
) -> AppResult<BulkPreview> {
    let shares = steering::preview_matching(manager, filter, except).await?;
    let mut outcome = Outcome::default();
    let looked_at: &[Status] = match plan.kind {
        BulkKind::SendNow | BulkKind::Reschedule if plan.canceled => &[Status::Scheduled, Status::Canceled],
        BulkKind::SendNow | BulkKind::Reschedule | BulkKind::Cancel => &[Status::Scheduled],
        BulkKind::Resend => &[Status::Failed],
        BulkKind::Delete => &[],
    };
    for status in looked_at {
        if filter.wanted_status().is_none_or(|wanted| wanted == *status) {
            walk(manager, (filter, *status), except, plan, &mut outcome, now).await?;
        }
    }
    match plan.kind {
        BulkKind::Delete => {
            outcome.done = shares.unsent + shares.sent + shares.failed + shares.canceled;
            outcome.skip(Skip::BeingSent, shares.being_sent);
        }
        kind => {
            outcome.skip(Skip::AlreadySent, shares.sent);
            if kind == BulkKind::Resend {
                outcome.skip(Skip::Waiting, shares.unsent);
                outcome.skip(Skip::BeingSent, shares.being_sent);
            } else {
                outcome.skip(Skip::Failed, shares.failed);
            }
            if !looked_at.contains(&Status::Canceled) {
                outcome.skip(Skip::AlreadyCanceled, shares.canceled);
            }
        }
    }
    Ok(BulkPreview { outcome, canceled: if plan.kind.may_revive() { shares.canceled } else { 0 } })
}

async fn walk(
    manager: &Manager,
    (filter, status): (&MessageFilter, Status),
    except: &[MessageId],
    plan: &BulkPlan,
    outcome: &mut Outcome,
    now: Timestamp,
) -> AppResult<()> {
    let hits = steering::hits(manager, filter).await?;
    let find = Find { status: Some(status), ..Find::new(manager, filter, hits.as_ref()) };
    let except: BTreeSet<MessageId> = except.iter().copied().collect();
    let mut after = None;
    loop {
        let next: Vec<Place> =
            steering::next_places(&find, after).build_query_as().fetch_all(manager.db.read()).await?;
        after = next.last().copied();
        if after.is_none() {
            return Ok(());
        }
        let ids: Vec<MessageId> = next.into_iter().map(|(_, id)| id).filter(|id| !except.contains(id)).collect();
        count(manager, &ids, plan, outcome, now).await?;
    }
}
