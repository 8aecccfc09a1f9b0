//! The list of customers.

use crate::{
    domain::{
        AppResult, CustomerId, LocationId, Timestamp,
        customer::{CustomerRow, CustomersPage, CustomersQuery},
    },
    server::store::{db::Query, guard::Viewer, search},
};

const PER_PAGE: usize = 50;

#[derive(sqlx::FromRow)]
struct StoredCustomer {
    id: CustomerId,
    name: String,
    company: String,
    email: String,
    phone: String,
    location_id: Option<LocationId>,
    last_messaged_at: Option<Timestamp>,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
}

/// ` from …`: the customers that match, on every page.
fn push_matching(query: &mut Query, viewer: &Viewer, wanted: &CustomersQuery) {
    query.push(" from customer where project_id = ").push_bind(viewer.project);
    query.push(if wanted.archived { " and archived_at is not null" } else { " and archived_at is null" });
    if wanted.unsubscribed {
        query.push(" and unsubscribed_at is not null");
    }
    search::push_test(query, "search_text", &search::words(&wanted.q));
}

/// `name~id` of the row to page on from.
fn cursor(after: &str) -> Option<(String, CustomerId)> {
    let (name, id) = after.rsplit_once('~')?;
    Some((name.to_owned(), id.parse().ok()?))
}

/// By name, fifty at a time.
pub async fn page(viewer: &Viewer, wanted: &CustomersQuery) -> AppResult<CustomersPage> {
    let mut rows = Query::new(
        "select id, name, company, email, phone, location_id, last_messaged_at, unsubscribed_at, archived_at",
    );
    push_matching(&mut rows, viewer, wanted);
    if let Some((name, id)) = wanted.after.as_deref().and_then(cursor) {
        rows.push(" and (name, id) > (").push_bind(name).push(", ").push_bind(id).push(")");
    }
    rows.push(" order by name, id limit ").push_bind(PER_PAGE as i64 + 1);
    let mut rows: Vec<StoredCustomer> = rows.build_query_as().fetch_all(viewer.db.read()).await?;
    let mut total = Query::new("select count(*)");
    push_matching(&mut total, viewer, wanted);
    let total: i64 = total.build_query_scalar().fetch_one(viewer.db.read()).await?;
    let more = rows.len() > PER_PAGE;
    rows.truncate(PER_PAGE);
    let next = rows.last().filter(|_| more).map(|r| format!("{}~{}", r.name, r.id));
    let rows = rows
        .into_iter()
        .map(|c| CustomerRow {
            id: c.id,
            name: c.name,
            company: c.company,
            email: c.email,
            phone: c.phone,
            location: c.location_id,
            last_messaged: c.last_messaged_at.map(|t| viewer.local(t)),
            unsubscribed: c.unsubscribed_at.is_some(),
            archived: c.archived_at.is_some(),
        })
        .collect();
    Ok(CustomersPage { rows, next, total: total.unsigned_abs(), version: viewer.version })
}
