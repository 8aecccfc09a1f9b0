//! What customers do with their messages: opens, clicks, and the letter that each public link leads to.

use super::{
    Db,
    db::{Query, Tx},
    steering,
};
use crate::{
    domain::{
        AppResult, CustomerId, EventId, MessageId, ProjectId, RequestId, Timestamp,
        message::{Channel, EventKind},
        review::{Invitation, Rating},
        status::{Facts, Signal, State},
        template::first_name,
    },
    server::guard::{Manager, Viewer, day_number},
};
use chrono_tz::Tz;

/// Opens and clicks kept of one message: more say nothing new.
const HITS: usize = 50;

/// A message as its customer holds it: what the token of its links stands for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Letter {
    pub project_id: ProjectId,
    slug: String,
    pub project_name: String,
    time_zone: String,
    pub message_id: MessageId,
    pub request_id: RequestId,
    pub customer_id: CustomerId,
    pub channel: Channel,
    pub state: State,
    pub sent_at: Option<Timestamp>,
    customer_name: String,
    location_name: Option<String>,
    unsubscribed_at: Option<Timestamp>,
    rating: Option<Rating>,
}

impl Letter {
    pub fn is_unsubscribed(&self) -> bool {
        self.unsubscribed_at.is_some()
    }

    /// The review that was left already through this letter's request.
    pub fn left(&self) -> Option<Rating> {
        self.rating
    }

    pub fn invitation(&self) -> Invitation {
        Invitation {
            project_name: self.project_name.clone(),
            location_name: self.location_name.clone(),
            first_name: match self.customer_name.trim() {
                "" => String::new(),
                name => first_name(name).to_owned(),
            },
            left: self.rating,
            expired: false,
        }
    }

    /// The system, acting for this letter's customer in its project.
    pub fn system(&self, db: &Db) -> Manager {
        Viewer::system(db.clone(), self.project_id, self.slug.clone(), self.project_name.clone(), self.zone())
    }

    fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }
}

/// None for a token that stands for nothing.
pub async fn letter(db: &Db, token: &str) -> AppResult<Option<Letter>> {
    let letter = sqlx::query_as(
        "select message.project_id, project.slug, project.name as project_name, project.time_zone,
            message.id as message_id, message.request_id, message.customer_id, message.channel, message.state, message.sent_at,
            customer.name as customer_name, location.name as location_name, customer.unsubscribed_at, review.rating
         from tracking_token token
         join project on project.id = token.project_id
         join message on message.project_id = token.project_id and message.id = token.message_id
         join customer on customer.project_id = message.project_id and customer.id = message.customer_id
         left join location on location.project_id = message.project_id and location.id = message.location_id
         left join review on review.project_id = message.project_id and review.request_id = message.request_id
         where token.token = $1",
    )
    .bind(token)
    .fetch_optional(db.read())
    .await?;
    Ok(letter)
}

/// An open or a click.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'a> {
    pub signal: Signal,
    /// By a mail privacy proxy or a link scanner: kept in the timeline, and left out of the facts.
    pub machine: bool,
    /// What is known of the machine.
    pub detail: Option<&'a str>,
}

impl Hit<'_> {
    fn kind(self) -> EventKind {
        match self.signal {
            Signal::Opened => EventKind::Opened,
            _ => EventKind::Clicked,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Known {
    state: State,
    version: i32,
    /// When an attempt of this sending began of which nobody knew whether it arrived.
    in_doubt: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    opened_at: Option<Timestamp>,
    clicked_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    complained_at: Option<Timestamp>,
    canceled_at: Option<Timestamp>,
}

impl Known {
    fn facts(&self) -> Facts {
        Facts {
            sent: self.sent_at,
            delivered: self.delivered_at,
            opened: self.opened_at,
            clicked: self.clicked_at,
            failed: self.failed_at,
            complained: self.complained_at,
            canceled: self.canceled_at,
        }
    }
}

/// Keeps a hit in the timeline; the first of a person also becomes a fact of the message.
pub async fn record(db: &Db, letter: &Letter, hit: Hit<'_>, at: Timestamp) -> AppResult<()> {
    record_up_to(db, letter, hit, HITS, at).await
}

/// [`record`], where nothing of the kind is a fact yet.
pub async fn record_first(db: &Db, letter: &Letter, hit: Hit<'_>, at: Timestamp) -> AppResult<()> {
    record_up_to(db, letter, hit, 0, at).await
}

/// A fact is always kept; what is none, while the timeline holds fewer than `max`.
async fn record_up_to(db: &Db, letter: &Letter, hit: Hit<'_>, max: usize, at: Timestamp) -> AppResult<()> {
    let (project, message) = (letter.project_id, letter.message_id);
    let mut tx = db.begin_in(project).await?;
    let is_fact = !hit.machine && note_fact(&mut tx, letter, hit.signal, at).await?;
    if !is_fact && hits(&mut tx, project, message).await? >= max {
        return Ok(tx.rollback().await?);
    }
    append(&mut tx, letter, hit, at).await?;
    Ok(db.commit(tx, project).await?)
}

/// Whether it was the first of its kind.
async fn note_fact(tx: &mut Tx, letter: &Letter, signal: Signal, at: Timestamp) -> AppResult<bool> {
    let (project, message) = (letter.project_id, letter.message_id);
    let known: Option<Known> = sqlx::query_as(
        "select state, version, sent_at, delivered_at, opened_at, clicked_at, failed_at, complained_at, canceled_at,
            (select max(a.started_at) from send_attempt a where a.project_id = m.project_id and a.message_id = m.id
                and a.outcome = 'ambiguous' and a.started_at >= m.first_attempt_at) as in_doubt
         from message m where project_id = $1 and id = $2",
    )
    .bind(project)
    .bind(message)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(known) = known else { return Ok(false) };
    let column = match signal {
        Signal::Opened if known.opened_at.is_none() => "opened_at",
        Signal::Clicked if known.clicked_at.is_none() => "clicked_at",
        _ => return Ok(false),
    };
    let mut facts = known.facts().with(signal, at);
    // Who follows a link of an email has opened it, with its images or without.
    let also_opened = signal == Signal::Clicked && letter.channel == Channel::Email && known.opened_at.is_none();
    if also_opened {
        facts = facts.with(Signal::Opened, at);
    }
    // Who reads a message has got it, whatever was reported of it before, and whether or not the provider's answer came.
    let arrived = known.in_doubt.filter(|_| known.sent_at.is_none() && known.state != State::Sending);
    if let Some(sent) = arrived {
        facts = Facts { sent: Some(sent), failed: None, canceled: None, ..facts };
    }
    let state = match known.state {
        _ if arrived.is_some() => State::Sent,
        State::Failed if known.sent_at.is_some() && !facts.has_failed() => State::Sent,
        state => state,
    };
    let mut query = Query::new("update message set version = version + 1, ");
    query.push(column).push(" = ").push_bind(at).push(", status = ").push_bind(facts.status());
    if also_opened {
        query.push(", opened_at = ").push_bind(at);
        let opened = Hit { signal: Signal::Opened, machine: false, detail: Some("its link was followed") };
        append(tx, letter, opened, at).await?;
    }
    if let Some(sent) = arrived {
        query
            .push(", sent_at = ")
            .push_bind(sent)
            .push(", day = ")
            .push_bind(day_number(sent.local(&letter.zone()).date()));
        query.push(
            ", failed_at = null, failure_code = null, failure_text = null, canceled_at = null, cancel_cause = null",
        );
        query.push(", canceled_by = null, cancel_batch = null");
    }
    query.push(", state = ").push_bind(state).push(" where project_id = ").push_bind(project);
    query.push(" and id = ").push_bind(message).push(" and state = ").push_bind(known.state);
    query.push(" and version = ").push_bind(known.version).push(" and ").push(column).push(" is null");
    Ok(query.build().execute(&mut **tx).await?.rows_affected() == 1)
}

/// How many opens and clicks the timeline holds, up to [`HITS`].
async fn hits(tx: &mut Tx, project: ProjectId, message: MessageId) -> AppResult<usize> {
    let found: Vec<i16> = sqlx::query_scalar(
        "select machine from message_event where project_id = $1 and message_id = $2 and kind in ($3, $4) limit $5",
    )
    .bind(project)
    .bind(message)
    .bind(EventKind::Opened)
    .bind(EventKind::Clicked)
    .bind(HITS as i64)
    .fetch_all(&mut **tx)
    .await?;
    Ok(found.len())
}

async fn append(tx: &mut Tx, letter: &Letter, hit: Hit<'_>, at: Timestamp) -> AppResult<()> {
    sqlx::query(
        "insert into message_event (project_id, message_id, id, at, kind, detail, machine)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(letter.project_id)
    .bind(letter.message_id)
    .bind(EventId::new())
    .bind(at)
    .bind(hit.kind())
    .bind(hit.detail)
    .bind(i16::from(hit.machine))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes in a message's timeline what happened to it otherwise; `viewer`'s name stands beside it.
pub async fn note(
    viewer: &Viewer,
    message: MessageId,
    kind: EventKind,
    detail: Option<&str>,
    at: Timestamp,
) -> AppResult<()> {
    let mut tx = viewer.db.begin_in(viewer.project).await?;
    steering::record(&mut tx, viewer, &[message], kind, detail, at).await?;
    Ok(viewer.db.commit(tx, viewer.project).await?)
}
