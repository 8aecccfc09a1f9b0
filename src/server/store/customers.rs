//! Customers: the list, one with everything about them, and what staff change.

mod bulk;
mod find;
mod list;
mod notes;

pub use super::profile::profile;
pub use bulk::{Chunks, change_selection, count_selection};
pub use list::{Export, after, one, one_in, page};
pub use notes::{add_note, delete_note, set_tags};

use super::{
    db::{Query, Tx},
    dialect, erasure,
    guard::{Operator, Viewer, day_number},
    id::NewId,
    search::{self, normalized},
    steering::{cancel_channel, cancel_customer},
    strategy::date,
};
use crate::domain::{
    AppError, AppResult, CustomerId, LocationId, Timestamp,
    bulk::Outcome,
    customer::CustomerForm,
    message::{CancelCause, Channel},
    refusal::Refusal,
};
use std::collections::HashMap;

/// What a search looks through.
pub(super) fn search_text(form: &CustomerForm) -> String {
    [&form.name, &form.company, &form.email, &form.phone].map(|s| normalized(s)).join("\n")
}

/// The customers with these addresses: emails in lower case, phone numbers in E.164.
pub async fn by_address(
    viewer: &Viewer,
    addresses: impl Iterator<Item = &String>,
) -> AppResult<HashMap<String, CustomerId>> {
    let addresses: Vec<&str> = addresses.map(String::as_str).collect();
    let mut found = HashMap::new();
    for column in ["email", "phone"] {
        let mut query = Query::new("select ");
        query.push(column).push(", id from customer where project_id = ").push_bind(viewer.project);
        query.push(" and ").push(column).push(" <> '' and ").push(column);
        dialect::push_any_text(&mut query, &addresses);
        let some: Vec<(String, CustomerId)> = query.build_query_as().fetch_all(viewer.db.read()).await?;
        found.extend(some);
    }
    Ok(found)
}

/// Refuses a location of another project, and an address that another customer has.
async fn check(
    tx: &mut Tx,
    viewer: &Viewer,
    form: &CustomerForm,
    but: Option<CustomerId>,
) -> AppResult<Option<LocationId>> {
    for (channel, column, value) in [(Channel::Email, "email", &form.email), (Channel::Sms, "phone", &form.phone)] {
        if value.is_empty() {
            continue;
        }
        let mut query = Query::new("select id, name from customer where project_id = ");
        query.push_bind(viewer.project).push(" and ").push(column).push(" = ").push_bind(value.clone());
        query.push(" and ").push(column).push(" <> '' limit 2");
        let others: Vec<(CustomerId, String)> = query.build_query_as().fetch_all(&mut **tx).await?;
        if let Some((_, by)) = others.into_iter().find(|(id, _)| Some(*id) != but) {
            return Err(Refusal::AddressTaken { channel, by }.into());
        }
    }
    erasure::refuse(tx, viewer.project, form).await?;
    known_location(tx, viewer, form).await
}

/// The location that a form names.
///
/// # Errors
/// `Invalid` for one of another project.
pub async fn known_location(tx: &mut Tx, viewer: &Viewer, form: &CustomerForm) -> AppResult<Option<LocationId>> {
    let Ok(location) = form.location.parse::<LocationId>() else { return Ok(None) };
    let known: Option<LocationId> = sqlx::query_scalar("select id from location where project_id = $1 and id = $2")
        .bind(viewer.project)
        .bind(location)
        .fetch_optional(&mut **tx)
        .await?;
    known.map(Some).ok_or_else(|| Refusal::UnknownLocation.into())
}

/// `form` must be checked, with the phone in E.164.
pub async fn add(operator: &Operator, form: &CustomerForm, now: Timestamp) -> AppResult<CustomerId> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    let location = check(&mut tx, operator, form, None).await?;
    let id = CustomerId::new();
    sqlx::query(
        "insert into customer (project_id, id, location_id, name, company, email, phone, search_text, created_at, visited_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
    .bind(form.visited_on().map(day_number))
    .execute(&mut *tx)
    .await?;
    operator.db.commit(tx, operator.project).await?;
    Ok(id)
}

/// Changes a customer. Unsent and canceled messages take the new addresses; unsent ones are canceled where the customer no
/// longer has an address for their channel. Sent messages keep theirs. Returns what was canceled.
pub async fn edit(operator: &Operator, id: CustomerId, form: &CustomerForm, now: Timestamp) -> AppResult<Outcome> {
    edit_since(operator, id, form, None, now).await
}

/// The same by a form that showed `was` when it was opened: what was not changed in it stays as it is by now.
pub async fn edit_since(
    operator: &Operator,
    id: CustomerId,
    form: &CustomerForm,
    was: Option<&CustomerForm>,
    now: Timestamp,
) -> AppResult<Outcome> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, id).await?;
    let form = &match was {
        Some(was) => form.clone().onto(was, held(&mut tx, operator, id).await?),
        None => form.clone(),
    };
    let location = check(&mut tx, operator, form, Some(id)).await?;
    let changed = sqlx::query(
        "update customer set location_id = $3, name = $4, company = $5, email = $6, phone = $7, search_text = $8,
            visited_on = $9
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
    .bind(form.visited_on().map(day_number))
    .execute(&mut *tx)
    .await?;
    found(changed.rows_affected())?;
    let mut canceled = 0;
    for (channel, address) in [(Channel::Email, &form.email), (Channel::Sms, &form.phone)] {
        if address.is_empty() {
            canceled += cancel_channel(&mut tx, operator, id, channel, now).await?;
        } else {
            sqlx::query(
                // What held it was about the other address: the next claim judges anew.
                "update message set recipient = $4, hold = 0, version = version + 1
                 where project_id = $1 and customer_id = $2 and channel = $3 and state in (0, 4) and recipient not in ('', $4)",
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
    operator.db.commit(tx, operator.project).await?;
    Ok(Outcome { done: canceled, ..Outcome::default() })
}

fn found(rows: u64) -> AppResult<()> {
    if rows == 0 { Err(AppError::no_such("customer")) } else { Ok(()) }
}

/// Whether the customer is there and may be changed.
///
/// # Errors
/// `NotFound` where it is none of the project's, `Conflict` where its person was erased.
pub(super) async fn exists(tx: &mut Tx, viewer: &Viewer, id: CustomerId) -> AppResult<()> {
    let known: Option<Option<Timestamp>> =
        sqlx::query_scalar("select erased_at from customer where project_id = $1 and id = $2")
            .bind(viewer.project)
            .bind(id)
            .fetch_optional(&mut **tx)
            .await?;
    match known {
        None => Err(AppError::no_such("customer")),
        Some(Some(_)) => Err(Refusal::Erased.into()),
        Some(None) => Ok(()),
    }
}

/// What the form of a customer would hold.
async fn held(tx: &mut Tx, viewer: &Viewer, id: CustomerId) -> AppResult<CustomerForm> {
    type Held = (String, String, String, String, Option<LocationId>, Option<i32>);
    let (name, company, email, phone, location, visited): Held = sqlx::query_as(
        "select name, company, email, phone, location_id, visited_on from customer where project_id = $1 and id = $2",
    )
    .bind(viewer.project)
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    let location = location.map(|location| location.to_string()).unwrap_or_default();
    let visited = visited.map(|day| date(day).to_string()).unwrap_or_default();
    Ok(CustomerForm { name, company, email, phone, location, visited })
}

/// Unsubscribing cancels what is unsent; resubscribing brings nothing back.
pub async fn set_unsubscribed(operator: &Operator, id: CustomerId, on: bool, now: Timestamp) -> AppResult<Outcome> {
    mark(operator, id, "unsubscribed_at", CancelCause::Unsubscribed, on, now).await
}

/// Archiving cancels what is unsent; unarchiving brings nothing back.
pub async fn set_archived(operator: &Operator, id: CustomerId, on: bool, now: Timestamp) -> AppResult<Outcome> {
    mark(operator, id, "archived_at", CancelCause::Archived, on, now).await
}

/// Marking again keeps the first time.
async fn mark(
    operator: &Operator,
    id: CustomerId,
    column: &'static str,
    cause: CancelCause,
    on: bool,
    now: Timestamp,
) -> AppResult<Outcome> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    exists(&mut tx, operator, id).await?;
    let mut query = Query::new("update customer set ");
    query
        .push(column)
        .push(" = ")
        .push_bind(on.then_some(now))
        .push(" where project_id = ")
        .push_bind(operator.project);
    query.push(" and id = ").push_bind(id).push(" and ").push(column).push(if on {
        " is null"
    } else {
        " is not null"
    });
    query.build().execute(&mut *tx).await?;
    let outcome = if on { cancel_customer(&mut tx, operator, id, cause, now).await? } else { Outcome::default() };
    operator.db.commit(tx, operator.project).await?;
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
    // Whoever was erased can be deleted, too.
    match exists(&mut tx, operator, id).await {
        Ok(()) | Err(AppError::Conflict(_)) => {}
        Err(error) => return Err(error),
    }
    // The messages first, in a statement of their own, so that the triggers update the counters on both engines.
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
        return Err(Refusal::BeingSent.into());
    }
    Ok(operator.db.commit(tx, operator.project).await?)
}

/// The queries of a list as SQL, for a test that asks the planner about them: the walks, and what finds few.
#[cfg(test)]
pub fn queries_of(
    viewer: &Viewer,
    filter: &crate::domain::customer::filter::CustomerFilter,
    from: Option<&crate::domain::customer::CustomerCursor>,
) -> (Vec<Query>, Vec<Query>) {
    let find = find::Find::of_many(viewer, filter);
    let walks = [true, false].into_iter().filter_map(|is_forward| find.walk(from, is_forward, 51)).collect();
    let mut others = find.probes();
    others.push(find.ids(from.map(|cursor| cursor.id), 500));
    others.push(find.count(&[]));
    others.push(list::tags_query(viewer));
    (walks, others)
}
