//! The rows of a page: a walk along its order, from its ends or from a row.

use super::{
    db::Query,
    dialect,
    find::{Find, Stretch, key_column},
    search::Hits,
    tally::Tally,
};
use crate::{
    domain::{
        AppResult, MessageId,
        filter::Direction,
        page::{Cursor, PageAt, PageRef, Place},
    },
    server::store::guard::Viewer,
};
use uuid::Uuid;

/// A row's place in the order.
#[derive(sqlx::FromRow)]
struct Found {
    seq: i64,
    id: MessageId,
    key: i64,
    #[sqlx(skip)]
    tail: bool,
}

impl Found {
    fn rank(&self, dir: Direction) -> (bool, i128, u128) {
        rank(self.tail, self.key, self.id.0, dir)
    }
}

/// Ascends along the order; the tail follows the head in both directions.
fn rank(tail: bool, key: i64, id: Uuid, dir: Direction) -> (bool, i128, u128) {
    match dir {
        Direction::Ascending => (tail, key.into(), id.as_u128()),
        Direction::Descending => (tail, -i128::from(key), !id.as_u128()),
    }
}

/// The rows of a page (`message.seq`) in their order, and where they stand.
pub async fn page(viewer: &Viewer, find: &Find<'_>, tally: &Tally, page: PageRef) -> AppResult<(Vec<i64>, Place)> {
    walked(viewer, find, tally, page, false).await
}

/// The same, but beyond the end there are no rows: for who goes from page to page and is to see no row twice.
pub async fn page_once(viewer: &Viewer, find: &Find<'_>, tally: &Tally, page: PageRef) -> AppResult<(Vec<i64>, Place)> {
    walked(viewer, find, tally, page, true).await
}

async fn walked(
    viewer: &Viewer,
    find: &Find<'_>,
    tally: &Tally,
    page: PageRef,
    is_once: bool,
) -> AppResult<(Vec<i64>, Place)> {
    let total = tally.rows(find.filter);
    let walk = Walk {
        viewer,
        find,
        total: usize::try_from(total).unwrap_or(usize::MAX),
        head: if find.hits.is_none() && !find.only_reviewed { tally.head(find.filter.sort, find.status) } else { None },
        // One more, to know whether rows follow.
        limit: usize::from(page.rows()) + 1,
        is_once,
    };
    let (mut found, at) = walk.page(page.at).await?;
    let more = found.len() == walk.limit;
    found.truncate(usize::from(page.rows()));
    if matches!(at, PageAt::Last | PageAt::Before(_)) {
        found.reverse();
    }
    let place = Place { per: page.rows(), ..place(&found, at, more, total) };
    Ok((found.into_iter().map(|f| f.seq).collect(), place))
}

/// Where the rows stand. At an end of the table the rank is exact; elsewhere it is the one in the address, within the
/// total.
fn place(found: &[Found], at: PageAt, more: bool, total: u64) -> Place {
    let n = found.len() as u64;
    let last = total.saturating_sub(n) + 1;
    let first_row = match at {
        PageAt::First => 1,
        PageAt::Last => last,
        PageAt::Before(_) if !more => 1,
        PageAt::After(_) if !more => last,
        PageAt::Before(c) => c.rank.saturating_add(1).saturating_sub(n).clamp(1, last),
        PageAt::After(c) => c.rank.saturating_add(2).min(last),
    };
    let (precede, follow) = match at {
        PageAt::First => (false, more),
        PageAt::After(_) => (true, more),
        PageAt::Before(_) => (more, true),
        PageAt::Last => (more, false),
    };
    let cursor = |f: &Found, row: u64| Cursor { tail: f.tail, key: f.key, id: f.id.0, rank: row - 1 };
    let last_row = first_row - 1 + n;
    Place {
        first_row: if n == 0 { 0 } else { first_row },
        last_row: if n == 0 { 0 } else { last_row },
        total,
        per: 0,
        previous: found.first().filter(|_| precede).map(|f| cursor(f, first_row)),
        next: found.last().filter(|_| follow).map(|f| cursor(f, last_row)),
    }
}

struct Walk<'a> {
    viewer: &'a Viewer,
    find: &'a Find<'a>,
    /// How many rows match.
    total: usize,
    /// How many of them are in the head, where that is known.
    head: Option<u64>,
    limit: usize,
    /// Whether no row is shown beyond the end.
    is_once: bool,
}

impl Walk<'_> {
    /// The rows found, and which page they are: beyond an end, the page at that end.
    async fn page(&self, at: PageAt) -> AppResult<(Vec<Found>, PageAt)> {
        if self.total == 0 {
            return Ok((Vec::new(), PageAt::First));
        }
        let found = match &at {
            PageAt::First => self.along(None, true).await?,
            PageAt::Last => self.along(None, false).await?,
            PageAt::After(c) => self.along(Some(c), true).await?,
            PageAt::Before(c) => self.along(Some(c), false).await?,
        };
        match at {
            PageAt::After(_) if found.is_empty() && !self.is_once => Ok((self.along(None, false).await?, PageAt::Last)),
            PageAt::Before(_) if found.len() + 1 < self.limit => Ok((self.along(None, true).await?, PageAt::First)),
            _ => Ok((found, at)),
        }
    }

    /// Rows in the direction of the walk, over both stretches, up to the limit.
    async fn along(&self, from: Option<&Cursor>, forward: bool) -> AppResult<Vec<Found>> {
        if let Some(Hits::Few(_)) = self.find.hits {
            return self.sorted(from, forward).await;
        }
        let start = from.map(|c| if c.tail { Stretch::Tail } else { Stretch::Head });
        let mut stretches = self.find.stretches();
        if !forward {
            stretches.reverse();
        }
        let mut found: Vec<Found> = Vec::with_capacity(self.limit);
        for stretch in stretches.into_iter().skip_while(|s| start.is_some_and(|begin| begin != *s)) {
            // Once all matches are found, looking for more would scan the rest of the stretch.
            if found.len() == self.limit || found.len() == self.total {
                break;
            }
            if self.is_empty(stretch) {
                continue;
            }
            let from = from.filter(|_| start == Some(stretch));
            let mut query = self.find.rows(stretch, from, forward, self.limit - found.len());
            let rows: Vec<Found> = query.build_query_as().fetch_all(self.viewer.db.read()).await?;
            found.extend(rows.into_iter().map(|f| Found { tail: stretch == Stretch::Tail, ..f }));
        }
        Ok(found)
    }

    /// Whether it surely holds no match.
    fn is_empty(&self, stretch: Stretch) -> bool {
        self.head.is_some_and(|head| match stretch {
            Stretch::Head => head == 0,
            Stretch::Tail => head == self.total as u64,
        })
    }

    /// The matches of a rare search: sorted here, which is cheaper than the engine's temporary tree.
    async fn sorted(&self, from: Option<&Cursor>, forward: bool) -> AppResult<Vec<Found>> {
        type Row = (i64, MessageId, Option<i64>, i64);
        let mut query = unsorted(self.find);
        let rows: Vec<Row> = query.build_query_as().fetch_all(self.viewer.db.read()).await?;
        let dir = self.find.filter.dir;
        let begin = from.map(|c| rank(c.tail, c.key, c.id, dir));
        let mut found: Vec<Found> = rows
            .into_iter()
            .map(|(seq, id, key, at)| Found { seq, id, key: key.unwrap_or(at), tail: key.is_none() })
            .filter(|f| begin.is_none_or(|b| if forward { f.rank(dir) > b } else { f.rank(dir) < b }))
            .collect();
        found.sort_unstable_by_key(|f| f.rank(dir));
        if !forward {
            found.reverse();
        }
        found.truncate(self.limit);
        Ok(found)
    }
}

/// The matches of a rare search with what they are ordered by.
pub(super) fn unsorted(find: &Find<'_>) -> Query {
    let mut query = Query::new("select m.seq, m.id, m.");
    query
        .push(key_column(find.filter, Stretch::Head))
        .push(" as key, m.scheduled_at from message m")
        .push(dialect::BY_ROW_ID);
    find.push_where(&mut query);
    query
}
