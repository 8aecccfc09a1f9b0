//! The locations of a project, and what changes them.

use super::{
    db::{Query, Tx},
    dialect,
    guard::{Manager, Viewer},
    projects, search,
};
use crate::domain::{
    AppError, AppResult, LocationId, ProjectId,
    location::{LOCATIONS_MAX, LocationRow},
    refusal::Refusal,
};
use std::ops::Range;

/// Customers, or messages that are looked at, of one transaction.
const CHUNK: i64 = 2_000;

/// With how many customers and messages each has, by name. Messages are told by the counters.
pub async fn list(viewer: &Viewer) -> AppResult<Vec<LocationRow>> {
    let stored: Vec<(LocationId, String, i64, i64)> = sqlx::query_as(
        "select l.id, l.name,
            (select count(*) from (select 1 from customer c
                where c.project_id = l.project_id and c.location_id = l.id limit $1) t) as customers,
            (select cast(coalesce(sum(k.n), 0) as bigint) from counter k
                where k.project_id = l.project_id and k.day = 0 and k.location_id = l.id) as messages
         from location l where l.project_id = $2",
    )
    .bind(i64::from(LocationRow::COUNTED_MOST) + 1)
    .bind(viewer.project)
    .fetch_all(viewer.db.read())
    .await?;
    let row = |(id, name, customers, messages): (_, _, i64, i64)| LocationRow {
        id,
        name,
        customers: customers as u32,
        messages: messages.unsigned_abs(),
    };
    let mut rows: Vec<LocationRow> = stored.into_iter().map(row).collect();
    rows.sort_by_cached_key(|row| (row.name.to_lowercase(), row.id));
    Ok(rows)
}

/// # Errors
/// `Invalid` where another location has the name, or there are too many.
pub async fn add(manager: &Manager, name: &str) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    let known = check_name(&mut tx, manager.project, name, None).await?;
    if known >= LOCATIONS_MAX {
        let sentence = format!("A project has {LOCATIONS_MAX} locations at most. Tags can tell more apart.");
        return Err(AppError::invalid("name", sentence));
    }
    projects::add_location(&mut tx, manager.project, name).await?;
    Ok(manager.db.commit(tx, manager.project).await?)
}

/// # Errors
/// `Invalid` where another location has the name; `NotFound` for one that is none of the project's.
pub async fn rename(manager: &Manager, id: LocationId, name: &str) -> AppResult<()> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    check_name(&mut tx, manager.project, name, Some(id)).await?;
    let renamed = sqlx::query("update location set name = $1 where project_id = $2 and id = $3")
        .bind(name)
        .bind(manager.project)
        .bind(id)
        .execute(&mut *tx)
        .await?;
    if renamed.rows_affected() == 0 {
        return Err(AppError::no_such("location"));
    }
    Ok(manager.db.commit(tx, manager.project).await?)
}

/// How many locations there are.
async fn check_name(tx: &mut Tx, project: ProjectId, name: &str, but: Option<LocationId>) -> AppResult<usize> {
    let known: Vec<(LocationId, String)> = sqlx::query_as("select id, name from location where project_id = $1")
        .bind(project)
        .fetch_all(&mut **tx)
        .await?;
    let name = name.to_lowercase();
    match known.iter().find(|(id, other)| Some(*id) != but && other.to_lowercase() == name) {
        Some((_, other)) => Err(AppError::invalid("name", format!("There is a location {other} already."))),
        None => Ok(known.len()),
    }
}

/// Removes a location; its customers and messages move to another one, or have none from then on. Returns its name, and how many
/// customers and messages moved. Many are moved some at a time: where that is cut short, the location is still there with the
/// rest.
///
/// # Errors
/// `NotFound` where the location is none of the project's; `Invalid` where the other isn't.
pub async fn remove(manager: &Manager, id: LocationId, to: Option<LocationId>) -> AppResult<(String, u64, u64)> {
    let (mut customers, mut messages) = (0, 0);
    loop {
        let moved = move_customers(manager, id, to).await?;
        customers += moved;
        if moved == 0 {
            break;
        }
    }
    let mut left = Some(search::seqs(manager).await?);
    while let Some(range) = left {
        let end = range.end;
        let (moved, reached) = move_messages(manager, id, to, range).await?;
        messages += moved;
        left = reached.map(|reached| reached..end);
    }
    let mut tx = begin(manager, id, to).await?;
    // Those that were given the location meanwhile.
    customers += set_customers(&mut tx, manager, id, to, i64::MAX).await?;
    messages += sqlx::query(
        "update message set location_id = $1, version = version + 1 where project_id = $2 and location_id = $3",
    )
    .bind(to)
    .bind(manager.project)
    .bind(id)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    let name: String = sqlx::query_scalar("delete from location where project_id = $1 and id = $2 returning name")
        .bind(manager.project)
        .bind(id)
        .fetch_one(&mut *tx)
        .await?;
    manager.db.commit(tx, manager.project).await?;
    Ok((name, customers, messages))
}

/// A transaction in which both locations are there, and stay.
async fn begin(manager: &Manager, id: LocationId, to: Option<LocationId>) -> AppResult<Tx> {
    let mut tx = manager.db.begin_in(manager.project).await?;
    let known: Vec<LocationId> = sqlx::query_scalar("select id from location where project_id = $1")
        .bind(manager.project)
        .fetch_all(&mut *tx)
        .await?;
    if !known.contains(&id) {
        return Err(AppError::no_such("location"));
    }
    if to.is_some_and(|to| to == id || !known.contains(&to)) {
        return Err(Refusal::UnknownLocation.into());
    }
    Ok(tx)
}

async fn move_customers(manager: &Manager, id: LocationId, to: Option<LocationId>) -> AppResult<u64> {
    let mut tx = begin(manager, id, to).await?;
    let moved = set_customers(&mut tx, manager, id, to, CHUNK).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(moved)
}

async fn set_customers(
    tx: &mut Tx,
    manager: &Manager,
    id: LocationId,
    to: Option<LocationId>,
    most: i64,
) -> sqlx::Result<u64> {
    let moved = sqlx::query(
        "update customer set location_id = $1 where project_id = $2 and id in (
            select c.id from customer c where c.project_id = $2 and c.location_id = $3 limit $4)",
    )
    .bind(to)
    .bind(manager.project)
    .bind(id)
    .bind(most)
    .execute(&mut **tx)
    .await?;
    Ok(moved.rows_affected())
}

/// Looks at the messages after the start of `range`; returns how many moved, and up to where it looked. None where it looked at all, or the
/// counters say that there is none.
async fn move_messages(
    manager: &Manager,
    id: LocationId,
    to: Option<LocationId>,
    range: Range<i64>,
) -> AppResult<(u64, Option<i64>)> {
    let left: i64 = sqlx::query_scalar(
        "select cast(coalesce(sum(n), 0) as bigint) from counter where project_id = $1 and day = 0 and location_id = $2",
    )
    .bind(manager.project)
    .bind(id)
    .fetch_one(manager.db.read())
    .await?;
    let mut query = Query::new("select max(seq) from (select m.seq from message m");
    query.push(dialect::BY_ROW_ID).push(" where m.project_id = ").push_bind(manager.project);
    query.push(" and m.seq > ").push_bind(range.start).push(" and m.seq < ").push_bind(range.end);
    query.push(" order by m.seq limit ").push_bind(CHUNK).push(") t");
    let reached: Option<i64> = query.build_query_scalar().fetch_one(manager.db.read()).await?;
    let Some(reached) = reached.filter(|_| left > 0) else { return Ok((0, None)) };
    let mut tx = begin(manager, id, to).await?;
    let mut query = Query::new("update message as m");
    query.push(dialect::BY_ROW_ID).push(" set location_id = ").push_bind(to).push(", version = m.version + 1");
    query.push(" where m.project_id = ").push_bind(manager.project).push(" and m.location_id = ").push_bind(id);
    query.push(" and m.seq > ").push_bind(range.start).push(" and m.seq <= ").push_bind(reached);
    let moved = query.build().execute(&mut *tx).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok((moved.rows_affected(), Some(reached)))
}
