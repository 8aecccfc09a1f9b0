//! The list of the Suppressed page.

use crate::{
    domain::{
        AppResult, CustomerId, MessageId, SuppressionId, Timestamp,
        message::Channel,
        suppression::{SuppressedPage, SuppressedQuery, SuppressedTask, Suppression, SuppressionReason},
    },
    server::store::{db::Query, guard::Viewer, search},
};

const PER_PAGE: usize = 50;

const SELECT: &str = "select s.id, s.channel, s.address, s.reason, s.since, s.note, p.name as added_by,
        m.id as message_id, m.customer_id, c.id as holder_id, c.name as holder_name";

#[derive(sqlx::FromRow)]
struct Stored {
    id: SuppressionId,
    channel: Channel,
    address: String,
    reason: SuppressionReason,
    since: Timestamp,
    note: String,
    added_by: Option<String>,
    message_id: Option<MessageId>,
    customer_id: Option<CustomerId>,
    holder_id: Option<CustomerId>,
    holder_name: Option<String>,
}

impl Stored {
    fn row(self, viewer: &Viewer) -> Suppression {
        Suppression {
            id: self.id,
            channel: self.channel,
            address: self.address,
            reason: self.reason,
            since: viewer.local(self.since),
            added_by: self.added_by,
            note: self.note,
            message: self.message_id.zip(self.customer_id),
            customer: self.holder_id.zip(self.holder_name),
        }
    }
}

/// With the message that it came of, and one of the customers who have the address now.
const JOINS: &str = " left join person p on p.id = s.added_by
     left join message m on m.project_id = s.project_id and m.id = s.message_id
     left join customer c on c.project_id = s.project_id and c.id = case s.channel
        when 0 then (select h.id from customer h where h.project_id = s.project_id and h.email = s.address and h.email <> '' limit 1)
        else (select h.id from customer h where h.project_id = s.project_id and h.phone = s.address and h.phone <> '' limit 1) end";

/// ` from …`: those that match, on every page.
fn push_matching(query: &mut Query, viewer: &Viewer, wanted: &SuppressedQuery, joins: &'static str) {
    query.push(" from suppression s").push(joins).push(" where s.project_id = ").push_bind(viewer.project);
    search::push_test(query, "s.address", &search::words(&wanted.q));
}

/// `since~id` of the row to page on from.
fn cursor(after: &str) -> Option<(i64, SuppressionId)> {
    let (since, id) = after.split_once('~')?;
    Some((since.parse().ok()?, id.parse().ok()?))
}

/// The newest first, fifty at a time.
pub async fn page(viewer: &Viewer, wanted: &SuppressedQuery) -> AppResult<SuppressedPage> {
    let mut rows = Query::new(SELECT);
    push_matching(&mut rows, viewer, wanted, JOINS);
    if let Some((since, id)) = wanted.after.as_deref().and_then(cursor) {
        rows.push(" and (s.since, s.id) < (").push_bind(since).push(", ").push_bind(id).push(")");
    }
    rows.push(" order by s.since desc, s.id desc limit ").push_bind(PER_PAGE as i64 + 1);
    let mut rows: Vec<Stored> = rows.build_query_as().fetch_all(viewer.db.read()).await?;
    let mut total = Query::new("select count(*)");
    push_matching(&mut total, viewer, wanted, "");
    let total: i64 = total.build_query_scalar().fetch_one(viewer.db.read()).await?;
    let more = rows.len() > PER_PAGE;
    rows.truncate(PER_PAGE);
    let next = rows.last().filter(|_| more).map(|row| format!("{}~{}", row.since.0, row.id));
    let lifting = match wanted.task {
        Some(SuppressedTask::Lift(id)) => one(viewer, id).await?,
        _ => None,
    };
    Ok(SuppressedPage {
        rows: rows.into_iter().map(|row| row.row(viewer)).collect(),
        next,
        total: total.unsigned_abs(),
        lifting,
        version: viewer.version,
    })
}

async fn one(viewer: &Viewer, id: SuppressionId) -> AppResult<Option<Suppression>> {
    let mut query = Query::new(SELECT);
    query.push(" from suppression s").push(JOINS).push(" where s.project_id = ").push_bind(viewer.project);
    query.push(" and s.id = ").push_bind(id);
    let found: Option<Stored> = query.build_query_as().fetch_optional(viewer.db.read()).await?;
    Ok(found.map(|row| row.row(viewer)))
}
