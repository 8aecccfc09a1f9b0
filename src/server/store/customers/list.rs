//! The list of customers.

use crate::{
    domain::{
        AppResult, CustomerId, LocationId, Timestamp,
        customer::{CustomerRow, CustomersPage},
        filter::SEARCH_MAX,
    },
    server::store::{db::Query, dialect, guard::Viewer, search},
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

/// What the Customers page's address says.
#[derive(Default)]
struct Wanted {
    q: String,
    archived: bool,
    unsubscribed: bool,
    /// `name~id` of the row to page on from.
    after: Option<(String, CustomerId)>,
}

impl Wanted {
    fn parse(query: &str) -> Self {
        let mut w = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // No name holds any, and PostgreSQL takes no NUL.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            match &*name {
                "q" => w.q = search::needle(&value.chars().take(SEARCH_MAX).collect::<String>()),
                "archived" => w.archived = value == "yes",
                "unsubscribed" => w.unsubscribed = value == "yes",
                "after" => {
                    w.after = value.rsplit_once('~').and_then(|(n, id)| Some((n.to_owned(), id.parse().ok()?)));
                }
                _ => {}
            }
        }
        w
    }

    fn push(&self, query: &mut Query, viewer: &Viewer) {
        query.push(" from customer where project_id = ").push_bind(viewer.project);
        query.push(if self.archived { " and archived_at is not null" } else { " and archived_at is null" });
        if self.unsubscribed {
            query.push(" and unsubscribed_at is not null");
        }
        if !self.q.is_empty() {
            query.push(" and ").push(dialect::POSITION).push("(search_text, ").push_bind(self.q.clone()).push(") > 0");
        }
    }
}

/// By name, fifty at a time.
pub async fn page(viewer: &Viewer, query: &str) -> AppResult<CustomersPage> {
    let wanted = Wanted::parse(query);
    let mut rows = Query::new(
        "select id, name, company, email, phone, location_id, last_messaged_at, unsubscribed_at, archived_at",
    );
    wanted.push(&mut rows, viewer);
    if let Some((name, id)) = &wanted.after {
        rows.push(" and (name, id) > (").push_bind(name.clone()).push(", ").push_bind(*id).push(")");
    }
    rows.push(" order by name, id limit ").push_bind(PER_PAGE as i64 + 1);
    let mut rows: Vec<StoredCustomer> = rows.build_query_as().fetch_all(viewer.db.read()).await?;
    let mut total = Query::new("select count(*)");
    wanted.push(&mut total, viewer);
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
    Ok(CustomersPage { rows, next, total: total.unsigned_abs() })
}
