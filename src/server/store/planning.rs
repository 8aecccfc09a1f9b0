//! What the planner reads and writes: customers to look at, and the requests that it makes.

use super::{
    db::{Db, Query, Tx},
    dialect,
    guard::{Manager, StoredProject, Viewer, day_number},
    new_message::{self, NewMessage},
    opening,
    requests::{self, StoredTemplate},
    search,
    strategy::{self, Kept, date},
    timeline,
};
use crate::domain::{
    AppError, AppResult, CustomerId, LocationId, ProcessId, ProjectId, RequestId, ReviewId, Timestamp,
    customer::bulk::{CustomerSkip, CustomersOutcome},
    message::{Channel, EventKind},
    review::Rating,
    schedule::Hours,
    strategy::{
        Automate, Limits,
        plan::Load,
        verdict::{ASKED, Address, Condition, Facts},
    },
};
use chrono::Datelike;
use chrono_tz::Tz;
use sqlx::FromRow;

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
        };
        let Stored { id, name, email, phone, location_id: location, location_name, .. } = s;
        Self { id, name, email, phone, location, location_name, facts }
    }
}

fn candidates_query(project: ProjectId) -> Query {
    let mut query = Query::new(
        "select c.id, c.name, c.email, c.phone, c.location_id, l.name as location_name, c.created_at, c.visited_on,
            c.unsubscribed_at, c.archived_at, c.last_number,
            (select count(*) from suppression s where s.project_id = c.project_id and s.channel = 0
                and s.address = c.email) as email_suppressed,
            (select count(*) from suppression s where s.project_id = c.project_id and s.channel = 1
                and s.address = c.phone) as phone_suppressed,
            (select count(*) from review v where v.project_id = c.project_id and v.customer_id = c.id) as reviews
         from customer c left join location l on l.project_id = c.project_id and l.id = c.location_id
         where c.project_id = ",
    );
    query.push_bind(project);
    query
}

/// One customer.
///
/// # Errors
/// `NotFound` where it is none of the project's.
pub async fn candidate(viewer: &Viewer, id: CustomerId) -> AppResult<Candidate> {
    let mut query = candidates_query(viewer.project);
    query.push(" and c.id = ").push_bind(id);
    let stored: Option<Stored> = query.build_query_as().fetch_optional(viewer.db.read()).await?;
    stored.map(Candidate::from).ok_or_else(|| AppError::no_such("customer"))
}

/// Those of these customers who are still there.
pub async fn candidates(viewer: &Viewer, ids: &[CustomerId]) -> AppResult<Vec<Candidate>> {
    let mut query = candidates_query(viewer.project);
    dialect::push_any_id(query.push(" and c.id "), ids);
    let stored: Vec<Stored> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    Ok(stored.into_iter().map(Candidate::from).collect())
}

/// Customers who may be asked once the strategy is switched on, without those of whom that is certain that they are not.
pub async fn would_be_candidates(viewer: &Viewer, most: u32) -> AppResult<Vec<Candidate>> {
    let mut query = candidates_query(viewer.project);
    query.push(" and c.plan <> 1 and c.last_number = 0 and c.unsubscribed_at is null and c.archived_at is null limit ");
    query.push_bind(i64::from(most));
    let stored: Vec<Stored> = query.build_query_as().fetch_all(viewer.db.read()).await?;
    Ok(stored.into_iter().map(Candidate::from).collect())
}

/// What the plans of a project depend on, beside its customers.
pub struct Material {
    pub kept: Kept,
    pub hours: Hours,
    pub templates: Vec<StoredTemplate>,
    pub load: Load,
}

/// Read in the transaction that writes what comes of it.
async fn material_of(tx: &mut Tx, guard: &Viewer) -> AppResult<Material> {
    let mut query = Query::new("select ");
    query.push(strategy::COLUMNS).push(" from strategy where project_id = ").push_bind(guard.project);
    let kept: Option<Kept> = query.build_query_as().fetch_optional(&mut **tx).await?;
    let week: String =
        sqlx::query_scalar("select week from project where id = $1").bind(guard.project).fetch_one(&mut **tx).await?;
    let templates = requests::templates(tx, guard.project).await?;
    Ok(Material { kept: kept.unwrap_or_default(), hours: opening::hours(&week), templates, load: Load::default() })
}

/// None where the strategy is not on.
async fn material(tx: &mut Tx, guard: &Viewer, now: Timestamp) -> AppResult<Option<Material>> {
    let mut material = material_of(tx, guard).await?;
    if material.kept.automate != Automate::On {
        return Ok(None);
    }
    if material.kept.strategy.limits != Limits::default() {
        let month = guard.today(now).with_day(1).unwrap_or_default();
        // What was canceled takes no place.
        let counted: Vec<(i32, Channel, i64)> = sqlx::query_as(
            "select day, channel, cast(sum(n) as bigint) from counter
             where project_id = $1 and day >= $2 and status <> 6 group by day, channel",
        )
        .bind(guard.project)
        .bind(day_number(month))
        .fetch_all(&mut **tx)
        .await?;
        for (day, channel, n) in counted {
            material.load.add(channel, date(day), u32::try_from(n).unwrap_or(0));
        }
    }
    Ok(Some(material))
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
    let mut query = candidates_query(guard.project);
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
    let (mut asked, mut new) = (Vec::new(), Vec::new());
    let mut not_asked: Vec<(Condition, Vec<CustomerId>)> = Condition::ALL.map(|c| (c, Vec::new())).into();
    for (candidate, decision) in candidates.iter().zip(decisions) {
        match decision {
            Decision::Ask { request, run, messages, retry } => {
                asked.push(candidate.id);
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
    if !asked.is_empty() {
        let mut query = Query::new("update customer set plan = ");
        query.push(ASKED).push(", plan_revision = ").push_bind(revision);
        push_ids(&mut query, guard.project, &asked);
        query.build().execute(&mut **tx).await?;
    }
    insert(tx, guard, new, now).await
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

async fn insert(tx: &mut Tx, guard: &Manager, new: Vec<NewRequest>, now: Timestamp) -> AppResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let customers: Vec<CustomerId> = new.iter().map(|new| new.customer).collect();
    // With what a trigger would set: one change of the row instead of two.
    let mut query =
        Query::new("update customer set last_number = last_number + 1, requested_at = coalesce(requested_at, ");
    query.push_bind(now).push(")");
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

/// A run of a customer's, after which another may follow.
#[derive(Clone, Debug)]
pub struct Run {
    pub request: RequestId,
    pub customer: Candidate,
    pub run: i16,
    /// Messages that have not left yet.
    pub waiting: i64,
    /// When the last of them left.
    pub last_sent: Option<Timestamp>,
    /// Whether the customer followed a link of one of the strategy's messages.
    pub has_clicked: bool,
}

/// What becomes of a run.
pub enum Next {
    /// Another one follows.
    Again(NewRun),
    /// It is looked at again then.
    Later(Timestamp),
    Never,
}

pub struct NewRun {
    pub request: RequestId,
    pub messages: Vec<NewMessage>,
    pub retry: Option<Timestamp>,
}

/// Looks at the runs after which it is time for another one, `most` of them, like [`look_at`].
///
/// # Errors
/// What `decide` refuses with, and those of the database.
pub async fn look_at_runs<F>(guard: &Manager, most: usize, now: Timestamp, decide: F) -> AppResult<usize>
where
    F: FnOnce(Material, &[Run]) -> AppResult<Vec<Next>>,
{
    let due: Vec<(RequestId, CustomerId, i16, i64, Option<Timestamp>, i64)> = sqlx::query_as(
        "select r.id, r.customer_id, r.run,
            (select count(*) from message m where m.project_id = r.project_id and m.request_id = r.id and m.state in (0, 1)),
            (select max(m.sent_at) from message m where m.project_id = r.project_id and m.request_id = r.id),
            (select count(*) from message m where m.project_id = r.project_id and m.customer_id = r.customer_id
                and m.clicked_at is not null)
         from request r where r.project_id = $1 and r.retry_at <= $2 and r.run is not null
         order by r.retry_at, r.id limit $3",
    )
    .bind(guard.project)
    .bind(now)
    .bind(most as i64)
    .fetch_all(guard.db.read())
    .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let mut tx = guard.db.begin_in(guard.project).await?;
    let Some(material) = material(&mut tx, guard, now).await? else {
        tx.rollback().await?;
        return Ok(0);
    };
    let mut runs = Vec::new();
    for (request, customer, run, waiting, last_sent, clicks) in due {
        let mut query = candidates_query(guard.project);
        query.push(" and c.id = ").push_bind(customer);
        let stored: Option<Stored> = query.build_query_as().fetch_optional(&mut *tx).await?;
        if let Some(customer) = stored.map(Candidate::from) {
            runs.push(Run { request, customer, run, waiting, last_sent, has_clicked: clicks > 0 });
        }
    }
    let nexts = decide(material, &runs)?;
    let mut new = Vec::new();
    for (run, next) in runs.iter().zip(nexts) {
        let retry_at = match next {
            Next::Later(at) => Some(at),
            Next::Never => None,
            Next::Again(NewRun { request, messages, retry }) => {
                new.push(NewRequest { request, customer: run.customer.id, run: Some(run.run + 1), messages, retry });
                None
            }
        };
        sqlx::query("update request set retry_at = $3 where project_id = $1 and id = $2")
            .bind(guard.project)
            .bind(run.request)
            .bind(retry_at)
            .execute(&mut *tx)
            .await?;
    }
    insert(&mut tx, guard, new, now).await?;
    guard.db.commit(tx, guard.project).await?;
    Ok(runs.len())
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

/// Projects with reviews that may be answered.
pub async fn reviewed(db: &Db) -> AppResult<Vec<Manager>> {
    let projects = sqlx::query_as(
        "select p.id, p.slug, p.name, p.time_zone, p.language from project p
         where p.id in (select v.project_id from review v where v.to_thank = 1) order by p.id",
    );
    Ok(guards(db, projects.fetch_all(db.read()).await?))
}

/// A review that a message led to.
pub struct Reviewed {
    pub request: RequestId,
    pub channel: Channel,
    pub rating: Rating,
    pub customer: Candidate,
}

/// Answers the reviews that were not looked at yet, `most` of them, with the messages that `compose` makes. Returns how many were
/// looked at.
pub async fn thank(
    guard: &Manager,
    most: usize,
    now: Timestamp,
    compose: impl FnOnce(&Material, &[Reviewed]) -> Vec<NewMessage>,
) -> AppResult<usize> {
    let mut tx = guard.db.begin_in(guard.project).await?;
    let found: Vec<(ReviewId, RequestId, Channel, Rating, CustomerId)> = sqlx::query_as(
        "select v.id, m.request_id, m.channel, v.rating, v.customer_id from review v
         join message m on m.project_id = v.project_id and m.id = v.message_id
         where v.project_id = $1 and v.to_thank = 1 order by v.id limit $2",
    )
    .bind(guard.project)
    .bind(most as i64)
    .fetch_all(&mut *tx)
    .await?;
    let material = material_of(&mut tx, guard).await?;
    let mut reviewed = Vec::new();
    for (_, request, channel, rating, customer) in &found {
        let mut query = candidates_query(guard.project);
        query.push(" and c.id = ").push_bind(*customer);
        let stored: Option<Stored> = query.build_query_as().fetch_optional(&mut *tx).await?;
        let customer = stored.map(Candidate::from);
        reviewed.extend(customer.map(|customer| Reviewed {
            request: *request,
            channel: *channel,
            rating: *rating,
            customer,
        }));
    }
    insert_messages(&mut tx, guard, &compose(&material, &reviewed), now).await?;
    // With those whose message was deleted.
    let last = found.last().filter(|_| found.len() == most).map(|(id, ..)| *id);
    sqlx::query("update review set to_thank = 0 where project_id = $1 and to_thank = 1 and ($2 is null or id <= $2)")
        .bind(guard.project)
        .bind(last)
        .execute(&mut *tx)
        .await?;
    guard.db.commit(tx, guard.project).await?;
    Ok(found.len())
}

/// Asks these customers for staff: `compose` gives the messages of each request, or why a customer is left out.
///
/// # Errors
/// What `compose` refuses with, and those of the database; then nobody of these is asked.
pub async fn ask(
    manager: &Manager,
    ids: &[CustomerId],
    now: Timestamp,
    compose: impl FnOnce(&Material, &[Candidate]) -> AppResult<Vec<Result<(RequestId, Vec<NewMessage>), CustomerSkip>>>,
) -> AppResult<CustomersOutcome> {
    let mut outcome = CustomersOutcome::default();
    if ids.is_empty() {
        return Ok(outcome);
    }
    let mut tx = manager.db.begin_in(manager.project).await?;
    let material = material_of(&mut tx, manager).await?;
    let mut query = candidates_query(manager.project);
    dialect::push_any_id(query.push(" and c.id "), ids);
    let stored: Vec<Stored> = query.build_query_as().fetch_all(&mut *tx).await?;
    let candidates: Vec<Candidate> = stored.into_iter().map(Candidate::from).collect();
    let mut new = Vec::new();
    for (candidate, composed) in candidates.iter().zip(compose(&material, &candidates)?) {
        match composed {
            Err(skip) => outcome.skip(skip, 1),
            Ok((request, messages)) => {
                new.push(NewRequest { request, customer: candidate.id, run: None, messages, retry: None });
            }
        }
    }
    outcome.done = new.len() as u64;
    outcome.skip(CustomerSkip::Gone, (ids.len() - candidates.len()) as u64);
    insert(&mut tx, manager, new, now).await?;
    manager.db.commit(tx, manager.project).await?;
    Ok(outcome)
}

/// For a preview: what plans depend on, whether or not the strategy is on.
pub async fn material_to_preview(viewer: &Viewer) -> AppResult<Material> {
    let kept = strategy::kept(viewer).await?;
    let hours = opening::hours_of(viewer).await?;
    let templates = requests::templates_of(viewer).await?;
    Ok(Material { kept, hours, templates, load: Load::default() })
}
