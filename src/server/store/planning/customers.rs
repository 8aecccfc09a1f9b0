//! Customers, as the planner looks at each, and what it makes of them.

use super::{Material, NewRequest, insert, material, push_ids};
use crate::{
    domain::{
        AppError, AppResult, CustomerId, LocationId, ProjectId, RequestId, Timestamp,
        message::Channel,
        schedule::{Hours, instant},
        strategy::{
            Strategy, Trigger,
            verdict::{Address, ChargeFacts, Condition, Facts},
        },
    },
    server::store::{
        db::{Query, Tx},
        dialect,
        guard::{Manager, Viewer, day_number},
        new_message::NewMessage,
        opening,
        strategy::date,
    },
};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use sqlx::FromRow;

/// A customer, as far as the strategy and its messages depend on it.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub id: CustomerId,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub location: Option<LocationId>,
    pub location_name: Option<String>,
    pub facts: Facts,
}

impl Candidate {
    pub fn address(&self, channel: Channel) -> &str {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.phone,
        }
    }

    /// By whose clocks the project's hours go for this customer.
    pub fn zones(&self, hours: Hours, project: Tz) -> Vec<Tz> {
        opening::zones(hours.opening, &self.phone, project)
    }
}

#[derive(FromRow)]
struct Stored {
    id: CustomerId,
    name: String,
    email: String,
    phone: String,
    location_id: Option<LocationId>,
    location_name: Option<String>,
    created_at: Timestamp,
    visited_on: Option<i32>,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
    last_number: i32,
    email_suppressed: i64,
    phone_suppressed: i64,
    reviews: i64,
    charges: i64,
    subscriptions: i64,
    charged_on: Option<i32>,
    charges_in_currency: i64,
    charge_total: i64,
}

impl From<Stored> for Candidate {
    fn from(s: Stored) -> Self {
        let address = |address: &str, suppressed: i64| match (address, suppressed) {
            ("", _) => Address::None,
            (_, 0) => Address::Good,
            _ => Address::Suppressed,
        };
        let facts = Facts {
            added: s.created_at,
            visited: s.visited_on.map(date),
            email: address(&s.email, s.email_suppressed),
            phone: address(&s.phone, s.phone_suppressed),
            is_unsubscribed: s.unsubscribed_at.is_some(),
            is_archived: s.archived_at.is_some(),
            has_reviewed: s.reviews > 0,
            was_asked: s.last_number > 0,
            charges: ChargeFacts {
                number: s.charges,
                subscriptions: s.subscriptions,
                last: s.charged_on.map(date),
                in_currency: s.charges_in_currency,
                total: s.charge_total,
            },
        };
        let Stored { id, name, email, phone, location_id: location, location_name, .. } = s;
        Self { id, name, email, phone, location, location_name, facts }
    }
}

/// What charges come to is read only where the strategy asks for it.
fn candidates_query(project: ProjectId, strategy: &Strategy) -> Query {
    let mut query = Query::new(
        "select c.id, c.name, c.email, c.phone, c.location_id, l.name as location_name, c.created_at, c.visited_on,
            c.unsubscribed_at, c.archived_at, c.last_number,
            (select count(*) from suppression s where s.project_id = c.project_id and s.channel = 0
                and s.address = c.email) as email_suppressed,
            (select count(*) from suppression s where s.project_id = c.project_id and s.channel = 1
                and s.address = c.phone) as phone_suppressed,
            (select count(*) from review v where v.project_id = c.project_id and v.customer_id = c.id) as reviews",
    );
    for (what, name, is_of_currency) in [
        ("cast(coalesce(sum(t.charges), 0) as bigint)", "charges", false),
        ("cast(coalesce(sum(t.subscriptions), 0) as bigint)", "subscriptions", false),
        ("max(t.last_on)", "charged_on", false),
        ("cast(coalesce(sum(t.charges), 0) as bigint)", "charges_in_currency", true),
        ("cast(coalesce(sum(t.total), 0) as bigint)", "charge_total", true),
    ] {
        query.push(", (select ").push(what);
        query.push(" from charge_sum t where t.project_id = c.project_id and t.customer_id = c.id");
        if is_of_currency {
            query.push(" and t.currency = ").push_bind(strategy.conditions.currency.code().to_owned());
        }
        if !strategy.reads_charges() {
            query.push(" and 1 = 0");
        }
        query.push(") as ").push(name);
    }
    query.push(
        " from customer c left join location l on l.project_id = c.project_id and l.id = c.location_id
         where c.project_id = ",
    );
    query.push_bind(project);
    query
}

/// One customer.
///
/// # Errors
/// `NotFound` where it is none of the project's.
pub async fn candidate(viewer: &Viewer, strategy: &Strategy, id: CustomerId) -> AppResult<Candidate> {
    let mut query = candidates_query(viewer.project, strategy);
    query.push(" and c.id = ").push_bind(id);
    let stored: Option<Stored> = query.build_query_as().fetch_optional(viewer.db.read()).await?;
    stored.map(Candidate::from).ok_or_else(|| AppError::no_such("customer"))
}

/// Those of these customers who are still there.
pub async fn candidates(viewer: &Viewer, strategy: &Strategy, ids: &[CustomerId]) -> AppResult<Vec<Candidate>> {
    let mut query = candidates_query(viewer.project, strategy);
    dialect::push_any_id(query.push(" and c.id "), ids);
    let stored: Vec<Stored> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    Ok(stored.into_iter().map(Candidate::from).collect())
}

/// Those whose charges meet a condition, or who came since a day, may be few among many, and are found by it.
fn would_be_query(viewer: &Viewer, strategy: &Strategy, since: NaiveDate, most: u32) -> Query {
    let mut query = candidates_query(viewer.project, strategy);
    query.push(" and c.plan <> 1 and c.last_number = 0 and c.unsubscribed_at is null and c.archived_at is null");
    match strategy.trigger {
        Trigger::Added => {
            let midnight = instant(&viewer.zone, since.and_time(NaiveTime::MIN));
            query.push(" and c.created_at >= ").push_bind(midnight);
        }
        Trigger::Visit => drop(query.push(" and c.visited_on >= ").push_bind(day_number(since))),
        // See below.
        Trigger::Charge => {}
    }
    if strategy.needs_charge() {
        query
            .push(" and c.id in (select f.customer_id from charge_sum f where f.project_id = ")
            .push_bind(viewer.project);
        if let Some(total) = strategy.conditions.total {
            query.push(" and f.currency = ").push_bind(strategy.conditions.currency.code().to_owned());
            query.push(" and f.total >= ").push_bind(total);
        }
        if strategy.trigger == Trigger::Charge {
            query.push(" and f.last_on >= ").push_bind(day_number(since));
        }
        query.push(")");
    }
    // The first to come are asked first.
    if strategy.trigger == Trigger::Added {
        query.push(" order by c.created_at, c.id");
    }
    query.push(" limit ").push_bind(i64::from(most));
    query
}

/// The same, for a test that asks the planner of the database about it.
#[cfg(test)]
pub fn would_be_query_of(viewer: &Viewer, strategy: &Strategy) -> Query {
    would_be_query(viewer, strategy, NaiveDate::default(), 100)
}

/// One within a transaction; None where it is gone.
pub(super) async fn candidate_in(
    tx: &mut Tx,
    project: ProjectId,
    strategy: &Strategy,
    id: CustomerId,
) -> AppResult<Option<Candidate>> {
    let mut query = candidates_query(project, strategy);
    query.push(" and c.id = ").push_bind(id);
    let stored: Option<Stored> = query.build_query_as().fetch_optional(&mut **tx).await?;
    Ok(stored.map(Candidate::from))
}

/// Those of these customers who are there.
pub(super) async fn candidates_in(
    tx: &mut Tx,
    project: ProjectId,
    strategy: &Strategy,
    ids: &[CustomerId],
) -> AppResult<Vec<Candidate>> {
    let mut query = candidates_query(project, strategy);
    dialect::push_any_id(query.push(" and c.id "), ids);
    let stored: Vec<Stored> = query.build_query_as().fetch_all(&mut **tx).await?;
    Ok(stored.into_iter().map(Candidate::from).collect())
}

/// Customers who may be asked once the strategy is on and counts from the day `since`, without those of whom it is certain that they
/// are not.
pub async fn would_be_candidates(
    viewer: &Viewer,
    strategy: &Strategy,
    since: NaiveDate,
    most: u32,
) -> AppResult<Vec<Candidate>> {
    let mut query = would_be_query(viewer, strategy, since, most);
    let stored: Vec<Stored> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    Ok(stored.into_iter().map(Candidate::from).collect())
}

/// What the planner made of a customer.
pub enum Decision {
    /// Asked: the messages of one request, all of them new.
    Ask {
        request: RequestId,
        run: i16,
        messages: Vec<NewMessage>,
        retry: Option<Timestamp>,
    },
    NotAsked(Condition),
}

/// Looks at the next customers, `most` of them: `decide` says what becomes of each, and all is written in one transaction, or
/// nothing is. Returns how many were looked at; None where the strategy is not on any more.
///
/// # Errors
/// What `decide` refuses with, and those of the database.
pub async fn look_at<F>(guard: &Manager, most: usize, now: Timestamp, decide: F) -> AppResult<Option<usize>>
where
    F: FnOnce(Material, &[Candidate]) -> AppResult<Vec<Decision>>,
{
    let mut tx = guard.db.begin_in(guard.project).await?;
    let Some(material) = material(&mut tx, guard, now).await? else {
        tx.rollback().await?;
        return Ok(None);
    };
    let revision = material.kept.revision;
    let mut query = candidates_query(guard.project, &material.kept.strategy);
    query.push(" and c.plan <> 1 and c.plan_revision < ").push_bind(revision);
    query.push(" order by c.plan_revision, c.id limit ").push_bind(most as i64);
    let stored: Vec<Stored> = query.build_query_as().fetch_all(&mut *tx).await?;
    if stored.is_empty() {
        tx.rollback().await?;
        return Ok(Some(0));
    }
    let candidates: Vec<Candidate> = stored.into_iter().map(Candidate::from).collect();
    let decisions = decide(material, &candidates)?;
    write(&mut tx, guard, &candidates, decisions, revision, now).await?;
    guard.db.commit(tx, guard.project).await?;
    Ok(Some(candidates.len()))
}

/// Passes over the next customer to look at, until something about it changes; returns who that is.
pub async fn pass_over(guard: &Manager, revision: i32) -> AppResult<Option<CustomerId>> {
    let mut tx = guard.db.begin_in(guard.project).await?;
    let id: Option<CustomerId> = sqlx::query_scalar(
        "update customer set plan_revision = $2 where project_id = $1 and id = (select c.id from customer c
            where c.project_id = $1 and c.plan <> 1 and c.plan_revision < $2 order by c.plan_revision, c.id limit 1)
         returning id",
    )
    .bind(guard.project)
    .bind(revision)
    .fetch_optional(&mut *tx)
    .await?;
    guard.db.commit(tx, guard.project).await?;
    Ok(id)
}

async fn write(
    tx: &mut Tx,
    guard: &Manager,
    candidates: &[Candidate],
    decisions: Vec<Decision>,
    revision: i32,
    now: Timestamp,
) -> AppResult<()> {
    let mut new = Vec::new();
    let mut not_asked: Vec<(Condition, Vec<CustomerId>)> = Condition::ALL.map(|c| (c, Vec::new())).into();
    for (candidate, decision) in candidates.iter().zip(decisions) {
        match decision {
            Decision::Ask { request, run, messages, retry } => {
                new.push(NewRequest { request, customer: candidate.id, run: Some(run), messages, retry });
            }
            Decision::NotAsked(condition) => {
                for (_, ids) in not_asked.iter_mut().filter(|(c, _)| *c == condition) {
                    ids.push(candidate.id);
                }
            }
        }
    }
    not_asked.retain(|(_, ids)| !ids.is_empty());
    for (condition, ids) in not_asked {
        let mut query = Query::new("update customer set plan = ");
        query.push(condition as i16).push(", plan_revision = ").push_bind(revision);
        push_ids(&mut query, guard.project, &ids);
        query.build().execute(&mut **tx).await?;
    }
    insert(tx, guard, new, Some(revision), now).await
}

/// Looks again, on a new day, at some of those for whom there was no room within the limits.
pub async fn look_again_at_crowded(guard: &Manager, most: usize) -> AppResult<()> {
    let mut tx = guard.db.begin_in(guard.project).await?;
    sqlx::query(
        "update customer set plan_revision = 0 where project_id = $1 and id in (select c.id from customer c
            where c.project_id = $1 and c.plan > 1 and c.plan = 10 order by c.name, c.id limit $2)",
    )
    .bind(guard.project)
    .bind(most as i64)
    .execute(&mut *tx)
    .await?;
    Ok(guard.db.commit(tx, guard.project).await?)
}
