//! Whether a message can be changed, by the rules for one message.

use crate::{
    domain::{
        MessageId, Timestamp,
        bulk::{BulkKind, Skip, plan::BulkPlan},
        status::State,
    },
    server::store::{
        db::{Engine, Query},
        dialect,
        guard::Viewer,
        steering::{GRACE, Standing},
    },
};
use std::collections::HashMap;

/// When the message would leave, or be in its state from; or why it is not changed.
pub fn judge(plan: &BulkPlan, standing: &Standing, viewer: &Viewer, now: Timestamp) -> Result<Timestamp, Skip> {
    let by_state = Err(Skip::of_state(standing.state));
    match (plan.kind, standing.state) {
        (BulkKind::Cancel, State::Scheduled) => Ok(now),
        (BulkKind::Cancel, _) | (BulkKind::Delete, State::Sending) => by_state,
        (BulkKind::Delete, _) => Ok(now),
        (BulkKind::Resend, _) => {
            standing.recipient_again().map_err(|refusal| Skip::of_refusal(&refusal))?;
            Ok(now)
        }
        (BulkKind::SendNow | BulkKind::Reschedule, State::Scheduled) => put(plan, standing, viewer, now),
        (BulkKind::SendNow | BulkKind::Reschedule, State::Canceled) if plan.canceled => {
            put(plan, standing, viewer, now)
        }
        (BulkKind::SendNow | BulkKind::Reschedule, _) => by_state,
    }
}

fn put(plan: &BulkPlan, standing: &Standing, viewer: &Viewer, now: Timestamp) -> Result<Timestamp, Skip> {
    standing.recipient().map_err(|refusal| Skip::of_refusal(&refusal))?;
    match plan.time {
        Some(time) => Ok(time.of(&viewer.zone, standing.scheduled_at, now)?.max(now)),
        None => Ok(now.plus(GRACE)),
    }
}

/// How the project's messages among `ids` stand.
pub async fn standings<'a>(
    db: impl sqlx::Executor<'a, Database = Engine>,
    viewer: &Viewer,
    ids: &[MessageId],
) -> sqlx::Result<HashMap<MessageId, Standing>> {
    let mut query: Query = Standing::query(viewer);
    dialect::push_any_id(query.push(" and m.id "), ids);
    let all: Vec<Standing> = query.build_query_as().fetch_all(db).await?;
    Ok(all.into_iter().map(|standing| (standing.id, standing)).collect())
}
