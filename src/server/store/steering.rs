//! What staff change about messages that were not sent: cancel, undo, send now, reschedule, resend, delete.
//!
//! Each change is one compare-and-set: the state that it expects stands in its WHERE, and how many rows it changed is the
//! answer. State 0 is scheduled, 1 being sent, 3 failed, 4 canceled; written out, so that the partial indexes are used.

mod cancel;
mod edit;
mod requeue;
mod resend_cause;
mod selection;
mod undo;

#[cfg(test)]
pub use cancel::of_customers;
pub(super) use cancel::{CANCELED_STATUS, set_canceled};
pub use cancel::{Whose, cancel, cancel_channel, cancel_customer, cancel_customers, cancel_for_system, cancel_request};
pub use edit::{Editable, edit, editable};
pub use requeue::{GRACE, Put, may_resend, reschedule, resend, send_now};
pub(super) use requeue::{Putting, Standing, queue_again};
pub use resend_cause::{preview_resend, resend_cause};
pub(super) use selection::{Place, hits, next_places, preview_matching};
pub use selection::{cancel_selection, preview_cancel};
pub use undo::undo;

use super::{
    db::{Query, Tx},
    messages, opening,
};
use crate::{
    domain::{
        AppError, AppResult, MessageId, Timestamp,
        message::Channel,
        refusal::{Change, Refusal},
        schedule::{self, Delay, Quiet},
    },
    server::store::guard::{Operator, Viewer},
};

/// Messages of one transaction: few enough that the write lock is held for a fraction of a second, and that SQLite takes a
/// statement with as many values (32,766 at most).
pub(super) const CHUNK: usize = 4000;

pub(super) fn push_ids(query: &mut Query, ids: &[MessageId]) {
    query.push(" and id in (");
    if ids.is_empty() {
        query.push("null");
    }
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
}

pub(super) async fn ids(query: &mut Query, tx: &mut Tx) -> sqlx::Result<Vec<MessageId>> {
    query.build_query_scalar().fetch_all(&mut **tx).await
}

/// Why a message cannot be changed: what became of it meanwhile.
async fn refusal(viewer: &Viewer, id: MessageId, change: Change) -> AppError {
    match messages::row(viewer, id).await {
        Ok(row) => Refusal::Standing { state: row.state, status: row.status, change }.into(),
        Err(error) => error,
    }
}

/// Deletes a message and its timeline for good; this does not unsend it.
pub async fn delete(operator: &Operator, id: MessageId) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    if delete_some(&mut tx, operator, &[id]).await?.is_empty() {
        drop(tx);
        return Err(refusal(operator, id, Change::Delete).await);
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// The same for many, within a transaction that has touched the project; returns which were deleted.
pub(super) async fn delete_some(
    tx: &mut Tx,
    operator: &Operator,
    wanted: &[MessageId],
) -> sqlx::Result<Vec<MessageId>> {
    let mut query = Query::new("delete from message where project_id = ");
    query.push_bind(operator.project).push(" and state <> 1");
    push_ids(&mut query, wanted);
    query.push(" returning id");
    ids(&mut query, tx).await
}

/// When the project's messages may leave.
#[derive(sqlx::FromRow)]
pub(super) struct Times {
    week: String,
    quiet_email: i16,
    quiet_sms: i16,
    quiet_start: i16,
    quiet_end: i16,
}

async fn times(tx: &mut Tx, viewer: &Viewer) -> sqlx::Result<Times> {
    sqlx::query_as("select week, quiet_email, quiet_sms, quiet_start, quiet_end from project where id = $1")
        .bind(viewer.project)
        .fetch_one(&mut **tx)
        .await
}

impl Times {
    /// When a message that is to leave `at` is looked at, whoever it goes to.
    fn due(&self, viewer: &Viewer, at: Timestamp) -> Timestamp {
        let hours = opening::hours(&self.week);
        if hours.opening.by_customer { at } else { hours.next(&viewer.zone, at) }
    }

    /// When a message leaves that is to leave `at`, to a customer with this phone number, and why that is later.
    fn leave(&self, viewer: &Viewer, channel: Channel, phone: &str, at: Timestamp) -> (Timestamp, Option<Delay>) {
        let is_quiet = if channel == Channel::Email { self.quiet_email } else { self.quiet_sms } != 0;
        let quiet_zones = opening::customer_zones(phone, viewer.zone);
        let quiet = Quiet { start: self.quiet_start as u16, end: self.quiet_end as u16 };
        let hours = opening::hours(&self.week);
        let zones = opening::zones(hours.opening, phone, viewer.zone);
        schedule::leave(hours, &zones, is_quiet.then_some((quiet, &quiet_zones[..])), at)
    }
}
