//! The order of a request's messages: whatever held one up, the next does not overtake it, nor follow at its heels.

use super::Due;
use crate::{
    domain::{MessageId, ProjectId, RequestId, Timestamp, message::Channel, message::Template, status::State},
    server::store::db::{Query, Tx},
};
use std::collections::{BTreeSet, HashMap};

/// Messages of a request are planned a day apart at least (`domain/ask.rs`): nearer ones were moved there by staff.
const PLANNED: i64 = Timestamp::DAY / 2;

#[derive(sqlx::FromRow)]
struct Earlier {
    id: MessageId,
    request_id: RequestId,
    channel: Channel,
    reminder: i16,
    state: State,
    scheduled_at: Timestamp,
    due_at: Timestamp,
    sent_at: Option<Timestamp>,
}

impl Earlier {
    /// When it left, or leaves at the earliest; None where it doesn't.
    fn leaves(&self, now: Timestamp) -> Option<Timestamp> {
        match self.state {
            State::Scheduled | State::Sending => Some(self.due_at.max(now)),
            State::Sent => self.sent_at,
            State::Failed | State::Canceled => None,
        }
    }
}

/// Finds out when each reminder may leave: half as long after the messages before it as planned, at the earliest. What staff
/// put before them may leave before them.
pub async fn find(tx: &mut Tx, project: ProjectId, due: &mut [Due], now: Timestamp) -> sqlx::Result<()> {
    let requests: BTreeSet<RequestId> =
        due.iter().filter(|message| message.template == Template::Reminder).map(|message| message.request_id).collect();
    if requests.is_empty() {
        return Ok(());
    }
    let mut query = Query::new(
        "select id, request_id, channel, reminder, state, scheduled_at, due_at, sent_at from message
         where template in (0, 1) and project_id = ",
    );
    query.push_bind(project).push(" and request_id in (");
    let mut list = query.separated(", ");
    for request in requests {
        list.push_bind(request);
    }
    query.push(")");
    let all: Vec<Earlier> = query.build_query_as().fetch_all(&mut **tx).await?;
    let mut by_request: HashMap<(RequestId, Channel), Vec<Earlier>> = HashMap::new();
    for message in all {
        by_request.entry((message.request_id, message.channel)).or_default().push(message);
    }
    for message in due.iter_mut().filter(|message| message.template == Template::Reminder) {
        let siblings = by_request.get(&(message.request_id, message.channel));
        message.not_before = siblings
            .into_iter()
            .flatten()
            .filter(|earlier| earlier.id != message.id && earlier.reminder < message.reminder)
            .filter_map(|earlier| {
                let gap = message.scheduled_at.0 - earlier.scheduled_at.0;
                earlier.leaves(now).filter(|_| gap > PLANNED).map(|left| left.plus(gap / 2))
            })
            .max();
    }
    Ok(())
}
