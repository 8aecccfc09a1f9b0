//! Sends all failed messages of a cause again, and counts beforehand what that would do.

use super::{
    CHUNK,
    requeue::{Standing, queue_again},
};
use crate::{
    domain::{
        AppResult, MessageId, Timestamp,
        attention::{After, Cause},
        bulk::{Outcome, Skip},
    },
    server::store::{
        attention::{push_after, push_cause},
        db::Query,
        guard::{Manager, Viewer},
    },
};

/// The next messages of the cause that nobody has resent or dismissed.
fn next(viewer: &Viewer, cause: Cause, after: Option<After>) -> Query {
    let mut query = Standing::query(viewer);
    query.push(" and m.status = 4 and m.dismiss_batch is null");
    push_cause(&mut query, cause);
    push_after(&mut query, after, CHUNK as i64);
    query
}

fn place(standing: &Standing) -> Option<After> {
    Some(After { failed: standing.failed_at?.0, id: standing.id })
}

/// Those that may be sent again; the others are counted by reason.
fn sort(all: &[Standing], outcome: &mut Outcome) -> Vec<MessageId> {
    let mut may = Vec::with_capacity(all.len());
    for standing in all {
        match standing.recipient_again() {
            Ok(_) => may.push(standing.id),
            Err(refusal) => outcome.skip(Skip::of_refusal(&refusal), 1),
        }
    }
    may
}

/// What [`resend_cause`] would do at this moment: `done` is how many it would queue. Changes nothing.
pub async fn preview_resend(viewer: &Viewer, cause: Cause) -> AppResult<Outcome> {
    let mut outcome = Outcome::default();
    let mut after = None;
    loop {
        let all: Vec<Standing> = next(viewer, cause, after).build_query_as().fetch_all(viewer.db.read()).await?;
        let may = sort(&all, &mut outcome).len();
        outcome.done += may as u64;
        after = all.last().and_then(place);
        if after.is_none() {
            return Ok(outcome);
        }
    }
}

/// Queues the failed messages of a cause again, each under the rules for one, in chunks: after an interruption, a second call does
/// the rest.
pub async fn resend_cause(manager: &Manager, cause: Cause, now: Timestamp) -> AppResult<Outcome> {
    let mut outcome = Outcome::default();
    let mut after = None;
    loop {
        let mut tx = manager.db.begin_in(manager.project).await?;
        let all: Vec<Standing> = next(manager, cause, after).build_query_as().fetch_all(&mut *tx).await?;
        after = all.last().and_then(place);
        if after.is_none() {
            return Ok(outcome);
        }
        let may = sort(&all, &mut outcome);
        if may.is_empty() {
            continue;
        }
        let queued = queue_again(&mut tx, manager, &may, now).await?.len() as u64;
        manager.db.commit(tx, manager.project).await?;
        outcome.done += queued;
        outcome.skip(Skip::Refused, may.len() as u64 - queued);
        tokio::task::yield_now().await;
    }
}
