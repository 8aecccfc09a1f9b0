//! Claiming due messages.

mod aside;
mod fate;
mod order;

use super::{
    Key, LEASE, Lease, by_project,
    lanes::{self, Lane, Via},
    pace::{self, Rest},
    push_keys,
};
use crate::{
    domain::{
        CustomerId, MessageId, ProjectId, RequestId, Timestamp,
        content::Outgoing,
        message::{Channel, Template},
    },
    server::store::{
        db::{Db, Query, Tx},
        dialect, touch,
    },
};
use chrono_tz::Tz;
use fate::Fate;
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
    /// When its attempt begins, to within 50 ms, where limits give it a turn; it may be given up, and its turn is lost then.
    pub start: Option<Timestamp>,
    pub mail: Outgoing,
}

#[derive(Debug, Default)]
pub struct Claim {
    pub jobs: Vec<Job>,
    /// Due messages that were looked at: claimed, canceled, held or put off.
    pub handled: usize,
    /// Lanes whose limits leave no start for now.
    pub rests: Vec<Rest>,
}

/// A due message with everything needed to decide about it and to send it.
#[derive(sqlx::FromRow)]
pub(super) struct Due {
    pub project_id: ProjectId,
    pub id: MessageId,
    customer_id: CustomerId,
    request_id: RequestId,
    pub channel: Channel,
    template: Template,
    reminder: i16,
    recipient: String,
    scheduled_at: Timestamp,
    due_at: Timestamp,
    subject: String,
    text: String,
    html: String,
    customer_name: String,
    customer_phone: String,
    unsubscribed_at: Option<Timestamp>,
    archived_at: Option<Timestamp>,
    slug: String,
    project_name: String,
    time_zone: String,
    week: String,
    paused_at: Option<Timestamp>,
    quiet_email: i16,
    quiet_sms: i16,
    quiet_start: i16,
    quiet_end: i16,
    /// When the reputation guard held the channel.
    guarded_at: Option<Timestamp>,
    /// Whether the project sends to this address: not to strangers while it is in trial mode.
    allowed: i64,
    token: Option<String>,
    ambiguous: i64,
    /// Whether a review came in between two attempts. (A resend by staff is deliberate, and starts over.)
    reviewed: i64,
    /// Whether another message of the request came back from this address.
    bounced: i64,
    /// Whether the project sends nothing to this address.
    suppressed: i64,
    /// When the message before it lets this one leave.
    #[sqlx(skip)]
    not_before: Option<Timestamp>,
}

impl Due {
    pub fn key(&self) -> Key {
        (self.project_id, self.id)
    }

    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }

    fn into_job(self, claimed: &Claimed, via: Via, start: Option<Timestamp>) -> Job {
        Job {
            lease: Lease { project: self.project_id, message: self.id, generation: claimed.generation },
            customer: self.customer_id,
            via,
            zone: self.zone(),
            attempts: claimed.attempts,
            first_attempt: claimed.first_attempt_at,
            was_ambiguous: self.ambiguous > 0,
            start,
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
/// longer be sent, holds those whose address the project does not send to yet, and puts off those outside of their project's window,
/// in quiet hours, and before their turn.
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
    let (mut open, aside): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|message| !message.fate(now).is_aside());
    let mut handled = 0;
    if !aside.is_empty() {
        // Pages show it and the database may refuse it, so it is done in a transaction of its own, and before anything is leased.
        tx.rollback().await?;
        handled = set_aside(db, aside.iter().map(Due::key), now).await?;
        tx = db.begin().await?;
        open = candidates(&mut tx, open.iter().map(Due::key), now).await?;
    }
    open.retain(|message| message.fate(now) == Fate::Leaves);
    open.truncate(lease_at_most);
    let turns = pace::take_turns(&mut tx, lanes, &open, now).await?;
    open.retain(|message| turns.may_start(message.key()));
    let jobs = lease(&mut tx, open, &via, &turns, now).await?;
    tx.commit().await?;
    Ok(Claim { handled: handled + jobs.len(), jobs, rests: turns.rests })
}

/// Cancels, holds or puts off messages that must not leave now. Returns how many.
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
    let due = candidates(&mut tx, keys, now).await?;
    let handled = aside::write(&mut tx, &due, now).await?;
    tx.commit().await?;
    for project in projects {
        db.changed(project);
    }
    Ok(handled)
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
            "select m.project_id, m.id, m.customer_id, m.request_id, m.channel, m.template, m.reminder, m.recipient,
                m.scheduled_at, m.due_at, k.subject, k.text, k.html,
                c.name as customer_name, c.phone as customer_phone, c.unsubscribed_at, c.archived_at,
                p.slug, p.name as project_name, p.time_zone, p.week, p.paused_at,
                p.quiet_email, p.quiet_sms, p.quiet_start, p.quiet_end, g.held_at as guarded_at,
                case when p.trial = 0 then cast(1 as bigint)
                    else (select count(*) from guest t where t.project_id = m.project_id and t.address = lower(m.recipient))
                        + (select count(*) from membership s join person q on q.id = s.person_id
                            where s.project_id = m.project_id and q.email = lower(m.recipient)) end as allowed,
                (select max(t.token) from tracking_token t
                    where t.project_id = m.project_id and t.message_id = m.id) as token,
                (select count(*) from send_attempt a where a.project_id = m.project_id and a.message_id = m.id
                    and a.outcome = 'ambiguous' and a.started_at >= m.first_attempt_at) as ambiguous,
                (select count(*) from review v where v.project_id = m.project_id and v.request_id = m.request_id
                    and m.template in (0, 1) and m.attempts > 0) as reviewed,
                (select count(*) from message b where b.project_id = m.project_id and b.request_id = m.request_id
                    and b.id <> m.id and b.channel = m.channel and b.recipient = m.recipient
                    and b.failure_code = 'address-unknown') as bounced,
                (select count(*) from suppression s where s.project_id = m.project_id and s.channel = m.channel
                    and s.address = m.recipient) as suppressed
             from message m
             join message_content k on k.project_id = m.project_id and k.message_id = m.id
             join customer c on c.project_id = m.project_id and c.id = m.customer_id
             join project p on p.id = m.project_id
             left join channel_guard g on g.project_id = m.project_id and g.channel = m.channel
             where m.state = 0 and m.hold = 0 and m.due_at <= ",
        );
        query.push_bind(now).push(" and ");
        push_keys(&mut query, ["m.project_id", "m.id"], project, &ids);
        query.push(dialect::SKIP_LOCKED);
        let mut of_project: Vec<Due> = query.build_query_as().fetch_all(&mut **tx).await?;
        order::find(tx, project, &mut of_project, now).await?;
        due.extend(of_project);
    }
    due.sort_by_key(|message: &Due| (message.due_at, message.key()));
    Ok(due)
}

/// One compare-and-set per project.
async fn lease(
    tx: &mut Tx,
    due: Vec<Due>,
    via: &HashMap<Key, Via>,
    turns: &pace::Turns,
    now: Timestamp,
) -> sqlx::Result<Vec<Job>> {
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
    let job = |d: Due| {
        let (key, start) = (d.key(), turns.start(d.key()));
        Some((claimed.get(&key)?, *via.get(&key)?)).map(|(claimed, via)| d.into_job(claimed, via, start))
    };
    Ok(due.into_iter().filter_map(job).collect())
}
