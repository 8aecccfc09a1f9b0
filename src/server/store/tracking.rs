//! What customers do with their messages: opens and clicks, and the message behind each public link.

pub mod uncount;

use super::{
    Db,
    db::{Engine, Query, Tx},
    guard::{Manager, StoredProject, day_number},
    suppressions,
    timeline::{self, Event},
    touch,
};
use crate::domain::{
    AppResult, CustomerId, MessageId, ProjectId, RequestId, Timestamp,
    language::Language,
    message::{Channel, EventKind},
    review::{Invitation, Rating},
    status::{Facts, Signal, State},
    template::first_name,
    timeline::Detail,
    visit::Machine,
};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// How many opens and clicks are kept of one message.
const HITS: usize = 50;

/// The message behind the token of a public link, as its customer knows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Letter {
    pub project_id: ProjectId,
    slug: String,
    pub project_name: String,
    time_zone: String,
    /// Of the project.
    pub language: Language,
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
    link_days: Option<i16>,
}

impl Letter {
    /// Whether the review link has worked for as long as the project wants it to, and for `grace` ms more.
    pub fn has_expired(&self, now: Timestamp, grace: i64) -> bool {
        let lifetime = self.link_days.map(|days| i64::from(days) * Timestamp::DAY);
        self.sent_at.zip(lifetime).is_some_and(|(sent, lifetime)| sent.plus(lifetime + grace) <= now)
    }

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
        }
    }

    /// The system, acting for this letter's customer in its project.
    pub fn system(&self, db: &Db) -> Manager {
        let project = StoredProject {
            id: self.project_id,
            slug: self.slug.clone(),
            name: self.project_name.clone(),
            time_zone: self.time_zone.clone(),
            language: self.language,
        };
        Manager::system(db.clone(), project)
    }

    fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }
}

/// None for an unknown token.
pub async fn letter(db: &Db, token: &str) -> AppResult<Option<Letter>> {
    let letter = sqlx::query_as(
        "select message.project_id, project.slug, project.name as project_name, project.time_zone,
            project.language, message.id as message_id, message.request_id, message.customer_id, message.channel, message.state, message.sent_at,
            customer.name as customer_name, location.name as location_name, customer.unsubscribed_at, review.rating,
            project.link_days
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
#[derive(Clone, Debug)]
pub struct Hit {
    pub letter: Letter,
    pub signal: Signal,
    /// Why it is taken for a machine's: then it is kept in the timeline and beside the facts, and is none of them.
    pub machine: Option<Machine>,
    /// What the machine calls itself.
    pub name: Option<String>,
    pub at: Timestamp,
}

impl Hit {
    fn event(&self) -> Event {
        let kind = if self.signal == Signal::Opened { EventKind::Opened } else { EventKind::Clicked };
        let detail = self.machine.map(|machine| Detail::Machine(machine, self.name.clone()));
        let message = (self.letter.project_id, self.letter.message_id);
        Event { machine: self.machine.is_some(), ..Event::new(message, kind, self.at).with(detail) }
    }
}

#[derive(sqlx::FromRow)]
struct Known {
    state: State,
    version: i32,
    /// When the last attempt with an unknown outcome began.
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

/// Keeps hits in the timeline, in one transaction; the first of a person also becomes a fact of the message.
pub async fn record(db: &Db, hits: &[Hit]) -> AppResult<()> {
    record_up_to(db, hits, HITS).await
}

/// [`record`], where nothing of the kind is a fact yet.
pub async fn record_first(db: &Db, hit: Hit) -> AppResult<()> {
    record_up_to(db, &[hit], 0).await
}

/// Facts are always kept; other hits only while the timeline holds fewer than `max`.
async fn record_up_to(db: &Db, hits: &[Hit], max: usize) -> AppResult<()> {
    let mut news = Vec::new();
    for hit in hits {
        if is_news(db, hit, max).await? {
            news.push(hit);
        }
    }
    let projects: BTreeSet<ProjectId> = news.iter().map(|hit| hit.letter.project_id).collect();
    if projects.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    for project in &projects {
        touch(&mut tx, *project).await?;
    }
    for hit in news {
        let is_fact = hit.machine.is_none() && note_fact(&mut tx, &hit.letter, hit.signal, hit.at).await?;
        if is_fact || hits_of(&mut *tx, &hit.letter).await? < max {
            timeline::append(&mut tx, &[hit.event()]).await?;
            if hit.machine.is_some() {
                note_machine(&mut tx, hit).await?;
            }
        }
    }
    tx.commit().await?;
    for project in projects {
        db.changed(project);
    }
    Ok(())
}

/// Whether it can change anything: if not, the project's followers need not hear of it.
async fn is_news(db: &Db, hit: &Hit, max: usize) -> AppResult<bool> {
    if hits_of(db.read(), &hit.letter).await? < max {
        return Ok(true);
    }
    let known: Option<(Option<Timestamp>, Option<Timestamp>)> =
        sqlx::query_as("select opened_at, clicked_at from message where project_id = $1 and id = $2")
            .bind(hit.letter.project_id)
            .bind(hit.letter.message_id)
            .fetch_optional(db.read())
            .await?;
    let is_first = |(opened, clicked): (Option<_>, Option<_>)| match hit.signal {
        Signal::Opened => opened.is_none(),
        _ => clicked.is_none(),
    };
    Ok(hit.machine.is_none() && known.is_some_and(is_first))
}

async fn known(tx: &mut Tx, project: ProjectId, message: MessageId) -> sqlx::Result<Option<Known>> {
    sqlx::query_as(
        "select state, version, sent_at, delivered_at, opened_at, clicked_at, failed_at, complained_at, canceled_at,
            (select max(a.started_at) from send_attempt a where a.project_id = m.project_id and a.message_id = m.id
                and a.outcome = 'ambiguous' and a.started_at >= m.first_attempt_at) as in_doubt
         from message m where project_id = $1 and id = $2",
    )
    .bind(project)
    .bind(message)
    .fetch_optional(&mut **tx)
    .await
}

/// Whether it was the first of its kind.
async fn note_fact(tx: &mut Tx, letter: &Letter, signal: Signal, at: Timestamp) -> AppResult<bool> {
    let (project, message) = (letter.project_id, letter.message_id);
    let Some(known) = known(tx, project, message).await? else { return Ok(false) };
    let column = match signal {
        Signal::Opened if known.opened_at.is_none() => "opened_at",
        Signal::Clicked if known.clicked_at.is_none() => "clicked_at",
        _ => return Ok(false),
    };
    let mut facts = known.facts().with(signal, at);
    // Following a link of an email implies an open, even if no image was loaded.
    let also_opened = signal == Signal::Clicked && letter.channel == Channel::Email && known.opened_at.is_none();
    if also_opened {
        facts = facts.with(Signal::Opened, at);
    }
    // Reading a message proves that it arrived, whatever was reported before, and even if the provider's answer is missing.
    let arrived = known.in_doubt.filter(|_| known.sent_at.is_none() && known.state != State::Sending);
    if let Some(sent) = arrived {
        facts = Facts { sent: Some(sent), failed: None, canceled: None, ..facts };
    }
    let state = match known.state {
        _ if arrived.is_some() => State::Sent,
        State::Failed if known.sent_at.is_some() && !facts.has_failed() => State::Sent,
        state => state,
    };
    if known.facts().has_failed() {
        suppressions::disproved(tx, project, message).await?;
    }
    let mut query = Query::new("update message set version = version + 1, ");
    query.push(column).push(" = ").push_bind(at).push(", any_").push(column).push(" = ").push_bind(at);
    query.push(", status = ").push_bind(facts.status());
    if also_opened {
        query.push(", opened_at = ").push_bind(at).push(", any_opened_at = ").push_bind(at);
        let opened = Event::new((project, message), EventKind::Opened, at).with(Detail::LinkFollowed);
        timeline::append(tx, &[opened]).await?;
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

/// Keeps when a machine first opened or clicked what no person has.
async fn note_machine(tx: &mut Tx, hit: &Hit) -> sqlx::Result<()> {
    let column = if hit.signal == Signal::Opened { "any_opened_at" } else { "any_clicked_at" };
    let mut query = Query::new("update message set version = version + 1, ");
    query.push(column).push(" = ").push_bind(hit.at).push(" where project_id = ").push_bind(hit.letter.project_id);
    query.push(" and id = ").push_bind(hit.letter.message_id).push(" and ").push(column).push(" is null");
    query.build().execute(&mut **tx).await?;
    Ok(())
}

/// How many opens and clicks the timeline holds, up to [`HITS`].
async fn hits_of<'a>(db: impl sqlx::Executor<'a, Database = Engine>, letter: &Letter) -> AppResult<usize> {
    let found: Vec<i16> = sqlx::query_scalar(
        "select machine from message_event where project_id = $1 and message_id = $2 and kind in ($3, $4) limit $5",
    )
    .bind(letter.project_id)
    .bind(letter.message_id)
    .bind(EventKind::Opened)
    .bind(EventKind::Clicked)
    .bind(HITS as i64)
    .fetch_all(db)
    .await?;
    Ok(found.len())
}
