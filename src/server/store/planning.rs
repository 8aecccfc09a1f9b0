//! What the planner reads and writes: customers to look at, and the requests that it makes.

mod asking;
mod customers;
mod reviews;
mod runs;

pub use asking::ask;
#[cfg(test)]
pub use customers::would_be_query_of;
pub use customers::{
    Candidate, Decision, candidate, candidates, look_again_at_crowded, look_at, pass_over, would_be_candidates,
};
pub use reviews::{Reviewed, reviewed, thank};
pub use runs::{NewRun, Next, Run, look_at_runs};

use super::{
    db::{Db, Query, Tx},
    guard::{Manager, StoredProject, Viewer, day_number},
    new_message::{self, NewMessage},
    opening,
    requests::{self, Templates},
    search,
    strategy::{self, Kept, date},
    timeline,
};
use crate::domain::{
    AppResult, CustomerId, ProcessId, ProjectId, RequestId, Timestamp,
    message::{Channel, EventKind},
    schedule::Hours,
    strategy::{Automate, Limits, plan::Load, verdict::ASKED},
};
use chrono::Datelike;

/// For how long one process is the leader without saying so again, in ms.
const LEAD: i64 = 60 * Timestamp::SECOND;

/// Whether this process may do what only one does at a time, for a minute from now.
pub async fn lead(db: &Db, name: &str, holder: ProcessId, now: Timestamp) -> sqlx::Result<bool> {
    let mut tx = db.begin().await?;
    let taken = sqlx::query(
        "insert into leader (name, holder, until) values ($1, $2, $3)
         on conflict (name) do update set holder = excluded.holder, until = excluded.until
            where leader.holder = excluded.holder or leader.until < $4",
    )
    .bind(name)
    .bind(holder)
    .bind(now.plus(LEAD))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(taken.rows_affected() == 1)
}

/// The projects whose strategy is on, each with the right to act in it for nobody.
pub async fn automated(db: &Db) -> AppResult<Vec<Manager>> {
    let projects = sqlx::query_as(
        "select p.id, p.slug, p.name, p.time_zone, p.language from strategy s join project p on p.id = s.project_id
         where s.automate = $1 order by p.id",
    )
    .bind(Automate::On as i16)
    .fetch_all(db.read())
    .await?;
    Ok(guards(db, projects))
}

fn guards(db: &Db, projects: Vec<StoredProject>) -> Vec<Manager> {
    projects.into_iter().map(|project| Manager::system(db.clone(), project)).collect()
}

/// What the plans of a project depend on, beside its customers.
pub struct Material {
    pub kept: Kept,
    pub hours: Hours,
    pub templates: Templates,
    pub load: Load,
}

/// Read in the transaction that writes what comes of it.
async fn material_of(tx: &mut Tx, guard: &Viewer, now: Timestamp) -> AppResult<Material> {
    let mut query = Query::new("select ");
    query.push(strategy::COLUMNS).push(" from strategy where project_id = ").push_bind(guard.project);
    let kept: Option<Kept> = query.build_query_as().fetch_optional(&mut **tx).await?;
    let week: String =
        sqlx::query_scalar("select week from project where id = $1").bind(guard.project).fetch_one(&mut **tx).await?;
    let templates = requests::templates(tx, guard.project).await?;
    let kept = kept.unwrap_or_default();
    let load = match kept.strategy.limits == Limits::default() {
        true => Load::default(),
        false => load(load_query(guard, now).build_query_as().fetch_all(&mut **tx).await?),
    };
    Ok(Material { kept, hours: opening::hours(&week), templates, load })
}

/// None where the strategy is not on.
async fn material(tx: &mut Tx, guard: &Viewer, now: Timestamp) -> AppResult<Option<Material>> {
    let material = material_of(tx, guard, now).await?;
    Ok((material.kept.automate == Automate::On).then_some(material))
}

/// What is counted towards the limits, from the first of this month on. What was canceled takes no place.
fn load_query(guard: &Viewer, now: Timestamp) -> Query {
    let month = guard.today(now).with_day(1).unwrap_or_default();
    let mut query = Query::new("select day, channel, cast(sum(n) as bigint) from counter where project_id = ");
    query.push_bind(guard.project).push(" and day >= ").push_bind(day_number(month));
    query.push(" and status <> 6 group by day, channel");
    query
}

fn load(counted: Vec<(i32, Channel, i64)>) -> Load {
    let mut load = Load::default();
    for (day, channel, n) in counted {
        load.add(channel, date(day), u32::try_from(n).unwrap_or(0));
    }
    load
}

/// For a preview: what plans depend on, whether or not the strategy is on.
pub async fn material_to_preview(viewer: &Viewer, now: Timestamp) -> AppResult<Material> {
    let kept = strategy::kept(viewer).await?;
    let hours = opening::hours_of(viewer).await?;
    let templates = requests::templates_of(viewer).await?;
    let load = match kept.strategy.limits == Limits::default() {
        true => Load::default(),
        false => load(load_query(viewer, now).build_query_as().fetch_all(viewer.db.read()).await?),
    };
    Ok(Material { kept, hours, templates, load })
}

fn push_ids(query: &mut Query, project: ProjectId, ids: &[CustomerId]) {
    query.push(" where project_id = ").push_bind(project).push(" and id in (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(")");
}

struct NewRequest {
    request: RequestId,
    customer: CustomerId,
    /// None where staff asked.
    run: Option<i16>,
    messages: Vec<NewMessage>,
    retry: Option<Timestamp>,
}

/// `looked_at` is the revision of the strategy that asked these customers for the first time; None where staff ask, or a run follows.
async fn insert(
    tx: &mut Tx,
    guard: &Manager,
    new: Vec<NewRequest>,
    looked_at: Option<i32>,
    now: Timestamp,
) -> AppResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let customers: Vec<CustomerId> = new.iter().map(|new| new.customer).collect();
    // With what a trigger would set: one change of the row instead of two.
    let mut query =
        Query::new("update customer set last_number = last_number + 1, requested_at = coalesce(requested_at, ");
    query.push_bind(now).push(")");
    if let Some(revision) = looked_at {
        query.push(", plan = ").push(ASKED).push(", plan_revision = ").push_bind(revision);
    }
    push_ids(&mut query, guard.project, &customers);
    query.push(" returning id, last_number");
    let numbers: Vec<(CustomerId, i32)> = query.build_query_as().fetch_all(&mut **tx).await?;
    let numbers: std::collections::HashMap<CustomerId, i32> = numbers.into_iter().collect();
    let mut query =
        Query::new("insert into request (project_id, id, customer_id, number, created_at, created_by, run, retry_at) ");
    query.push_values(&new, |mut row, new| {
        row.push_bind(guard.project).push_bind(new.request).push_bind(new.customer);
        row.push_bind(numbers.get(&new.customer).copied().unwrap_or(1)).push_bind(now);
        row.push_bind(guard.user).push_bind(new.run).push_bind(new.retry);
    });
    query.build().execute(&mut **tx).await?;
    let messages: Vec<NewMessage> = new.into_iter().flat_map(|new| new.messages).collect();
    insert_messages(tx, guard, &messages, now).await
}

async fn insert_messages(tx: &mut Tx, guard: &Manager, messages: &[NewMessage], now: Timestamp) -> AppResult<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let seq = new_message::reserve(tx, guard.project, messages.len()).await?;
    new_message::insert(tx, guard.project, seq, messages).await?;
    timeline::record(tx, guard, messages.iter().map(|message| message.id), EventKind::Created, None, now).await?;
    Ok(search::index(tx, seq..seq + messages.len() as i64).await?)
}
