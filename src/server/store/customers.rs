//! Customers: the list, one with everything about them, and what staff change.

use super::{
    db::{Query, Tx},
    profile,
    search::{self, fold},
    steering::cancel_customer,
};
use crate::{
    domain::{
        AppError, AppResult, CustomerId, LocationId, NoteId, Timestamp,
        bulk::Outcome,
        customer::{CustomerForm, CustomerRow, CustomersPage},
        message::{CancelCause, Channel},
    },
    server::guard::{Operator, Viewer},
};

pub use profile::profile;

const PER_PAGE: usize = 50;

#[derive(sqlx::FromRow)]
struct Stored {
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
    /// `name␟id` of the row to page on from.
    after: Option<(String, CustomerId)>,
}

impl Wanted {
    fn parse(query: &str) -> Self {
        let mut w = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "q" => w.q = fold(&value.chars().take(crate::domain::filter::SEARCH_MAX).collect::<String>()),
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
            query
                .push(" and ")
                .push(super::dialect::POSITION)
                .push("(search_text, ")
                .push_bind(self.q.clone())
                .push(") > 0");
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
    let mut rows: Vec<Stored> = rows.build_query_as().fetch_all(viewer.db.read()).await?;
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

fn search_text(form: &CustomerForm) -> String {
    [&form.name, &form.company, &form.email, &form.phone].map(|s| fold(s)).join("\n")
}

/// Refuses a location of another project, and an address that another customer has.
async fn check(
    tx: &mut Tx,
    viewer: &Viewer,
    form: &CustomerForm,
    but: Option<CustomerId>,
) -> AppResult<Option<LocationId>> {
    for (column, value, label) in [("email", &form.email, "email address"), ("phone", &form.phone, "phone number")] {
        if value.is_empty() {
            continue;
        }
        let mut query = Query::new("select id, name from customer where project_id = ");
        query.push_bind(viewer.project).push(" and ").push(column).push(" = ").push_bind(value.clone());
        query.push(" and ").push(column).push(" <> '' limit 2");
        let others: Vec<(CustomerId, String)> = query.build_query_as().fetch_all(&mut **tx).await?;
        if let Some((_, name)) = others.into_iter().find(|(id, _)| Some(*id) != but) {
            return Err(AppError::invalid(column, format!("{name} has this {label} already.")));
        }
    }
    let Ok(location) = form.location.parse::<LocationId>() else { return Ok(None) };
    let known: Option<LocationId> = sqlx::query_scalar("select id from location where project_id = $1 and id = $2")
        .bind(viewer.project)
        .bind(location)
        .fetch_optional(&mut **tx)
        .await?;
    known.map(Some).ok_or_else(|| AppError::invalid("location", "Choose one of the project's locations."))
}

/// `form` is checked, with the phone in E.164.
pub async fn add(operator: &Operator, form: &CustomerForm, now: Timestamp) -> AppResult<CustomerId> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let location = check(&mut tx, operator, form, None).await?;
    let id = CustomerId::new();
    sqlx::query(
        "insert into customer (project_id, id, location_id, name, company, email, phone, search_text, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(operator.project)
    .bind(id)
    .bind(location)
    .bind(&form.name)
    .bind(&form.company)
    .bind(&form.email)
    .bind(&form.phone)
    .bind(search_text(form))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(id)
}

/// Unsent messages go to the new addresses; what was sent keeps the address that it went to.
pub async fn edit(operator: &Operator, id: CustomerId, form: &CustomerForm) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let location = check(&mut tx, operator, form, Some(id)).await?;
    let changed = sqlx::query(
        "update customer set location_id = $3, name = $4, company = $5, email = $6, phone = $7, search_text = $8
         where project_id = $1 and id = $2",
    )
    .bind(operator.project)
    .bind(id)
    .bind(location)
    .bind(&form.name)
    .bind(&form.company)
    .bind(&form.email)
    .bind(&form.phone)
    .bind(search_text(form))
    .execute(&mut *tx)
    .await?;
    found(changed.rows_affected())?;
    for (channel, address) in [(Channel::Email, &form.email), (Channel::Sms, &form.phone)] {
        if !address.is_empty() {
            sqlx::query(
                "update message set recipient = $4, version = version + 1
                 where project_id = $1 and customer_id = $2 and channel = $3 and state = 0 and recipient <> $4",
            )
            .bind(operator.project)
            .bind(id)
            .bind(channel)
            .bind(address)
            .execute(&mut *tx)
            .await?;
        }
    }
    search::refresh_customer(&mut tx, operator.project, id).await?;
    Ok(operator.db.commit(tx, operator.project).await?)
}

fn found(rows: u64) -> AppResult<()> {
    if rows == 0 { Err(AppError::no_such("customer")) } else { Ok(()) }
}

pub async fn set_tags(operator: &Operator, id: CustomerId, tags: &[String]) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, id).await?;
    sqlx::query("delete from customer_tag where project_id = $1 and customer_id = $2")
        .bind(operator.project)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    for tag in tags {
        sqlx::query("insert into customer_tag (project_id, customer_id, tag) values ($1, $2, $3)")
            .bind(operator.project)
            .bind(id)
            .bind(tag)
            .execute(&mut *tx)
            .await?;
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// # Errors
/// `NotFound` where it is none of the project's.
pub(super) async fn exists(tx: &mut Tx, viewer: &Viewer, id: CustomerId) -> AppResult<()> {
    let known: Option<CustomerId> = sqlx::query_scalar("select id from customer where project_id = $1 and id = $2")
        .bind(viewer.project)
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?;
    found(u64::from(known.is_some()))
}

pub async fn add_note(operator: &Operator, id: CustomerId, text: &str, now: Timestamp) -> AppResult<NoteId> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, id).await?;
    let note = NoteId::new();
    sqlx::query(
        "insert into note (project_id, customer_id, id, author_id, text, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(operator.project)
    .bind(id)
    .bind(note)
    .bind(operator.user)
    .bind(text)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(note)
}

pub async fn delete_note(operator: &Operator, id: CustomerId, note: NoteId) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let deleted = sqlx::query("delete from note where project_id = $1 and customer_id = $2 and id = $3")
        .bind(operator.project)
        .bind(id)
        .bind(note)
        .execute(&mut *tx)
        .await?;
    if deleted.rows_affected() == 0 {
        return Err(AppError::no_such("note"));
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// Unsubscribing cancels what is unsent; resubscribing brings nothing back.
pub async fn set_unsubscribed(viewer: &Viewer, id: CustomerId, on: bool, now: Timestamp) -> AppResult<Outcome> {
    mark(viewer, id, "unsubscribed_at", CancelCause::Unsubscribed, on, now).await
}

/// Archiving cancels what is unsent; unarchiving brings nothing back.
pub async fn set_archived(operator: &Operator, id: CustomerId, on: bool, now: Timestamp) -> AppResult<Outcome> {
    mark(operator, id, "archived_at", CancelCause::Archived, on, now).await
}

/// The first time counts: marking again changes nothing.
async fn mark(
    viewer: &Viewer,
    id: CustomerId,
    column: &'static str,
    cause: CancelCause,
    on: bool,
    now: Timestamp,
) -> AppResult<Outcome> {
    let mut tx = viewer.db.begin_in(viewer.project).await?;
    exists(&mut tx, viewer, id).await?;
    let mut query = Query::new("update customer set ");
    query.push(column).push(" = ").push_bind(on.then_some(now)).push(" where project_id = ").push_bind(viewer.project);
    query.push(" and id = ").push_bind(id).push(" and ").push(column).push(if on {
        " is null"
    } else {
        " is not null"
    });
    query.build().execute(&mut *tx).await?;
    let outcome = if on { cancel_customer(&mut tx, viewer, id, cause, now).await? } else { Outcome::default() };
    viewer.db.commit(tx, viewer.project).await?;
    Ok(outcome)
}

pub async fn cancel_unsent(operator: &Operator, id: CustomerId, now: Timestamp) -> AppResult<Outcome> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, id).await?;
    let outcome = cancel_customer(&mut tx, operator, id, CancelCause::Staff, now).await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(outcome)
}

/// With every message, note and review.
///
/// # Errors
/// Conflict while one of the messages is being sent.
pub async fn delete(operator: &Operator, id: CustomerId) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, id).await?;
    // The messages first and by themselves, so that their counters follow on both engines.
    sqlx::query("delete from message where project_id = $1 and customer_id = $2 and state <> 1")
        .bind(operator.project)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let deleted = sqlx::query(
        "delete from customer where project_id = $1 and id = $2
            and not exists (select 1 from message m where m.project_id = $1 and m.customer_id = $2)",
    )
    .bind(operator.project)
    .bind(id)
    .execute(&mut *tx)
    .await?;
    if deleted.rows_affected() == 0 {
        return Err(AppError::Conflict(
            "A message to this customer is being sent at this moment. Try again in a minute.".into(),
        ));
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}
