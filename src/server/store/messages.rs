//! The project's messages: pages of the table, and one message in full.

use super::{
    db::Query,
    find::{Find, Stretch, push_seqs},
    rows::{self, Stored},
    search::{self, Hits},
    tally::{self, Tally},
};
use crate::{
    api::messages::MessagesPage,
    domain::{
        AppError, AppResult, BatchId, EventId, MessageId, ReviewId, Timestamp,
        filter::{Direction, MessagesQuery},
        message::{CancelCause, Channel, EventKind, MessageDetail, MessageRow, TimelineEntry, sms_segments},
        page::{Cursor, PageAt, Place},
        status::Status,
    },
    server::guard::Viewer,
};
use uuid::Uuid;

/// One page of the table, with the numbers above it.
pub async fn page(viewer: &Viewer, query: &MessagesQuery) -> AppResult<MessagesPage> {
    let filter = &query.filter;
    let hits = if filter.q.is_empty() { None } else { Some(search::hits(viewer, &filter.q).await?) };
    let find = Find { project: viewer.project, zone: viewer.zone, filter, hits: hits.as_ref() };
    let tally = tally(viewer, &find).await?;
    let total = tally.total(filter.status);
    let (rows, place) = window(viewer, &find, query, total).await?;
    Ok(MessagesPage { stats: tally.stats(), rows, place })
}

pub(super) async fn tally(viewer: &Viewer, find: &Find<'_>) -> AppResult<Tally> {
    match find.hits {
        None => tally::counted(viewer, find.filter).await,
        Some(Hits::Few(seqs)) if seqs.is_empty() => Ok(Tally::default()),
        Some(Hits::Few(seqs)) => counted_in(viewer, few_facts(find, seqs)).await,
        Some(Hits::Many(needle)) => {
            let range = search::seqs(viewer).await?;
            let query = many_facts(find, &range, needle);
            tally::remembered(viewer, find.filter, async || counted_in(viewer, query).await).await
        }
    }
}

/// Sums instead of a GROUP BY: one walk, no sorting.
const SUMS: [&str; 9] = [
    "m.status = 0",
    "m.status = 1",
    "m.status = 2",
    "m.status = 3",
    "m.status = 4",
    "m.status = 5",
    "m.status = 6",
    "m.opened_at is not null and m.status in (1, 2, 3, 5)",
    "m.clicked_at is not null and m.status in (1, 2, 3, 5)",
];

fn push_sums(query: &mut Query) {
    let mut sums = query.separated(", ");
    for condition in SUMS {
        sums.push(format!("cast(coalesce(sum(case when {condition} then 1 else 0 end), 0) as bigint)"));
    }
}

fn few_facts(find: &Find<'_>, seqs: &[i64]) -> Query {
    let mut query = Query::new("select ");
    push_sums(&mut query);
    query.push(" from message m where m.project_id = ").push_bind(find.project);
    find.push_facets(&mut query);
    push_seqs(&mut query, seqs);
    query
}

fn many_facts(find: &Find<'_>, range: &std::ops::Range<i64>, needle: &str) -> Query {
    let mut query = Query::new("select ");
    push_sums(&mut query);
    query.push(" from message_search s join message m on m.seq = s.seq where m.project_id = ").push_bind(find.project);
    find.push_facets(&mut query);
    search::push_all(&mut query, find.project, range, needle);
    query
}

async fn counted_in(viewer: &Viewer, mut query: Query) -> AppResult<Tally> {
    type Sums = (i64, i64, i64, i64, i64, i64, i64, i64, i64);
    let s: Sums = query.build_query_as().fetch_one(viewer.db.read()).await?;
    let mut tally = Tally::default();
    for (status, n) in Status::ALL.into_iter().zip([s.0, s.1, s.2, s.3, s.4, s.5, s.6]) {
        tally.add(status, n.unsigned_abs(), 0, 0);
    }
    tally.add(Status::Sent, 0, s.7.unsigned_abs(), s.8.unsigned_abs());
    Ok(tally)
}

/// A row's place in the order.
#[derive(sqlx::FromRow)]
struct Found {
    seq: i64,
    key: i64,
    #[sqlx(skip)]
    tail: bool,
}

/// The rows of a page and where they stand.
async fn window(
    viewer: &Viewer,
    find: &Find<'_>,
    query: &MessagesQuery,
    total: u64,
) -> AppResult<(Vec<MessageRow>, Place)> {
    let per = usize::from(query.page.per);
    let (mut found, at) = match &query.page.at {
        PageAt::First => (walk(viewer, find, None, true, per + 1).await?, PageAt::First),
        PageAt::After(c) => (walk(viewer, find, Some(c), true, per + 1).await?, query.page.at),
        PageAt::Last => (walk(viewer, find, None, false, per + 1).await?, PageAt::Last),
        PageAt::Before(c) => {
            let found = walk(viewer, find, Some(c), false, per + 1).await?;
            // Too little before the row for a page: that is the first page, shown whole.
            if found.len() < per {
                (walk(viewer, find, None, true, per + 1).await?, PageAt::First)
            } else {
                (found, query.page.at)
            }
        }
    };
    let more = found.len() > per;
    found.truncate(per);
    let backward = matches!(at, PageAt::Last | PageAt::Before(_));
    if backward {
        found.reverse();
    }
    let rows = load(viewer, &found).await?;
    let n = rows.len() as u64;
    let first_row = match at {
        PageAt::First => 1,
        PageAt::After(c) => c.rank.saturating_add(2).min(total.saturating_sub(n) + 1),
        PageAt::Before(c) => c.rank.saturating_add(1).min(total).saturating_sub(n).max(1),
        PageAt::Last => total.saturating_sub(n) + 1,
    };
    let cursor = |i: usize| {
        let (row, f) = (rows.get(i)?, found.get(i)?);
        Some(Cursor { tail: f.tail, key: f.key, id: row.id.0, rank: first_row - 1 + i as u64 })
    };
    let precede = if backward { more } else { matches!(at, PageAt::After(_)) };
    let follow = if backward { matches!(at, PageAt::Before(_)) } else { more };
    let place = Place {
        first_row: if n == 0 { 0 } else { first_row },
        last_row: if n == 0 { 0 } else { first_row + n - 1 },
        total,
        previous: if precede { cursor(0) } else { None },
        next: if follow { cursor(rows.len().wrapping_sub(1)) } else { None },
    };
    Ok((rows, place))
}

/// Up to `limit` rows in the direction of the walk, over both stretches.
async fn walk(
    viewer: &Viewer,
    find: &Find<'_>,
    from: Option<&Cursor>,
    forward: bool,
    limit: usize,
) -> AppResult<Vec<Found>> {
    if let Some(Hits::Few(seqs)) = find.hits {
        return few(viewer, find, seqs, from, forward, limit).await;
    }
    let order = match (find.has_tail(), forward) {
        (false, _) => vec![Stretch::Head],
        (true, true) => vec![Stretch::Head, Stretch::Tail],
        (true, false) => vec![Stretch::Tail, Stretch::Head],
    };
    let start = from.map(|c| if c.tail { Stretch::Tail } else { Stretch::Head });
    let mut found: Vec<Found> = Vec::with_capacity(limit);
    for stretch in order.into_iter().skip_while(|s| start.is_some_and(|begin| begin != *s)) {
        let from = from.filter(|_| start == Some(stretch));
        let mut query = find.rows(stretch, from, forward, limit - found.len());
        let rows: Vec<Found> = query.build_query_as().fetch_all(viewer.db.read()).await?;
        found.extend(rows.into_iter().map(|f| Found { tail: stretch == Stretch::Tail, ..f }));
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

/// The matches of a rare search in order: few enough to sort here, where the engine would sort them in a temporary tree.
async fn few(
    viewer: &Viewer,
    find: &Find<'_>,
    seqs: &[i64],
    from: Option<&Cursor>,
    forward: bool,
    limit: usize,
) -> AppResult<Vec<Found>> {
    if seqs.is_empty() {
        return Ok(Vec::new());
    }
    let column = super::find::key_column(find.filter.sort, Stretch::Head);
    let mut query = Query::new("select m.seq, m.id, m.");
    query.push(column).push(" as key, m.scheduled_at from message m");
    find.push_where(&mut query);
    let rows: Vec<(i64, MessageId, Option<i64>, i64)> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    let mut rows: Vec<(bool, i64, Uuid, i64)> =
        rows.into_iter().map(|(seq, id, key, at)| (key.is_none(), key.unwrap_or(at), id.0, seq)).collect();
    let descending = find.filter.dir == Direction::Descending;
    // The tail stays behind the head in both directions.
    let place = |tail: bool, key: i64, id: Uuid| {
        if descending { (tail, -(i128::from(key)), !id.as_u128()) } else { (tail, i128::from(key), id.as_u128()) }
    };
    rows.sort_unstable_by_key(|(tail, key, id, _)| place(*tail, *key, *id));
    let begin = from.map(|c| place(c.tail, c.key, c.id));
    let mut found: Vec<Found> = rows
        .into_iter()
        .filter(|(tail, key, id, _)| {
            let here = place(*tail, *key, *id);
            begin.is_none_or(|b| if forward { here > b } else { here < b })
        })
        .map(|(tail, key, _, seq)| Found { seq, key, tail })
        .collect();
    if !forward {
        found.reverse();
    }
    found.truncate(limit);
    Ok(found)
}

/// The rows in the order in which they were found; one that was deleted in between is passed over.
async fn load(viewer: &Viewer, found: &[Found]) -> AppResult<Vec<MessageRow>> {
    let seqs: Vec<i64> = found.iter().map(|f| f.seq).collect();
    rows::by_seq(viewer, &seqs).await
}

/// One row as the tables show it.
pub async fn row(viewer: &Viewer, id: MessageId) -> AppResult<MessageRow> {
    Ok(stored(viewer, id).await?.row(viewer))
}

async fn stored(viewer: &Viewer, id: MessageId) -> AppResult<Stored> {
    rows::by_id(viewer, id).await?.ok_or_else(|| AppError::no_such("message"))
}

/// What was or will be sent.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Content {
    pub subject: String,
    pub text: String,
    pub html: String,
    pub recipient: String,
    pub channel: Channel,
}

pub async fn content(viewer: &Viewer, id: MessageId) -> AppResult<Content> {
    let content = sqlx::query_as(
        "select k.subject, k.text, k.html, m.recipient, m.channel
         from message_content k join message m on m.project_id = k.project_id and m.id = k.message_id
         where k.project_id = $1 and k.message_id = $2",
    );
    let content: Option<Content> = content.bind(viewer.project).bind(id).fetch_optional(viewer.db.read()).await?;
    let mut content = content.ok_or_else(|| AppError::no_such("message"))?;
    content.html = without_pixel(&content.html);
    Ok(content)
}

/// Staff who look at a message do not open it.
fn without_pixel(html: &str) -> String {
    let Some(start) = html.find("/o/").and_then(|at| html[..at].rfind("<img")) else { return html.to_owned() };
    let Some(len) = html[start..].find('>') else { return html.to_owned() };
    format!("{}{}", &html[..start], &html[start + len + 1..])
}

#[derive(sqlx::FromRow)]
struct Event {
    at: Timestamp,
    kind: EventKind,
    actor: Option<String>,
    detail: Option<String>,
    machine: i16,
    #[expect(dead_code, reason = "the order of the rows")]
    id: EventId,
}

/// Everything about one message.
pub async fn detail(viewer: &Viewer, id: MessageId) -> AppResult<MessageDetail> {
    let db = viewer.db.read();
    let stored = stored(viewer, id).await?;
    let content = content(viewer, id).await?;
    let timeline: Vec<Event> = sqlx::query_as(
        "select at, kind, actor, detail, machine, id from message_event where project_id = $1 and message_id = $2 order by id",
    )
    .bind(viewer.project)
    .bind(id)
    .fetch_all(db)
    .await?;
    let unsent: Vec<(MessageId,)> =
        sqlx::query_as("select id from message where project_id = $1 and request_id = $2 and state = 0 and id <> $3")
            .bind(viewer.project)
            .bind(stored.request_id)
            .bind(id)
            .fetch_all(db)
            .await?;
    let review: Option<ReviewId> =
        sqlx::query_scalar("select id from review where project_id = $1 and customer_id = $2 and message_id = $3")
            .bind(viewer.project)
            .bind(stored.customer_id)
            .bind(id)
            .fetch_optional(db)
            .await?;
    let (batch, failure_text): (Option<BatchId>, Option<String>) =
        sqlx::query_as("select cancel_batch, failure_text from message where project_id = $1 and id = $2")
            .bind(viewer.project)
            .bind(id)
            .fetch_one(db)
            .await?;
    let row = stored.row(viewer);
    let staff = row.cancel_cause == Some(CancelCause::Staff);
    let mut timeline: Vec<TimelineEntry> = timeline.into_iter().map(|e| entry(viewer, e)).collect();
    timeline.sort_by_key(|e| e.at);
    Ok(MessageDetail {
        segments: if row.channel == Channel::Sms { sms_segments(&content.text) } else { 0 },
        undo: batch.filter(|_| staff && row.status == Status::Canceled),
        failure_text: failure_text.filter(|_| row.status == Status::Failed),
        subject: content.subject,
        text: content.text,
        html: content.html,
        timeline,
        review,
        unsent_siblings: unsent.len() as u32,
        row,
    })
}

fn entry(viewer: &Viewer, e: Event) -> TimelineEntry {
    TimelineEntry { at: viewer.local(e.at), kind: e.kind, actor: e.actor, detail: e.detail, machine: e.machine != 0 }
}

/// The queries of a page as SQL, for a test that asks the planner about them.
#[cfg(test)]
pub fn queries_of(
    viewer: &Viewer,
    filter: &crate::domain::filter::MessageFilter,
    hits: Option<&Hits>,
    from: Option<&Cursor>,
) -> Vec<Query> {
    let find = Find { project: viewer.project, zone: viewer.zone, filter, hits };
    let mut queries = Vec::new();
    for forward in [true, false] {
        for stretch in [Stretch::Head, Stretch::Tail] {
            queries.push(find.rows(stretch, from, forward, 51));
        }
    }
    queries.push(tally::counter_query(viewer.project, filter));
    if let Some(Hits::Many(needle)) = hits {
        queries.push(many_facts(&find, &(0..i64::MAX), needle));
    }
    if let Some(Hits::Few(seqs)) = hits {
        queries.push(few_facts(&find, seqs));
    }
    queries.push(rows::query_by_seq(&[1, 2, 3]));
    queries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_counts_as_no_open() {
        let html = "<p>Hi</p><img src=\"http://x/o/abc\" width=\"1\" height=\"1\" alt=\"\"></body>";
        assert_eq!(without_pixel(html), "<p>Hi</p></body>");
        assert_eq!(without_pixel("<p>Hi</p>"), "<p>Hi</p>");
    }
}
