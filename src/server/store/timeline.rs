//! The timeline of messages: what happened to each, in order. Nothing else writes to it.

use super::{
    db::{Query, Tx},
    guard::{Operator, Viewer},
    id::NewId,
};
use crate::domain::{
    AppResult, EventId, MessageId, ProjectId, Timestamp,
    message::{EventKind, TimelineEntry},
    timeline::Detail,
    visit::Machine,
};

/// Rows of one statement: SQLite takes 32,766 values.
const ROWS: usize = 4_000;

/// One event of a message.
#[derive(Clone, Debug)]
pub struct Event {
    pub id: EventId,
    pub project: ProjectId,
    pub message: MessageId,
    pub kind: EventKind,
    pub at: Timestamp,
    /// The name of the person who did it, where a person did.
    pub actor: Option<String>,
    pub detail: Option<Detail>,
    /// By a mail privacy proxy or a link scanner.
    pub machine: bool,
}

impl Event {
    /// What nobody among the staff did.
    pub fn new((project, message): (ProjectId, MessageId), kind: EventKind, at: Timestamp) -> Self {
        Self { id: EventId::new(), project, message, kind, at, actor: None, detail: None, machine: false }
    }

    #[must_use]
    pub fn with(self, detail: impl Into<Option<Detail>>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

pub async fn append(tx: &mut Tx, events: &[Event]) -> sqlx::Result<()> {
    for chunk in events.chunks(ROWS) {
        let mut query =
            Query::new("insert into message_event (project_id, message_id, id, at, kind, actor, detail, machine) ");
        query.push_values(chunk, |mut row, event| {
            row.push_bind(event.project).push_bind(event.message).push_bind(event.id).push_bind(event.at);
            row.push_bind(event.kind).push_bind(event.actor.clone());
            row.push_bind(event.detail.as_ref().map(Detail::stored)).push_bind(i16::from(event.machine));
        });
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// The same event for each of `messages`, with the operator's name.
pub(super) async fn record(
    tx: &mut Tx,
    operator: &Operator,
    messages: impl IntoIterator<Item = MessageId>,
    kind: EventKind,
    detail: Option<Detail>,
    at: Timestamp,
) -> sqlx::Result<()> {
    let event = |message| Event {
        actor: operator.shown_name().map(str::to_owned),
        detail: detail.clone(),
        ..Event::new((operator.project, message), kind, at)
    };
    let events: Vec<Event> = messages.into_iter().map(event).collect();
    append(tx, &events).await
}

/// Marks opens and clicks that were taken for a person's: they are a machine's. Nothing else changes an event.
pub(super) async fn mark_machine(
    tx: &mut Tx,
    (project, message): (ProjectId, MessageId),
    times: &[Timestamp],
    machine: Machine,
) -> sqlx::Result<u64> {
    let mut query = Query::new("update message_event set machine = 1, detail = ");
    query.push_bind(Detail::Machine(machine, None).stored());
    query.push(" where project_id = ").push_bind(project).push(" and message_id = ").push_bind(message);
    query.push(" and machine = 0 and kind in (").push_bind(EventKind::Opened).push(", ");
    query.push_bind(EventKind::Clicked).push(") and at in (");
    let mut list = query.separated(", ");
    for at in times {
        list.push_bind(*at);
    }
    query.push(")");
    Ok(query.build().execute(&mut **tx).await?.rows_affected())
}

/// The time that a message had before it was last sent by Send now.
pub(super) async fn former_time(tx: &mut Tx, viewer: &Viewer, message: MessageId) -> sqlx::Result<Option<Timestamp>> {
    let stored: Option<Option<String>> = sqlx::query_scalar(
        "select detail from message_event
         where project_id = $1 and message_id = $2 and kind = $3 order by id desc limit 1",
    )
    .bind(viewer.project)
    .bind(message)
    .bind(EventKind::SendNow)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(stored.flatten().and_then(|stored| stored.parse().ok()).map(Timestamp))
}

/// [`record`] for one message, in a transaction of its own.
pub async fn note(
    operator: &Operator,
    message: MessageId,
    kind: EventKind,
    detail: Option<Detail>,
    at: Timestamp,
) -> AppResult<()> {
    let mut tx = operator.db.begin_in(operator.project).await?;
    record(&mut tx, operator, [message], kind, detail, at).await?;
    Ok(operator.db.commit(tx, operator.project).await?)
}

#[derive(sqlx::FromRow)]
struct Row {
    at: Timestamp,
    kind: EventKind,
    actor: Option<String>,
    detail: Option<String>,
    machine: i16,
}

/// Oldest first.
pub(super) async fn of_message(viewer: &Viewer, message: MessageId) -> AppResult<Vec<TimelineEntry>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select at, kind, actor, detail, machine from message_event
         where project_id = $1 and message_id = $2 order by id",
    )
    .bind(viewer.project)
    .bind(message)
    .fetch_all(viewer.db.read())
    .await?;
    let entry = |row: Row| TimelineEntry {
        at: viewer.local(row.at),
        kind: row.kind,
        actor: row.actor,
        detail: match row.machine {
            0 => row.detail.map(|stored| Detail::read(row.kind, stored, |at| viewer.local(at))),
            _ => Some(Detail::read_machine(row.detail.as_deref())),
        },
    };
    let mut entries: Vec<TimelineEntry> = rows.into_iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.at);
    Ok(entries)
}
