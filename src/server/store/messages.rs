//! The project's messages: pages of the table, and one message in full.

mod attempts;
pub mod chart;
mod export;
mod waiting;

pub use export::Export;

use super::{
    db::Query,
    dialect,
    find::{Find, hit_columns},
    guard::Viewer,
    inert::inert,
    reviews,
    rows::{self, StoredMessage},
    search::{self, Hits},
    tally::{self, Badges, Tally},
    timeline, walk,
};
use crate::domain::{
    AppError, AppResult, BatchId, MessageId,
    content::Content,
    filter::MessagesQuery,
    message::{CancelCause, Channel, MessageDetail, MessageRow, sms_segments},
    messages_page::MessagesPage,
    refusal::Refusal,
    status::{State, Status},
};

/// One page of the table, with the numbers above it.
pub async fn page(viewer: &Viewer, query: &MessagesQuery) -> AppResult<MessagesPage> {
    paged(viewer, query, false).await
}

/// The same for who goes from page to page: beyond the end there are no rows.
pub async fn page_once(viewer: &Viewer, query: &MessagesQuery) -> AppResult<MessagesPage> {
    paged(viewer, query, true).await
}

async fn paged(viewer: &Viewer, query: &MessagesQuery, is_once: bool) -> AppResult<MessagesPage> {
    let filter = &query.filter;
    let hits = if filter.q.is_empty() { None } else { Some(search::hits(viewer, &filter.q).await?) };
    let mut find = Find::new(viewer, filter, hits.as_ref());
    let tally = tally(viewer, &find.for_numbers()).await?;
    find.status = tally.index_status(filter);
    let (found, place) = match is_once {
        true => walk::page_once(viewer, &find, &tally, query.page).await?,
        false => walk::page(viewer, &find, &tally, query.page).await?,
    };
    let rows = rows::by_seq(viewer, &found).await?;
    Ok(MessagesPage { stats: tally.stats(), rows, place, version: viewer.version })
}

pub(super) async fn tally(viewer: &Viewer, find: &Find<'_>) -> AppResult<Tally> {
    match find.hits {
        None => tally::counted(viewer, find.filter, find.only_reviewed).await,
        Some(Hits::Few(seqs)) if seqs.is_empty() => Ok(Tally::default()),
        Some(Hits::Few(_)) => counted_in(viewer, few_facts(find)).await,
        Some(Hits::Many(words)) => {
            let range = search::seqs(viewer).await?;
            let query = many_facts(find, &range, words);
            let count = async || counted_in(viewer, query).await;
            tally::remembered(viewer, find.filter, find.only_reviewed, count).await
        }
    }
}

/// The tally of those among `ids` that match.
pub(super) async fn tally_among(viewer: &Viewer, find: &Find<'_>, ids: &[MessageId]) -> AppResult<Tally> {
    if ids.is_empty() {
        return Ok(Tally::default());
    }
    let mut query = Query::new("select ");
    push_sums(&mut query, find);
    query.push(" from message m");
    if let Some(Hits::Many(_)) = find.hits {
        query.push(" join message_search s on s.seq = m.seq");
    }
    find.push_place(&mut query);
    find.push_facets(&mut query);
    if let Some(Hits::Many(words)) = find.hits {
        search::push_test(&mut query, "s.text", words);
    }
    query.push(" and m.id in (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
    counted_in(viewer, query).await
}

/// Sums instead of a GROUP BY: one walk, no sorting.
fn push_sums(query: &mut Query, find: &Find<'_>) {
    let hits = hit_columns(find.filter.machines).map(|at| format!("m.{at} is not null and m.status in (1, 2, 3, 5)"));
    let mut sums = query.separated(", ");
    let conditions = (0..Status::ALL.len()).map(|status| format!("m.status = {status}")).chain(hits);
    for condition in conditions.chain(["m.rating is not null".to_owned()]) {
        sums.push(format!("cast(coalesce(sum(case when {condition} then 1 else 0 end), 0) as bigint)"));
    }
}

fn few_facts(find: &Find<'_>) -> Query {
    let mut query = Query::new("select ");
    push_sums(&mut query, find);
    query.push(" from message m").push(dialect::BY_ROW_ID);
    find.push_place(&mut query);
    find.push_facets(&mut query);
    query
}

fn many_facts(find: &Find<'_>, range: &std::ops::Range<i64>, words: &[String]) -> Query {
    let mut query = Query::new("select ");
    push_sums(&mut query, find);
    search::push_matches(&mut query, find.project, range, words);
    find.push_facets(&mut query);
    query
}

/// As [`few_facts`], with the day before the sums, one row for each day.
fn few_facts_by_day(find: &Find<'_>) -> Query {
    let mut query = Query::new("select m.day, ");
    push_sums(&mut query, find);
    query.push(" from message m").push(dialect::BY_ROW_ID);
    find.push_place(&mut query);
    find.push_facets(&mut query);
    query.push(" group by m.day");
    query
}

/// As [`many_facts`], with the day before the sums, one row for each day.
fn many_facts_by_day(find: &Find<'_>, range: &std::ops::Range<i64>, words: &[String]) -> Query {
    let mut query = Query::new("select m.day, ");
    push_sums(&mut query, find);
    search::push_matches(&mut query, find.project, range, words);
    find.push_facets(&mut query);
    query.push(" group by m.day");
    query
}

/// What [`push_sums`] selects: the number of each status, of opened, of clicked and of reviewed messages.
type Sums = (i64, i64, i64, i64, i64, i64, i64, i64, i64, i64);

async fn counted_in(viewer: &Viewer, mut query: Query) -> AppResult<Tally> {
    let sums: Sums = query.build_query_as().fetch_one(viewer.db.read()).await?;
    Ok(summed(sums))
}

fn summed(s: Sums) -> Tally {
    let mut tally = Tally::default();
    for (status, n) in Status::ALL.into_iter().zip([s.0, s.1, s.2, s.3, s.4, s.5, s.6]) {
        tally.add(status, Badges { n: n.unsigned_abs(), ..Badges::default() });
    }
    let [opened, clicked, reviewed] = [s.7, s.8, s.9].map(i64::unsigned_abs);
    tally.add(Status::Sent, Badges { n: 0, opened, clicked, reviewed });
    tally
}

/// One row as the tables show it.
pub async fn row(viewer: &Viewer, id: MessageId) -> AppResult<MessageRow> {
    let stored = stored(viewer, id).await?;
    let standstill = rows::why_overdue(viewer, std::slice::from_ref(&stored)).await?;
    Ok(stored.row(viewer, standstill))
}

async fn stored(viewer: &Viewer, id: MessageId) -> AppResult<StoredMessage> {
    rows::by_id(viewer, id).await?.ok_or_else(|| AppError::no_such("message"))
}

/// What was or will be sent, as staff may see it: its links are inert, so that nobody acts as the customer by mistake.
///
/// # Errors
/// `Conflict` where it was removed, because the project keeps it only for some time.
pub async fn content(viewer: &Viewer, id: MessageId) -> AppResult<Content> {
    match kept_content(viewer, id).await? {
        (content, None) => Ok(content),
        (_, Some(months)) => Err(Refusal::ContentRemoved(months).into()),
    }
}

/// The same; an empty one with the number of months after which it was removed.
async fn kept_content(viewer: &Viewer, id: MessageId) -> AppResult<(Content, Option<u16>)> {
    let stored: Option<(String, String, String, Option<i16>)> = sqlx::query_as(
        "select subject, text, html, removed_after from message_content where project_id = $1 and message_id = $2",
    )
    .bind(viewer.project)
    .bind(id)
    .fetch_optional(viewer.db.read())
    .await?;
    let (subject, text, html, removed) = stored.ok_or_else(|| AppError::no_such("message"))?;
    let tokens: Vec<String> =
        sqlx::query_scalar("select token from tracking_token where project_id = $1 and message_id = $2")
            .bind(viewer.project)
            .bind(id)
            .fetch_all(viewer.db.read())
            .await?;
    Ok((inert(Content { subject, text, html }, &tokens), removed.map(|months| months as u16)))
}

/// Everything about one message.
pub async fn detail(viewer: &Viewer, id: MessageId) -> AppResult<MessageDetail> {
    let db = viewer.db.read();
    let stored = stored(viewer, id).await?;
    let (content, removed_after) = kept_content(viewer, id).await?;
    let timeline = timeline::of_message(viewer, id).await?;
    let attempts = attempts::of_message(viewer, id).await?;
    let unsent: Vec<(MessageId,)> =
        sqlx::query_as("select id from message where project_id = $1 and request_id = $2 and state = 0 and id <> $3")
            .bind(viewer.project)
            .bind(stored.request_id)
            .bind(id)
            .fetch_all(db)
            .await?;
    let review = reviews::earned_by(viewer, stored.customer_id, id).await?;
    let (batch, failure_text, address): (Option<BatchId>, Option<String>, String) = sqlx::query_as(
        "select m.cancel_batch, m.failure_text, case when m.channel = 0 then c.email else c.phone end as address
         from message m join customer c on c.project_id = m.project_id and c.id = m.customer_id
         where m.project_id = $1 and m.id = $2",
    )
    .bind(viewer.project)
    .bind(id)
    .fetch_one(db)
    .await?;
    let standstill = rows::why_overdue(viewer, std::slice::from_ref(&stored)).await?;
    let row = stored.row(viewer, standstill);
    let waiting = if row.state == State::Scheduled { Some(waiting::sentence(viewer, &row).await?) } else { None };
    let staff = row.cancel_cause == Some(CancelCause::Staff);
    Ok(MessageDetail {
        segments: if row.channel == Channel::Sms { sms_segments(&content.text) } else { 0 },
        undo: batch.filter(|_| staff && row.status == Status::Canceled),
        edit: None,
        waiting,
        failure_text: failure_text.filter(|_| row.status == Status::Failed),
        readdressed: row.status == Status::Failed && !address.is_empty() && address != row.recipient,
        subject: content.subject,
        text: content.text,
        html: content.html,
        removed_after,
        timeline,
        attempts,
        review,
        unsent_siblings: unsent.len() as u32,
        version: viewer.version,
        row,
    })
}

/// The queries of a page as SQL, for a test that asks the planner about them.
#[cfg(test)]
pub fn queries_of(
    viewer: &Viewer,
    filter: &crate::domain::filter::MessageFilter,
    hits: Option<&Hits>,
    from: Option<&crate::domain::page::Cursor>,
) -> Vec<Query> {
    use super::find::Stretch;
    let find = Find::new(viewer, filter, hits);
    let mut queries = vec![tally::counter_query(viewer.project, filter), rows::query_by_seq(&[1, 2, 3])];
    match hits {
        Some(Hits::Few(_)) => {
            queries.push(few_facts(&find));
            queries.push(walk::unsorted(&find));
            return queries;
        }
        Some(Hits::Many(words)) => queries.push(many_facts(&find, &(0..i64::MAX), words)),
        None => {}
    }
    for stretch in find.stretches() {
        for forward in [true, false] {
            let from = from.filter(|c| c.tail == (stretch == Stretch::Tail));
            queries.push(find.rows(stretch, from, forward, 51));
        }
    }
    queries
}
