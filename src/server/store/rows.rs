//! A message as the tables show it, fetched by any key.

use super::{db::Query, dialect};
use crate::{
    domain::{
        AppResult, CustomerId, MessageId, RequestId, Timestamp,
        message::{CancelCause, Channel, FailureCode, Hold, MessageRow, Template},
        review::Rating,
        status::{State, Status},
    },
    server::store::{
        guard::Viewer,
        sending::{Standstill, standstill},
    },
};
use std::collections::HashMap;

#[derive(sqlx::FromRow)]
pub struct StoredMessage {
    seq: i64,
    id: MessageId,
    pub customer_id: CustomerId,
    pub request_id: RequestId,
    number: i32,
    name: String,
    recipient: String,
    channel: Channel,
    template: Template,
    reminder: i16,
    status: Status,
    state: State,
    scheduled_at: Timestamp,
    sent_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    opened_at: Option<Timestamp>,
    clicked_at: Option<Timestamp>,
    any_opened_at: Option<Timestamp>,
    any_clicked_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    failure_code: Option<String>,
    cancel_cause: Option<CancelCause>,
    hold: i16,
    due_at: Timestamp,
    rating: Option<Rating>,
}

impl StoredMessage {
    /// Whether it should have left by now, and nothing about itself holds it.
    fn is_overdue(&self, viewer: &Viewer) -> bool {
        self.state == State::Scheduled && self.hold == 0 && self.due_at <= viewer.at
    }

    pub fn row(self, viewer: &Viewer, standstill: Standstill) -> MessageRow {
        let hold = if self.is_overdue(viewer) {
            standstill.of(self.channel)
        } else {
            Hold::from_code(self.hold).filter(|_| self.state == State::Scheduled)
        };
        let local = |at: Option<Timestamp>| at.map(|t| viewer.local(t));
        let failed = self.status == Status::Failed;
        MessageRow {
            id: self.id,
            customer_id: self.customer_id,
            request_id: self.request_id,
            request_number: self.number,
            customer_name: self.name,
            recipient: self.recipient,
            channel: self.channel,
            template: self.template,
            reminder: self.reminder,
            status: self.status,
            state: self.state,
            scheduled: viewer.local(self.scheduled_at),
            sent: local(self.sent_at),
            delivered: self.delivered_at.is_some(),
            opened: local(self.opened_at),
            clicked: local(self.clicked_at),
            machine_opened: local(self.any_opened_at.filter(|_| self.opened_at.is_none())),
            machine_clicked: local(self.any_clicked_at.filter(|_| self.clicked_at.is_none())),
            failed: local(self.failed_at.filter(|_| failed)),
            failure: self.failure_code.filter(|_| failed).map(|c| FailureCode::from_code(&c)),
            cancel_cause: self.cancel_cause.filter(|_| self.status == Status::Canceled),
            hold,
            rating: self.rating,
        }
    }
}

const SELECT: &str = "select m.seq, m.id, m.customer_id, m.request_id, r.number, c.name, m.recipient, m.channel, m.template, m.reminder,
        m.status, m.state, m.scheduled_at, m.sent_at, m.delivered_at, m.opened_at, m.clicked_at, m.any_opened_at, m.any_clicked_at,
        m.failed_at, m.failure_code, m.cancel_cause, m.hold, m.due_at, m.rating
    from message m
    join customer c on c.project_id = m.project_id and c.id = m.customer_id
    join request r on r.project_id = m.project_id and r.id = m.request_id";

pub(super) fn query_by_seq(seqs: &[i64]) -> Query {
    let mut query = Query::new(SELECT);
    dialect::push_any(query.push(" where m.seq "), seqs);
    query
}

/// In the order of `seqs`, which are this project's.
pub async fn by_seq(viewer: &Viewer, seqs: &[i64]) -> AppResult<Vec<MessageRow>> {
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let stored: Vec<StoredMessage> = query_by_seq(seqs).build_query_as().fetch_all(viewer.db.read()).await?;
    let standstill = why_overdue(viewer, &stored).await?;
    let mut rows: HashMap<i64, MessageRow> = stored.into_iter().map(|s| (s.seq, s.row(viewer, standstill))).collect();
    Ok(seqs.iter().filter_map(|seq| rows.remove(seq)).collect())
}

/// The messages of a request, in the order in which they leave.
pub async fn of_request(viewer: &Viewer, request: RequestId) -> AppResult<Vec<MessageRow>> {
    let mut query = Query::new(SELECT);
    query.push(" where m.project_id = ").push_bind(viewer.project).push(" and m.request_id = ").push_bind(request);
    query.push(" order by m.scheduled_at, m.id");
    let stored: Vec<StoredMessage> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    let standstill = why_overdue(viewer, &stored).await?;
    Ok(stored.into_iter().map(|one| one.row(viewer, standstill)).collect())
}

/// Asked for only where something should have left: mostly, nothing waits.
pub(super) async fn why_overdue(viewer: &Viewer, stored: &[StoredMessage]) -> AppResult<Standstill> {
    if stored.iter().any(|message| message.is_overdue(viewer)) {
        standstill(viewer).await
    } else {
        Ok(Standstill::default())
    }
}

pub async fn by_id(viewer: &Viewer, id: MessageId) -> AppResult<Option<StoredMessage>> {
    let mut query = Query::new(SELECT);
    query.push(" where m.project_id = ").push_bind(viewer.project).push(" and m.id = ").push_bind(id);
    Ok(query.build_query_as().fetch_optional(viewer.db.read()).await?)
}
