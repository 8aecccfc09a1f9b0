//! The tags of a project's customers, and what changes them for all customers at once.

use super::{
    db::{Query, Tx},
    guard::{Manager, Viewer},
};
use crate::domain::{
    AppError, AppResult, CustomerId,
    location::LocationRow,
    tag::{TAGS_SHOWN, TagRow},
};

/// Customers of one transaction.
const CHUNK: i64 = 1_000;

/// The start of a statement that has the project's tags in `known (tag)`: from each one look into the index to the next.
const KNOWN: [&str; 3] = [
    "with recursive known (tag) as (select min(tag) from customer_tag where project_id = ",
    " union all select (select min(t.tag) from customer_tag t where t.project_id = ",
    " and t.tag > known.tag) from known where known.tag is not null) ",
];

fn known(viewer: &Viewer) -> Query {
    let mut query = Query::new(KNOWN[0]);
    query.push_bind(viewer.project).push(KNOWN[1]).push_bind(viewer.project).push(KNOWN[2]);
    query
}

/// With how many customers each has, in the order of the alphabet, and whether there are more than are shown.
pub async fn list(viewer: &Viewer) -> AppResult<(Vec<TagRow>, bool)> {
    let mut query = known(viewer);
    query.push("select k.tag, (select count(*) from (select 1 from customer_tag c where c.project_id = ");
    query.push_bind(viewer.project).push(" and c.tag = k.tag limit ");
    query.push_bind(i64::from(LocationRow::COUNTED_MOST) + 1).push(") t) as customers from known k");
    query.push(" where k.tag is not null limit ").push_bind(TAGS_SHOWN as i64 + 1);
    let mut rows: Vec<(String, i64)> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    let has_more = rows.len() > TAGS_SHOWN;
    rows.truncate(TAGS_SHOWN);
    Ok((rows.into_iter().map(|(tag, customers)| TagRow { tag, customers: customers as u32 }).collect(), has_more))
}

/// The tag that differs from `tag` in nothing but the case of its letters, if it is another one than `but`: the same to who reads
/// it.
pub async fn like(viewer: &Viewer, tag: &str, but: &str) -> AppResult<Option<String>> {
    let mut query = known(viewer);
    query.push("select tag from known where tag is not null");
    let all: Vec<String> = query.build_query_scalar().fetch_all(viewer.db.read()).await?;
    let wanted = tag.to_lowercase();
    Ok(all.into_iter().find(|other| other != but && other.to_lowercase() == wanted))
}

/// Gives all customers of a tag another one in its place; whoever has both keeps one. Returns how many customers.
///
/// # Errors
/// `NotFound` where no customer has it.
pub async fn rename(manager: &Manager, tag: &str, to: &str) -> AppResult<u64> {
    each_chunk(manager, tag, Some(to)).await
}

/// Takes a tag from all customers; returns from how many.
///
/// # Errors
/// `NotFound` where no customer has it.
pub async fn remove(manager: &Manager, tag: &str) -> AppResult<u64> {
    each_chunk(manager, tag, None).await
}

async fn each_chunk(manager: &Manager, tag: &str, to: Option<&str>) -> AppResult<u64> {
    let mut all = 0;
    loop {
        let mut tx = manager.db.begin_in(manager.project).await?;
        let taken = take(&mut tx, manager, tag).await?;
        if taken.is_empty() {
            tx.rollback().await?;
            break;
        }
        if let Some(to) = to {
            give(&mut tx, manager, &taken, to).await?;
        }
        manager.db.commit(tx, manager.project).await?;
        all += taken.len() as u64;
    }
    if all == 0 { Err(AppError::NotFound("No customer has this tag any more.".into())) } else { Ok(all) }
}

/// Takes it from some who have it.
async fn take(tx: &mut Tx, manager: &Manager, tag: &str) -> sqlx::Result<Vec<CustomerId>> {
    sqlx::query_scalar(
        "delete from customer_tag where project_id = $1 and tag = $2 and customer_id in (
            select c.customer_id from customer_tag c where c.project_id = $1 and c.tag = $2 limit $3)
         returning customer_id",
    )
    .bind(manager.project)
    .bind(tag)
    .bind(CHUNK)
    .fetch_all(&mut **tx)
    .await
}

/// A tag that differs only in its case is the same.
async fn give(tx: &mut Tx, manager: &Manager, to: &[CustomerId], tag: &str) -> sqlx::Result<()> {
    let mut query =
        Query::new("insert into customer_tag (project_id, customer_id, tag) select c.project_id, c.id, cast(");
    query.push_bind(tag.to_owned()).push(" as text) from customer c where c.project_id = ").push_bind(manager.project);
    super::dialect::push_any_id(query.push(" and c.id "), to);
    query.push(
        " and not exists (select 1 from customer_tag t where t.project_id = c.project_id and t.customer_id = c.id
            and lower(t.tag) = lower(",
    );
    query.push_bind(tag.to_owned()).push("))");
    query.build().execute(&mut **tx).await.map(drop)
}
