//! Pages of the list of customers, and all of it for an export.

use super::find::{Find, Found};
use crate::{
    domain::{
        AppError, AppResult, CustomerId, LocationId, Timestamp,
        customer::{CustomerCursor, CustomerRow, CustomersAt, CustomersPage, CustomersQuery, filter::CustomerFilter},
        review::Rating,
    },
    server::store::{
        db::{Connection, Query, Tx},
        dialect,
        guard::{Manager, Viewer},
        strategy::date,
    },
};
use std::collections::HashMap;

/// The most tags that are offered to filter by.
const TAGS: i64 = 200;
/// Customers of an export that are read at a time.
const EXPORTED: usize = 1_000;

pub async fn page(viewer: &Viewer, query: &CustomersQuery) -> AppResult<CustomersPage> {
    let find = Find::new(viewer, &query.filter).await?;
    let per = query.rows();
    let (found, at, is_more) = around(viewer, &find, &query.at, per.into()).await?;
    let n = found.len() as u64;
    let first_row = match at {
        CustomersAt::First => 1,
        CustomersAt::After(cursor) => cursor.rank.saturating_add(2),
        CustomersAt::Before(cursor) => cursor.rank.saturating_add(1).saturating_sub(n).max(1),
    };
    let (precedes, follows) = match at {
        CustomersAt::First => (false, is_more),
        CustomersAt::After(_) => (true, is_more),
        CustomersAt::Before(_) => (is_more, true),
    };
    let cursor = |found: &Found, row: u64| CustomerCursor { rank: row - 1, id: found.id, key: found.key.clone() };
    Ok(CustomersPage {
        first_row: if n == 0 { 0 } else { first_row },
        per,
        previous: found.first().filter(|_| precedes).map(|found| cursor(found, first_row)),
        next: found.last().filter(|_| follows).map(|found| cursor(found, first_row - 1 + n)),
        rows: rows(viewer, &ids(&found)).await?,
        tags: tags(viewer).await?,
        version: viewer.version,
    })
}

/// The customers of a page in their order, which page that is (beyond an end, it is the first), and whether there are others in
/// the direction of the walk.
async fn around<'a>(
    viewer: &Viewer,
    find: &Find<'_>,
    at: &'a CustomersAt,
    per: usize,
) -> AppResult<(Vec<Found>, &'a CustomersAt, bool)> {
    let (from, is_forward) = match at {
        CustomersAt::First => (None, true),
        CustomersAt::After(cursor) => (Some(cursor), true),
        CustomersAt::Before(cursor) => (Some(cursor), false),
    };
    // One more, to know whether others follow.
    let mut found = walk(viewer, find, from, is_forward, per + 1).await?;
    let is_beyond = match at {
        CustomersAt::First => false,
        CustomersAt::After(_) => found.is_empty(),
        CustomersAt::Before(_) => found.len() <= per,
    };
    if is_beyond {
        found = walk(viewer, find, None, true, per + 1).await?;
    }
    let is_more = found.len() > per;
    found.truncate(per);
    if is_beyond {
        return Ok((found, &CustomersAt::First, is_more));
    }
    if !is_forward {
        found.reverse();
    }
    Ok((found, at, is_more))
}

/// None for a position of another order.
async fn walk(
    viewer: &Viewer,
    find: &Find<'_>,
    from: Option<&CustomerCursor>,
    is_forward: bool,
    limit: usize,
) -> AppResult<Vec<Found>> {
    match find.walk(from, is_forward, limit) {
        Some(mut query) => Ok(query.build_query_as().fetch_all(viewer.db.read()).await?),
        None => Ok(Vec::new()),
    }
}

#[derive(sqlx::FromRow)]
struct StoredCustomer {
    id: CustomerId,
    name: String,
    company: String,
    email: String,
    phone: String,
    location_id: Option<LocationId>,
    last_messaged_at: Option<Timestamp>,
    requested_at: Option<Timestamp>,
    clicked_at: Option<Timestamp>,
    reviewed_at: Option<Timestamp>,
    rating: Option<Rating>,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
    created_at: Timestamp,
    visited_on: Option<i32>,
}

impl StoredCustomer {
    fn row(self, viewer: &Viewer, tags: Vec<String>) -> CustomerRow {
        let local = |at: Option<Timestamp>| at.map(|at| viewer.local(at));
        CustomerRow {
            id: self.id,
            name: self.name,
            company: self.company,
            email: self.email,
            phone: self.phone,
            location: self.location_id,
            tags,
            last_messaged: local(self.last_messaged_at),
            requested: local(self.requested_at),
            clicked: local(self.clicked_at),
            reviewed: local(self.reviewed_at),
            rating: self.rating,
            unsubscribed: local(self.unsubscribed_at),
            archived: local(self.archived_at),
            added: viewer.local(self.created_at),
            visited: self.visited_on.map(date),
        }
    }
}

fn ids(found: &[Found]) -> Vec<CustomerId> {
    found.iter().map(|found| found.id).collect()
}

/// In the order of `ids`.
async fn rows(viewer: &Viewer, ids: &[CustomerId]) -> AppResult<Vec<CustomerRow>> {
    rows_in(&mut *viewer.db.read().acquire().await?, viewer, ids).await
}

async fn rows_in(db: &mut Connection, viewer: &Viewer, ids: &[CustomerId]) -> AppResult<Vec<CustomerRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "select id, name, company, email, phone, location_id, last_messaged_at, requested_at, clicked_at, reviewed_at, rating,
            unsubscribed_at, archived_at, created_at, visited_on from customer where project_id = ",
    );
    dialect::push_any_id(query.push_bind(viewer.project).push(" and id "), ids);
    let stored: Vec<StoredCustomer> = query.build_query_as().fetch_all(&mut *db).await?;
    let mut query = Query::new("select customer_id, tag from customer_tag where project_id = ");
    dialect::push_any_id(query.push_bind(viewer.project).push(" and customer_id "), ids);
    query.push(" order by customer_id, tag");
    let tagged: Vec<(CustomerId, String)> = query.build_query_as().fetch_all(&mut *db).await?;
    let mut tags: HashMap<CustomerId, Vec<String>> = HashMap::new();
    for (customer, tag) in tagged {
        tags.entry(customer).or_default().push(tag);
    }
    let mut stored: HashMap<CustomerId, StoredCustomer> =
        stored.into_iter().map(|stored| (stored.id, stored)).collect();
    let row = |id: &CustomerId| Some(stored.remove(id)?.row(viewer, tags.remove(id).unwrap_or_default()));
    Ok(ids.iter().filter_map(row).collect())
}

/// One customer, as the list shows it.
///
/// # Errors
/// `NotFound` where it is none of the project's.
pub async fn one(viewer: &Viewer, id: CustomerId) -> AppResult<CustomerRow> {
    rows(viewer, &[id]).await?.pop().ok_or_else(|| AppError::no_such("customer"))
}

/// The same, as it is within a transaction.
pub async fn one_in(tx: &mut Tx, viewer: &Viewer, id: CustomerId) -> AppResult<CustomerRow> {
    rows_in(&mut *tx, viewer, &[id]).await?.pop().ok_or_else(|| AppError::no_such("customer"))
}

/// The customers after a position in the order of the list, so many at most, and the position of the last if others follow. Beyond
/// the end there are none.
pub async fn after(
    viewer: &Viewer,
    filter: &CustomerFilter,
    last: Option<&CustomerCursor>,
    limit: usize,
) -> AppResult<(Vec<CustomerRow>, Option<CustomerCursor>)> {
    let find = Find::new(viewer, filter).await?;
    let mut found = walk(viewer, &find, last, true, limit + 1).await?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    let cursor = |last: &Found| CustomerCursor { rank: 0, id: last.id, key: last.key.clone() };
    let next = found.last().filter(|_| is_more).map(cursor);
    Ok((rows(viewer, &ids(&found)).await?, next))
}

/// The project's tags in the order of the alphabet: from each one look into the index to the next.
async fn tags(viewer: &Viewer) -> AppResult<Vec<String>> {
    Ok(tags_query(viewer).build_query_scalar().fetch_all(viewer.db.read()).await?)
}

pub(super) fn tags_query(viewer: &Viewer) -> Query {
    let mut query = Query::new(
        "with recursive known (tag) as (
            select min(tag) from customer_tag where project_id = ",
    );
    query.push_bind(viewer.project);
    query.push(
        " union all
            select (select min(t.tag) from customer_tag t where t.project_id = ",
    );
    query.push_bind(viewer.project);
    query.push(" and t.tag > known.tag) from known where known.tag is not null) select tag from known where tag is not null limit ");
    query.push_bind(TAGS);
    query
}

/// All customers of a filter, in the order of the list, some at a time.
pub struct Export {
    manager: Manager,
    filter: CustomerFilter,
    /// The last one that was read; None before the first.
    last: Option<CustomerCursor>,
    is_done: bool,
}

impl Export {
    /// Whoever may act on all customers at once may take them along.
    pub fn new(manager: Manager, filter: CustomerFilter) -> Self {
        Self { manager, filter, last: None, is_done: false }
    }

    pub fn viewer(&self) -> &Viewer {
        &self.manager
    }

    /// The next ones; none at the end.
    pub async fn next(&mut self) -> AppResult<Vec<CustomerRow>> {
        if self.is_done {
            return Ok(Vec::new());
        }
        let (rows, next) = after(&self.manager, &self.filter, self.last.as_ref(), EXPORTED).await?;
        self.is_done = next.is_none();
        self.last = next;
        Ok(rows)
    }
}
