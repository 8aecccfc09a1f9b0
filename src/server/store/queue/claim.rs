//! Claiming due messages.

use super::{Key, LEASE, Lease, by_project, push_keys, window};
use crate::{
    domain::{
        CustomerId, MessageId, ProjectId, Timestamp,
        content::Outgoing,
        message::{CancelCause, Channel, EventKind},
        schedule::Window,
        timeline::Detail,
    },
    server::store::{
        db::{Db, Engine, Query, Tx},
        dialect,
        steering::CANCELED_STATUS,
        timeline::{Event, append},
        touch,
    },
};
use chrono_tz::Tz;
use std::collections::{BTreeSet, HashMap};

/// A claimed message.
#[derive(Clone, Debug)]
pub struct Job {
    pub lease: Lease,
    pub customer: CustomerId,
    pub channel: Channel,
    pub zone: Tz,
    /// How many attempts there are, with this one.
    pub attempts: i32,
    pub first_attempt: Timestamp,
    /// Whether the outcome of an earlier attempt is unknown.
    pub was_ambiguous: bool,
    pub mail: Outgoing,
}

#[derive(Debug, Default)]
pub struct Claim {
    pub jobs: Vec<Job>,
    /// Due messages that were looked at: claimed, canceled or put off.
    pub handled: usize,
}

/// A due message with everything needed to decide about it and to send it.
#[derive(sqlx::FromRow)]
struct Due {
    project_id: ProjectId,
    id: MessageId,
    customer_id: CustomerId,
    channel: Channel,
    recipient: String,
    due_at: Timestamp,
    subject: String,
    text: String,
    html: String,
    customer_name: String,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
    slug: String,
    project_name: String,
    time_zone: String,
    window_start: Option<i16>,
    window_end: Option<i16>,
    token: Option<String>,
    ambiguous: i64,
    /// Whether a review came in between two attempts. (A resend by staff is deliberate, and starts over.)
    reviewed: i64,
    /// Whether another message of the request came back from this address.
    bounced: i64,
}

impl Due {
    fn key(&self) -> Key {
        (self.project_id, self.id)
    }

    fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    fn window(&self) -> Window {
        window(self.window_start, self.window_end)
    }

    fn cancel_cause(&self) -> Option<CancelCause> {
        if self.unsubscribed_at.is_some() {
            Some(CancelCause::Unsubscribed)
        } else if self.archived_at.is_some() {
            Some(CancelCause::Archived)
        } else if self.reviewed > 0 {
            Some(CancelCause::Reviewed)
        } else if self.bounced > 0 {
            Some(CancelCause::Bounced)
        } else {
            None
        }
    }

    fn into_job(self, claimed: &Claimed) -> Job {
        Job {
            lease: Lease { project: self.project_id, message: self.id, generation: claimed.generation },
            customer: self.customer_id,
            channel: self.channel,
            zone: self.zone(),
            attempts: claimed.attempts,
            first_attempt: claimed.first_attempt_at,
            was_ambiguous: self.ambiguous > 0,
            mail: Outgoing {
                message: Some(self.id),
                project_slug: self.slug,
                project_name: self.project_name,
                recipient: self.recipient,
                recipient_name: self.customer_name,
                subject: self.subject,
                text: self.text,
                html: self.html,
                unsubscribe_token: self.token,
            },
        }
    }
}

#[derive(sqlx::FromRow)]
struct Claimed {
    project_id: ProjectId,
    id: MessageId,
    generation: i32,
    attempts: i32,
    first_attempt_at: Timestamp,
}

/// So many messages of one project to skip skip the project: it is not about single messages.
const SKIP_PROJECT: usize = 50;

/// Leases at most `most` messages of these channels that are due at `now`, without those to `skip`. It cancels those that may
/// no longer be sent, and puts off those outside of their project's window until it opens.
pub async fn claim(db: &Db, channels: &[Channel], skip: &[Key], most: usize, now: Timestamp) -> sqlx::Result<Claim> {
    claim_some(db, channels, skip, most, most, now).await
}

/// [`claim`] of at most `lease_at_most` messages among the first `look_at`.
pub async fn claim_some(
    db: &Db,
    channels: &[Channel],
    skip: &[Key],
    look_at: usize,
    lease_at_most: usize,
    now: Timestamp,
) -> sqlx::Result<Claim> {
    if channels.is_empty() {
        return Ok(Claim::default());
    }
    // Read outside of the transaction, so that an idle worker writes nothing; touched in order, to avoid deadlocks.
    let projects: BTreeSet<_> =
        due_keys(db.read(), channels, skip, look_at, now).await?.into_iter().map(|(p, _)| p).collect();
    if projects.is_empty() {
        return Ok(Claim::default());
    }
    let mut tx = db.begin().await?;
    for project in &projects {
        touch(&mut tx, *project).await?;
    }
    let mut keys = due_keys(&mut *tx, channels, skip, look_at, now).await?;
    keys.retain(|(project, _)| projects.contains(project));
    let due = candidates(&mut tx, keys).await?;

    let (canceled, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|d| d.cancel_cause().is_some());
    let (mut open, closed): (Vec<_>, Vec<_>) = due.into_iter().partition(|d| d.window().next(&d.zone(), now) == now);
    open.truncate(lease_at_most);
    let handled = canceled.len() + closed.len() + open.len();
    cancel(&mut tx, &canceled, now).await?;
    put_off(&mut tx, &closed, now).await?;
    let jobs = lease(&mut tx, open, now).await?;
    tx.commit().await?;
    for project in projects {
        db.changed(project);
    }
    Ok(Claim { jobs, handled })
}

/// The message that [`claim`] would look at first.
pub async fn first(db: &Db, channels: &[Channel], skip: &[Key], now: Timestamp) -> sqlx::Result<Option<Key>> {
    Ok(due_keys(db.read(), channels, skip, 1, now).await?.first().copied())
}

/// Of one channel, or of all.
async fn due_keys(
    executor: impl sqlx::Executor<'_, Database = Engine>,
    channels: &[Channel],
    skip: &[Key],
    limit: usize,
    now: Timestamp,
) -> sqlx::Result<Vec<Key>> {
    let mut query = Query::new("select project_id, id from message where state = 0 and due_at <= ");
    query.push_bind(now);
    if let [channel] = channels {
        query.push(" and channel = ").push_bind(*channel);
    }
    let (projects, single): (Vec<_>, Vec<_>) =
        by_project(skip.iter().copied()).into_iter().partition(|(_, messages)| messages.len() >= SKIP_PROJECT);
    push_without(&mut query, "project_id", projects.into_iter().map(|(project, _)| project));
    push_without(&mut query, "id", single.into_iter().flat_map(|(_, messages)| messages));
    query.push(" order by due_at, project_id, id limit ").push_bind(limit as i64);
    query.build_query_as().fetch_all(executor).await
}

/// ` and {column} not in (…)`: a condition for each would make an expression that SQLite finds too deep.
fn push_without<T>(query: &mut Query, column: &'static str, values: impl Iterator<Item = T>)
where
    T: for<'q> sqlx::Encode<'q, Engine> + sqlx::Type<Engine> + 'static,
{
    let mut values = values.peekable();
    if values.peek().is_none() {
        return;
    }
    query.push(" and ").push(column).push(" not in (");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

/// The longest due first.
async fn candidates(tx: &mut Tx, keys: Vec<Key>) -> sqlx::Result<Vec<Due>> {
    let mut due: Vec<Due> = Vec::with_capacity(keys.len());
    for (project, ids) in by_project(keys) {
        let mut query = Query::new(
            "select m.project_id, m.id, m.customer_id, m.channel, m.recipient, m.due_at, k.subject, k.text, k.html,
                c.name as customer_name, c.unsubscribed_at, c.archived_at,
                p.slug, p.name as project_name, p.time_zone, p.window_start, p.window_end,
                (select max(t.token) from tracking_token t
                    where t.project_id = m.project_id and t.message_id = m.id) as token,
                (select count(*) from send_attempt a where a.project_id = m.project_id and a.message_id = m.id
                    and a.outcome = 'ambiguous' and a.started_at >= m.first_attempt_at) as ambiguous,
                (select count(*) from review v where v.project_id = m.project_id and v.request_id = m.request_id
                    and m.template in (0, 1) and m.attempts > 0) as reviewed,
                (select count(*) from message b where b.project_id = m.project_id and b.request_id = m.request_id
                    and b.id <> m.id and b.channel = m.channel and b.recipient = m.recipient
                    and b.failure_code = 'address-unknown') as bounced
             from message m
             join message_content k on k.project_id = m.project_id and k.message_id = m.id
             join customer c on c.project_id = m.project_id and c.id = m.customer_id
             join project p on p.id = m.project_id
             where m.state = 0 and ",
        );
        push_keys(&mut query, ["m.project_id", "m.id"], project, &ids);
        query.push(dialect::SKIP_LOCKED);
        due.extend(query.build_query_as().fetch_all(&mut **tx).await?);
    }
    due.sort_by_key(|message: &Due| (message.due_at, message.key()));
    Ok(due)
}

/// One compare-and-set per project.
async fn lease(tx: &mut Tx, due: Vec<Due>, now: Timestamp) -> sqlx::Result<Vec<Job>> {
    let mut claimed: HashMap<Key, Claimed> = HashMap::with_capacity(due.len());
    for (project, ids) in by_project(due.iter().map(Due::key)) {
        let mut query = Query::new("update message set state = 1, generation = generation + 1");
        query.push(", attempts = attempts + 1, lease_until = ").push_bind(now.plus(LEASE));
        query.push(", first_attempt_at = coalesce(first_attempt_at, ").push_bind(now);
        query.push("), version = version + 1 where state = 0 and ");
        push_keys(&mut query, ["project_id", "id"], project, &ids);
        query.push(" returning project_id, id, generation, attempts, first_attempt_at");
        let rows: Vec<Claimed> = query.build_query_as().fetch_all(&mut **tx).await?;
        claimed.extend(rows.into_iter().map(|row| ((row.project_id, row.id), row)));
    }
    // In the order in which they are due.
    Ok(due.into_iter().filter_map(|d| claimed.get(&d.key()).map(|c| d.into_job(c))).collect())
}

async fn cancel(tx: &mut Tx, due: &[Due], now: Timestamp) -> sqlx::Result<()> {
    for message in due {
        let Some(cause) = message.cancel_cause() else { continue };
        let mut query = Query::new("update message set state = 4, status = ");
        query.push(CANCELED_STATUS).push(", canceled_at = ").push_bind(now).push(", cancel_cause = ").push_bind(cause);
        query.push(", version = version + 1 where project_id = ").push_bind(message.project_id);
        query.push(" and id = ").push_bind(message.id).push(" and state = 0");
        let changed = query.build().execute(&mut **tx).await?;
        if changed.rows_affected() == 1 {
            let event = Event::new(message.key(), EventKind::Canceled, now).with(Detail::Cause(cause));
            append(tx, &[event]).await?;
        }
    }
    Ok(())
}

/// Puts off messages until the window opens. Their schedule stays as it was chosen.
async fn put_off(tx: &mut Tx, due: &[Due], now: Timestamp) -> sqlx::Result<()> {
    for message in due {
        sqlx::query(
            "update message set due_at = $1, version = version + 1 where project_id = $2 and id = $3 and state = 0",
        )
        .bind(message.window().next(&message.zone(), now))
        .bind(message.project_id)
        .bind(message.id)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
