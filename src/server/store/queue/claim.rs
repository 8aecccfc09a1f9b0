//! Claiming due messages.

use super::{
    Key, LEASE, Lease, by_project,
    lanes::{self, Lane, Via},
    push_keys, window,
};
use crate::{
    domain::{
        CustomerId, MessageId, ProjectId, Timestamp,
        content::Outgoing,
        message::{CancelCause, EventKind},
        schedule::Window,
        timeline::Detail,
    },
    server::store::{
        db::{Db, Query, Tx},
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
    pub via: Via,
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

    fn may_leave(&self, now: Timestamp) -> bool {
        self.cancel_cause().is_none() && self.window().next(&self.zone(), now) == now
    }

    fn into_job(self, claimed: &Claimed, via: Via) -> Job {
        Job {
            lease: Lease { project: self.project_id, message: self.id, generation: claimed.generation },
            customer: self.customer_id,
            via,
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

/// Leases at most `most` messages of these lanes that are due at `now`, without those to `skip`. It cancels those that may no
/// longer be sent, and puts off those outside of their project's window until it opens.
pub async fn claim(db: &Db, lanes: &[Lane], skip: &[Key], most: usize, now: Timestamp) -> sqlx::Result<Claim> {
    claim_some(db, lanes, skip, most, most, now).await
}

/// [`claim`] of at most `lease_at_most` messages among the first `look_at`.
pub async fn claim_some(
    db: &Db,
    lanes: &[Lane],
    skip: &[Key],
    look_at: usize,
    lease_at_most: usize,
    now: Timestamp,
) -> sqlx::Result<Claim> {
    // Read outside of the transaction, so that an idle worker writes nothing.
    let keys = lanes::keys(db, lanes, skip, look_at, now).await?;
    if keys.is_empty() {
        return Ok(Claim::default());
    }
    let via: HashMap<Key, Via> = keys.iter().map(|(via, key)| (*key, *via)).collect();
    let mut tx = db.begin().await?;
    let due = candidates(&mut tx, via.keys().copied(), now).await?;
    let (mut open, aside): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|message| message.may_leave(now));
    let mut handled = 0;
    if !aside.is_empty() {
        // Pages show it and the database may refuse it, so it is done in a transaction of its own, and before anything is leased.
        tx.rollback().await?;
        handled = set_aside(db, aside.iter().map(Due::key), now).await?;
        tx = db.begin().await?;
        open = candidates(&mut tx, open.iter().map(Due::key), now).await?;
        open.retain(|message| message.may_leave(now));
    }
    open.truncate(lease_at_most);
    let jobs = lease(&mut tx, open, &via, now).await?;
    tx.commit().await?;
    Ok(Claim { handled: handled + jobs.len(), jobs })
}

/// Cancels or puts off messages that must not leave now. Returns how many.
async fn set_aside(db: &Db, keys: impl Iterator<Item = Key>, now: Timestamp) -> sqlx::Result<usize> {
    let keys: Vec<Key> = keys.collect();
    if keys.is_empty() {
        return Ok(0);
    }
    let projects: BTreeSet<_> = keys.iter().map(|(project, _)| *project).collect();
    let mut tx = db.begin().await?;
    for project in &projects {
        touch(&mut tx, *project).await?;
    }
    // What has changed since is looked at again by the next claim.
    let mut due = candidates(&mut tx, keys, now).await?;
    due.retain(|message| !message.may_leave(now));
    let (canceled, closed): (Vec<_>, Vec<_>) = due.into_iter().partition(|d| d.cancel_cause().is_some());
    cancel(&mut tx, &canceled, now).await?;
    put_off(&mut tx, &closed, now).await?;
    tx.commit().await?;
    for project in projects {
        db.changed(project);
    }
    Ok(canceled.len() + closed.len())
}

/// The message that [`claim`] would look at first.
pub async fn first(db: &Db, lanes: &[Lane], skip: &[Key], now: Timestamp) -> sqlx::Result<Option<Key>> {
    Ok(lanes::keys(db, lanes, skip, 1, now).await?.first().map(|(_, key)| *key))
}

/// The longest due first.
async fn candidates(tx: &mut Tx, keys: impl IntoIterator<Item = Key>, now: Timestamp) -> sqlx::Result<Vec<Due>> {
    let mut due: Vec<Due> = Vec::new();
    for (project, ids) in by_project(keys) {
        let mut query = Query::new(
            "select m.project_id, m.id, m.customer_id, m.recipient, m.due_at, k.subject, k.text, k.html,
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
             where m.state = 0 and m.due_at <= ",
        );
        query.push_bind(now).push(" and ");
        push_keys(&mut query, ["m.project_id", "m.id"], project, &ids);
        query.push(dialect::SKIP_LOCKED);
        due.extend(query.build_query_as().fetch_all(&mut **tx).await?);
    }
    due.sort_by_key(|message: &Due| (message.due_at, message.key()));
    Ok(due)
}

/// One compare-and-set per project.
async fn lease(tx: &mut Tx, due: Vec<Due>, via: &HashMap<Key, Via>, now: Timestamp) -> sqlx::Result<Vec<Job>> {
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
    let job =
        |d: Due| Some((claimed.get(&d.key())?, *via.get(&d.key())?)).map(|(claimed, via)| d.into_job(claimed, via));
    Ok(due.into_iter().filter_map(job).collect())
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
